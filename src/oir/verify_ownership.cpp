// The heart of the verifier: forward data flow over the owned parts of a function's locals.
//
// A *slot* is a part of a local that owns something and is told apart by some place in the
// function: a leaf of the tree of mentioned places, or the rest of an aggregate whose other parts
// are mentioned. Each slot has a set of what it may be: full, empty, or known only to memory (a
// callee was handed the address of a place of a type that vacates). Plain parts, globals and what
// lies behind references are not followed; memory is not this analysis' business, and the
// interpreter checks it as it runs.
//
// Drop flags are understood through *pairs*: for a flag and a slot that the flag speaks of (its
// uses say which) the set of combinations of {flag 0, flag not 0} with the slot's states. A flagged
// drop is right if flag 0 never goes with empty, nor another value with full.
//
// States at block entries are kept sparse (only what differs from `empty`), so the cost follows
// what is alive at edges and not the number of locals. Reports are made in one walk after the fixed
// point.
#include <algorithm>
#include <unordered_map>

#include "base/check.h"
#include "oir/ownership_slots.h"
#include "oir/verifier.h"

namespace tenure::oir {

namespace {

// What a slot may be. A pair has these bits twice: flag 0, and shifted by 3 for any other flag.
enum : uint8_t { kFull = 1, kEmpty = 2, kUnknown = 4, kStates = 7 };
constexpr uint8_t kPairAtEntry = kEmpty | kEmpty << 3;
// Joining more cells than this in one function is a function made by a machine, thousands of whose
// locals live at once across thousands of edges: the rest of it is passed over.
constexpr size_t kBudget = size_t{1} << 27;

// ---- the data flow

class OwnershipCheck {
 public:
  OwnershipCheck(const Program& program, const Function& function, VerifyReport& report)
      : program_(program), function_(function), report_(report), slots_(program, function) {}
  void run();

 private:
  using Sparse =
      std::vector<std::pair<uint32_t, uint8_t>>;  // by cell, sorted; the rest is as at entry

  uint8_t initial(uint32_t cell) const {
    return cell < slots_.slot_count() ? uint8_t{kEmpty} : kPairAtEntry;
  }
  void set_cell(uint32_t cell, uint8_t bits);
  void set_slot(uint32_t slot, uint8_t state);
  void set_node(uint32_t node, uint8_t state);
  void load(const Sparse& entry);
  void send(BlockId to);
  void walk(BlockId block);
  void inst(const Inst& inst);
  void operands(const Inst& inst);
  void operand(const Inst& inst, const Operand& operand);
  void call_address(const Slots::Found& found);
  void moved(uint32_t node);
  void destination(const Inst& inst);
  void flagged(const Inst& inst, const Slots::Found& found);
  void full_check(const Inst& inst);
  void set_flag(const Inst& inst);
  void leave(bool returns);
  void need_full(uint32_t node, const char* what);
  void need_empty(uint32_t node);
  void complain(uint32_t slot, const char* what);

