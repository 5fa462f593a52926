#include "own/array_growth.h"

#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

bool grows(const Inst& inst) {
  if (inst.op != Op::Runtime) return false;
  RtFn fn = RtFn(inst.imm);
  return fn == RtFn::ArrayPush || fn == RtFn::ArrayWith || fn == RtFn::ArrayPop ||
         fn == RtFn::ArrayReserve || fn == RtFn::ArrayArrange;
}

}  // namespace

ArrayGrowth::ArrayGrowth(const Program& program, const Contents& contents) {
  constexpr uint64_t kLookedAt =
      Contents::bit(Op::Runtime) | Contents::bit(Op::MakeView) | Contents::bit(Op::MakeRef);
  for (size_t f = 0; f < program.functions.size(); ++f) {
    if (!contents.has_any(FuncId{f}, kLookedAt)) continue;
    const Function& function = program.functions[f];
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) look(program, function, inst);
    }
  }
  for (const auto& [array, use] : uses_) {
    if (!use.grown || !use.referred) continue;
    TypeId elem = program.types[TypeId{size_t{array}}].elem;
    if (program.types.is_move_only(elem)) elements_.push_back(uses_[array].elem = elem);
  }
}

void ArrayGrowth::look(const Program& program, const Function& function, const Inst& inst) {
  if (grows(inst)) uses_[inst.type.v].grown = true;
  if (inst.op != Op::MakeView && inst.op != Op::MakeRef) return;
  Place place = function.args(inst)[0].place;
  TypeId type = place_type(program, function, place);
  if (inst.op == Op::MakeView) uses_[type.v].referred = true;
  for (const Step& step : steps_of(program, function, place)) {
    if (program.types[step.from].kind == TypeKind::Array) uses_[step.from.v].referred = true;
  }
}

TypeId ArrayGrowth::left_behind(const Inst& inst) const {
  if (!grows(inst)) return {};
  auto found = uses_.find(inst.type.v);
  return found == uses_.end() ? TypeId{} : found->second.elem;
}

}  // namespace tenure::own
