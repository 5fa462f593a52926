#include "own/inner_references.h"

#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

// The type of the elements that the step goes into (a view's are those of an array), or none.
TypeId inner(const Program& program, const Step& step) {
  switch (program.types[step.from].kind) {
    case TypeKind::Array:
    case TypeKind::View:
    case TypeKind::Box:
      return step.to;
    default:
      return {};
  }
}

}  // namespace

InnerReferences::InnerReferences(const Program& program, const Contents& contents)
    : elements_(program.types.size()) {
  for (size_t f = 0; f < program.functions.size(); ++f) {
    if (!contents.lends_part(FuncId{f})) continue;
    const Function& function = program.functions[f];
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.op != Op::MakeRef && inst.op != Op::Call) continue;
        for (const Operand& operand : function.args(inst)) {
          if (operand.kind != OperandKind::Addr || operand.place.is_root()) continue;
          for (const Step& step : steps_of(program, function, operand.place)) {
            TypeId elem = inner(program, step);
            if (elem.valid()) elements_[elem.index()] = true;
          }
        }
      }
    }
  }
}

bool InnerReferences::may_reach(const Program& program, const Function& function,
                                Place place) const {
  for (const Step& step : steps_of(program, function, place)) {
    TypeId elem = inner(program, step);
    if (elem.valid() && elem.index() < elements_.size() && elements_[elem.index()]) return true;
  }
  return false;
}

}  // namespace tenure::own
