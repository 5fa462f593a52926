#include "own/lenders.h"

#include "own/parts.h"
#include "own/pointed.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

bool is_changed(const Inst& inst, size_t i) {
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

}  // namespace

bool Lenders::words_of(Place lender, const std::vector<bool>& pointed,
                       std::vector<Word>& words) const {
  std::vector<Step> steps = steps_of(program_, function_, lender);
  bool memory = lender.is_global();
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
    // A payload is there until the union is written.
    if (steps[i].proj.kind == ProjKind::Variant && memory) add();
    if (steps[i].proj.kind == ProjKind::Index) {
      // Which element it is must stay so, too.
      LocalId index{size_t{steps[i].proj.index}};
      if (leaves_storage(program_, steps[i]) || !keeps_index(index, pointed)) return false;
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
bool Lenders::keeps_index(LocalId index, const std::vector<bool>& pointed) const {
  return !pointed[index.index()] && !function_.locals[index.index()].boxed;
}

bool Lenders::writes(const Inst& inst, const std::vector<Word>& words) const {
  if (inst.dst.valid() && inst.op != Op::SetFlag && writes_place(inst.dst, words)) return true;
  auto args = function_.args(inst);
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i].kind == OperandKind::Move && writes_place(args[i].place, words)) return true;
    if (args[i].kind == OperandKind::Addr && op_is_call(inst.op) && !only_read_.by_call(inst, i) &&
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
bool Lenders::runs_drops(const Inst& inst) const {
  if (inst.op == Op::New) return inst.imm == 1;
  return inst.op == Op::Runtime && rt_info(RtFn(inst.imm)).collection_point;
}

// `place` is, encloses, or is a part of, one of the words, as far as the spelling tells.
bool Lenders::writes_named(Place place, const std::vector<Word>& words) const {
  for (const Word& word : words) {
    if (may_overlap(program_, function_, place, word.place)) return true;
  }
  return false;
}

bool Lenders::writes_place(Place place, const std::vector<Word>& words) const {
  if (writes_named(place, words)) return true;
  std::vector<Step> steps = steps_of(program_, function_, place);
  if (!place.is_global() && in_root(program_, steps)) return false;
  return writes_key(memory_key(program_, function_, place), words);
}

bool Lenders::writes_key(const MemoryKey& key, const std::vector<Word>& words) const {
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

bool Lenders::writes_by(const Effects& effects, const std::vector<Word>& words) const {
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
bool Lenders::lies_in(TypeId inner, TypeId outer) const {
  auto [it, fresh] = lies_in_.try_emplace(uint64_t{inner.v} << 32 | outer.v, false);
  if (!fresh) return it->second;
  return it->second = inner != outer &&
                      any_part(program_, outer, [&](TypeId part) { return part == inner; });
}

}  // namespace tenure::own
