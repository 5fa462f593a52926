#include "own/hold_removal.h"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "own/cfg.h"
#include "own/pointed.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

// A hold whose way to its end is longer than this is kept: statements are short.
constexpr size_t kLongestRegion = 2000;

struct Hold {
  LocalId local;
  uint32_t block = 0;
  uint32_t index = 0;  // of the instruction that fills it
  size_t fills = 0;
  bool odd = false;                // used in a way that is not known here
  std::vector<uint32_t> operands;  // that name it: indexes into Function::operands
};

// A pointer that has to stay as it is for the lender to be what it was.
struct Word {
  Place place;
  bool in_memory;  // others may name it too
  MemoryKey key;   // if in_memory
};

class HoldRemoval {
 public:
  HoldRemoval(Program& program, FuncId func, const Summaries& summaries, const SourceMap& sources)
      : program_(program),
        func_(func),
        function_(program[func]),
        summaries_(summaries),
        sources_(sources) {}

  void run() {
    collect();
    if (order_.empty()) return;
    for (uint32_t local : order_) {
      Hold& hold = holds_[local];
      Inst& fill = function_.blocks[hold.block].insts[hold.index];
      Place lender = function_.args(fill)[0].place;
      Span writer;
      bool removed = hold.fills == 1 && !hold.odd && is_free(hold, fill, lender, writer);
      record(fill, lender, removed, writer);
      if (removed) replace(hold, lender);
    }
    sweep();
  }

 private:
  bool is_hold(Place place) const {
    return place.is_local() && function_.locals[place.local_id().index()].kind == LocalKind::Hold;
  }

  // A hold of a value, whose address is lent, and not of a word.
  bool holds_value(Place hold) const {
    TypeKind kind = program_.types[function_.locals[hold.local_id().index()].type].kind;
    return kind != TypeKind::Ref && kind != TypeKind::View;
  }

  // In a parameter that the caller lends: it stays whole until the call has ended, and nobody can
  // assign it [O-LIFE-3].
  bool is_lent_by_caller(Place lender) const {
    if (!lender.is_local()) return false;
    const Local& local = function_.locals[lender.local_id().index()];
    if (local.kind != LocalKind::Param || local.mode != ParamMode::Borrow) return false;
    std::vector<Step> steps = steps_of(program_, function_, lender);
    if (steps.empty() || steps[0].proj.kind != ProjKind::Deref) return false;
    for (size_t i = 1; i < steps.size(); ++i) {
      if (leaves_storage(program_, steps[i]) || steps[i].proj.kind == ProjKind::Index) return false;
    }
    return true;
  }

  void collect() {
    for (const Local& local : function_.locals) any_ = any_ || local.kind == LocalKind::Hold;
    if (!any_) return;
    for (uint32_t b = 0; b < function_.blocks.size(); ++b) {
      const std::vector<Inst>& insts = function_.blocks[b].insts;
      for (uint32_t i = 0; i < insts.size(); ++i) collect(insts[i], b, i);
    }
  }

  void collect(const Inst& inst, uint32_t block, uint32_t index) {
    for (uint32_t a = 0; a < inst.args_count; ++a) {
      const Operand& operand = function_.operands[inst.args_begin + a];
      if (!operand.has_place() || !is_hold(operand.place)) continue;
      Hold& hold = holds_[operand.place.root];
      hold.operands.push_back(inst.args_begin + a);
      bool lends_value = operand.kind == OperandKind::Addr && holds_value(operand.place) &&
                         (op_is_call(inst.op) || inst.op == Op::Runtime);
      bool whole_leaves =
          operand.place.is_root() && operand.kind != OperandKind::Borrow && !lends_value;
      if (whole_leaves || operand.kind == OperandKind::Move || inst.op == Op::Alias) {
        // `bounds_check addr hold` only looks.
        if (inst.op != Op::BoundsCheck && inst.op != Op::FullCheck) hold.odd = true;
      }
    }
    if (inst.op == Op::Alias) aliased_.insert(function_.args(inst)[0].place.root);
    if (!inst.dst.valid() || !is_hold(inst.dst) || inst.op == Op::Drop) return;
    Hold& hold = holds_[inst.dst.root];
    if (!inst.dst.is_root()) {
      hold.odd = true;
      return;
    }
    if (hold.fills++ == 0) order_.push_back(inst.dst.root);
    hold.local = inst.dst.local_id();
    hold.block = block;
    hold.index = index;
    bool copies = inst.op == Op::Init && function_.args(inst)[0].kind == OperandKind::Copy;
    if (!copies && inst.op != Op::MakeView) hold.odd = true;
  }

  // ---- may it go?

