#include "own/summaries.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "base/parallel.h"
#include "own/call_graph.h"
#include "own/end_paths.h"
#include "own/pointed.h"
#include "own/steps.h"
#include "own/summary_paths.h"

namespace tenure::own {

using namespace oir;

template <class T>
bool SortedSet<T>::contains(const T& item) const {
  return std::binary_search(items.begin(), items.end(), item);
}

template <class T>
bool SortedSet<T>::add(const T& item) {
  auto at = std::lower_bound(items.begin(), items.end(), item);
  if (at != items.end() && *at == item) return false;
  items.insert(at, item);
  return true;
}

template <class T>
bool SortedSet<T>::merge(const SortedSet& other) {
  if (other.items.empty()) return false;
  if (std::includes(items.begin(), items.end(), other.items.begin(), other.items.end())) {
    return false;
  }
  std::vector<T> both;
  std::set_union(items.begin(), items.end(), other.items.begin(), other.items.end(),
                 std::back_inserter(both));
  items = std::move(both);
  return true;
}

template struct SortedSet<uint32_t>;
template struct SortedSet<MemoryKey>;

bool Effects::merge(const Effects& other) {
  bool changed = globals_read.merge(other.globals_read);
  changed |= globals_moved.merge(other.globals_moved);
  changed |= globals_filled.merge(other.globals_filled);
  changed |= globals_grown.merge(other.globals_grown);
  changed |= moved.merge(other.moved);
  changed |= filled.merge(other.filled);
  auto flag = [&](bool& mine, bool theirs) {
    if (theirs && !mine) mine = changed = true;
  };
  flag(may_fail, other.may_fail);
  flag(may_run_drop, other.may_run_drop);
  flag(may_collect, other.may_collect);
  flag(writes_unknown, other.writes_unknown);
  return changed;
}

MemoryKey memory_key(const Program& program, const Function& function, Place place) {
  std::vector<Step> steps = steps_of(program, function, place);
  if (steps.empty()) return {root_type(program, function, place), {}, 0, true};
  const Step& last = steps.back();
  MemoryKey key{last.to, {}, 0, true};
  for (const Step& step : steps) {
    bool view = program.types[step.from].kind == TypeKind::View;
    if (step.proj.kind == ProjKind::Deref || view) key.in_root = false;
  }
  if (last.proj.kind == ProjKind::Field) {
    key.container = last.from;
    key.field = last.proj.index;
    if (last.variant != kNoVariant) key.field |= (last.variant + 1) << 16;
  }
  return key;
}

class SummariesBuilder {
 public:
  SummariesBuilder(Program& program, Summaries& out) : program_(program), out_(out) {}

  void run(bool whole, bool only_report) {
    size_t functions = program_.functions.size();
    out_.functions_.resize(functions);
    for (size_t i = 0; i < functions; ++i) {
      out_.functions_[i].params.resize(program_.functions[i].params);
    }
    out_.graph_ = std::make_unique<CallGraph>(program_);
    if (whole) end_paths(program_, *out_.graph_, out_.contents_);
    settle_new_points();
    find_movers();
    find_wanted(only_report);
    for (TypeId elem : out_.growth_.elements()) {
      out_.growing_[elem.v].moved.add(MemoryKey{elem, {}, 0, false});
    }
    find_escapes();
    out_.roots_ = find_escaped_roots(program_, out_.contents_, out_.escapes_fn(), out_.growth_,
                                     out_.lent_parts_);
    collect_effects();
    spread_effects();
    solve_paths();
  }

 private:
  // ---- whether a collection point may end the program

  bool is_function(uint32_t node) const { return node < program_.functions.size(); }

  // A callee that moves from behind a reference may leave what it was lent empty, and so may who
  // lends that on.
  void find_movers() {
    const CallGraph& graph = *out_.graph_;
    size_t functions = program_.functions.size();
    std::vector<uint8_t> empties(functions);
    for (size_t f = 0; f < functions; ++f) empties[f] = out_.contents_.moves_behind(FuncId{f});
    for (const std::vector<uint32_t>& component : graph.components()) {
      uint8_t any = 0;
      for (uint32_t node : component) {
        if (!is_function(node)) continue;
        any |= empties[node];
        for (uint32_t callee : graph.callees(node)) {
          if (is_function(callee)) any |= empties[callee];
        }
      }
      for (uint32_t node : component) {
        if (is_function(node)) empties[node] = any;
      }
    }
    for (size_t f = 0; f < functions; ++f) {
      if (out_.contents_.moves_named(FuncId{f}) || FuncId{f} == program_.start) empties[f] = 1;
      if (program_.functions[f].is_left_out()) empties[f] = 0;
    }
    out_.may_find_empty_ = std::move(empties);
  }

