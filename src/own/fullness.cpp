#include "own/fullness.h"

#include <unordered_set>

#include "own/parts.h"

namespace tenure::own {

using namespace oir;

namespace {

// What a place is that another place of the same kind was filled (emptied) behind our back.
uint8_t after_filling(uint8_t bits) {
  return bits & kEmpty ? uint8_t((bits & ~kEmpty) | kUnknown) : bits;
}
uint8_t after_moving(uint8_t bits) {
  return bits & kFull ? uint8_t((bits & ~kFull) | kUnknown) : bits;
}

}  // namespace

bool looks_at_word(const Inst& inst, uint32_t index) {
  if (index != 0) return false;
  if (inst.op == Op::Runtime) {
    RtFn fn = RtFn(inst.imm);
    return fn == RtFn::ArrayLen || fn == RtFn::ArrayPush || fn == RtFn::ArrayPop;
  }
  return inst.op == Op::BoundsCheck || inst.op == Op::RangeCheck || inst.op == Op::UniqueArray ||
         inst.op == Op::MakeView;
}

Fullness::Fullness(const Program& program, FuncId func, const MovePaths& paths,
                   const Summaries* summaries, bool reads_fill)
    : program_(program),
      function_(program[func]),
      paths_(paths),
      summaries_(summaries),
      reads_fill_(reads_fill),
      is_start_(func == program.start) {}

Fullness::State Fullness::entry() const {
  State state;
  state.set_range(0, paths_.leaf_count(), kUnknown);
  for (MovePathId root : paths_.roots()) {
    const MovePath& path = paths_[root];
    uint8_t bits = is_start_ ? kEmpty : kUnknown;
    if (path.place.is_local()) {
      const Local& local = function_.locals[path.place.local_id().index()];
      bits = local.kind == LocalKind::Param ? kFull : kEmpty;
    }
    state.set_range(path.leaf_begin, path.leaf_end, bits);
  }
  return state;
}

uint8_t Fullness::bits(const State& state, MovePathId id) const {
  const MovePath& path = paths_[id];
  uint8_t bits = 0;
  for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) bits |= state.get(leaf);
  return bits;
}

// ---- single effects

void Fullness::set_deref_unknown(State& state, MovePathId id) const {
  if (!paths_[id].deref.valid() && paths_[id].is_leaf()) return;
  paths_.each_below(id, [&](MovePathId below) {
    MovePathId target = paths_[below].deref;
    if (!target.valid()) return;
    state.set_range(paths_[target].leaf_begin, paths_[target].leaf_end, kUnknown);
  });
}

void Fullness::fill(State& state, MovePathId id) const {
  state.set_range(paths_[id].leaf_begin, paths_[id].leaf_end, kFull);
  set_deref_unknown(state, id);
}

void Fullness::empty(State& state, MovePathId id) const {
  state.set_range(paths_[id].leaf_begin, paths_[id].leaf_end, kEmpty);
  set_deref_unknown(state, id);
}

void Fullness::read(State& state, Place place) const {
  MovePaths::Found found = paths_.find(place);
  read_pointers(state, found.path);
  const MovePath& path = paths_[found.path];
  if (found.exact) {
    state.set_range(path.leaf_begin, path.leaf_end, kFull);
    return;
  }
  read_word(state, place);
}

// It is there, but what it holds may still have holes that memory knows.
void Fullness::read_word(State& state, Place place) const {
  MovePaths::Found found = paths_.find(place);
  read_pointers(state, found.path);
  const MovePath& path = paths_[found.path];
  for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) {
    uint8_t bits = state.get(leaf);
    if (bits & kEmpty) state.set(leaf, (bits & ~kEmpty) | kFull);
  }
}

void Fullness::read_pointers(State& state, MovePathId id) const {
  for (; id.valid(); id = paths_[id].parent) {
    const MovePath& path = paths_[id];
    if (path.proj.kind != ProjKind::Deref || !path.parent.valid()) continue;
    const MovePath& pointer = paths_[path.parent];
    state.set_range(pointer.leaf_begin, pointer.leaf_end, kFull);
  }
}

