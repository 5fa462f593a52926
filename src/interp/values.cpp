// Instructions that make values and put them into places.
#include <cstring>

#include "interp/machine.h"

namespace tenure::interp {

using oir::TypeKind;

Next Machine::do_Init(Frame& frame, const InstCode& inst) {
  Scratch value(inst.args[0].type->size);
  evaluate(frame, inst.args[0], value.data());
  store(frame, inst.dst, value.data());
  return Next::Go;
}

Next Machine::do_Assign(Frame& frame, const InstCode& inst) {
  const TypeInfo& type = *inst.dst.type;
  Scratch value(type.size);
  evaluate(frame, inst.args[0], value.data());
  if (inst.dst.whole_global) return fail_or_go(write_global(frame, inst.dst, value.data()));
  if (type.plain || flag_is_set(frame, inst, nullptr)) {
    store(frame, inst.dst, value.data());
    return Next::Go;
  }
  StateList states;
  uint8_t* at = address(frame, inst.dst, inst.dst.has_states ? &states : nullptr);
  const TnSite* owner = inst.source->origin.valid() ? inst.origin : tn_origin_at(at, inst.site);
  return fail_or_go(replace_old(at, inst.dst, states, value.data(), owner));
}

Next Machine::do_Aggregate(Frame& frame, const InstCode& inst) {
  const TypeInfo& type = *inst.dst.type;
  const layout::TypeLayout& layout = layouts_[type.id];
  Scratch value(type.size);
  std::memset(value.data(), 0, type.size);
  for (uint32_t i = 0; i < inst.arg_count; ++i) {
    uint64_t offset =
        type.kind == TypeKind::FixedArray ? uint64_t{i} * type.elem->size : layout.parts[i].offset;
    evaluate(frame, inst.args[i], value.data() + offset);
  }
  store(frame, inst.dst, value.data());
  return Next::Go;
}

Next Machine::do_FillArray(Frame& frame, const InstCode& inst) {
  const TypeInfo& type = *inst.dst.type;
  const TypeInfo& elem = *type.elem;
  Scratch value(type.size);
  std::memset(value.data(), 0, type.size);
  Scratch constant(elem.size);
  const uint8_t* from = look_at(frame, inst.args[0], constant);
  uint64_t count = program_.types[type.id].count;
  for (uint64_t i = 0; i < count; ++i) {
    uint8_t* to = value.data() + i * elem.size;
    if (elem.plain) {
      std::memcpy(to, from, elem.size);
    } else {
      tn_copy_value(to, from, elem.tn);
    }
  }
  store(frame, inst.dst, value.data());
  return Next::Go;
}

Next Machine::do_MakeVariant(Frame& frame, const InstCode& inst) {
  const TypeInfo& type = *inst.dst.type;
  const layout::TypeLayout& layout = layouts_[type.id];
  const auto& payload = layout.variants[inst.extra];
  Scratch value(type.size);
  std::memset(value.data(), 0, type.size);
  std::memcpy(value.data() + layout.tag_offset, &inst.extra, sizeof inst.extra);
  for (uint32_t i = 0; i < inst.arg_count; ++i) {
    evaluate(frame, inst.args[i], value.data() + payload[i].offset);
  }
  store(frame, inst.dst, value.data());
  return Next::Go;
}

Next Machine::do_MakeArray(Frame& frame, const InstCode& inst) {
  const TypeInfo& type = inst.type != nullptr ? *inst.type : *inst.dst.type;
  uint64_t bytes = uint64_t{inst.arg_count} * type.elem->size;
  // The elements first: the buffer is never seen without them.
  Scratch elements(bytes);
  for (uint32_t i = 0; i < inst.arg_count; ++i) {
    evaluate(frame, inst.args[i], elements.data() + uint64_t{i} * type.elem->size);
  }
  auto* buffer = static_cast<uint8_t*>(tn_array_new(inst.arg_count, type.tn));
  if (buffer != nullptr) std::memcpy(buffer + TN_BUFFER_ELEMS, elements.data(), bytes);
  store_word(frame, inst, buffer);
  return Next::Go;
}

Next Machine::do_New(Frame& frame, const InstCode& inst) {
  const TypeInfo& type = *inst.type;
  if (inst.imm == 1 && (type.tn->flags & TN_WATCHED) != 0 && (type.tn->flags & TN_CYCLIC) != 0) {
    if (tn_new_point(type.tn) != TN_OK) return Next::Fail;
  }
  Scratch value(type.size);
  evaluate(frame, inst.args[0], value.data());
  void* body = nullptr;
  if (inst.arg_count == 2) body = evaluate_word(frame, inst.args[1]);
  if (body == nullptr) body = tn_new(type.tn, inst.origin);
  std::memcpy(body, value.data(), type.size);
  store_word(frame, inst, body);
  return Next::Go;
}

Next Machine::do_Take(Frame& frame, const InstCode& inst) {
  store(frame, inst.dst, full_address(frame, inst.args[0].place));
  return Next::Go;
}

Next Machine::do_Recycle(Frame& frame, const InstCode& inst) {
  store_word(frame, inst, evaluate_word(frame, inst.args[0]));
  return Next::Go;
}

Next Machine::do_Free(Frame& frame, const InstCode& inst) {
  if (void* body = evaluate_word(frame, inst.args[0])) tn_free_recycled(body);
  return Next::Go;
}

Next Machine::make_span(Frame& frame, const InstCode& inst) {
  const layout::TypeLayout& layout = layouts_[inst.dst.type->id];
  uint64_t length = evaluate_bits(frame, inst.args[1]);
  void* first = nullptr;
  if (length != 0) first = tn_make_ref(address(frame, inst.args[0].place));
  Scratch value(inst.dst.type->size);
  std::memset(value.data(), 0, inst.dst.type->size);
  std::memcpy(value.data() + layout.parts[oir::TypeTable::kSpanItems].offset, &first, sizeof first);
  std::memcpy(value.data() + layout.parts[oir::TypeTable::kSpanLength].offset, &length,
              sizeof length);
  store(frame, inst.dst, value.data());
  return Next::Go;
}

Next Machine::do_MakeRef(Frame& frame, const InstCode& inst) {
  if (inst.arg_count == 2) return make_span(frame, inst);
  store_word(frame, inst, tn_make_ref(address(frame, inst.args[0].place)));
  return Next::Go;
}

Next Machine::do_MakeView(Frame& frame, const InstCode& inst) {
  const PlaceCode& array = inst.args[0].place;
  auto* word = reinterpret_cast<void**>(head_address(frame, array));
  store_word(frame, inst, tn_array_view(word, array.type->tn));
  return Next::Go;
}

Next Machine::do_Alias(Frame& frame, const InstCode& inst) {
  store_word(frame, inst, address(frame, inst.args[0].place));
  return Next::Go;
}

Next Machine::do_Tag(Frame& frame, const InstCode& inst) {
  const PlaceCode& place = inst.args[0].place;
  const uint8_t* at = head_address(frame, place);
  uint32_t tag;
  std::memcpy(&tag, at + layouts_[place.type->id].tag_offset, sizeof tag);
  store_bits(frame, inst.dst, tag);
  return Next::Go;
}

Next Machine::do_IsNull(Frame& frame, const InstCode& inst) {
  store_bits(frame, inst.dst, evaluate_word(frame, inst.args[0]) == nullptr);
  return Next::Go;
}

Next Machine::do_SameRef(Frame& frame, const InstCode& inst) {
  void* a = evaluate_word(frame, inst.args[0]);
  void* b = evaluate_word(frame, inst.args[1]);
  store_bits(frame, inst.dst, a == b);
  return Next::Go;
}

void Machine::store_word(const Frame& frame, const InstCode& inst, void* word) {
  store(frame, inst.dst, reinterpret_cast<const uint8_t*>(&word));
}

}  // namespace tenure::interp