  // Of which nodes somebody will ask what they do. With `only_report`: of those in which something
  // can be found empty or which have aliases, and all that these lead to.
  void find_wanted(bool only_report) {
    const CallGraph& graph = *out_.graph_;
    wanted_.assign(graph.size(), !only_report);
    if (!only_report) return;
    for (size_t f = 0; f < program_.functions.size(); ++f) {
      wanted_[f] = out_.may_find_empty_[f] || out_.contents_.has(FuncId{f}, Op::Alias);
    }
    const auto& components = graph.components();
    for (size_t c = components.size(); c-- > 0;) {
      uint8_t any = 0;
      for (uint32_t node : components[c]) any |= wanted_[node];
      if (!any) continue;
      for (uint32_t node : components[c]) {
        wanted_[node] = 1;
        for (uint32_t callee : graph.callees(node)) wanted_[callee] = 1;
      }
    }
  }

  // By node of the call graph: may run exit(n).
  std::vector<bool> find_exits() const {
    const CallGraph& graph = *out_.graph_;
    std::vector<bool> exits(graph.size());
    for (size_t f = 0; f < program_.functions.size(); ++f) {
      if (!out_.contents_.has(FuncId{f}, Op::Runtime)) continue;
      for (const Block& block : program_.functions[f].blocks) {
        for (const Inst& inst : block.insts) {
          if (inst.op == Op::Runtime && RtFn(inst.imm) == RtFn::Exit) exits[f] = true;
        }
      }
    }
    for (const std::vector<uint32_t>& component : graph.components()) {
      bool any = false;
      for (uint32_t node : component) {
        any = any || exits[node];
        for (uint32_t callee : graph.callees(node)) any = any || exits[callee];
      }
      for (uint32_t node : component) exits[node] = any;
    }
    return exits;
  }

  // A user's `new` may fail if a `drop` that its collection point runs may call exit; else the
  // unwinding chain that the builder gave it goes, unless a check may take it.
  void settle_new_points() {
    bool exits = find_exits()[out_.graph_->collection()];
    for (size_t f = 0; f < program_.functions.size(); ++f) {
      if (!out_.contents_.has(FuncId{f}, Op::New)) continue;
      Function& function = program_.functions[f];
      for (Block& block : function.blocks) {
        for (Inst& inst : block.insts) {
          if (inst.op != Op::New || inst.imm != 1) continue;
          inst.extra = exits ? 1 : 0;
          if (!exits && !inst_may_need_check(function, inst)) inst.unwind = {};
        }
      }
    }
  }

  // ---- which borrowed parameters escape, which may be changed as a whole

  struct Handed {  // parameter `param` of `func` is handed on
    uint32_t func;
    uint32_t param;
    bool whole;
  };

  void find_escapes() {
    handed_.resize(program_.functions.size());
    for (uint32_t f = 0; f < program_.functions.size(); ++f) look_for_escapes(f);
    std::vector<std::pair<uint32_t, uint32_t>> work;
    for (uint32_t f = 0; f < program_.functions.size(); ++f) {
      for (uint32_t p = 0; p < out_.functions_[f].params.size(); ++p) {
        const ParamSummary& param = out_.functions_[f].params[p];
        if (param.escapes || param.changes_whole) work.push_back({f, p});
      }
    }
    while (!work.empty()) {
      auto [f, p] = work.back();
      work.pop_back();
      ParamSummary from = out_.functions_[f].params[p];
      auto users = handed_[f].find(p);
      if (users == handed_[f].end()) continue;
      for (const Handed& user : users->second) {
        ParamSummary& to = out_.functions_[user.func].params[user.param];
        bool escapes = to.escapes || from.escapes;
        bool whole = to.changes_whole || (user.whole && from.changes_whole);
        if (escapes == to.escapes && whole == to.changes_whole) continue;
        to.escapes = escapes;
        to.changes_whole = whole;
        work.push_back({user.func, user.param});
      }
    }
  }