void Fullness::read_operand(State& state, Place place) const {
  if (reads_fill_) read(state, place);
}

void Fullness::move_operand(State& state, Place place) const {
  MovePaths::Found found = paths_.find(place);
  if (!found.exact) return;  // out of an index: an error that was reported
  const MovePath& path = paths_[found.path];
  // [O-MOVE-5] A plain value moved through a reference is copied.
  if (path.deep && program_.types.is_plain(path.type)) return;
  empty(state, found.path);
  changed(found.path, true, state);
}

// ---- what others may see

void Fullness::changed(MovePathId id, bool moved, State& state) const {
  const MovePath& path = paths_[id];
  if (!path.memory || program_.types.is_plain(path.type)) return;
  forget(memory_key(program_, function_, path.place), id, moved, state);
}

void Fullness::forget(const MemoryKey& key, MovePathId except, bool moved, State& state) const {
  if (paths_.memory_leaves().empty()) return;
  for (uint32_t leaf : may_alias(key)) {
    uint8_t bits = state.get(leaf);
    // An array that was moved or dropped does not come back because elements were filled, nor does
    // a local a part of which has a name.
    if (!moved && !paths_[paths_.leaf(leaf)].memory_knows()) continue;
    uint8_t now = moved ? after_moving(bits) : after_filling(bits);
    if (now == bits) continue;
    if (except.valid() && paths_.is_part(paths_.leaf(leaf), except)) continue;
    state.set(leaf, now);
  }
}

const std::vector<uint32_t>& Fullness::may_alias(const MemoryKey& key) const {
  auto [it, is_new] = aliases_.try_emplace(key);
  if (!is_new) return it->second;
  for (MovePathId leaf : paths_.memory_leaves()) {
    if (leaf_may_alias(leaf, key)) it->second.push_back(paths_[leaf].leaf_begin);
  }
  return it->second;
}

bool Fullness::leaf_may_alias(MovePathId leaf, const MemoryKey& key) const {
  // A part of a root is another root's under no name but a reference.
  if (key.in_root && !paths_[leaf].deep) return false;
  // The changed place lies in the leaf: of what nobody else sees, in a buffer of its own.
  TypeId type = paths_[leaf].type;
  if (!paths_[leaf].memory) return holds_in_buffer(type, key);
  if (holds(type, key.type)) {
    TypeId container = key.container;
    if (!container.valid() || type == container || holds(type, container)) return true;
  }
  // The leaf is (in) the changed place.
  for (MovePathId at = leaf;; at = paths_[at].parent) {
    const MovePath& path = paths_[at];
    if (path.type == key.type && path.proj.kind != ProjKind::Variant) {
      if (memory_key(program_, function_, path.place).meets(key)) return true;
    }
    if (!path.parent.valid()) return false;  // a root lies in nothing
    if (path.proj.kind == ProjKind::Deref) return holds(key.type, path.type);
  }
}

// An array that is a part of a value of the type has elements in which such a place may lie.
bool Fullness::holds_in_buffer(TypeId type, const MemoryKey& key) const {
  auto is_or_holds = [&](TypeId outer, TypeId inner) {
    return outer == inner || holds(outer, inner);
  };
  std::vector<TypeId> work{type};
  std::unordered_set<uint32_t> seen;
  while (!work.empty()) {
    TypeId at = work.back();
    work.pop_back();
    if (!seen.insert(at.v).second) continue;
    const Type& row = program_.types[at];
    if (row.kind == TypeKind::Array) {
      bool lies_there = is_or_holds(row.elem, key.type) &&
                        (!key.container.valid() || is_or_holds(row.elem, key.container));
      if (lies_there) return true;
    } else if (holds(at, key.type)) {
      each_part(row, [&](TypeId part) { work.push_back(part); });
    }
  }
  return false;
}

