#include "own/move_paths.h"

#include "base/check.h"
#include "own/holds.h"
#include "own/parts.h"
#include "own/steps.h"
#include "own/summaries.h"

namespace tenure::own {

using namespace oir;

class MovePathsBuilder {
 public:
  MovePathsBuilder(Program& program, FuncId func, const std::vector<bool>* escaped,
                   const Summaries* summaries, MovePaths& out)
      : program_(program),
        function_(program[func]),
        escaped_(escaped),
        summaries_(summaries),
        out_(out) {}

  void run() {
    out_.function_ = &function_;
    find_aliased();
    for (size_t i = 0; i < function_.locals.size(); ++i) {
      out_.locals_.push_back(add_root(Place::local(LocalId{i}), function_.locals[i].type));
    }
    link_holds();
    for (size_t b = 0; b < function_.blocks.size(); ++b) {
      for (size_t i = 0; i < function_.blocks[b].insts.size(); ++i) {
        mention(function_.blocks[b].insts[i]);
      }
    }
    complete_parts();
    number_leaves();
  }

 private:
  MovePath& row(MovePathId id) { return out_.paths_[id.index()]; }

  // Lenders of aliases can be changed through the alias.
  void find_aliased() {
    aliased_.resize(function_.locals.size());
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.op != Op::Alias) continue;
        Place lender = function_.args(inst)[0].place;
        if (lender.is_local()) aliased_[lender.local_id().index()] = true;
      }
    }
  }

  bool has_escaped(Place root) const {
    if (root.is_global()) return true;
    size_t local = root.local_id().index();
    return escaped_ && local < escaped_->size() && (*escaped_)[local];
  }

  MovePathId add_root(Place root, TypeId type) {
    MovePathId id{out_.paths_.size()};
    MovePath path;
    path.place = root;
    path.type = type;
    path.memory = has_escaped(root);
    path.aliased = !path.memory && aliased_[root.root];
    path.memory |= path.aliased;
    out_.paths_.push_back(path);
    out_.roots_.push_back(id);
    return id;
  }

  MovePathId root_of(Place place) {
    if (place.is_local()) return out_.locals_[place.local_id().index()];
    GlobalId global = place.global_id();
    auto it = out_.globals_.find(global.v);
    if (it != out_.globals_.end()) return it->second;
    MovePathId id = add_root(Place::global(global), program_.globals[global.index()].type);
    out_.globals_[global.v] = id;
    return id;
  }

  // Sources first: a hold may hold what another hold leads to.
  void link_holds() {
    for (auto& [local, source] : holds_that_stand(program_, function_, escaped_)) {
      out_.hold_place_[local] = source;
    }
    std::vector<LocalId> chain;
    for (auto& [local, source] : out_.hold_place_) {
      LocalId at{size_t{local}};
      chain.clear();
      while (at.valid() && !out_.hold_source_.count(root_key(at)) &&
             chain.size() <= out_.hold_place_.size()) {
        chain.push_back(at);
        Place from = out_.hold_place_[at.v];
        at = from.is_local() && out_.hold_place_.count(from.root) ? from.local_id() : LocalId{};
      }
      for (size_t i = chain.size(); i-- > 0;) {
        out_.hold_source_[root_key(chain[i])] = ensure(out_.hold_place_[chain[i].v]);
      }
    }
  }
  uint32_t root_key(LocalId local) const { return out_.locals_[local.index()].v; }

  // ---- which places are paths

  bool is_borrowed_param(Place place) const {
    if (!place.is_local()) return false;
    const Local& local = function_.locals[place.local_id().index()];
    return local.kind == LocalKind::Param && local.mode == ParamMode::Borrow;
  }

  // The instruction may change what it gets the address of as operand `index`.
  static bool changes_operand(const Inst& inst, size_t index) {
    return is_changed_by_runtime(inst, index) || inst.op == Op::Call || inst.op == Op::Swap ||
           inst.op == Op::Replace || inst.op == Op::FullCheck;
  }

  void mention(const Inst& inst) {
    if (inst.dst.valid()) ensure(inst.dst);
    auto args = function_.args(inst);
    for (size_t i = 0; i < args.size(); ++i) {
      Operand operand = function_.args(inst)[i];
      if (!operand.has_place()) continue;
      bool whole = operand.kind == OperandKind::Move || is_borrowed_param(operand.place) ||
                   (operand.kind == OperandKind::Addr && changes_operand(inst, i));
      if (whole) {
        ensure(operand.place);
      } else {
        root_of(operand.place);
      }
      if (inst.op == Op::Call && summaries_) mention_argument(inst, i, operand);
    }
  }

  void mention_argument(const Inst& inst, size_t index, Operand operand) {
    const std::vector<ParamSummary>& params = summaries_->of(inst.callee).params;
    if (index >= params.size() || params[index].paths.empty()) return;
    bool by_address = operand.kind == OperandKind::Addr;
    if (!by_address && operand.kind != OperandKind::Borrow) return;
    const std::vector<SummaryPath>& rows = params[index].paths;
    bool own_param = is_borrowed_param(operand.place);
    bool wanted = own_param;
    for (const SummaryPath& path : rows) {
      if ((path.on_return | path.on_unwind) & (1 | 2)) wanted = true;  // may be filled or emptied
    }
    if (!wanted) return;
    Place place = operand.place;
    if (!by_address) place = project(function_, place, {ProjKind::Deref, 0});
    bool exact = false;
    MovePathId base = ensure(place, &exact);
    if (!exact) return;
    std::vector<MovePathId> at(rows.size());
    at[0] = base;
    for (size_t i = 1; i < rows.size(); ++i) at[i] = ensure_step(at[rows[i].parent], rows[i].proj);
  }

  // The path of the place, made with all that lead to it, up to the first index.
  MovePathId ensure(Place place, bool* exact = nullptr) {
    MovePathId at = root_of(place);
    if (exact) *exact = true;
    if (place.is_root()) return at;
    for (Proj proj : function_.paths.projs(place.path)) {
      if (proj.kind == ProjKind::Index || proj.kind == ProjKind::Const) {
        if (exact) *exact = false;
        return at;
      }
      at = ensure_step(at, proj);
    }
    return at;
  }

  void note_part(MovePathId parent, MovePathId part) {
    uint32_t count = ++row(parent).part_count;
    if (count <= MovePaths::kFewParts) return;
    auto note = [&](MovePathId id) {
      out_.many_parts_[MovePaths::part_key(parent, row(id).proj.index)] = id;
    };
    if (count > MovePaths::kFewParts + 1) return note(part);
    for (MovePathId id = row(parent).first_part; id.valid(); id = row(id).next) note(id);
  }

  MovePathId ensure_step(MovePathId at, Proj proj) {
    MovePathId found = out_.step(at, proj);
    if (found.valid()) return found;
    if (proj.kind == ProjKind::Deref) {
      auto hold = out_.hold_source_.find(at.v);
      if (hold != out_.hold_source_.end()) at = hold->second;
    }
    MovePathId id{out_.paths_.size()};
    MovePath path;
    path.place = project(function_, row(at).place, proj);
    path.proj = proj;
    path.parent = at;
    path.type = step_type(row(at), proj);
    bool deref = proj.kind == ProjKind::Deref;
    path.memory = row(at).memory || deref;
    path.aliased = row(at).aliased && !deref;
    path.deep = row(at).deep || deref;
    if (deref) {
      row(at).deref = id;
    } else {
      // Kept in order: parts are dropped and spelled in order.
      MovePathId last = row(at).last_part;
      bool after_all = last.valid() && row(last).proj.index < proj.index;
      MovePathId* link = after_all ? &row(last).next : &row(at).first_part;
      while (link->valid() && row(*link).proj.index < proj.index) link = &row(*link).next;
      path.next = *link;
      *link = id;
      if (!path.next.valid()) row(at).last_part = id;
      if (!path.next.valid() && row(at).first_part == id) partial_.push_back(at);
    }
    out_.paths_.push_back(path);
    if (!deref) note_part(at, id);
    return id;
  }

  TypeId step_type(const MovePath& from, Proj proj) const {
    const Type& type = program_.types[from.type];
    switch (proj.kind) {
      case ProjKind::Variant:
        return from.type;
      case ProjKind::Field:
        return from.proj.kind == ProjKind::Variant && from.parent.valid()
                   ? type.variants[from.proj.index].fields[proj.index].type
                   : type.fields[proj.index].type;
      default:
        return type.elem;
    }
  }

  // A path that has one part has all.
  void complete_parts() {
    for (size_t i = 0; i < partial_.size(); ++i) {
      MovePathId at = partial_[i];
      const Type& type = program_.types[row(at).type];
      bool payload = row(at).proj.kind == ProjKind::Variant && row(at).parent.valid();
      if (type.kind == TypeKind::Union && !payload) continue;  // other variants: not there
      size_t count = payload ? type.variants[row(at).proj.index].fields.size() : type.fields.size();
      complete(at, count);
    }
  }

  void complete(MovePathId at, size_t count) {
    size_t have = 0;
    for (MovePathId p = row(at).first_part; p.valid(); p = row(p).next) ++have;
    if (have == count) return;
    std::vector<MovePathId> parts(count), made;
    for (MovePathId p = row(at).first_part; p.valid(); p = row(p).next) {
      parts[row(p).proj.index] = p;
    }
    for (size_t i = 0; i < count; ++i) {
      if (parts[i].valid()) continue;
      Proj proj{ProjKind::Field, static_cast<uint32_t>(i)};
      MovePath path;
      path.place = project(function_, row(at).place, proj);
      path.proj = proj;
      path.parent = at;
      path.type = step_type(row(at), proj);
      path.memory = row(at).memory;
      path.aliased = row(at).aliased;
      path.deep = row(at).deep;
      parts[i] = MovePathId{out_.paths_.size()};
      made.push_back(parts[i]);
      out_.paths_.push_back(path);
    }
    row(at).first_part = parts[0];
    row(at).last_part = parts[count - 1];
    for (size_t i = 0; i < count; ++i) {
      row(parts[i]).next = i + 1 < count ? parts[i + 1] : MovePathId{};
    }
    for (MovePathId part : made) note_part(at, part);
  }

  // ---- leaves

  // Values one after the other, what they refer to later: so a value's leaves lie side by side.
  void number_leaves() {
    std::vector<MovePathId> values = out_.roots_;
    for (size_t i = 0; i < values.size(); ++i) number_value(values[i], values);
    out_.leaf_count_ = static_cast<uint32_t>(out_.leaves_.size());
    for (MovePathId leaf : out_.leaves_) {
      const MovePath& path = out_[leaf];
      if (path.memory || has_buffer(path.type)) out_.memory_leaves_.push_back(leaf);
    }
  }

  void number_value(MovePathId value, std::vector<MovePathId>& values) {
    struct Visit {
      MovePathId path;
      bool done;
    };
    std::vector<Visit> work{{value, false}};
    while (!work.empty()) {
      Visit& top = work.back();
      MovePathId at = top.path;
      MovePath& path = row(at);
      if (top.done) {
        path.leaf_end = static_cast<uint32_t>(out_.leaves_.size());
        work.pop_back();
        continue;
      }
      top.done = true;
      path.leaf_begin = static_cast<uint32_t>(out_.leaves_.size());
      if (path.deref.valid()) values.push_back(path.deref);
      if (path.is_leaf()) {
        out_.leaves_.push_back(at);
        continue;
      }
      size_t from = work.size();
      for (MovePathId p = path.first_part; p.valid(); p = row(p).next) work.push_back({p, false});
      for (size_t a = from, b = work.size(); a + 1 < b; ++a, --b) std::swap(work[a], work[b - 1]);
    }
  }

  // A value of the type holds a growable array, whose elements others may refer to.
  bool has_buffer(TypeId type) {
    auto it = has_buffer_.find(type.v);
    if (it != has_buffer_.end()) return it->second;
    bool found = any_part(program_, type, [&](TypeId part) {
      TypeKind kind = program_.types[part].kind;
      return kind == TypeKind::Array || kind == TypeKind::View;
    });
    return has_buffer_[type.v] = found;
  }

  Program& program_;
  Function& function_;
  const std::vector<bool>* escaped_;
  const Summaries* summaries_;
  MovePaths& out_;
  std::vector<bool> aliased_;
  std::vector<MovePathId> partial_;
  std::unordered_map<uint32_t, bool> has_buffer_;
};

