// Pointers, slices, function values, manual memory, and what a text has besides what a string has.
#include <cstring>

#include "interp/machine.h"

namespace tenure::interp {

using oir::TypeKind;

namespace {

uint8_t* bytes(TnString* text) {
  return reinterpret_cast<uint8_t*>(text);
}

}  // namespace

// ---- addresses

Next Machine::do_MakePtr(Frame& frame, const InstCode& inst) {
  store_word(frame, inst, address(frame, inst.args[0].place));
  return Next::Go;
}

Next Machine::do_PtrAdd(Frame& frame, const InstCode& inst) {
  uint64_t pointer = evaluate_bits(frame, inst.args[0]);
  uint64_t count = evaluate_bits(frame, inst.args[1]);
  store_bits(frame, inst.dst, pointer + count * inst.dst.type->elem->size);
  return Next::Go;
}

// Where the elements of a fixed array, text or slice are, and how many.
TnSlice Machine::elements(const Frame& frame, const OperandCode& operand) {
  const TypeInfo& type = *operand.type;
  if (type.kind == TypeKind::FixedArray) {
    return {address(frame, operand.place), program_.types[type.id].count};
  }
  Scratch constant(type.size);
  const uint8_t* at = look_at(frame, operand, constant);
  TnSlice all;  // a text begins as a slice does
  std::memcpy(&all, at, sizeof all);
  return all;
}

Next Machine::do_MakeSlice(Frame& frame, const InstCode& inst) {
  TnSlice slice = elements(frame, inst.args[0]);
  if (inst.arg_count == 3) {
    uint64_t from = evaluate_bits(frame, inst.args[1]);
    uint64_t to = evaluate_bits(frame, inst.args[2]);
    // A negative bound is a large one.
    if (to > slice.length || from > to) {
      bool behind = to > slice.length;
      tn_report_index(behind ? to : from, inst.args[behind ? 2 : 1].type->is_signed, slice.length,
                      inst.site);
      return Next::Fail;
    }
    slice.data += from * inst.dst.type->elem->size;
    slice.length = to - from;
  }
  store(frame, inst.dst, reinterpret_cast<const uint8_t*>(&slice));
  return Next::Go;
}

Next Machine::do_MemCheck(Frame& frame, const InstCode& inst) {
  const void* pointer = evaluate_word(frame, inst.args[0]);
  auto access = static_cast<oir::MemAccess>(inst.imm);
  if (access == oir::MemAccess::WriteLiteral) {
    const Literals& literals = decoder_.literals();
    if (reinterpret_cast<uintptr_t>(pointer) - reinterpret_cast<uintptr_t>(literals.begin()) >=
        literals.size()) {
      return Next::Go;
    }
    tn_report_literal(inst.site);
    return Next::Fail;
  }
  bool write = access == oir::MemAccess::Write;
  const void* from = inst.arg_count == 2 ? evaluate_word(frame, inst.args[1]) : nullptr;
  return fail_or_go(tn_mem_check(pointer, inst.args[0].type->elem->size, from, write, inst.site));
}

// ---- texts

Next Machine::rt_TextLen(Frame& frame, const InstCode& inst) {
  return rt_SliceLen(frame, inst);
}

Next Machine::rt_SliceLen(Frame& frame, const InstCode& inst) {
  store_bits(frame, inst.dst, elements(frame, inst.args[0]).length);
  return Next::Go;
}

Next Machine::rt_TextOwn(Frame& frame, const InstCode& inst) {
  tn_text_own(reinterpret_cast<TnString*>(full_address(frame, inst.args[0].place)));
  return Next::Go;
}

Next Machine::rt_StrInto(Frame& frame, const InstCode& inst) {
  TnString text;
  evaluate(frame, inst.args[0], bytes(&text));
  if (inst.dst.type == nullptr) {
    tn_str_drop(&text);
    return Next::Go;
  }
  if (inst.dst.type->kind == oir::TypeKind::Text) tn_text_unshare(&text);
  store(frame, inst.dst, bytes(&text));
  return Next::Go;
}

Next Machine::rt_TextOfBytes(Frame& frame, const InstCode& inst) {
  TnSlice slice;
  evaluate(frame, inst.args[0], reinterpret_cast<uint8_t*>(&slice));
  TnString text;
  tn_text_of_bytes(&text, &slice);
  store(frame, inst.dst, bytes(&text));
  return Next::Go;
}

Next Machine::rt_TextOfCStr(Frame& frame, const InstCode& inst) {
  TnString text;
  tn_text_of_cstr(&text, evaluate_word(frame, inst.args[0]));
  store(frame, inst.dst, bytes(&text));
  return Next::Go;
}

Next Machine::rt_AppendValue(Frame& frame, const InstCode& inst) {
  Scratch constant(inst.args[1].type->size);
  const uint8_t* value = look_at(frame, inst.args[1], constant);
  auto* text = reinterpret_cast<TnString*>(full_address(frame, inst.args[0].place));
  tn_append_value(text, value, inst.args[1].type->tn);
  return Next::Go;
}

// ---- manual memory

Next Machine::rt_MemAlloc(Frame& frame, const InstCode& inst) {
  store_word(frame, inst, tn_mem_alloc(evaluate_bits(frame, inst.args[0]), inst.site));
  return Next::Go;
}

Next Machine::rt_MemFree(Frame& frame, const InstCode& inst) {
  void* block = evaluate_word(frame, inst.args[0]);
  return fail_or_go(tn_mem_free(block, evaluate_bits(frame, inst.args[1]), inst.site));
}

Next Machine::rt_MemSet(Frame& frame, const InstCode& inst) {
  void* to = evaluate_word(frame, inst.args[0]);
  auto value = static_cast<uint8_t>(evaluate_bits(frame, inst.args[1]));
  return fail_or_go(tn_mem_set(to, value, evaluate_bits(frame, inst.args[2]), inst.site));
}

Next Machine::rt_MemCopy(Frame& frame, const InstCode& inst) {
  void* to = evaluate_word(frame, inst.args[0]);
  const void* from = evaluate_word(frame, inst.args[1]);
  return fail_or_go(tn_mem_copy(to, from, evaluate_bits(frame, inst.args[2]), inst.site));
}

Next Machine::rt_MemMove(Frame& frame, const InstCode& inst) {
  void* to = evaluate_word(frame, inst.args[0]);
  const void* from = evaluate_word(frame, inst.args[1]);
  return fail_or_go(tn_mem_move(to, from, evaluate_bits(frame, inst.args[2]), inst.site));
}

Next Machine::rt_MemZero(Frame& frame, const InstCode& inst) {
  void* to = evaluate_word(frame, inst.args[0]);
  return fail_or_go(tn_mem_set(to, 0, evaluate_bits(frame, inst.args[1]), inst.site));
}

Next Machine::rt_MemCompare(Frame& frame, const InstCode& inst) {
  const void* a = evaluate_word(frame, inst.args[0]);
  const void* b = evaluate_word(frame, inst.args[1]);
  int64_t order = tn_mem_compare(a, b, evaluate_bits(frame, inst.args[2]), inst.site);
  if (order == TN_MEM_FAILED) return Next::Fail;
  store_bits(frame, inst.dst, static_cast<uint64_t>(order));
  return Next::Go;
}

Next Machine::rt_MemEqual(Frame& frame, const InstCode& inst) {
  const void* a = evaluate_word(frame, inst.args[0]);
  const void* b = evaluate_word(frame, inst.args[1]);
  int32_t order = tn_mem_compare(a, b, evaluate_bits(frame, inst.args[2]), inst.site);
  if (order == TN_MEM_FAILED) return Next::Fail;
  store_bits(frame, inst.dst, order == 0);
  return Next::Go;
}

Next Machine::rt_MemMark(Frame& frame, const InstCode& inst) {
  store_bits(frame, inst.dst, static_cast<uint64_t>(tn_mem_mark()));
  return Next::Go;
}

Next Machine::rt_MemLeaks(Frame& frame, const InstCode& inst) {
  auto mark = static_cast<int64_t>(evaluate_bits(frame, inst.args[0]));
  store_bits(frame, inst.dst, static_cast<uint64_t>(tn_mem_leaks(mark)));
  return Next::Go;
}

}  // namespace tenure::interp