  // What of a function's locals stands for a borrowed parameter: itself, its holds, aliases into
  // it.
  using Standing = std::unordered_map<uint32_t, uint32_t>;  // local -> parameter

  void look_for_escapes(uint32_t f) {
    const Function& function = program_.functions[f];
    if (function.blocks.empty()) return;
    Standing standing;
    for (uint32_t p = 0; p < function.params; ++p) {
      const Local& local = function.locals[p + 1];
      if (local.mode == ParamMode::Borrow && program_.types[local.type].kind == TypeKind::Ref) {
        standing[p + 1] = p;
      }
    }
    if (standing.empty()) return;
    for (size_t before = 0; before != standing.size();) {
      before = standing.size();
      for (const Block& block : function.blocks) {
        for (const Inst& inst : block.insts) extend_standing(function, inst, standing);
      }
    }
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) uses(f, function, inst, standing);
    }
  }

  void extend_standing(const Function& function, const Inst& inst, Standing& standing) {
    bool holds = inst.op == Op::Init && inst.dst.is_local() && inst.dst.is_root() &&
                 function.locals[inst.dst.local_id().index()].kind == LocalKind::Hold;
    if (!holds && inst.op != Op::Alias) return;
    const Operand& from = function.args(inst)[0];
    if (!from.has_place() || !from.place.is_local()) return;
    auto it = standing.find(from.place.root);
    if (it == standing.end()) return;
    bool same = holds ? from.place.is_root() : is_part_of_pointee(program_, function, from.place);
    if (same) standing.try_emplace(inst.dst.root, it->second);
  }

  // The place is what its root refers to.
  bool is_whole(const Function& function, Place place) const {
    return function.paths.depth(place.path) == 1 &&
           function.paths.last(place.path).kind == ProjKind::Deref;
  }

  void uses(uint32_t f, const Function& function, const Inst& inst, const Standing& standing) {
    auto param_of = [&](Place place) -> ParamSummary* {
      if (!place.is_local()) return nullptr;
      auto it = standing.find(place.root);
      return it == standing.end() ? nullptr : &out_.functions_[f].params[it->second];
    };
    if (inst.dst.valid() && inst.op != Op::Drop && is_whole(function, inst.dst)) {
      if (ParamSummary* param = param_of(inst.dst)) param->changes_whole = true;
    }
    auto args = function.args(inst);
    for (uint32_t i = 0; i < args.size(); ++i) {
      const Operand& operand = args[i];
      ParamSummary* param = operand.has_place() ? param_of(operand.place) : nullptr;
      if (!param) continue;
      bool root = operand.place.is_root();
      bool inside = !root && is_part_of_pointee(program_, function, operand.place);
      bool whole = !root && is_whole(function, operand.place);
      switch (operand.kind) {
        case OperandKind::Copy:
        case OperandKind::Move:
          if (root && !(inst.dst.is_root() && standing.count(inst.dst.root))) {
            param->escapes = true;
          }
          if (whole && operand.kind == OperandKind::Move) param->changes_whole = true;
          break;
        case OperandKind::Borrow:
          if (inst.op == Op::Runtime && RtFn(inst.imm) == RtFn::WeakNew && root) {
            param->escapes = true;
          }
          if (inst.op == Op::Call && root) hand(inst.callee, i, f, operand.place, standing, true);
          break;
        case OperandKind::Addr:
          if (inst.op == Op::MakeRef && inside) param->escapes = true;
          if (inst.op == Op::Runtime && RtFn(inst.imm) == RtFn::WeakNew && inside) {
            param->escapes = true;
          }
          if ((inst.op == Op::Swap || inst.op == Op::Replace) && whole) {
            param->changes_whole = true;
          }
          if (inst.op == Op::Call && inside) {
            hand(inst.callee, i, f, operand.place, standing, whole);
          }
          break;
        case OperandKind::Const:
          break;
      }
    }
  }

  void hand(FuncId callee, uint32_t param, uint32_t f, Place place, const Standing& standing,
            bool whole) {
    handed_[callee.index()][param].push_back({f, standing.at(place.root), whole});
  }

  // ---- what running a function does

  // Of what nobody asks about there is no row: a program has many such functions and types.
  void number_rows() {
    const CallGraph& graph = *out_.graph_;
    row_of_.assign(graph.size(), kNoRow);
    uint32_t rows = 0;
    for (uint32_t node = 0; node < graph.size(); ++node) {
      if (wanted_[node] || node == graph.collection()) row_of_[node] = rows++;
    }
    node_effects_.resize(rows);
  }

  void collect_effects() {
    const CallGraph& graph = *out_.graph_;
    number_rows();
    in_ranges(program_.functions.size(), [&](size_t begin, size_t end) {
      for (size_t f = begin; f < end; ++f) {
        if (!wanted_[f]) continue;
        const Function& function = program_.functions[f];
        Effects& effects = node_effects_[row_of_[f]];
        if (function.is_left_out()) {
          for (const Written& w : function.writes) {
            effects.filled.add({w.type, w.container, w.field, w.by_name});
          }
        }
        for (const Block& block : function.blocks) {
          for (const Inst& inst : block.insts) inst_effects(f, inst, effects);
        }
      }
    });
    for (size_t t = 0; t < program_.types.size(); ++t) {
      uint32_t row = row_of_[graph.of_type(TypeId{t})];
      if (row != kNoRow && program_.types[TypeId{t}].drop.valid())
        node_effects_[row].may_run_drop = true;
    }
    node_effects_[row_of_[graph.collection()]].may_collect = true;
  }

  bool is_memory(size_t f, Place place) const {
    if (place.is_global()) return true;
    if (out_.roots_.locals[f][place.local_id().index()]) return true;
    return !is_part_of_local(program_, program_.functions[f], place);
  }

  void inst_effects(size_t f, const Inst& inst, Effects& effects) const {
    const Function& function = program_.functions[f];
    if (!effects.may_fail && inst.op != Op::Call && inst.op != Op::Drop && inst.op != Op::Assign) {
      if (oir::inst_may_fail(program_, function, inst)) effects.may_fail = true;
    }
    auto filled = [&](Place place) {
      if (place.is_global()) effects.globals_filled.add(place.global_id().v);
      TypeId type = place_type(program_, function, place);
      if (is_memory(f, place) && !program_.types.is_plain(type)) {
        effects.filled.add(memory_key(program_, function, place));
      }
    };
    if (inst.dst.valid() && inst.op != Op::Drop && inst.op != Op::Forget) {
      bool birth = inst.op != Op::Assign && inst.dst.is_local() && inst.dst.is_root();
      if (!birth) filled(inst.dst);
    }
    if (const Effects* growing = out_.of_growing(inst)) effects.merge(*growing);
    if (!effects.writes_unknown) {
      effects.writes_unknown = writes_unknown_memory(program_, function, inst);
    }
    auto args = function.args(inst);
    for (size_t i = 0; i < args.size(); ++i) {
      const Operand& operand = args[i];
      if (!operand.has_place()) continue;
      if (operand.place.is_local() && operand.kind == OperandKind::Copy) continue;  // only read
      if (operand.place.is_global()) effects.globals_read.add(operand.place.global_id().v);
      if (operand.place.is_global() && is_changed_by_runtime(inst, i)) {
        effects.globals_grown.add(operand.place.global_id().v);
      }
      if (operand.kind == OperandKind::Move) {
        if (operand.place.is_global()) effects.globals_moved.add(operand.place.global_id().v);
        TypeId type = operand_type(program_, function, operand);
        if (is_memory(f, operand.place) && !program_.types.is_plain(type)) {
          effects.moved.add(memory_key(program_, function, operand.place));
        }
      }
      bool changes = inst.op == Op::Swap || inst.op == Op::Replace;
      if (operand.kind == OperandKind::Addr && changes) filled(operand.place);
    }
  }

  // Within a component everybody may do what anybody does.
  void spread_effects() {
    const CallGraph& graph = *out_.graph_;
    // The rows of a component end up as one: that of its first node.
    auto row_of = [&](uint32_t node) {
      return row_of_[graph.components()[graph.component_of(node)].front()];
    };
    for (const std::vector<uint32_t>& component : graph.components()) {
      uint32_t row = row_of_[component.front()];
      if (row == kNoRow) continue;
      Effects& all = node_effects_[row];
      for (uint32_t node : component) {
        if (uint32_t own = row_of_[node]; own != row && own != kNoRow)
          all.merge(node_effects_[own]);
        for (uint32_t callee : graph.callees(node)) {
          uint32_t other = row_of(callee);
          if (other != row && other != kNoRow) all.merge(node_effects_[other]);
        }
      }
    }
    auto result = [&](uint32_t node) -> const Effects& {
      static const Effects kNone;
      uint32_t row = row_of(node);
      return row == kNoRow ? kNone : node_effects_[row];
    };
    for (uint32_t f = 0; f < program_.functions.size(); ++f) {
      if (wanted_[f]) out_.functions_[f].effects = result(f);
    }
    out_.types_.resize(program_.types.size());
    for (size_t t = 0; t < program_.types.size(); ++t) {
      uint32_t node = graph.of_type(TypeId{t});
      if (wanted_[node]) out_.types_[t] = result(node);
    }
    out_.collection_ = result(graph.collection());
    out_.end_of_globals_ = out_.collection_;
    out_.end_of_globals_.may_fail = false;
    for (size_t g = 0; g < program_.globals.size(); ++g) {
      if (program_.types.is_plain(program_.globals[g].type)) continue;
      out_.end_of_globals_.globals_moved.add(static_cast<uint32_t>(g));
    }
    for (size_t t = 0; t < program_.types.size(); ++t) {
      if (program_.types[TypeId{t}].kind != TypeKind::Function) continue;
      Effects& effects = out_.values_[static_cast<uint32_t>(t)];
      for (FuncId value : graph.values_of(TypeId{t})) {
        effects.merge(result(value.v));
      }
    }
  }

  // ---- what happens to what parameters refer to

  void solve_paths() {
    const CallGraph& graph = *out_.graph_;
    for (const std::vector<uint32_t>& component : graph.components()) {
      std::vector<uint32_t> functions;
      for (uint32_t node : component) {
        if (is_function(node) && wanted_[node]) functions.push_back(node);
      }
      if (functions.empty()) continue;
      bool recursive = graph.is_recursive(component);
      for (uint32_t f : functions) out_.functions_[f].may_return = !recursive;
      // Each look adds, and there is only so much to add; the limit is for what nobody foresaw.
      constexpr size_t kTurns = 100;
      size_t turn = 0;
      for (bool again = true; again && turn < kTurns; ++turn) {
        again = false;
        for (uint32_t f : functions) again |= look_at_paths(f, recursive);
        again = again && recursive;
      }
      if (turn == kTurns) give_up(functions);
      for (uint32_t f : functions) out_.functions_[f].may_return = true;
    }
  }

  bool look_at_paths(uint32_t f, bool recursive) {
    bool wanted = recursive;
    const Function& function = program_.functions[f];
    if (function.is_left_out()) return !std::exchange(out_.functions_[f].may_return, true);
    for (uint32_t p = 0; p < function.params; ++p) {
      wanted = wanted || function.locals[p + 1].mode == ParamMode::Borrow;
    }
    if (!wanted) return false;
    SummaryPathsResult found = summarize_paths(program_, FuncId{size_t{f}}, out_);
    Summary& summary = out_.functions_[f];
    bool changed = found.may_return && !summary.may_return;
    if (found.may_return) summary.may_return = true;
    for (uint32_t p = 0; p < function.params; ++p) {
      changed |= merge_paths(summary.params[p].paths, std::move(found.params[p]));
    }
    return changed;
  }

  static bool merge_paths(std::vector<SummaryPath>& into, std::vector<SummaryPath> from) {
    if (from.size() != into.size()) {
      bool grew = from.size() > into.size();
      if (grew) into = std::move(from);
      return grew;
    }
    bool changed = false;
    for (size_t i = 0; i < from.size(); ++i) {
      SummaryPath& row = into[i];
      uint8_t on_return = row.on_return | from[i].on_return;
      uint8_t on_unwind = row.on_unwind | from[i].on_unwind;
      bool read = row.read_first || from[i].read_first;
      changed |= on_return != row.on_return || on_unwind != row.on_unwind || read != row.read_first;
      row.on_return = on_return;
      row.on_unwind = on_unwind;
      row.read_first = read;
    }
    return changed;
  }

  void give_up(const std::vector<uint32_t>& functions) {
    for (uint32_t f : functions) {
      for (ParamSummary& param : out_.functions_[f].params) {
        for (SummaryPath& row : param.paths) {
          row.on_return = row.on_unwind = 7;
          row.read_first = true;
        }
      }
    }
  }

  Program& program_;
  Summaries& out_;
  std::vector<std::unordered_map<uint32_t, std::vector<Handed>>> handed_;  // by callee, parameter
  static constexpr uint32_t kNoRow = ~0u;
  std::vector<uint32_t> row_of_;  // by node of the call graph, of the next
  std::vector<Effects> node_effects_;
  std::vector<uint8_t> wanted_;  // by node of the call graph
};

