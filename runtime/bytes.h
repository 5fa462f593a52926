// The bytes of strings and texts: a block for them, giving it back, copying a few, and integers in
// decimal.
//
// A block is a buffer object of type 0, without parts and without a prefix beyond the header, so
// that getting one is a look into a table and a pop from a list. Its capacity is all that the block
// has room for.
#pragma once

#include "rt_internal.h"

namespace tenure::rt {

constexpr uint64_t kBytesHeader = uint64_t{1} | uint64_t{TN_F_BUFFER} << 32;  // count 1, type 0
constexpr uint64_t kQuickBytes = 1024 - sizeof(Header);
// What an append to nothing makes room for, and what one to a string that has grown before does: it
// will grow again.
constexpr uint64_t kFirstCapacity = 16, kSecondCapacity = 56;

TnBytes new_bytes_slowly(uint64_t capacity);

// With room for at least `capacity` bytes, with one owner.
inline TnBytes new_bytes(uint64_t capacity) {
  if (RT_UNLIKELY(capacity > kQuickBytes)) return new_bytes_slowly(capacity);
  uint32_t slice = class_of_small[(capacity + sizeof(Header) + 7) / 8];
  uint64_t size = g.slices[slice].size;
  void* body = take_block(tn_free_blocks[slice], size);
  if (RT_UNLIKELY(body == nullptr)) return new_bytes_slowly(capacity);
  RT_COUNTED(allocations);
  memcpy(&header(body), &kBytesHeader, sizeof kBytesHeader);
  return {static_cast<uint8_t*>(body), size - sizeof(Header)};
}

inline bool is_counted(const TnString& s) {
  return s.capacity + 1 > 1;  // not 0, not ~0
}

inline void release_bytes(uint8_t* data) {
  Header& h = header(data);
  if (RT_UNLIKELY(h.count != 1 || g.watching_new)) {
    if (count_down(data)) free_object(data);
    return;
  }
  heap_free(data);
}

// Without a call where they are few, and with loads as wide as the stores of `copy_bytes`: what was
// just written is read from the stores that wait, which a vector load over them could not do.
inline bool same_bytes(const uint8_t* a, const uint8_t* b, uint64_t count) {
  auto ends = [=](auto word) {  // the first and the last word of them, which may overlap
    auto x = word, y = word, u = word, v = word;
    memcpy(&x, a, sizeof word);
    memcpy(&y, b, sizeof word);
    memcpy(&u, a + count - sizeof word, sizeof word);
    memcpy(&v, b + count - sizeof word, sizeof word);
    return ((x ^ y) | (u ^ v)) == 0;
  };
  if (count > 16) return memcmp(a, b, count) == 0;
  if (count >= 8) return ends(uint64_t{});
  if (count >= 4) return ends(uint32_t{});
  if (count >= 2) return ends(uint16_t{});
  return count == 0 || *a == *b;
}

// Without a call where they are few. The ranges do not overlap.
inline void copy_bytes(uint8_t* to, const uint8_t* from, uint64_t count) {
  auto ends = [=](auto word) {  // the first and the last word of them, which may overlap
    auto last = word;
    memcpy(&word, from, sizeof word);
    memcpy(&last, from + count - sizeof last, sizeof last);
    memcpy(to, &word, sizeof word);
    memcpy(to + count - sizeof last, &last, sizeof last);
  };
  struct Sixteen {
    uint64_t words[2];
  };
  if (count > 32) {
    memcpy(to, from, count);
  } else if (count >= 16) {
    ends(Sixteen{});
  } else if (count >= 8) {
    ends(uint64_t{});
  } else if (count >= 4) {
    ends(uint32_t{});
  } else if (count >= 2) {
    ends(uint16_t{});
  } else if (count) {
    *to = *from;
  }
}

// ---- integers in decimal

constexpr uint64_t kIntegerRoom = 20;          // the digits of the longest, and a sign
extern RT_HIDDEN const char kDigitPairs[200];  // 00 01 .. 99

inline uint64_t digit_count(uint64_t value) {
  uint64_t count = 1;
  for (; value >= 10000; value /= 10000) count += 4;
  return count + (value >= 10) + (value >= 100) + (value >= 1000);
}

// The digits of a number, two at a time, ending before `end`. A division by a constant is a
// multiplication, of 32 bits where that is enough.
inline uint8_t* digits_before(uint8_t* end, uint64_t value) {
  while (RT_UNLIKELY(value > UINT32_MAX)) {
    memcpy(end -= 2, kDigitPairs + value % 100 * 2, 2);
    value /= 100;
  }
  uint32_t rest = static_cast<uint32_t>(value);
  while (rest >= 100) {
    memcpy(end -= 2, kDigitPairs + rest % 100 * 2, 2);
    rest /= 100;
  }
  if (rest >= 10)
    memcpy(end -= 2, kDigitPairs + rest * 2, 2);
  else
    *--end = static_cast<uint8_t>('0' + rest);
  return end;
}

}  // namespace tenure::rt