  bool is_free(const Hold& hold, const Inst& fill, Place lender, Span& writer) {
    writer = fill.span;
    if (aliased_.count(lender.root)) return false;
    if (holds_value(Place::local(hold.local)) && is_lent_by_caller(lender)) return true;
    if (lender.is_local() && pointed_[lender.local_id().index()]) return false;
    if (is_behind_pointer(program_, function_, lender)) return false;
    bool view = fill.op == Op::MakeView;
    std::vector<Word> words;
    if (!words_of(lender, view, words)) return false;
    std::unordered_set<uint32_t> seen;
    std::vector<uint32_t> work;
    size_t looked_at = 0;
    auto walk = [&](uint32_t block, uint32_t from) {
      const std::vector<Inst>& insts = function_.blocks[block].insts;
      for (uint32_t i = from; i < insts.size(); ++i) {
        const Inst& inst = insts[i];
        if (inst.op == Op::Drop && inst.dst == Place::local(hold.local)) return true;
        if (inst.op == Op::Return || inst.op == Op::Resume) return false;
        if (++looked_at > kLongestRegion || writes(inst, words) ||
            (view && names(inst, lender, hold))) {
          writer = inst.span;
          return false;
        }
        if (inst.unwind.valid() && seen.insert(inst.unwind.v).second) work.push_back(inst.unwind.v);
        for (BlockId target : inst.targets) {
          if (seen.insert(target.v).second) work.push_back(target.v);
        }
      }
      return true;
    };
    if (!walk(hold.block, hold.index + 1)) return false;
    while (!work.empty()) {
      uint32_t block = work.back();
      work.pop_back();
      if (!walk(block, 0)) return false;
    }
    return true;
  }