Summaries::Summaries(Program& program, bool whole, bool only_report)
    : program_(&program),
      contents_(program),
      growth_(program, contents_),
      lent_parts_(program, contents_) {
  SummariesBuilder(program, *this).run(whole, only_report);
}
Summaries::Summaries(Summaries&&) noexcept = default;
Summaries::~Summaries() = default;

const Effects& Summaries::of_drop(TypeId type) const {
  // Boxes that pass escape makes are newer than the summaries.
  while (type.index() >= types_.size()) type = program_->types[type].elem;
  return types_[type.index()];
}

const Effects* Summaries::of_inst(const Function& function, const Inst& inst) const {
  switch (inst.op) {
    case Op::Call:
      return &functions_[inst.callee.index()].effects;
    case Op::CallValue: {
      TypeId type = operand_type(*program_, function, function.args(inst)[0]);
      return &values_.at(type.v);
    }
    case Op::Assign:
    case Op::Drop:
      return &of_drop(place_type(*program_, function, inst.dst));
    case Op::New:
      return CallGraph::collects(*program_, inst) ? &collection_ : nullptr;
    case Op::Runtime:
      if (RtFn(inst.imm) == RtFn::EndGlobals) return &end_of_globals_;
      return rt_info(RtFn(inst.imm)).runs_user_code ? &collection_ : of_growing(inst);
    default:
      return nullptr;
  }
}