MovePaths::MovePaths(Program& program, FuncId func, const std::vector<bool>* escaped,
                     const Summaries* summaries) {
  MovePathsBuilder(program, func, escaped, summaries, *this).run();
}

MovePathId MovePaths::of_root(Place root) const {
  if (root.is_local()) return locals_[root.local_id().index()];
  auto it = globals_.find(root.global_id().v);
  return it == globals_.end() ? MovePathId{} : it->second;
}

MovePathId MovePaths::step(MovePathId path, Proj proj) const {
  if (proj.kind == ProjKind::Deref) {
    auto hold = hold_source_.find(path.v);
    return paths_[hold == hold_source_.end() ? path.index() : hold->second.index()].deref;
  }
  if (proj.kind != ProjKind::Field && proj.kind != ProjKind::Variant) return {};
  if (paths_[path.index()].part_count > kFewParts) {
    auto part = many_parts_.find(part_key(path, proj.index));
    return part == many_parts_.end() ? MovePathId{} : part->second;
  }
  MovePathId at = paths_[path.index()].first_part;
  while (at.valid() && paths_[at.index()].proj.index != proj.index) at = paths_[at.index()].next;
  return at;
}

MovePaths::Found MovePaths::find(Place place) const {
  MovePathId at = of_root(place);
  TN_CHECK(at.valid(), "a place that the function did not mention");
  if (place.is_root()) return {at, true};
  auto hold = hold_source_.find(at.v);
  for (Proj proj : function_->paths.projs(place.path)) {
    MovePathId next = step(at, proj);
    if (!next.valid()) {
      // A part of a hold that stands for something: of that.
      bool at_hold = hold != hold_source_.end() && at.v == hold->first;
      return {at_hold ? hold->second : at, false};
    }
    at = next;
  }
  return {at, true};
}

bool MovePaths::is_part(MovePathId inner, MovePathId outer) const {
  const MovePath& in = paths_[inner.index()];
  const MovePath& out = paths_[outer.index()];
  if (in.leaf_begin < out.leaf_begin || in.leaf_end > out.leaf_end) return false;
  while (inner.valid() && inner != outer) inner = paths_[inner.index()].parent;
  return inner == outer;
}

Place MovePaths::stands_for(LocalId local) const {
  auto it = hold_place_.find(local.v);
  return it == hold_place_.end() ? Place{} : it->second;
}

}  // namespace tenure::own
