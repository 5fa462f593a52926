// Integers in decimal.
#include "bytes.h"

namespace tenure::rt {

namespace {

struct Pairs {
  char text[200];
};

constexpr Pairs make_pairs() {
  Pairs pairs = {};
  for (int i = 0; i < 100; i++) {
    pairs.text[2 * i] = static_cast<char>('0' + i / 10);
    pairs.text[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}

constexpr Pairs kPairs = make_pairs();

}  // namespace

uint64_t digit_count(uint64_t value) {
  uint64_t count = 1;
  for (; value >= 10000; value /= 10000) count += 4;
  return count + (value >= 10) + (value >= 100) + (value >= 1000);
}

uint8_t* digits_before(uint8_t* end, uint64_t value) {
  // A division by a constant is a multiplication, of 32 bits where that is enough.
  while (value > UINT32_MAX) {
    memcpy(end -= 2, kPairs.text + value % 100 * 2, 2);
    value /= 100;
  }
  uint32_t rest = static_cast<uint32_t>(value);
  while (rest >= 100) {
    memcpy(end -= 2, kPairs.text + rest % 100 * 2, 2);
    rest /= 100;
  }
  if (rest >= 10)
    memcpy(end -= 2, kPairs.text + rest * 2, 2);
  else
    *--end = static_cast<uint8_t>('0' + rest);
  return end;
}

}  // namespace tenure::rt
