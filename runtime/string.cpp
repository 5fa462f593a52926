// Strings.
//
// {data, length, capacity}. Dynamic bytes are the body of a counted buffer object of type 0; a
// copy shares it, an append writes in place if nobody else counts it and there is room, else
// into a new buffer of twice the size. Capacity 0 is static (never written, never freed), ~0 a
// hole.
#include "bytes.h"

namespace tenure::rt {

__attribute__((noinline)) TnBytes new_bytes_slowly(uint64_t capacity) {
  if (capacity > (uint64_t{1} << 46)) tn_out_of_memory();
  if (capacity < 8) capacity = 8;
  uint8_t* data = static_cast<uint8_t*>(new_buffer_object(info_of(g.program->types[0]), capacity));
  uint32_t slice = slice_for(capacity, sizeof(Header));
  if (slice < kSlices) capacity = g.slices[slice].size - sizeof(Header);
  return {data, capacity};
}

static void append_to_grown(TnString* s, const uint8_t* from, uint64_t added, uint64_t wanted) {
  bool own = from >= s->data && from < s->data + s->length;
  const uint8_t* before = s->data;
  s->data = static_cast<uint8_t*>(grow_object(s->data, sizeof(Header), s->length, &wanted));
  copy_bytes(s->data + s->length, own ? s->data + (from - before) : from, added);
  s->length += added;
  s->capacity = wanted;
}

// More room, in another block. What is appended may be the string's own bytes: the old block goes
// last.
static __attribute__((noinline)) void append_elsewhere(TnString* s, const uint8_t* from,
                                                       uint64_t added) {
  uint64_t length = s->length + added;
  uint64_t wanted = s->length * 2 > length ? s->length * 2 : length;
  if (RT_UNLIKELY(is_counted(*s) && grows_by_pages(s->data, wanted)))
    return append_to_grown(s, from, added, wanted);
  uint64_t least = is_counted(*s) ? kSecondCapacity : kFirstCapacity;
  TnBytes bytes = new_bytes(wanted < least ? least : wanted);
  copy_bytes(bytes.data, s->data, s->length);
  copy_bytes(bytes.data + s->length, from, added);
  TnString old = *s;
  *s = {bytes.data, length, bytes.capacity};
  if (is_counted(old)) release_bytes(old.data);
}

static bool may_grow_to(const TnString& s, uint64_t length) {
  return is_counted(s) && length <= s.capacity && header(s.data).count == 1;
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
  tn_text_concat(dst, a, b);
}

void tn_append_bytes(TnString* s, const uint8_t* from, uint64_t added) {
  uint64_t length = s->length + added;
  if (RT_UNLIKELY(!may_grow_to(*s, length))) {
    if (added) append_elsewhere(s, from, added);
    return;
  }
  copy_bytes(s->data + s->length, from, added);
  s->length = length;
}

TnBytes tn_bytes_appended(uint8_t* data, uint64_t length, uint64_t capacity, const uint8_t* from,
                          uint64_t added) {
  TnString s = {data, length, capacity};
  tn_append_bytes(&s, from, added);
  return {s.data, s.capacity};
}

void tn_str_append(TnString* s, const TnString* more) {
  tn_append_bytes(s, more->data, more->length);
}

void tn_append_byte(TnString* s, uint8_t byte) {
  tn_append_bytes(s, &byte, 1);
}

// A part of a static string is static.
TnStatus tn_str_sub(TnString* dst, const TnString* s, int64_t from, int64_t to,
                    const TnSite* site) {
  int64_t length = static_cast<int64_t>(s->length);
  if (from < 0 || to > length || from > to) {
    bool first = from < 0 || from > length;
    tn_report_index(static_cast<uint64_t>(first ? from : to), true, s->length, site);
    return TN_FAILED;
  }
  uint64_t count = static_cast<uint64_t>(to - from);
  if (count == s->length) {
    tn_str_copy(dst, s);
  } else if (!is_counted(*s) || count == 0) {
    *dst = {count ? s->data + from : nullptr, count, 0};
  } else {
    TnBytes own = tn_bytes_copy(s->data + from, count);
    *dst = {own.data, count, own.capacity};
  }
  return TN_OK;
}

int64_t tn_str_find(const TnString* s, const TnString* what, int64_t from) {
  if (from < 0) from = 0;
  uint64_t start = static_cast<uint64_t>(from);
  if (start > s->length || what->length > s->length - start) return -1;
  if (what->length == 0) return from;
  const void* found = memmem(s->data + start, s->length - start, what->data, what->length);
  return found ? static_cast<const uint8_t*>(found) - s->data : -1;
}

void tn_append_integer(TnString* s, int64_t value) {
  uint64_t size = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  uint64_t added = digit_count(size) + (value < 0);
  uint64_t length = s->length + added;
  if (RT_LIKELY(may_grow_to(*s, length))) {
    uint8_t* first = digits_before(s->data + length, size);
    if (value < 0) first[-1] = '-';
    s->length = length;
    return;
  }
  uint8_t room[kIntegerRoom];
  uint8_t* first = digits_before(room + kIntegerRoom, size);
  if (value < 0) *--first = '-';
  append_elsewhere(s, first, added);
}

void tn_append_natural(TnString* s, uint64_t value) {
  if (static_cast<int64_t>(value) >= 0) return tn_append_integer(s, static_cast<int64_t>(value));
  uint8_t room[kIntegerRoom];
  uint8_t* first = digits_before(room + kIntegerRoom, value);
  TnString more = {first, static_cast<uint64_t>(room + kIntegerRoom - first), 0};
  tn_str_append(s, &more);
}

int32_t tn_str_compare(const TnString* a, const TnString* b) {
  uint64_t shorter = a->length < b->length ? a->length : b->length;
  int order = shorter ? memcmp(a->data, b->data, shorter) : 0;
  if (order) return order < 0 ? -1 : 1;
  return a->length < b->length ? -1 : a->length > b->length;
}

bool tn_str_equal(const TnString* a, const TnString* b) {
  return a->length == b->length && (a->data == b->data || same_bytes(a->data, b->data, a->length));
}

int32_t tn_str_byte(const TnString* s, int64_t index, const TnSite* site) {
  if (index >= 0 && static_cast<uint64_t>(index) < s->length) return s->data[index];
  tn_report_index(static_cast<uint64_t>(index), true, s->length, site);
  return -1;
}

}  // extern "C"
