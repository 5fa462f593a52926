// Texts: strings whose bytes have one owner.
//
// Laid out as strings are and made of the same buffers, so appending, comparing and dropping are
// those of string.cpp. What differs is the copy: of dynamic bytes it is a copy at once.
#include "rt_internal.h"

namespace tenure::rt {
namespace {

void copy_bytes(TnString* dst, const void* bytes, uint64_t length) {
  TnString s = {nullptr, 0, 0};
  TnString source = {static_cast<uint8_t*>(const_cast<void*>(bytes)), length, 0};
  tn_str_append(&s, &source);
  *dst = s;
}

}  // namespace
}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

void tn_text_copy(TnString* dst, const TnString* src) {
  TnString s = *src;
  if (s.capacity + 1 > 1)
    copy_bytes(dst, s.data, s.length);
  else
    *dst = s;
}

// Neither operand's buffer is shared, whatever kind of string it is.
void tn_text_concat(TnString* dst, const TnString* a, const TnString* b) {
  TnString s = {nullptr, 0, 0};
  uint64_t length = a->length + b->length;
  if (length) {
    s = {string_bytes(length), 0, length < 8 ? 8 : length};
    tn_str_append(&s, a);
    tn_str_append(&s, b);
  }
  *dst = s;
}

void tn_text_own(TnString* s) {
  if (s->capacity && header(s->data).count == 1) return;
  TnString own = {string_bytes(s->length), 0, s->length < 8 ? 8 : s->length};
  tn_str_append(&own, s);
  tn_str_drop(s);
  *s = own;
}

void tn_text_of_bytes(TnString* dst, const TnSlice* bytes) {
  copy_bytes(dst, bytes->data, bytes->length);
}

void tn_text_of_cstr(TnString* dst, const void* bytes) {
  copy_bytes(dst, bytes, bytes ? strlen(static_cast<const char*>(bytes)) : 0);
}

void tn_append_value(TnString* s, const void* value, const TnType* type) {
  if (type->kind == TN_STRING || type->kind == TN_TEXT)
    return tn_str_append(s, static_cast<const TnString*>(value));
  char room[kScalarRoom];
  uint64_t length = format_scalar(room, static_cast<const char*>(value), type);
  TnString more = {reinterpret_cast<uint8_t*>(room), length, 0};
  tn_str_append(s, &more);
}

}  // extern "C"
