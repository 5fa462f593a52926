// What the integers and bools of one function may be, wherever it is.
//
// Followed are locals that are written by their name alone. Intervals over the blocks, forwards, as
// in Cousot and Cousot (POPL 1977): in a few sweeps over the function, what still grows then
// gets one of a few limits, at last none, and two more sweeps find the limits that conditions set.
// A condition is a comparison whose bool is branched on in its block: on either way its sides are
// what it says. Where an error unwinds nothing is known.
#pragma once

#include <vector>

#include "own/range.h"

namespace tenure::own {

// What is known of calls.
struct KnownRanges {
  std::vector<Range> results;              // by function: what it returns, or kAnything
  std::vector<std::vector<Range>> params;  // by function and parameter from 0: what it is given
  // Also where nothing is known.
  static constexpr Range kAnything{-(Range::Number{1} << 126), Range::Number{1} << 126};
};

class Ranges {
 public:
  // `params`: of the function, a row of `known.params`, or null: nothing is known of them. Linear
  // in the size of the function, but for locals that are used in many blocks: where that is too
  // much, nothing is found.
  Ranges(const oir::Program& program, const oir::Function& function, const KnownRanges& known,
         const std::vector<Range>* params);

  // Goes through the instructions of each block that can be reached, in order. `visit(block,
  // index)` may ask what is known before the instruction, and change it.
  template <class Visit>
  void each_inst(const Visit& visit) {
    for (oir::BlockId block : order_) {
      if (reached_[block.index()] == 0) continue;
      enter(block);
      const std::vector<oir::Inst>& insts = function_.blocks[block.index()].insts;
      for (size_t i = 0; i < insts.size() && !dead_; ++i) {
        visit(block, i);
        step(insts[i]);
      }
    }
  }

  // The numbers that an operand may be: all of its type if nothing is known. Nothing if it is
  // neither an integer nor a bool.
  std::optional<Range> of(const oir::Operand& operand) const;
  // What an operator or a cast gives if it does not check whether that fits. Nothing if it is not
  // of integers and bools, and does not give one. Empty: it always fails.
  std::optional<Range> given_by(const oir::Inst& inst) const;
  // What the function returns; empty: it never does.
  Range result() const { return result_; }

 private:
  static constexpr uint32_t kNone = 0xFFFFFFFFu;
  using State = std::vector<Range>;  // by slot
  // What a bool of the block says of two operands.
  struct Condition {
    uint32_t local;
    oir::BinOp op;
    oir::Operand a, b;
  };

  void find_followed();
  void find_slots();
  void solve();
  void give_up();
  void sweep(std::vector<State>& into, std::vector<uint8_t>& reached);
  void enter(oir::BlockId block);
  void step(const oir::Inst& inst);
  Range written_by(const oir::Inst& inst, Range all) const;
  void learn(const oir::Inst& inst);
  void forget(uint32_t local);
  void leave(const oir::Inst& inst);
  void leave_if(oir::BlockId target, const oir::Operand& on, bool holds);
  void join_into(oir::BlockId target);
  void reach_unknown(oir::BlockId target);
  void refine(const oir::Operand& operand, Range range);
  const Condition* condition_of(const oir::Operand& operand) const;
  uint32_t followed(oir::Place place) const {
    bool whole = place.valid() && place.is_local() && place.is_root();
    return whole && !all_[place.root].empty() ? place.root : kNone;
  }

  const oir::Program& program_;
  const oir::Function& function_;
  const KnownRanges& known_;
  std::vector<oir::BlockId> order_;
  std::vector<uint32_t> position_;  // by block: in the order
  std::vector<Range> all_;          // by local: the numbers of its type; empty: not followed
  std::vector<uint32_t> slots_;     // by slot: the local, one that is used in several blocks
  State at_start_;                  // of the function
  std::vector<State> at_entry_;     // by block
  std::vector<uint8_t> reached_;    // by block
  Range result_;

  // Where the walk is.
  std::vector<Range> now_;  // by local
  std::vector<Condition> conditions_;
  bool dead_ = false;  // what comes next in the block is never reached
  uint32_t at_ = 0;    // the position of the block
  // Of a sweep; null: of the walk of each_inst.
  std::vector<State>* into_ = nullptr;
  std::vector<uint8_t>* into_reached_ = nullptr;
  int sweeps_ = 0;
  bool again_ = false;  // a block that was gone through already begins with more
  bool late_ = false;   // the sweep came to a block whose turn was over (in no loop with one head)
  bool widened_ = false;
};

}  // namespace tenure::own
