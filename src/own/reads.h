// What an instruction reads, place by place, in order: the input of every check for emptiness.
//
// A read of `(*xs[i]).name` is four: the array's word, the element (a pointer), and the name. Reads
// of the compiler's own making (drops) are none. What a call reads of an argument that it gets by
// reference is the summary's business and is asked with mode Argument.
#pragma once

#include "own/fullness.h"

namespace tenure::own {

struct Read {
  enum class Mode : uint8_t {
    Whole,      // the value and all its parts
    Word,       // the word itself: a pointer or an array on the way to something
    Argument,   // `addr` of a place, for a call: what the callee says that it reads
    Self,       // `borrow` of a receiver: what the callee says that it reads behind it
    Printed,    // what a printed reference refers to, as far as paths follow it
    Reached,    // all that a print reads behind references
    Enclosing,  // a value with a `drop` a part of which is assigned: it must be there
  };
  Mode mode = Mode::Whole;
  oir::Place place;  // what is read
  MovePathId path;   // the deepest path that is it or holds it
  bool exact = false;
  bool untracked = false;  // behind a reference that no path follows: memory knows
  uint32_t operand = 0;    // the operand that reads it; kNoOperand: the destination
  bool moves = false;      // the operand is a `move`
  static constexpr uint32_t kNoOperand = 0xFFFFFFFFu;
};

class ReadWalker {
 public:
  ReadWalker(const oir::Program& program, oir::Function& function, const Fullness& fullness)
      : program_(program), function_(function), fullness_(fullness) {}

  // Calls `visit(read, state)` for each; `state` is as it is when that operand is evaluated. Leaves
  // `state` as `Fullness::step` would; false: it does not go on.
  template <class Visit>
  bool walk(const oir::Inst& inst, PathBits& state, Visit&& visit) {
    if (inst.op != oir::Op::Drop && inst.op != oir::Op::Forget && inst.op != oir::Op::FullCheck) {
      collect(inst);
      bool sequential = moves_ != 0 && reads_.size() > 1;
      if (!sequential) {
        for (const Read& read : reads_) visit(read, state);
      } else {
        PathBits now = state;
        uint32_t last = Read::kNoOperand;
        auto leave = [&](uint32_t operand) {
          if (operand == Read::kNoOperand) return;
          const oir::Operand& o = function_.args(inst)[operand];
          if (o.kind == oir::OperandKind::Move) fullness_.move_operand(now, o.place);
        };
        for (const Read& read : reads_) {
          if (read.operand != last) leave(last);
          last = read.operand;
          visit(read, now);
        }
      }
    }
    return fullness_.step(inst, state);
  }

 private:
  void collect(const oir::Inst& inst);
  void operand(const oir::Inst& inst, uint32_t index);
  void destination(const oir::Inst& inst);
  void printed(uint32_t operand);
  // The words on the way to `place`, then the place itself in `mode`.
  void place(oir::Place place, Read::Mode mode, uint32_t operand, bool moves, bool last);

  const oir::Program& program_;
  oir::Function& function_;
  const Fullness& fullness_;
  std::vector<Read> reads_;
  uint32_t moves_ = 0;
};

}  // namespace tenure::own
