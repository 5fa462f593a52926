// Strings.
//
// {data, length, capacity}. Dynamic bytes are the body of a counted buffer object of type 0; a
// copy shares it, an append writes in place if nobody else counts it and there is room, else
// into a new buffer of twice the size. Capacity 0 is static (never written, never freed), ~0 a
// hole.
#include "rt_internal.h"

namespace tenure::rt {

static inline bool is_counted(const TnString& s) {
  return s.capacity + 1 > 1;
}  // not 0, not ~0

uint8_t* string_bytes(uint64_t capacity) {
  if (capacity > (uint64_t{1} << 46)) tn_out_of_memory();
  return static_cast<uint8_t*>(new_buffer_object(info_of(g.program->types[0]), capacity));
}

static void release_bytes(uint8_t* data) {
  if (count_down(data)) free_object(data);
}

}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

void tn_str_copy(TnString* dst, const TnString* src) {
  TnString s = *src;
  if (is_counted(s)) retain_body(s.data);
  *dst = s;
}

void tn_str_drop(TnString* s) {
  if (is_counted(*s)) release_bytes(s->data);
}

void tn_str_concat(TnString* dst, const TnString* a, const TnString* b) {
  if (b->length == 0) return tn_str_copy(dst, a);
  if (a->length == 0) return tn_str_copy(dst, b);
  uint64_t length = a->length + b->length;
  TnString s = {string_bytes(length), length, length < 8 ? 8 : length};
  memcpy(s.data, a->data, a->length);
  memcpy(s.data + a->length, b->data, b->length);
  *dst = s;
}

void tn_str_append(TnString* s, const TnString* more) {
  uint64_t added = more->length;
  if (added == 0) return;
  uint64_t length = s->length + added;
  if (is_counted(*s) && header(s->data).count == 1 && length <= s->capacity) {
    memmove(s->data + s->length, more->data, added);
    s->length = length;
    return;
  }
  uint64_t capacity = s->length * 2 > length ? s->length * 2 : length;
  if (capacity < 24) capacity = 24;
  uint8_t* data = string_bytes(capacity);
  if (s->length) memcpy(data, s->data, s->length);
  memcpy(data + s->length, more->data, added);  // `more` may be the same string: let go of it after
  TnString old = *s;
  *s = {data, length, capacity};
  tn_str_drop(&old);
}

int32_t tn_str_compare(const TnString* a, const TnString* b) {
  uint64_t shorter = a->length < b->length ? a->length : b->length;
  int order = shorter ? memcmp(a->data, b->data, shorter) : 0;
  if (order) return order < 0 ? -1 : 1;
  return a->length < b->length ? -1 : a->length > b->length;
}

bool tn_str_equal(const TnString* a, const TnString* b) {
  return a->length == b->length &&
         (a->data == b->data || a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

int32_t tn_str_byte(const TnString* s, int64_t index, const TnSite* site) {
  if (index >= 0 && static_cast<uint64_t>(index) < s->length) return s->data[index];
  tn_report_index(index, s->length, site);
  return -1;
}

}  // extern "C"
