// Instructions that check and may fail.
#include <cstdio>
#include <cstring>

#include "base/check.h"
#include "interp/machine.h"

namespace tenure::interp {

using oir::PanicKind;
using oir::TypeKind;

namespace {

// Room for the path that `use after move` shows: the place, and the part of it that is empty.
constexpr size_t kPathRoom = 512;

}  // namespace

Next Machine::fail_with(TnError error, const InstCode& inst) {
  tn_report(error, inst.site);
  return Next::Fail;
}

Next Machine::do_NullCheck(Frame& frame, const InstCode& inst) {
  if (evaluate_word(frame, inst.args[0]) == nullptr) return fail_with(TN_E_NULL_REFERENCE, inst);
  return Next::Go;
}

// Of the array at an address, or the length that is given itself.
uint64_t Machine::length_of(const Frame& frame, const OperandCode& array) {
  const TypeInfo& base = *array.type;
  if (array.kind != oir::OperandKind::Addr) return evaluate_bits(frame, array);
  if (base.kind == TypeKind::FixedArray) return program_.types[base.id].count;
  if (base.kind == TypeKind::Slice) return elements(frame, array).length;
  void* word;
  std::memcpy(&word, head_address(frame, array.place), sizeof word);
  return tn_array_length(word);
}

Next Machine::do_BoundsCheck(Frame& frame, const InstCode& inst) {
  uint64_t length = length_of(frame, inst.args[0]);
  uint64_t index = evaluate_bits(frame, inst.args[1]);
  if (index < length) return Next::Go;  // a negative index is a large one
  tn_report_index(index, inst.args[1].type->is_signed, length, inst.site);
  return Next::Fail;
}

Next Machine::do_RangeCheck(Frame& frame, const InstCode& inst) {
  uint64_t length = length_of(frame, inst.args[0]);
  uint64_t from = evaluate_bits(frame, inst.args[1]);
  uint64_t to = evaluate_bits(frame, inst.args[2]);
  if (to <= length && from <= to) return Next::Go;
  bool behind = to > length;
  tn_report_index(behind ? to - inst.imm : from, inst.args[behind ? 2 : 1].type->is_signed, length,
                  inst.site);
  return Next::Fail;
}

Next Machine::do_FullCheck(Frame& frame, const InstCode& inst) {
  const PlaceCode& place = inst.args[0].place;
  auto name = [&]() {
    if (inst.extra != 0) return program_.strings[inst.extra - 1];
    const oir::Function& function = *frame.code->function;
    return oir::place_text(program_, function, function.args(*inst.source)[0].place);
  };
  if (inst.flag != kNone) {
    uint32_t flag = 0;
    if (!flag_is_set(frame, inst, &flag)) return Next::Go;
    const TnSite* moved = nullptr;
    if (flag - 1 < program_.move_sites.size()) moved = sites_.site(program_.move_sites[flag - 1]);
    tn_report_moved(name().c_str(), inst.site, moved);
    return Next::Fail;
  }
  if (place.global) {
    uint8_t state = global_state(place);
    if (state == TN_G_UNINIT) {
      tn_report_uninit(program_.globals[place.root].name.c_str(), inst.site);
      return Next::Fail;
    }
    if (state != TN_G_FULL) {
      tn_report_moved(program_.globals[place.root].name.c_str(), inst.site, nullptr);
      return Next::Fail;
    }
  }
  StateList states;
  const uint8_t* at = address(frame, place, place.has_states ? &states : nullptr);
  bool in_empty = place.type->plain && states.says_empty();
  if (!in_empty && !find_hole(at, inst, nullptr, 0)) return Next::Go;
  char path[kPathRoom];
  snprintf(path, sizeof path, "%.*s", static_cast<int>(kPathRoom / 2), name().c_str());
  if (!in_empty) find_hole(at, inst, path, sizeof path);
  tn_report_moved(path, inst.site, nullptr);
  return Next::Fail;
}

// Whether there is a hole as far as the FullCheck looks, and where, as tn_find_hole says it.
bool Machine::find_hole(const uint8_t* at, const InstCode& inst, char* path, size_t room) {
  const TypeInfo& type = *inst.args[0].place.type;
  switch (oir::CheckDepth(inst.imm)) {
    case oir::CheckDepth::Itself:
      return is_head_hole(at, type);
    case oir::CheckDepth::Parts:
      return type.holds_holes && tn_find_hole(at, type.tn, path, room);
    case oir::CheckDepth::Printed:
      return tn_find_printed_hole(at, type.tn, path, room);
    case oir::CheckDepth::Enclosing:
      return tn_find_enclosing_hole(at);  // it is the place itself that is named
  }
  TN_UNREACHABLE("a depth of checks");
}

Next Machine::do_Panic(Frame& frame, const InstCode& inst) {
  auto kind = static_cast<PanicKind>(inst.imm);
  Scratch constant(sizeof(TnString));
  const TnString* message = nullptr;
  if (inst.arg_count != 0) {
    message = reinterpret_cast<const TnString*>(look_at(frame, inst.args[0], constant));
  }
  switch (kind) {
    case PanicKind::AssertionFailed:
      if (message == nullptr) return fail_with(TN_E_ASSERTION, inst);
      tn_report_message("assertion failed: ", message, inst.site);
      return Next::Fail;
    case PanicKind::UnwrapOfNull:
      return fail_with(TN_E_UNWRAP_OF_NULL, inst);
    case PanicKind::ValueOutOfRange:
      return fail_with(TN_E_VALUE_OUT_OF_RANGE, inst);
    case PanicKind::Message:
      TN_CHECK(message != nullptr, "a panic without its message");
      tn_report_message("", message, inst.site);
      return Next::Fail;
  }
  TN_UNREACHABLE("a kind of panic");
}

}  // namespace tenure::interp
