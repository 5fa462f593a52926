#include "own/pointed.h"

#include "own/steps.h"

namespace tenure::own {

using namespace oir;

std::vector<bool> pointed_locals(const Program& program, const Function& function) {
  std::vector<bool> pointed(function.locals.size());
  for (const Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      bool slots = inst.op == Op::Runtime && RtFn(inst.imm) == RtFn::ArraySlots;
      if (inst.op != Op::MakePtr && inst.op != Op::MakeSlice && !slots) continue;
      const Operand& of = function.args(inst)[0];
      if (of.has_place() && is_part_of_local(program, function, of.place)) {
        pointed[of.place.local_id().index()] = true;
      }
    }
  }
  return pointed;
}

std::vector<bool> locals_written_unnamed(const Program& program, const Function& function) {
  std::vector<bool> written(function.locals.size());
  for (const Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      bool owned = inst.op == Op::Runtime && RtFn(inst.imm) == RtFn::TextOwn;
      if (inst.op != Op::MakePtr && inst.op != Op::MakeSlice && inst.op != Op::Alias && !owned)
        continue;
      const Operand& of = function.args(inst)[0];
      if (!of.has_place() || !is_part_of_local(program, function, of.place)) continue;
      bool only_read =
          inst.op == Op::MakeSlice &&
          program.types[place_type(program, function, of.place)].kind == TypeKind::Text;
      if (!only_read) written[of.place.local_id().index()] = true;
    }
  }
  return written;
}

std::vector<bool> locals_with_other_names(const Program& program, const Function& function) {
  std::vector<bool> named = pointed_locals(program, function);
  std::vector<bool> written = locals_written_unnamed(program, function);
  for (size_t l = 0; l < named.size(); ++l) named[l] = named[l] || written[l];
  for (const Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      if (inst.op != Op::Alias && inst.op != Op::MakeView) continue;
      Place of = function.args(inst)[0].place;
      if (of.is_local()) named[of.local_id().index()] = true;
    }
  }
  return named;
}

bool is_owned_by_name(const Function& function, LocalId local,
                      const std::vector<bool>& with_other_names) {
  const Local& row = function.locals[local.index()];
  bool owned = row.kind == LocalKind::User || row.kind == LocalKind::Temp ||
               (row.kind == LocalKind::Param && row.mode == ParamMode::Own);
  return owned && !row.boxed && !with_other_names[local.index()];
}

bool is_behind_pointer(const Program& program, const Function& function, Place place) {
  if (place.is_root()) return false;
  for (const Step& step : steps_of(program, function, place)) {
    TypeKind from = program.types[step.from].kind;
    if (from == TypeKind::Pointer || from == TypeKind::Slice) return true;
  }
  return false;
}

bool writes_unknown_memory(const Program& program, const Function& function, const Inst& inst) {
  if (inst.dst.valid() && is_behind_pointer(program, function, inst.dst)) return true;
  if (inst.op == Op::Call) {
    const Function& callee = program[inst.callee];
    return callee.is_foreign() && !is_numeric_function(program, callee);
  }
  if (inst.op != Op::Runtime) return false;
  switch (RtFn(inst.imm)) {
    case RtFn::MemSet:
    case RtFn::MemCopy:
    case RtFn::MemMove:
    case RtFn::MemZero:
    case RtFn::SlotMove:
      return true;
    default:
      break;
  }
  std::string_view params = rt_info(RtFn(inst.imm)).params;
  auto args = function.args(inst);
  for (size_t i = 0; i < args.size() && i < params.size(); ++i) {
    if (params[i] == 'm' && is_behind_pointer(program, function, args[i].place)) return true;
  }
  return false;
}

}  // namespace tenure::own
