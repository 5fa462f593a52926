// What OIR asks of the runtime by name; see runtime.def for parameters and results.
#include <bit>
#include <cstring>

#include "interp/machine.h"

namespace tenure::interp {

const Machine::Handler Machine::kRuntimeHandlers[] = {
#define RUNTIME(name, text, params, result, flags) &Machine::rt_##name,
#include "oir/runtime.def"
#undef RUNTIME
};

namespace {

// A value that a runtime function gives: a string, or what fits into a word.
uint8_t* bytes(TnString* text) {
  return reinterpret_cast<uint8_t*>(text);
}

}  // namespace

Next Machine::do_Runtime(Frame& frame, const InstCode& inst) {
  return (this->*kRuntimeHandlers[inst.imm])(frame, inst);
}

// ---- printing

Next Machine::rt_PrintValue(Frame& frame, const InstCode& inst) {
  Scratch constant(inst.args[0].type->size);
  const uint8_t* value = look_at(frame, inst.args[0], constant);
  const TnType* type = inst.args[0].type->tn;
  if (tn_find_printed_hole(value, type, nullptr, 0)) {
    violation("a print of an empty place", &inst.args[0].place);
  }
  tn_print_value(value, type);
  return Next::Go;
}

Next Machine::rt_PrintSep(Frame&, const InstCode&) {
  tn_print_text(", ", 2);
  return Next::Go;
}

Next Machine::rt_PrintEnd(Frame&, const InstCode&) {
  tn_print_text("\n", 1);
  return Next::Go;
}

// ---- strings

#define LOOK_AT(name, index, Type)                      \
  Scratch name##_constant(inst.args[index].type->size); \
  auto* name = reinterpret_cast<Type*>(look_at(frame, inst.args[index], name##_constant))

Next Machine::rt_StrConcat(Frame& frame, const InstCode& inst) {
  LOOK_AT(a, 0, TnString);
  LOOK_AT(b, 1, TnString);
  TnString result;
  bool shares = inst.dst.type == nullptr || inst.dst.type->kind == oir::TypeKind::String;
  for (uint32_t i = 0; i < 2; ++i) shares &= inst.args[i].type->kind == oir::TypeKind::String;
  (shares ? tn_str_concat : tn_text_concat)(&result, a, b);
  store(frame, inst.dst, bytes(&result));
  return Next::Go;
}

Next Machine::rt_StrAppend(Frame& frame, const InstCode& inst) {
  LOOK_AT(more, 1, TnString);
  auto* text = reinterpret_cast<TnString*>(full_address(frame, inst.args[0].place));
  tn_str_append(text, more);
  return Next::Go;
}

Next Machine::rt_StrLen(Frame& frame, const InstCode& inst) {
  LOOK_AT(text, 0, TnString);
  store_bits(frame, inst.dst, text->length);
  return Next::Go;
}

Next Machine::rt_StrByte(Frame& frame, const InstCode& inst) {
  LOOK_AT(text, 0, TnString);
  auto index = static_cast<int64_t>(evaluate_bits(frame, inst.args[1]));
  int32_t byte = tn_str_byte(text, index, inst.site);
  if (byte < 0) return Next::Fail;
  store_bits(frame, inst.dst, static_cast<uint64_t>(byte));
  return Next::Go;
}

Next Machine::rt_StrSub(Frame& frame, const InstCode& inst) {
  LOOK_AT(text, 0, TnString);
  auto from = static_cast<int64_t>(evaluate_bits(frame, inst.args[1]));
  auto to = static_cast<int64_t>(evaluate_bits(frame, inst.args[2]));
  TnString part;
  if (tn_str_sub(&part, text, from, to, inst.site) != TN_OK) return Next::Fail;
  store(frame, inst.dst, bytes(&part));
  return Next::Go;
}

Next Machine::rt_StrFind(Frame& frame, const InstCode& inst) {
  LOOK_AT(text, 0, TnString);
  LOOK_AT(what, 1, TnString);
  auto from = static_cast<int64_t>(evaluate_bits(frame, inst.args[2]));
  store_bits(frame, inst.dst, static_cast<uint64_t>(tn_str_find(text, what, from)));
  return Next::Go;
}

Next Machine::rt_AppendByte(Frame& frame, const InstCode& inst) {
  auto byte = static_cast<uint8_t>(evaluate_bits(frame, inst.args[1]));
  tn_append_byte(reinterpret_cast<TnString*>(full_address(frame, inst.args[0].place)), byte);
  return Next::Go;
}

Next Machine::rt_FloatText(Frame& frame, const InstCode& inst) {
  auto value = std::bit_cast<double>(evaluate_bits(frame, inst.args[0]));
  auto decimals = static_cast<int32_t>(evaluate_bits(frame, inst.args[1]));
  TnString text;
  tn_float_text(&text, value, decimals);
  store(frame, inst.dst, bytes(&text));
  return Next::Go;
}

Next Machine::rt_ParseFloat(Frame& frame, const InstCode& inst) {
  LOOK_AT(text, 0, TnString);
  store_bits(frame, inst.dst, std::bit_cast<uint64_t>(tn_parse_float(text)));
  return Next::Go;
}

Next Machine::rt_StrCompare(Frame& frame, const InstCode& inst) {
  LOOK_AT(a, 0, TnString);
  LOOK_AT(b, 1, TnString);
  int64_t order = tn_str_compare(a, b);
  store_bits(frame, inst.dst, static_cast<uint64_t>(order));
  return Next::Go;
}

// ---- values of any type

Next Machine::rt_Equal(Frame& frame, const InstCode& inst) {
  LOOK_AT(a, 0, uint8_t);
  LOOK_AT(b, 1, uint8_t);
  store_bits(frame, inst.dst, tn_equal(a, b, inst.args[0].type->tn));
  return Next::Go;
}

Next Machine::rt_HashValue(Frame& frame, const InstCode& inst) {
  LOOK_AT(value, 0, uint8_t);
  int64_t hash = tn_hash_value(value, inst.args[0].type->tn);
  store_bits(frame, inst.dst, static_cast<uint64_t>(hash));
  return Next::Go;
}

Next Machine::rt_ShowValue(Frame& frame, const InstCode& inst) {
  LOOK_AT(value, 0, uint8_t);
  const TnType* type = inst.args[0].type->tn;
  if (tn_find_printed_hole(value, type, nullptr, 0)) {
    violation("a print of an empty place", &inst.args[0].place);
  }
  TnString text;
  tn_show_value(&text, value, type);
  store(frame, inst.dst, bytes(&text));
  return Next::Go;
}

Next Machine::rt_Clone(Frame& frame, const InstCode& inst) {
  LOOK_AT(from, 0, uint8_t);
  const TypeInfo& type = *inst.args[0].type;
  Scratch value(type.size);
  tn_clone_value(value.data(), from, type.tn);
  store(frame, inst.dst, value.data());
  return Next::Go;
}

// ---- arrays

Next Machine::rt_ArrayLen(Frame& frame, const InstCode& inst) {
  const TypeInfo& type = *inst.args[0].type;
  if (type.kind == oir::TypeKind::FixedArray) {
    store_bits(frame, inst.dst, program_.types[type.id].count);
    return Next::Go;
  }
  auto* word = reinterpret_cast<void* const*>(head_address(frame, inst.args[0].place));
  store_bits(frame, inst.dst, tn_array_length(*word));
  return Next::Go;
}

Next Machine::rt_ArrayPush(Frame& frame, const InstCode& inst) {
  Scratch element(inst.args[1].type->size);
  evaluate(frame, inst.args[1], element.data());
  auto* word = reinterpret_cast<void**>(head_address(frame, inst.args[0].place));
  return fail_or_go(tn_array_push(word, element.data(), inst.args[0].type->tn));
}

Next Machine::rt_ArrayWith(Frame& frame, const InstCode& inst) {
  void* word = evaluate_word(frame, inst.args[0]);
  Scratch element(inst.args[1].type->size);
  evaluate(frame, inst.args[1], element.data());
  TnStatus status = tn_array_push(&word, element.data(), inst.args[0].type->tn);
  store_word(frame, inst, word);
  return fail_or_go(status);
}

Next Machine::rt_ArrayPop(Frame& frame, const InstCode& inst) {
  Scratch element(inst.args[0].type->elem->size);
  auto* word = reinterpret_cast<void**>(head_address(frame, inst.args[0].place));
  if (tn_array_pop(element.data(), word, inst.args[0].type->tn, inst.site) != TN_OK)
    return Next::Fail;
  store(frame, inst.dst, element.data());
  return Next::Go;
}

Next Machine::rt_ArrayReserve(Frame& frame, const InstCode& inst) {
  auto* word = reinterpret_cast<void**>(head_address(frame, inst.args[0].place));
  tn_array_reserve(word, evaluate_bits(frame, inst.args[1]), inst.args[0].type->tn);
  return Next::Go;
}

Next Machine::rt_ArrayShift(Frame& frame, const InstCode& inst) {
  auto* word = reinterpret_cast<void**>(head_address(frame, inst.args[0].place));
  uint64_t from = evaluate_bits(frame, inst.args[1]);
  tn_array_shift(word, from, evaluate_bits(frame, inst.args[2]), inst.args[0].type->tn);
  return Next::Go;
}

Next Machine::rt_ArraySlots(Frame& frame, const InstCode& inst) {
  auto* word = reinterpret_cast<char**>(head_address(frame, inst.args[0].place));
  store_word(frame, inst, *word + TN_BUFFER_ELEMS);
  return Next::Go;
}

Next Machine::rt_SlotMove(Frame& frame, const InstCode& inst) {
  void* to = evaluate_word(frame, inst.args[0]);
  const void* from = evaluate_word(frame, inst.args[1]);
  memmove(to, from, evaluate_bits(frame, inst.args[2]) * inst.args[0].type->elem->size);
  return Next::Go;
}

Next Machine::rt_ArrayArrange(Frame& frame, const InstCode& inst) {
  void* held = evaluate_word(frame, inst.args[1]);
  void* bytes = evaluate_word(frame, inst.args[2]);
  auto* word = reinterpret_cast<void**>(head_address(frame, inst.args[0].place));
  return fail_or_go(tn_array_arrange(word, held, bytes, inst.args[0].type->tn));
}

// ---- weak references

Next Machine::rt_WeakNew(Frame& frame, const InstCode& inst) {
  store_word(frame, inst, tn_weak_new(evaluate_word(frame, inst.args[0]), inst.dst.type->elem->tn));
  return Next::Go;
}

Next Machine::rt_WeakUpgrade(Frame& frame, const InstCode& inst) {
  void* weak = evaluate_word(frame, inst.args[0]);
  store_word(frame, inst, tn_weak_upgrade(weak, inst.dst.type->elem->tn));
  return Next::Go;
}

// ---- the heap

Next Machine::rt_Collect(Frame&, const InstCode&) {
  return fail_or_go(tn_collect());
}

Next Machine::rt_HeapStat(Frame& frame, const InstCode& inst) {
  auto which = static_cast<int32_t>(evaluate_bits(frame, inst.args[0]));
  store_bits(frame, inst.dst, static_cast<uint64_t>(tn_heap_stat(which)));
  return Next::Go;
}

Next Machine::rt_NativeAlloc(Frame& frame, const InstCode& inst) {
  void* word = tn_native_alloc(static_cast<int32_t>(evaluate_bits(frame, inst.args[0])), inst.site);
  if (word == nullptr) return Next::Fail;
  store_word(frame, inst, word);
  return Next::Go;
}

Next Machine::rt_NativeFree(Frame& frame, const InstCode& inst) {
  tn_native_release(evaluate_word(frame, inst.args[0]));
  return Next::Go;
}

Next Machine::rt_NativeCount(Frame& frame, const InstCode& inst) {
  store_bits(frame, inst.dst, static_cast<uint64_t>(int64_t{tn_native_count()}));
  return Next::Go;
}

// ---- files

Next Machine::rt_FileOpen(Frame& frame, const InstCode& inst) {
  LOOK_AT(path, 0, TnString);
  store_bits(frame, inst.dst, static_cast<uint64_t>(int64_t{tn_file_open(path)}));
  return Next::Go;
}

Next Machine::rt_FileClose(Frame& frame, const InstCode& inst) {
  tn_file_close(static_cast<int32_t>(evaluate_bits(frame, inst.args[0])));
  return Next::Go;
}

Next Machine::rt_ReadLine(Frame& frame, const InstCode& inst) {
  TnString line;
  if (tn_read_line(&line) != TN_OK) return Next::Fail;
  store(frame, inst.dst, bytes(&line));
  return Next::Go;
}

Next Machine::rt_InputEnded(Frame& frame, const InstCode& inst) {
  store_bits(frame, inst.dst, tn_input_ended());
  return Next::Go;
}

Next Machine::rt_ReadFile(Frame& frame, const InstCode& inst) {
  LOOK_AT(path, 0, TnString);
  TnString text;
  if (tn_read_file(&text, path, inst.site) != TN_OK) return Next::Fail;
  store(frame, inst.dst, bytes(&text));
  return Next::Go;
}

Next Machine::rt_WriteFile(Frame& frame, const InstCode& inst) {
  LOOK_AT(path, 0, TnString);
  LOOK_AT(text, 1, TnString);
  return fail_or_go(tn_write_file(path, text, inst.site));
}

Next Machine::rt_FileExists(Frame& frame, const InstCode& inst) {
  LOOK_AT(path, 0, TnString);
  store_bits(frame, inst.dst, tn_file_exists(path));
  return Next::Go;
}

Next Machine::rt_AppendFile(Frame& frame, const InstCode& inst) {
  LOOK_AT(path, 0, TnString);
  LOOK_AT(text, 1, TnString);
  return fail_or_go(tn_append_file(path, text, inst.site));
}

Next Machine::rt_RemoveFile(Frame& frame, const InstCode& inst) {
  LOOK_AT(path, 0, TnString);
  store_bits(frame, inst.dst, tn_remove_file(path));
  return Next::Go;
}

Next Machine::rt_RenameFile(Frame& frame, const InstCode& inst) {
  LOOK_AT(from, 0, TnString);
  LOOK_AT(to, 1, TnString);
  return fail_or_go(tn_rename_file(from, to, inst.site));
}

Next Machine::rt_FileCreate(Frame& frame, const InstCode& inst) {
  LOOK_AT(path, 0, TnString);
  store_bits(frame, inst.dst, static_cast<uint64_t>(int64_t{tn_file_create(path)}));
  return Next::Go;
}

// ---- the end of globals

Next Machine::rt_GlobalsMark(Frame& frame, const InstCode& inst) {
  store_bits(frame, inst.dst, static_cast<uint64_t>(tn_globals_mark()));
  return Next::Go;
}

Next Machine::rt_EndGlobals(Frame& frame, const InstCode& inst) {
  tn_end_globals(static_cast<int64_t>(evaluate_bits(frame, inst.args[0])));
  return Next::Go;
}

// ---- where the program runs

Next Machine::rt_ArgCount(Frame& frame, const InstCode& inst) {
  store_bits(frame, inst.dst, static_cast<uint64_t>(tn_arg_count()));
  return Next::Go;
}

Next Machine::rt_ArgGet(Frame& frame, const InstCode& inst) {
  TnString text;
  tn_arg_get(&text, static_cast<int64_t>(evaluate_bits(frame, inst.args[0])));
  store(frame, inst.dst, bytes(&text));
  return Next::Go;
}

Next Machine::rt_EnvIsSet(Frame& frame, const InstCode& inst) {
  LOOK_AT(name, 0, TnString);
  store_bits(frame, inst.dst, tn_env_is_set(name));
  return Next::Go;
}

Next Machine::rt_EnvGet(Frame& frame, const InstCode& inst) {
  LOOK_AT(name, 0, TnString);
  TnString text;
  tn_env_get(&text, name);
  store(frame, inst.dst, bytes(&text));
  return Next::Go;
}

Next Machine::rt_TimeMs(Frame& frame, const InstCode& inst) {
  store_bits(frame, inst.dst, static_cast<uint64_t>(tn_time_ms()));
  return Next::Go;
}

Next Machine::rt_ClockNanos(Frame& frame, const InstCode& inst) {
  store_bits(frame, inst.dst, static_cast<uint64_t>(tn_clock_nanos()));
  return Next::Go;
}

Next Machine::rt_Sleep(Frame& frame, const InstCode& inst) {
  return fail_or_go(tn_sleep(static_cast<int64_t>(evaluate_bits(frame, inst.args[0]))));
}

Next Machine::rt_PrintError(Frame& frame, const InstCode& inst) {
  LOOK_AT(text, 0, TnString);
  tn_print_error(text);
  return Next::Go;
}

#undef LOOK_AT

Next Machine::rt_Exit(Frame& frame, const InstCode& inst) {
  tn_exit_code(static_cast<int32_t>(evaluate_bits(frame, inst.args[0])));
  return Next::Fail;
}

}  // namespace tenure::interp
