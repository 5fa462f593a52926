// Instructions that end lives, and those that let values change places.
#include <cstring>

#include "interp/machine.h"

namespace tenure::interp {

// True if the instruction has a drop flag and it says `empty`; `value` gets it.
bool Machine::flag_is_set(const Frame& frame, const InstCode& inst, uint32_t* value) {
  if (inst.flag == kNone) return false;
  const uint8_t* at = frame.base + inst.flag;
  if (std::memchr(region_.shadow(at), 0, sizeof(uint32_t)) != nullptr) {
    violation("a read of a drop flag that was never set");
  }
  uint32_t flag;
  std::memcpy(&flag, at, sizeof flag);
  if (value != nullptr) *value = flag;
  return flag != 0;
}

Next Machine::do_Drop(Frame& frame, const InstCode& inst) {
  const PlaceCode& place = inst.dst;
  const TypeInfo& type = *place.type;
  if (type.plain) return Next::Go;
  if (flag_is_set(frame, inst, nullptr)) return Next::Go;
  uint8_t* at = address(frame, place);
  require_droppable(at, place);
  TnStatus status;
  bool boxed = place.whole && !place.global && frame.code->function->locals[place.root].boxed;
  if (boxed) {
    void* word;
    std::memcpy(&word, at, sizeof word);
    region_.set_empty(at, type.size);
    status = tn_release_as(word, type.elem->tn, inst.imm);
  } else {
    status = tn_drop_value(at, type.tn, inst.imm, inst.origin);
    region_.set_empty(at, type.size);
  }
  return fail_or_go(status);
}

Next Machine::do_Forget(Frame& frame, const InstCode& inst) {
  region_.set_empty(address(frame, inst.dst), inst.dst.type->size);
  return Next::Go;
}

Next Machine::do_SetFlag(Frame& frame, const InstCode& inst) {
  store_bits(frame, inst.dst, inst.extra);
  return Next::Go;
}

Next Machine::do_Swap(Frame& frame, const InstCode& inst) {
  const TypeInfo& type = *inst.args[0].type;
  uint8_t* a = full_address(frame, inst.args[0].place);
  uint8_t* b = full_address(frame, inst.args[1].place);
  if (a == b) return Next::Go;
  Scratch value(type.size);
  std::memcpy(value.data(), a, type.size);
  std::memcpy(a, b, type.size);
  std::memcpy(b, value.data(), type.size);
  return Next::Go;
}

Next Machine::do_Replace(Frame& frame, const InstCode& inst) {
  const TypeInfo& type = *inst.args[0].type;
  Scratch new_value(type.size);
  evaluate(frame, inst.args[1], new_value.data());
  uint8_t* at = full_address(frame, inst.args[0].place);
  Scratch old_value(type.size);
  std::memcpy(old_value.data(), at, type.size);
  std::memcpy(at, new_value.data(), type.size);
  store(frame, inst.dst, old_value.data());
  return Next::Go;
}

Next Machine::do_UniqueArray(Frame& frame, const InstCode& inst) {
  const PlaceCode& place = inst.args[0].place;
  auto* word = reinterpret_cast<void**>(head_address(frame, place));
  if (place.type->kind == oir::TypeKind::Array) tn_array_unique(word, place.type->tn);
  return Next::Go;
}

}  // namespace tenure::interp