// A value of `outer` holds values of `inner` as parts or elements.
bool Fullness::holds(TypeId outer, TypeId inner) const {
  if (outer == inner) return false;
  auto [it, is_new] = holds_.try_emplace(uint64_t{outer.v} << 32 | inner.v, false);
  if (!is_new) return it->second;
  std::vector<TypeId> work{outer};
  std::unordered_set<uint32_t> seen;
  bool found = false;
  while (!work.empty() && !found) {
    TypeId at = work.back();
    work.pop_back();
    if (!seen.insert(at.v).second) continue;
    found = at == inner;
    const Type& row = program_.types[at];
    each_part(row, [&](TypeId part) { work.push_back(part); });
    if (row.kind == TypeKind::Array) work.push_back(row.elem);
  }
  return it->second = found;
}

void Fullness::effects(const Effects& effects, State& state) const {
  if (paths_.memory_leaves().empty()) return;
  for (const MemoryKey& key : effects.moved.items) forget(key, {}, true, state);
  for (const MemoryKey& key : effects.filled.items) forget(key, {}, false, state);
  auto global = [&](uint32_t id, bool moved) {
    MovePathId root = paths_.of_root(Place::global(GlobalId{size_t{id}}));
    if (!root.valid()) return;
    for (uint32_t leaf = paths_[root].leaf_begin; leaf < paths_[root].leaf_end; ++leaf) {
      uint8_t bits = state.get(leaf);
      state.set(leaf, moved ? after_moving(bits) : after_filling(bits));
    }
    set_deref_unknown(state, root);
  };
  for (uint32_t id : effects.globals_moved.items) global(id, true);
  for (uint32_t id : effects.globals_filled.items) global(id, false);
}

// ---- instructions

void Fullness::operands(const Inst& inst, State& state) const {
  if (reads_fill_ && inst.dst.valid() && !inst.dst.is_root() && inst.op != Op::Drop) {
    MovePaths::Found found = paths_.find(inst.dst);
    read_pointers(state, found.path);
    if (!found.exact) read(state, inst.dst);
  }
  if (inst.op == Op::FullCheck) {
    Place place = function_.args(inst)[0].place;
    CheckDepth(inst.imm) == CheckDepth::Itself ? read_word(state, place) : read(state, place);
    return;
  }
  auto args = function_.args(inst);
  for (uint32_t i = 0; i < args.size(); ++i) {
    const Operand& operand = args[i];
    if (!operand.has_place()) continue;
    if (inst.op == Op::Call && operand.kind == OperandKind::Addr) continue;
    if (looks_at_word(inst, i)) {
      if (reads_fill_) read_word(state, operand.place);
      continue;
    }
    read_operand(state, operand.place);
    if (operand.kind == OperandKind::Move) move_operand(state, operand.place);
  }
}

void Fullness::destination(const Inst& inst, State& state) const {
  if (!inst.dst.valid() || inst.op == Op::SetFlag) return;
  MovePaths::Found found = paths_.find(inst.dst);
  if (!found.exact) {
    if (inst.op == Op::Drop || inst.op == Op::Forget) return;
    TypeId type = place_type(program_, function_, inst.dst);
    if (!program_.types.is_plain(type)) {
      forget(memory_key(program_, function_, inst.dst), {}, false, state);
    }
    return;
  }
  if (inst.op == Op::Drop || inst.op == Op::Forget) {
    empty(state, found.path);
    changed(found.path, true, state);
    return;
  }
  fill(state, found.path);
  if (inst.op == Op::New || inst.op == Op::MakeRef) {
    MovePathId target = paths_.target(found.path);
    if (target.valid()) fill(state, target);
  }
  changed(found.path, false, state);
}

bool Fullness::step(const Inst& inst, State& state) const {
  operands(inst, state);
  if (inst.op == Op::Call) {
    call(inst, state, false);
    if (summaries_ && !summaries_->of(inst.callee).may_return) return false;
  }
  destination(inst, state);
  if (inst.op != Op::Call && summaries_) {
    if (const Effects* what = summaries_->of_inst(function_, inst)) effects(*what, state);
  }
  return inst.op != Op::Panic;
}

