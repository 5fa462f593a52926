// What the source texts of every language have in common below the token: letters and digits, the
// spelling of numbers, escapes in strings.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tenure {

// What a byte can be the beginning or a part of.
enum ByteClass : uint8_t { kDigitByte = 1, kNameStartByte = 2, kSpaceByte = 4, kCommentByte = 8 };
constexpr std::array<uint8_t, 256> kByteClasses = [] {
  std::array<uint8_t, 256> classes{};
  for (int c = '0'; c <= '9'; ++c) classes[c] = kDigitByte;
  for (int c = 'a'; c <= 'z'; ++c) classes[c] = classes[c - 'a' + 'A'] = kNameStartByte;
  classes['_'] = kNameStartByte;
  classes[' '] = classes['\t'] = classes['\n'] = classes['\r'] = kSpaceByte;
  classes['#'] = classes['/'] = kCommentByte;
  return classes;
}();

inline bool is_digit(unsigned char c) {
  return (kByteClasses[c] & kDigitByte) != 0;
}
// A letter of ASCII, `_`.
inline bool is_name_start(unsigned char c) {
  return (kByteClasses[c] & kNameStartByte) != 0;
}
inline bool is_name_part(unsigned char c) {
  return (kByteClasses[c] & (kNameStartByte | kDigitByte)) != 0;
}
// Of eight bytes: the highest bit of each that is no part of a name.
inline uint64_t no_name_parts(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101u, kHigh = 0x80 * kOnes;
  // Where a byte of 7 bits is at least `c` the highest bit of the sum is set.
  auto from = [](uint64_t low, unsigned char c) { return low + (0x80u - c) * kOnes; };
  uint64_t low = bytes & ~kHigh, lower = low | 0x20 * kOnes;
  uint64_t digit = from(low, '0') & ~from(low, '9' + 1);
  uint64_t letter = from(lower, 'a') & ~from(lower, 'z' + 1);
  uint64_t other = from(low ^ '_' * kOnes, 1);  // than `_`
  return (~(digit | letter | ~other) | bytes) & kHigh;
}
inline bool is_space(unsigned char c) {
  return (kByteClasses[c] & kSpaceByte) != 0;
}
// What may begin what stands between tokens.
inline bool may_be_between(unsigned char c) {
  return (kByteClasses[c] & (kSpaceByte | kCommentByte)) != 0;
}
int hex_value(unsigned char c);  // of a hexadecimal digit; -1: it is none

// The number that begins at `at` with a digit: `12_000`, `0x1F`, `0b101`, with `octal` `0o17`, and
// with `fraction` also `1.5`, `2e9`, `1.5e-3` (a dot that no digit follows is not part of it).
struct ScannedNumber {
  size_t end = 0;  // what a name could go on with may stand there
  bool is_float = false;
  bool has_digits = true;  // false: a prefix alone
};
struct NumberForms {
  bool octal = false;
  bool fraction = true;
};
ScannedNumber scan_number(std::string_view text, size_t at, NumberForms forms);

// Of a whole number as `scan_number` finds it.
struct IntegerValue {
  uint64_t value = 0;
  bool too_large = false;  // does not fit in 64 bits
};
IntegerValue integer_value(std::string_view number);
// Of decimal digits alone, and of so few that they fit; false: it is not that.
inline bool plain_value(std::string_view number, uint64_t& value) {
  constexpr size_t kAlwaysFits = 19;
  if (number.size() > kAlwaysFits) return false;
  uint64_t sum = 0;
  for (char c : number) {
    if (!is_digit(static_cast<unsigned char>(c))) return false;
    sum = sum * 10 + static_cast<uint64_t>(c - '0');
  }
  value = sum;
  return true;
}
double float_value(std::string_view number);

// The escape that begins with the backslash at `at`: \n \t \r \0 \\ \" \' \xHH \u{H…} (one to six
// digits, a code point that is no surrogate). Gives its length and appends what it stands for to
// `out`; 0: it is none of these.
size_t decode_escape(std::string_view text, size_t at, std::string& out);
constexpr std::string_view kKnownEscapes = "\\n \\t \\r \\0 \\\\ \\\" \\' \\xHH and \\u{H…}";
// What is passed over of an escape that is none: the backslash and one character.
size_t unknown_escape_length(std::string_view text, size_t at);

}  // namespace tenure
