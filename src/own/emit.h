// Making instructions and locals in passes.
#pragma once

#include <functional>
#include <initializer_list>
#include <utility>
#include <vector>

#include "oir/oir.h"

namespace tenure::own {

// The operands are appended to the function's: spans and references of others become invalid.
oir::Inst make_inst(oir::Function& function, oir::Op op, oir::Place dst,
                    std::initializer_list<oir::Operand> operands, Span span);
oir::Inst make_jump(oir::BlockId target, Span span);
// A conditional drop, as front ends schedule them.
oir::Inst make_drop(const oir::Function& function, oir::LocalId local, oir::DropReason reason,
                    Span span);
oir::LocalId add_temp(oir::Function& function, oir::TypeId type, Span span);
oir::BlockId add_block(oir::Function& function, oir::BlockKind kind);

void append_operand(oir::Function& function, oir::Inst& inst, oir::Operand operand);
// A block that is reached by unwinding: it does what `insts` say and goes on to `unwind`, or leaves
// the function if there is none.
oir::BlockId add_exit(oir::Function& function, std::vector<oir::Inst> insts, oir::BlockId unwind,
                      Span span);
// On the way from `block` to target number `target` of its terminator.
void put_on_edge(oir::Function& function, uint32_t block, size_t target, oir::Inst inst);
// One more parameter by value, the last. The local that had its number gets another one, in all
// places and paths of the function.
oir::LocalId add_param(oir::Function& function, oir::TypeId type, Span span);

// Instructions that are put in front of others when all is decided, so that positions hold till
// then.
class Insertions {
 public:
  void add(uint32_t block, uint32_t index, oir::Inst inst) {
    rows_.push_back({block, index, std::move(inst)});
  }
  // In front of the same one they stand in the order in which they were added.
  void apply(oir::Function& function);

 private:
  struct Row {
    uint32_t block, index;
    oir::Inst inst;
  };
  std::vector<Row> rows_;
};

// The locals die, in this order, where the function is left, also by what may fail and unwinds to
// nothing yet.
void drop_where_left(oir::Function& function, const std::vector<oir::LocalId>& locals,
                     const std::function<bool(const oir::Inst&)>& may_fail);

}  // namespace tenure::own