void Fullness::failed(const Inst& inst, State& state) const {
  switch (inst.op) {
    case Op::Call: {
      // The check that may go before it fails with nothing consumed.
      State before = state;
      operands(inst, state);
      call(inst, state, true);
      if (reads_fill_) state.join(before);
      return;
    }
    case Op::Assign:
    case Op::Drop: {
      State before = state;
      step(inst, state);
      if (reads_fill_ && inst.op == Op::Assign) state.join(before);
      return;
    }
    default:
      if (summaries_) {
        if (const Effects* what = summaries_->of_inst(function_, inst)) effects(*what, state);
      }
  }
}

// ---- calls

void Fullness::call(const Inst& inst, State& state, bool unwinding) const {
  if (!summaries_) return;
  const Summary& summary = summaries_->of(inst.callee);
  auto args = function_.args(inst);
  size_t addresses = 0;
  for (const Operand& operand : args) {
    addresses += operand.kind == OperandKind::Addr || operand.kind == OperandKind::Borrow;
  }
  effects(summary.effects, state);
  for (size_t i = 0; i < args.size() && i < summary.params.size(); ++i) {
    if (args[i].kind != OperandKind::Addr && args[i].kind != OperandKind::Borrow) continue;
    if (!args[i].has_place()) continue;
    MovePaths::Found found = paths_.find(args[i].place);
    MovePathId target = found.path;
    if (reads_fill_ && args[i].kind == OperandKind::Addr) read_pointers(state, target);
    if (args[i].kind == OperandKind::Borrow && found.exact) target = paths_.target(target);
    if (!found.exact || !target.valid()) continue;
    // What one argument refers to may be changed through another.
    if (addresses > 1 && !paths_[target].memory) forget_within(summary.effects, target, state);
    if (!summary.params[i].paths.empty()) {
      argument(summary.params[i], target, state, unwinding);
    }
  }
}

void Fullness::forget_within(const Effects& effects, MovePathId target, State& state) const {
  if (effects.moved.items.empty() && effects.filled.items.empty()) return;
  const MovePath& path = paths_[target];
  for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) {
    TypeId type = paths_[paths_.leaf(leaf)].type;
    auto touches = [&](const MemoryKey& key) {
      return key.type == type || holds(type, key.type) || holds(key.type, type);
    };
    for (const MemoryKey& key : effects.moved.items) {
      if (touches(key)) state.set(leaf, after_moving(state.get(leaf)));
    }
    for (const MemoryKey& key : effects.filled.items) {
      if (touches(key)) state.set(leaf, after_filling(state.get(leaf)));
    }
  }
}

void Fullness::argument(const ParamSummary& param, MovePathId target, State& state,
                        bool unwinding) const {
  std::vector<MovePathId> at(param.paths.size());
  at[0] = target;
  for (size_t i = 0; i < param.paths.size(); ++i) {
    const SummaryPath& row = param.paths[i];
    if (i > 0) {
      MovePathId parent = at[row.parent];
      if (parent.valid()) at[i] = paths_.step(parent, row.proj);
    }
    if (!at[i].valid() || !row.is_leaf()) continue;
    uint8_t left = unwinding ? row.on_unwind : row.on_return;
    const MovePath& path = paths_[at[i]];
    for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) {
      uint8_t bits = state.get(leaf);
      if (reads_fill_ && row.read_first) bits = kFull;
      state.set(leaf, after_call(bits, left));
    }
    if (left & (kFull | kEmpty)) set_deref_unknown(state, at[i]);
  }
}

// `left`: how the callee leaves it. Where it is not certain, memory knows: the callee has no flags
// of ours, but a move through a reference leaves a hole.
uint8_t Fullness::after_call(uint8_t before, uint8_t left) {
  switch (left) {
    case 0:
    case kUnknown:
      return before;
    case kFull:
      return kFull;
    case kEmpty:
      return kEmpty;
    case kFull | kUnknown:
      return after_filling(before);
    case kEmpty | kUnknown:
      return after_moving(before);
    default:
      return kUnknown;
  }
}

}  // namespace tenure::own
