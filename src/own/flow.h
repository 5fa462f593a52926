// Forward data flow over the blocks of a function, with side exits.
//
// A block leaves through its terminator and, before that, through each instruction that has
// `unwind`: such an instruction is an edge that carries the state as it is when the instruction has
// failed (the top of oir/oir.h says what has been consumed then). Blocks are visited in reverse
// post-order from a worklist, until nothing changes.
//
// A Problem is a type with
//   using State;                                        copyable
//   State entry();                                      at the start of the function
//   bool step(const oir::Inst&, State&);                the ordinary effect; false: does not go on
//   void failed(const oir::Inst&, State&);              from before the instruction to its side
//   exit bool join(State& into, const State& from);          true if `into` changed
//
//   Flow<Problem> flow = solve(cfg, problem);
//   if (flow.reached(block)) { State s = flow.at_entry[block]; ... replay with problem.step ... }
#pragma once

#include <utility>
#include <vector>

#include "oir/oir.h"

namespace tenure::own {

// The control-flow graph of a function: built once, valid until its blocks change.
class Cfg {
 public:
  explicit Cfg(const oir::Function& function);

  const oir::Function& function() const { return function_; }
  // Blocks that can be reached from the entry, in reverse post-order.
  const std::vector<uint32_t>& order() const { return order_; }
  bool reachable(uint32_t block) const { return rank_[block] != kUnreached; }
  uint32_t rank(uint32_t block) const { return rank_[block]; }  // position in order()
  const std::vector<uint32_t>& preds(uint32_t block) const { return preds_[block]; }
  // Successors without repetition, unwinding ones included.
  const std::vector<uint32_t>& succs(uint32_t block) const { return succs_[block]; }

  // A natural loop: its head, the sources of its back edges, and its blocks in reverse post-order
  // (the head first). Loops come inner ones first.
  struct Loop {
    uint32_t head;
    std::vector<uint32_t> latches;
    std::vector<uint32_t> blocks;
  };
  std::vector<Loop> loops() const;

 private:
  static constexpr uint32_t kUnreached = 0xFFFFFFFFu;
  void number();

  const oir::Function& function_;
  std::vector<uint32_t> order_;
  std::vector<uint32_t> rank_;
  std::vector<std::vector<uint32_t>> preds_;
  std::vector<std::vector<uint32_t>> succs_;
  std::vector<std::pair<uint32_t, uint32_t>> back_edges_;  // from, to
};

template <class Problem>
struct Flow {
  std::vector<typename Problem::State> at_entry;  // by block
  std::vector<uint8_t> seen;
  bool reached(uint32_t block) const { return seen[block] != 0; }
};

namespace detail {

// Runs one block and hands its out states to `deliver(target, state)`.
template <class Problem, class Deliver>
void run_block(const oir::Function& function, uint32_t block, Problem& problem,
               typename Problem::State state, Deliver&& deliver) {
  for (const oir::Inst& inst : function.blocks[block].insts) {
    if (inst.unwind.valid()) {
      typename Problem::State side = state;
      problem.failed(inst, side);
      deliver(inst.unwind.v, side);
    }
    if (!problem.step(inst, state)) return;
    for (oir::BlockId target : inst.targets) deliver(target.v, state);
  }
}

// A worklist that gives out blocks in reverse post-order.
class RankQueue {
 public:
  explicit RankQueue(const Cfg& cfg) : cfg_(cfg), queued_(cfg.order().size(), 0) {}
  void push(uint32_t block) {
    uint32_t rank = cfg_.rank(block);
    if (queued_[rank]) return;
    queued_[rank] = 1;
    ++count_;
    if (rank < next_) next_ = rank;
  }
  bool pop(uint32_t& block) {
    if (count_ == 0) return false;
    while (!queued_[next_]) ++next_;
    queued_[next_] = 0;
    --count_;
    block = cfg_.order()[next_];
    return true;
  }

 private:
  const Cfg& cfg_;
  std::vector<uint8_t> queued_;
  uint32_t next_ = 0;
  size_t count_ = 0;
};

}  // namespace detail

template <class Problem>
Flow<Problem> solve(const Cfg& cfg, Problem& problem) {
  const oir::Function& function = cfg.function();
  Flow<Problem> flow;
  if (function.is_foreign()) return flow;  // nothing is known of what it does
  flow.at_entry.resize(function.blocks.size());
  flow.seen.resize(function.blocks.size(), 0);
  flow.at_entry[0] = problem.entry();
  flow.seen[0] = 1;
  detail::RankQueue queue(cfg);
  queue.push(0);
  uint32_t block;
  while (queue.pop(block)) {
    detail::run_block(function, block, problem, flow.at_entry[block],
                      [&](uint32_t target, const typename Problem::State& state) {
                        if (!flow.seen[target]) {
                          flow.seen[target] = 1;
                          flow.at_entry[target] = state;
                          queue.push(target);
                        } else if (problem.join(flow.at_entry[target], state)) {
                          queue.push(target);
                        }
                      });
  }
  return flow;
}

// The same over the blocks of a loop alone, from `seed` at its head; nothing flows back into the
// head. The result is indexed as `loop.blocks` is.
template <class Problem>
Flow<Problem> solve_turn(const Cfg& cfg, const Cfg::Loop& loop, Problem& problem,
                         typename Problem::State seed, std::vector<uint32_t>& position) {
  constexpr uint32_t kOutside = 0xFFFFFFFFu;
  const oir::Function& function = cfg.function();
  if (position.size() < function.blocks.size()) position.resize(function.blocks.size(), kOutside);
  for (uint32_t i = 0; i < loop.blocks.size(); ++i) position[loop.blocks[i]] = i;
  Flow<Problem> flow;
  flow.at_entry.resize(loop.blocks.size());
  flow.seen.resize(loop.blocks.size(), 0);
  flow.at_entry[0] = std::move(seed);
  flow.seen[0] = 1;
  std::vector<uint8_t> queued(loop.blocks.size(), 0);
  queued[0] = 1;
  bool again = true;
  while (again) {  // loops nest shallowly, so a few sweeps in order do
    again = false;
    for (uint32_t i = 0; i < loop.blocks.size(); ++i) {
      if (!queued[i]) continue;
      queued[i] = 0;
      detail::run_block(function, loop.blocks[i], problem, flow.at_entry[i],
                        [&](uint32_t target, const typename Problem::State& state) {
                          uint32_t at = position[target];
                          if (at == kOutside || at == 0) return;
                          bool changed = false;
                          if (!flow.seen[at]) {
                            flow.seen[at] = 1;
                            flow.at_entry[at] = state;
                            changed = true;
                          } else {
                            changed = problem.join(flow.at_entry[at], state);
                          }
                          if (!changed) return;
                          queued[at] = 1;
                          if (at <= i) again = true;
                        });
    }
  }
  for (uint32_t block : loop.blocks) position[block] = kOutside;
  return flow;
}

}  // namespace tenure::own