const Effects* Summaries::of_growing(const Inst& inst) const {
  TypeId elem = growth_.left_behind(inst);
  return elem.valid() ? &growing_.at(elem.v) : nullptr;
}

bool Summaries::inst_may_fail(const Function& function, const Inst& inst) const {
  if (inst.op == Op::Call || inst.op == Op::Assign || inst.op == Op::Drop) {
    return of_inst(function, inst)->may_fail;
  }
  return oir::inst_may_fail(*program_, function, inst);
}

void Summaries::remove_unwind_edges(Program& program) {
  std::vector<uint8_t> fails(graph_->size(), 0);
  for (size_t f = 0; f < program.functions.size(); ++f) {
    const Function& function = program.functions[f];
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.op == Op::Call || inst.op == Op::Assign || inst.op == Op::Drop) continue;
        if (oir::inst_may_fail(program, function, inst)) fails[f] = 1;
      }
    }
  }
  for (const std::vector<uint32_t>& component : graph_->components()) {
    uint8_t any = 0;
    for (uint32_t node : component) {
      any |= fails[node];
      for (uint32_t callee : graph_->callees(node)) {
        // What fails inside of a collection does not unwind out of it [O-PANIC-2].
        if (callee != graph_->collection()) any |= fails[callee];
      }
    }
    for (uint32_t node : component) fails[node] = any;
  }
  for (size_t f = 0; f < functions_.size(); ++f) functions_[f].effects.may_fail = fails[f];
  for (size_t t = 0; t < types_.size(); ++t) {
    types_[t].may_fail = fails[graph_->of_type(TypeId{t})];
  }
  collection_.may_fail = fails[graph_->collection()];
  for (Function& function : program.functions) {
    for (Block& block : function.blocks) {
      for (Inst& inst : block.insts) {
        if (inst.unwind.valid() && !inst_may_fail(function, inst)) inst.unwind = {};
      }
    }
  }
}

}  // namespace tenure::own
