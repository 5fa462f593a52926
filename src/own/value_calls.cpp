#include "own/value_calls.h"

namespace tenure::own {

using namespace oir;

namespace {

// Nobody calls it any more.
void empty_body(Function& function) {
  function.locals.resize(size_t{function.params} + 1);
  function.operands.clear();
  function.cases.clear();
  function.blocks.clear();
  Inst end;
  end.op = Op::Unreachable;
  function.blocks.emplace_back().insts.push_back(end);
}

}  // namespace

void call_values(Program& program) {
  for (Function& function : program.functions) {
    if (function.dispatches) {
      empty_body(function);
      continue;
    }
    for (Block& block : function.blocks) {
      for (Inst& inst : block.insts) {
        if (inst.op != Op::Call || !program[inst.callee].dispatches) continue;
        inst.op = Op::CallValue;
        inst.callee = {};
      }
    }
  }
}

}  // namespace tenure::own