  const Program& program_;
  const Function& function_;
  VerifyReport& report_;
  Slots slots_;
  std::vector<uint8_t> now_;  // by cell
  std::vector<bool> active_;  // by cell: in active_cells_
  std::vector<uint32_t> active_cells_;
  std::vector<Sparse> entry_;    // by block
  std::vector<bool> reached_;    // by block
  std::vector<bool> queued_;     // by block
  std::vector<uint32_t> queue_;  // a heap of ranks
  std::vector<uint32_t> rank_;   // by block: reverse post order
  std::vector<uint32_t> by_rank_;
  size_t work_ = 0;
  bool sorted_ = true;  // active_cells_
  bool telling_ = false;
  BlockId block_;
  const Inst* inst_ = nullptr;
};

// Reverse post order, so that most blocks are walked once.
std::vector<uint32_t> order_of(const Function& function) {
  struct Frame {
    uint32_t block;
    std::vector<uint32_t> next;
  };
  auto exits = [&](uint32_t block) {
    std::vector<uint32_t> out;
    for (const Inst& inst : function.blocks[block].insts) {
      if (inst.unwind.valid()) out.push_back(inst.unwind.v);
      for (BlockId target : inst.targets) out.push_back(target.v);
    }
    return out;
  };
  std::vector<bool> seen(function.blocks.size());
  std::vector<uint32_t> post;
  std::vector<Frame> frames;
  seen[0] = true;
  frames.push_back({0, exits(0)});
  while (!frames.empty()) {
    Frame& frame = frames.back();
    if (frame.next.empty()) {
      post.push_back(frame.block);
      frames.pop_back();
      continue;
    }
    uint32_t to = frame.next.back();
    frame.next.pop_back();
    if (seen[to]) continue;
    seen[to] = true;
    frames.push_back({to, exits(to)});
  }
  std::reverse(post.begin(), post.end());
  return post;
}

void OwnershipCheck::run() {
  size_t blocks = function_.blocks.size();
  now_.resize(slots_.cell_count());
  for (uint32_t i = 0; i < now_.size(); ++i) now_[i] = initial(i);
  active_.resize(now_.size());
  entry_.resize(blocks);
  reached_.resize(blocks);
  queued_.resize(blocks);
  by_rank_ = order_of(function_);
  rank_.assign(blocks, kNoSlot);
  for (uint32_t i = 0; i < by_rank_.size(); ++i) rank_[by_rank_[i]] = i;

  for (uint32_t i = 1; i <= function_.params; ++i) {
    uint32_t root = slots_.root(LocalId{size_t{i}});
    if (root != kNoSlot) set_node(root, kFull);
  }
  send(BlockId{size_t{0}});
  while (!queue_.empty()) {
    std::pop_heap(queue_.begin(), queue_.end(), std::greater<>());
    uint32_t block = by_rank_[queue_.back()];
    queue_.pop_back();
    queued_[block] = false;
    walk(BlockId{size_t{block}});
    if (work_ > kBudget) return;
  }
  telling_ = true;
  for (uint32_t block : by_rank_) {
    if (report_.full()) return;
    if (reached_[block]) walk(BlockId{size_t{block}});
  }
}

// ---- states

void OwnershipCheck::set_cell(uint32_t cell, uint8_t bits) {
  now_[cell] = bits;
  if (!active_[cell]) {
    active_[cell] = true;
    sorted_ &= active_cells_.empty() || active_cells_.back() < cell;
    active_cells_.push_back(cell);
  }
}

void OwnershipCheck::set_slot(uint32_t slot, uint8_t state) {
  set_cell(slot, state);
  for (uint32_t cell : slots_.cells_of_slot(slot)) {
    uint8_t bits = now_[cell];
    set_cell(cell, uint8_t(((bits & kStates) ? state : 0) | ((bits >> 3) ? state << 3 : 0)));
  }
}

void OwnershipCheck::set_node(uint32_t node, uint8_t state) {
  for (uint32_t s = slots_.node(node).begin; s < slots_.node(node).end; ++s) set_slot(s, state);
}

void OwnershipCheck::load(const Sparse& entry) {
  for (uint32_t cell : active_cells_) {
    now_[cell] = initial(cell);
    active_[cell] = false;
  }
  active_cells_.clear();
  sorted_ = true;
  for (auto [cell, bits] : entry) set_cell(cell, bits);
}

// Joins the state as it is now into the entry of `to`.
void OwnershipCheck::send(BlockId to) {
  if (telling_) return;
  if (!sorted_) std::sort(active_cells_.begin(), active_cells_.end());
  sorted_ = true;
  Sparse& entry = entry_[to.index()];
  bool first = !reached_[to.index()];
  Sparse joined;
  joined.reserve(std::max(entry.size(), active_cells_.size()));
  work_ += entry.size() + active_cells_.size();
  bool changed = first;
  size_t e = 0;
  auto keep = [&](uint32_t cell, uint8_t bits) {
    if (bits != initial(cell)) joined.push_back({cell, bits});
  };
  auto keep_old = [&](uint32_t cell, uint8_t old) {
    uint8_t bits = old | initial(cell);
    changed |= bits != old;
    keep(cell, bits);
  };
  for (uint32_t cell : active_cells_) {
    while (e < entry.size() && entry[e].first < cell) {
      keep_old(entry[e].first, entry[e].second);
      ++e;
    }
    if (first) {
      keep(cell, now_[cell]);
      continue;
    }
    uint8_t old = initial(cell);
    if (e < entry.size() && entry[e].first == cell) old = entry[e++].second;
    uint8_t bits = old | now_[cell];
    changed |= bits != old;
    keep(cell, bits);
  }
  for (; e < entry.size(); ++e) keep_old(entry[e].first, entry[e].second);
  if (!changed) return;
  entry = std::move(joined);
  reached_[to.index()] = true;
  if (!queued_[to.index()]) {
    queued_[to.index()] = true;
    queue_.push_back(rank_[to.index()]);
    std::push_heap(queue_.begin(), queue_.end(), std::greater<>());
  }
}

void OwnershipCheck::complain(uint32_t slot, const char* what) {
  if (!telling_ || slots_.lenient(slot)) return;
  report_.add(program_, function_, block_, inst_,
              "`" + place_text(program_, function_, slots_.place_of(slot)) + "` " + what);
}

void OwnershipCheck::need_full(uint32_t node, const char* what) {
  if (!telling_) return;
  for (uint32_t s = slots_.node(node).begin; s < slots_.node(node).end; ++s) {
    if (now_[s] & kEmpty) return complain(s, what);
  }
}

void OwnershipCheck::need_empty(uint32_t node) {
  if (!telling_) return;
  for (uint32_t s = slots_.node(node).begin; s < slots_.node(node).end; ++s) {
    if (now_[s] & kFull) return complain(s, "is initialised while it may be full");
  }
}

// ---- instructions

void OwnershipCheck::walk(BlockId block) {
  load(entry_[block.index()]);
  block_ = block;
  for (const Inst& one : function_.blocks[block.index()].insts) {
    inst_ = &one;
    inst(one);
  }
}

void OwnershipCheck::inst(const Inst& inst) {
  switch (inst.op) {
    case Op::SetFlag:
      set_flag(inst);
      return;
    case Op::FullCheck:
      if (inst.unwind.valid()) send(inst.unwind);
      full_check(inst);
      return;
    case Op::Return:
      leave(true);
      return;
    case Op::Resume:
      leave(false);
      return;
    default:
      break;
  }
  // Drop and assign have done their work when they fail, a call has taken its operands, and
  // everything else has done nothing.
  bool worked = inst.op == Op::Drop || inst.op == Op::Assign;
  if (inst.unwind.valid() && !worked && !op_is_call(inst.op)) send(inst.unwind);
  operands(inst);
  if (inst.unwind.valid() && op_is_call(inst.op)) send(inst.unwind);
  if (inst.dst.valid()) destination(inst);
  if (inst.unwind.valid() && worked) send(inst.unwind);
  for (BlockId target : inst.targets) send(target);
}

void OwnershipCheck::operands(const Inst& inst) {
  for (const Operand& one : function_.args(inst)) operand(inst, one);
}

void OwnershipCheck::operand(const Inst& inst, const Operand& operand) {
  if (!operand.has_place()) return;
  Slots::Found found = slots_.find(operand.place);
  if (found.node == kNoSlot) return;
  if (found.behind) {
    need_full(found.node, "is read while it may be empty");
    return;
  }
  switch (operand.kind) {
    case OperandKind::Move:
      need_full(found.node, "is moved while it may be empty");
      moved(found.node);
      return;
    case OperandKind::Addr:
      if (inst.op == Op::Alias) return;
      if (op_is_call(inst.op)) return call_address(found);
      break;
    default:
      break;
  }
  need_full(found.node, "is read while it may be empty");
}

// A callee may empty and fill what it gets the address of, if the type vacates.
void OwnershipCheck::call_address(const Slots::Found& found) {
  const SlotNode& node = slots_.node(found.node);
  for (uint32_t s = node.begin; s < node.end; ++s) {
    if (slots_.vacates(s)) {
      set_slot(s, kUnknown);
    } else if (now_[s] & kEmpty) {
      complain(s, "is handed out while it may be empty");
    }
  }
}

// Moving a part out of a variant says which variant it was, so the union has nothing else left.
void OwnershipCheck::moved(uint32_t id) {
  set_node(id, kEmpty);
  for (uint32_t at = id; at != kNoSlot; at = slots_.node(at).parent) {
    const SlotNode& node = slots_.node(at);
    if (node.parent == kNoSlot || node.proj.kind != ProjKind::Variant) continue;
    const SlotNode& whole = slots_.node(node.parent);
    for (uint32_t s = whole.begin; s < whole.end; ++s) {
      if (s < node.begin || s >= node.end) set_slot(s, kEmpty);
    }
  }
}

void OwnershipCheck::destination(const Inst& inst) {
  Slots::Found found = slots_.find(inst.dst);
  if (found.node == kNoSlot) return;
  if (found.behind) {
    need_full(found.node, "is written through while it may be empty");
    return;
  }
  if (inst.flag.valid()) flagged(inst, found);
  switch (inst.op) {
    case Op::Drop:
      if (!inst.flag.valid()) need_full(found.node, "is dropped while it may be empty");
      set_node(found.node, kEmpty);
      return;
    case Op::Forget:
      set_node(found.node, kEmpty);
      return;
    case Op::Assign:
      if (!inst.flag.valid()) need_full(found.node, "is assigned while it may be empty");
      break;
    default:
      need_empty(found.node);
      break;
  }
  set_node(found.node, kFull);
}

void OwnershipCheck::flagged(const Inst& inst, const Slots::Found& found) {
  if (!telling_ || !slots_.has_flag(inst.flag)) return;
  const SlotNode& node = slots_.node(found.node);
  for (const SlotPair& pair : slots_.pairs_of_flag(inst.flag)) {
    if (pair.slot < node.begin || pair.slot >= node.end) continue;
    if (now_[pair.cell] & kEmpty) complain(pair.slot, "may be empty while its flag says full");
    if (now_[pair.cell] & kFull << 3) complain(pair.slot, "may be full while its flag says empty");
  }
}

void OwnershipCheck::full_check(const Inst& inst) {
  Slots::Found found = slots_.find(function_.args(inst)[0].place);
  if (!inst.flag.valid()) {
    if (found.node == kNoSlot || found.behind) return;
    const SlotNode& node = slots_.node(found.node);
    for (uint32_t s = node.begin; s < node.end; ++s) {
      if (now_[s] & kEmpty) set_slot(s, uint8_t(now_[s] & ~kEmpty) | kFull);
    }
    return;
  }
  if (!slots_.has_flag(inst.flag)) return;
  if (found.node != kNoSlot && !found.behind) flagged(inst, found);
  // From here on the flag is 0.
  for (const SlotPair& pair : slots_.pairs_of_flag(inst.flag)) {
    uint8_t states = now_[pair.cell] & kStates;
    set_cell(pair.cell, states);
    uint8_t left = now_[pair.slot] & states;
    set_cell(pair.slot, left);
    for (uint32_t cell : slots_.cells_of_slot(pair.slot)) {
      set_cell(cell, uint8_t(now_[cell] & (left | left << 3)));
    }
  }
}

void OwnershipCheck::set_flag(const Inst& inst) {
  LocalId flag = inst.dst.local_id();
  if (!slots_.has_flag(flag)) return;
  for (const SlotPair& pair : slots_.pairs_of_flag(flag)) {
    uint8_t bits = now_[pair.cell];
    uint8_t states = uint8_t((bits | bits >> 3) & kStates);
    set_cell(pair.cell, inst.extra == 0 ? states : uint8_t(states << 3));
  }
}

// Nothing may be left but the result of a `return`. Only what differs from empty can be.
void OwnershipCheck::leave(bool returns) {
  if (!telling_) return;
  uint32_t result = slots_.root(LocalId{size_t{0}});
  if (returns && result != kNoSlot) need_full(result, "is returned while it may be empty");
  for (uint32_t cell : active_cells_) {
    if (cell >= slots_.slot_count() || !(now_[cell] & kFull)) continue;
    if (returns && slots_.place_of(cell).local_id().v == 0) continue;
    complain(cell, returns ? "may still be full at a return" : "may still be full at a resume");
  }
}

}  // namespace

void verify_ownership(const Program& program, const Function& function, VerifyReport& report) {
  if (function.is_foreign()) return;
  OwnershipCheck(program, function, report).run();
}

}  // namespace tenure::oir