  // The words that lead to the lender, and the lender. False: too hard to follow.
  bool words_of(Place lender, bool view, std::vector<Word>& words) const {
    std::vector<Step> steps = steps_of(program_, function_, lender);
    bool memory = lender.is_global();
    if (view && (memory || !in_root(program_, steps))) return false;
    if (lender.is_local()) {
      LocalKind kind = function_.locals[lender.local_id().index()].kind;
      if (kind == LocalKind::Alias) return false;
    }
    Place at{lender.root, PathId{size_t{0}}};
    auto add = [&] {
      words.push_back({at, memory, memory ? memory_key(program_, function_, at) : MemoryKey{}});
    };
    std::vector<PathId> prefixes;
    for (PathId path = lender.path; path.v != 0; path = function_.paths.parent(path)) {
      prefixes.push_back(path);
    }
    for (size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].proj.kind == ProjKind::Variant) return false;
      if (steps[i].proj.kind == ProjKind::Index) {
        // Which element it is must stay so, too.
        LocalId index{size_t{steps[i].proj.index}};
        if (leaves_storage(program_, steps[i]) || !keeps_index(index)) return false;
        words.push_back({Place::local(index), false, {}});
      }
      if (steps[i].proj.kind == ProjKind::Deref) {
        add();
        memory = true;
      }
      at.path = prefixes[prefixes.size() - 1 - i];
    }
    add();
    return true;
  }

  // Nobody but who names it can change it.
  bool keeps_index(LocalId index) const {
    return !pointed_[index.index()] && !function_.locals[index.index()].boxed;
  }

  // For a view: any other use of the array, which would find it unexposed.
  bool names(const Inst& inst, Place lender, const Hold& hold) const {
    if (inst.op == Op::BoundsCheck || inst.op == Op::FullCheck) return false;
    auto same = [&](Place place) { return place.valid() && place.root == lender.root; };
    (void)hold;
    if (same(inst.dst)) return true;
    for (const Operand& operand : function_.args(inst)) {
      if (operand.has_place() && same(operand.place)) return true;
    }
    return false;
  }

  bool writes(const Inst& inst, const std::vector<Word>& words) const {
    if (inst.dst.valid() && inst.op != Op::SetFlag && writes_place(inst.dst, words)) return true;
    auto args = function_.args(inst);
    for (size_t i = 0; i < args.size(); ++i) {
      if (args[i].kind == OperandKind::Move && writes_place(args[i].place, words)) return true;
      if (args[i].kind == OperandKind::Addr && may_write_through(inst, i) &&
          writes_named(args[i].place, words)) {
        return true;
      }
      if (args[i].kind == OperandKind::Addr && is_changed(inst, i) &&
          writes_place(args[i].place, words)) {
        return true;
      }
    }
    const Effects* effects = summaries_.of_inst(function_, inst);
    if (writes_unknown_memory(program_, function_, inst) ||
        (effects != nullptr && effects->writes_unknown)) {
      for (const Word& word : words) {
        if (word.in_memory) return true;
      }
    }
    if (effects != nullptr && writes_by(*effects, words)) return true;
    if (runs_drops(inst)) return writes_by(summaries_.of_collection(), words);
    return false;
  }

  // Where any object may die: what a collection runs.
  bool runs_drops(const Inst& inst) const {
    if (inst.op == Op::New) return inst.imm == 1;
    return inst.op == Op::Runtime && rt_info(RtFn(inst.imm)).collection_point;
  }

  // A callee may write what it gets the address of.
  static bool may_write_through(const Inst& inst, size_t) { return op_is_call(inst.op); }
  static bool is_changed(const Inst& inst, size_t i) {
    switch (inst.op) {
      case Op::Swap:
      case Op::Replace:
      case Op::UniqueArray:
      case Op::MakeView:
        return true;
      default:
        return is_changed_by_runtime(inst, i);
    }
  }

  // `place` is, encloses, or is a part of, one of the words, as far as the spelling tells.
  bool writes_named(Place place, const std::vector<Word>& words) const {
    for (const Word& word : words) {
      if (may_overlap(program_, function_, place, word.place)) return true;
    }
    return false;
  }

  bool writes_place(Place place, const std::vector<Word>& words) const {
    if (writes_named(place, words)) return true;
    std::vector<Step> steps = steps_of(program_, function_, place);
    if (!place.is_global() && in_root(program_, steps)) return false;
    return writes_key(memory_key(program_, function_, place), words);
  }

  bool writes_key(const MemoryKey& key, const std::vector<Word>& words) const {
    for (const Word& word : words) {
      if (!word.in_memory) continue;
      if (key.type == word.key.type) {
        if (key.meets(word.key)) return true;
      } else if (!(key.in_root && word.key.in_root) && lies_in(word.key.type, key.type)) {
        return true;
      }
    }
    return false;
  }

  bool writes_by(const Effects& effects, const std::vector<Word>& words) const {
    for (const MemoryKey& key : effects.moved.items) {
      if (writes_key(key, words)) return true;
    }
    for (const MemoryKey& key : effects.filled.items) {
      if (writes_key(key, words)) return true;
    }
    for (const Word& word : words) {
      if (!word.place.is_global()) continue;
      uint32_t global = word.place.global_id().v;
      if (effects.globals_moved.contains(global) || effects.globals_filled.contains(global) ||
          effects.globals_grown.contains(global)) {
        return true;
      }
    }
    return false;
  }

  // A value of `outer` has parts of type `inner`, without a step through memory.
  bool lies_in(TypeId inner, TypeId outer) const {
    auto [it, fresh] = lies_in_.try_emplace(uint64_t{inner.v} << 32 | outer.v, false);
    if (!fresh) return it->second;
    std::vector<TypeId> work{outer};
    std::unordered_set<uint32_t> seen{outer.v};
    bool found = false;
    auto add = [&](TypeId type) {
      found = found || type == inner;
      if (seen.insert(type.v).second) work.push_back(type);
    };
    while (!work.empty() && !found) {
      const Type& type = program_.types[work.back()];
      work.pop_back();
      for (const Field& field : type.fields) add(field.type);
      for (const Variant& variant : type.variants) {
        for (const Field& field : variant.fields) add(field.type);
      }
      if (type.kind == TypeKind::FixedArray) add(type.elem);
    }
    return it->second = found;
  }

  // ---- taking it out

  void replace(const Hold& hold, Place lender) {
    for (uint32_t index : hold.operands) {
      Place old = function_.operands[index].place;
      if (old.root != Place::local(hold.local).root) continue;
      Place now = lender;
      for (Proj proj : function_.paths.projs(old.path)) now = project(function_, now, proj);
      function_.operands[index].place = now;
      if (is_hold(now)) holds_[now.root].operands.push_back(index);
    }
    removed_.insert(hold.local.v);
  }

  void sweep() {
    if (removed_.empty()) return;
    for (Block& block : function_.blocks) {
      std::erase_if(block.insts, [&](const Inst& inst) {
        return inst.dst.is_local() && inst.dst.is_root() && removed_.count(inst.dst.root) != 0;
      });
    }
  }

  void record(Inst& fill, Place lender, bool removed, Span writer) {
    if (lender.is_local() && function_.locals[lender.local_id().index()].name.empty()) return;
    std::string why = "nothing writes it while it is lent";
    if (!removed) {
      why = "it may be written before the statement ends";
      if (writer.valid()) why += " (line " + std::to_string(sources_.locate(writer).line) + ")";
    }
    fill.fact = program_.add_fact({removed ? FactKind::Borrowed : FactKind::Held, func_, fill.span,
                                   place_text(program_, function_, lender), std::move(why)});
  }

  Program& program_;
  FuncId func_;
  Function& function_;
  const Summaries& summaries_;
  const SourceMap& sources_;
  std::vector<bool> pointed_ = pointed_locals(program_, function_);
  bool any_ = false;
  std::unordered_map<uint32_t, Hold> holds_;  // by root
  std::vector<uint32_t> order_;               // roots, as they are filled
  std::unordered_set<uint32_t> removed_;
  std::unordered_set<uint32_t> aliased_;  // roots that a name is bound into
  mutable std::unordered_map<uint64_t, bool> lies_in_;
};

}  // namespace

void remove_holds(Program& program, FuncId func, const Summaries& summaries,
                  const SourceMap& sources) {
  HoldRemoval(program, func, summaries, sources).run();
}

}  // namespace tenure::own
