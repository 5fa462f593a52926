#include "own/written_slots.h"

#include "own/steps.h"

namespace tenure::own {

using namespace oir;

WrittenSlots::WrittenSlots(const Program& program)
    : program_(program), wholes_(program.types.size()), elements_(program.types.size()) {
  for (const Function& function : program.functions) {
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) look_at(function, inst);
    }
  }
}

void WrittenSlots::look_at(const Function& function, const Inst& inst) {
  bool ends = inst.op == Op::Drop || inst.op == Op::Forget || inst.op == Op::SetFlag;
  if (inst.dst.valid() && !ends) write(function, inst.dst);
  auto args = function.args(inst);
  for (size_t i = 0; i < args.size(); ++i) {
    if (!args[i].has_place()) continue;
    // (Who has a pointer to a place may write it by means that nobody can follow.)
    bool changes = inst.op == Op::Swap || inst.op == Op::Replace || inst.op == Op::MakePtr ||
                   inst.op == Op::MakeSlice || is_changed_by_runtime(inst, i);
    if (args[i].kind == OperandKind::Addr && changes) {
      write(function, args[i].place);
      grow(function, args[i].place);
    }
    if (inst.op == Op::Runtime && RtFn(inst.imm) == RtFn::ArrayWith) grow(function, args[i].place);
  }
}

// A local's or global's own bytes are in no object.
void WrittenSlots::write(const Function& function, Place place) {
  std::vector<Step> steps = steps_of(program_, function, place);
  if (in_root(program_, steps)) return;
  const Step& last = steps.back();
  switch (last.proj.kind) {
    case ProjKind::Index:
    case ProjKind::Const:
      elements_[last.to.index()] = true;
      break;
    case ProjKind::Field:
      parts_.insert(key(last.from, last.to));
      break;
    default:
      wholes_[last.to.index()] = true;
      break;
  }
}

// Wherever the array's word lies: its elements are in an object of their own.
void WrittenSlots::grow(const Function& function, Place array) {
  const Type& type = program_.types[place_type(program_, function, array)];
  if (type.kind == TypeKind::Array) elements_[type.elem.index()] = true;
}

}  // namespace tenure::own
