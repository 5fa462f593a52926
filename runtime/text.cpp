// Texts: strings whose bytes have one owner.
//
// Laid out as strings are and made of the same buffers, so appending, comparing and dropping are
// those of string.cpp. What differs is the copy: of dynamic bytes it is a copy at once.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

namespace tenure::rt {
namespace {

void copy_of(TnString* dst, const uint8_t* from, uint64_t length) {
  TnBytes own = tn_bytes_copy(from, length);
  *dst = {own.data, length, own.capacity};
}

// A float in decimal, without an exponent: the fewest digits that give it back when they are read.
uint64_t shortest(char* room, double value, bool is_f32) {
  if (isnan(value)) return static_cast<uint64_t>(snprintf(room, kScalarRoom, "nan"));
  if (isinf(value))
    return static_cast<uint64_t>(snprintf(room, kScalarRoom, value < 0 ? "-inf" : "inf"));
  char digits[40];
  for (int places = is_f32 ? 5 : 14;; ++places) {
    snprintf(digits, sizeof digits, "%.*e", places, value);
    bool same = is_f32 ? static_cast<double>(strtof(digits, nullptr)) == value
                       : strtod(digits, nullptr) == value;
    if (same || places == (is_f32 ? 8 : 16)) break;
  }
  // `-d.ddde±xx`: the digits alone, without zeros at the end.
  char* at = room;
  const char* from = digits;
  if (*from == '-') *at++ = *from++;
  const char* mark = strchr(from, 'e');
  int exponent = atoi(mark + 1);
  char plain[40];
  int count = 0;
  for (const char* c = from; c != mark; ++c) {
    if (*c >= '0' && *c <= '9') plain[count++] = *c;
  }
  while (count > 1 && plain[count - 1] == '0') --count;
  if (exponent < 0) {
    *at++ = '0';
    *at++ = '.';
    for (int i = -1; i > exponent; --i) *at++ = '0';
  }
  for (int i = 0; i < count; ++i) {
    if (i != 0 && i == exponent + 1) *at++ = '.';
    *at++ = plain[i];
  }
  for (int i = count; i <= exponent; ++i) *at++ = '0';
  return static_cast<uint64_t>(at - room);
}

}  // namespace
}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

TnBytes tn_bytes_copy(const uint8_t* from, uint64_t length) {
  if (RT_UNLIKELY(length == 0)) return {nullptr, 0};
  TnBytes own = new_bytes(length);
  copy_bytes(own.data, from, length);
  return own;
}

void tn_bytes_release(uint8_t* data) {
  release_bytes(data);
}

void tn_text_copy(TnString* dst, const TnString* src) {
  if (is_counted(*src))
    copy_of(dst, src->data, src->length);
  else
    *dst = *src;
}

// Neither operand's buffer is shared, whatever kind of string it is.
void tn_text_concat(TnString* dst, const TnString* a, const TnString* b) {
  uint64_t length = a->length + b->length;
  if (length == 0) {
    *dst = {nullptr, 0, 0};
    return;
  }
  TnBytes own = new_bytes(length);
  copy_bytes(own.data, a->data, a->length);
  copy_bytes(own.data + a->length, b->data, b->length);
  *dst = {own.data, length, own.capacity};
}

void tn_text_own(TnString* s) {
  if (s->capacity && header(s->data).count == 1) return;
  TnBytes own = new_bytes(s->length);
  copy_bytes(own.data, s->data, s->length);
  tn_str_drop(s);
  *s = {own.data, s->length, own.capacity};
}

void tn_text_unshare(TnString* s) {
  if (is_counted(*s) && header(s->data).count != 1) tn_text_own(s);
}

void tn_text_of_bytes(TnString* dst, const TnSlice* bytes) {
  copy_of(dst, bytes->data, bytes->length);
}

void tn_text_of_cstr(TnString* dst, const void* bytes) {
  const char* text = static_cast<const char*>(bytes);
  copy_of(dst, reinterpret_cast<const uint8_t*>(text), text ? strlen(text) : 0);
}

void tn_float_text(TnString* dst, double value, int32_t decimals) {
  constexpr int32_t kMost = 100;
  char room[512];  // the largest f64 has 309 digits before the point
  if (decimals < 0) decimals = 0;
  if (decimals > kMost) decimals = kMost;
  int length = isnan(value) ? snprintf(room, sizeof room, "nan")
                            : snprintf(room, sizeof room, "%.*f", decimals, value);
  copy_of(dst, reinterpret_cast<const uint8_t*>(room), static_cast<uint64_t>(length));
}

double tn_parse_float(const TnString* s) {
  char small[64];
  char* room = s->length < sizeof small ? small : static_cast<char*>(malloc(s->length + 1));
  if (!room) tn_out_of_memory();
  if (s->length) memcpy(room, s->data, s->length);
  room[s->length] = 0;
  double value = strtod(room, nullptr);
  if (room != small) free(room);
  return value;
}

void tn_append_value(TnString* s, const void* value, const TnType* type) {
  if (type->kind == TN_STRING || type->kind == TN_TEXT)
    return tn_str_append(s, static_cast<const TnString*>(value));
  char room[kScalarRoom];
  uint64_t length;
  if (type->kind == TN_F32) {
    float f;
    memcpy(&f, value, sizeof f);
    length = shortest(room, static_cast<double>(f), true);
  } else if (type->kind == TN_F64) {
    double d;
    memcpy(&d, value, sizeof d);
    length = shortest(room, d, false);
  } else {
    length = format_scalar(room, static_cast<const char*>(value), type);
  }
  TnString more = {reinterpret_cast<uint8_t*>(room), length, 0};
  tn_str_append(s, &more);
}

}  // extern "C"
