#include "own/lent_params.h"

namespace tenure::own {

using namespace oir;

std::vector<std::vector<bool>> find_lent_params(const Program& program) {
  std::vector<std::vector<bool>> params(program.functions.size());
  for (size_t f = 0; f < params.size(); ++f) {
    const Function& function = program.functions[f];
    bool ours = !function.blocks.empty() && !function.is_drop && !function.dispatches &&
                function.exported.empty() && program.start != FuncId{f};
    params[f].assign(function.params, false);
    for (uint32_t p = 0; ours && p < function.params; ++p) {
      const Local& local = function.locals[p + 1];
      params[f][p] =
          local.mode == ParamMode::Borrow && program.types[local.type].kind == TypeKind::Ref;
    }
  }
  auto never = [&](size_t func) { params[func].assign(params[func].size(), false); };
  for (const Function& function : program.functions) {
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.op == Op::Call && function.dispatches) never(inst.callee.index());
        for (const Operand& operand : function.args(inst)) {
          bool value = operand.kind == OperandKind::Const;
          if (value && operand.constant.kind == ConstKind::Func) never(operand.constant.bits);
        }
      }
    }
  }
  return params;
}

}  // namespace tenure::own
