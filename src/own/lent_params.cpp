#include "own/lent_params.h"

namespace tenure::own {

using namespace oir;

std::vector<bool> find_called_by_name(const Program& program) {
  std::vector<bool> by_name(program.functions.size());
  for (size_t f = 0; f < by_name.size(); ++f) {
    const Function& function = program.functions[f];
    by_name[f] = !function.blocks.empty() && !function.is_drop && !function.dispatches &&
                 function.exported.empty() && program.start != FuncId{f};
  }
  for (const Function& function : program.functions) {
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.op == Op::Call && function.dispatches) by_name[inst.callee.index()] = false;
        for (const Operand& operand : function.args(inst)) {
          bool value = operand.kind == OperandKind::Const;
          if (value && operand.constant.kind == ConstKind::Func)
            by_name[operand.constant.bits] = false;
        }
      }
    }
  }
  return by_name;
}

std::vector<std::vector<bool>> find_lent_params(const Program& program) {
  std::vector<bool> by_name = find_called_by_name(program);
  std::vector<std::vector<bool>> params(program.functions.size());
  for (size_t f = 0; f < params.size(); ++f) {
    const Function& function = program.functions[f];
    params[f].assign(function.params, false);
    for (uint32_t p = 0; by_name[f] && p < function.params; ++p) {
      const Local& local = function.locals[p + 1];
      params[f][p] =
          local.mode == ParamMode::Borrow && program.types[local.type].kind == TypeKind::Ref;
    }
  }
  return params;
}

}  // namespace tenure::own
