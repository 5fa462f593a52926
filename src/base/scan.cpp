#include "base/scan.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

namespace tenure {
namespace {

unsigned char byte_at(std::string_view text, size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

// Of the prefix of a whole number; 0: it has none.
int base_of(std::string_view text, size_t at) {
  if (byte_at(text, at) != '0') return 0;
  switch (byte_at(text, at + 1)) {
    case 'x':
    case 'X':
      return 16;
    case 'b':
    case 'B':
      return 2;
    case 'o':
    case 'O':
      return 8;
    default:
      return 0;
  }
}

size_t skip_digits(std::string_view text, size_t at, int base) {
  for (;; at++) {
    unsigned char c = byte_at(text, at);
    int value = hex_value(c);
    if (c != '_' && (value < 0 || value >= base)) return at;
  }
}

std::string without_underscores(std::string_view number) {
  std::string digits;
  digits.reserve(number.size());
  for (char c : number) {
    if (c != '_') digits += c;
  }
  return digits;
}

void append_utf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

// `\u{…}`, the backslash at `at`.
size_t decode_unicode(std::string_view text, size_t at, std::string& out) {
  if (byte_at(text, at + 2) != '{') return 0;
  size_t i = at + 3;
  uint32_t value = 0;
  size_t count = 0;
  while (hex_value(byte_at(text, i)) >= 0 && count < 7) {
    value = value * 16 + static_cast<uint32_t>(hex_value(byte_at(text, i)));
    i++;
    count++;
  }
  bool good = count > 0 && count < 7 && byte_at(text, i) == '}' && value <= 0x10FFFF &&
              !(value >= 0xD800 && value <= 0xDFFF);
  if (!good) return 0;
  append_utf8(out, value);
  return i + 1 - at;
}

}  // namespace

int hex_value(unsigned char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

ScannedNumber scan_number(std::string_view text, size_t at, NumberForms forms) {
  ScannedNumber number;
  int base = base_of(text, at);
  if (base == 8 && !forms.octal) base = 0;
  if (base != 0) {
    number.end = skip_digits(text, at + 2, base);
    number.has_digits =
        text.substr(at + 2, number.end - at - 2).find_first_not_of('_') != std::string_view::npos;
    return number;
  }
  number.end = skip_digits(text, at, 10);
  if (!forms.fraction) return number;
  if (byte_at(text, number.end) == '.' && is_digit(byte_at(text, number.end + 1))) {
    number.is_float = true;
    number.end = skip_digits(text, number.end + 1, 10);
  }
  if (byte_at(text, number.end) == 'e' || byte_at(text, number.end) == 'E') {
    size_t digit = number.end + 1;
    if (byte_at(text, digit) == '+' || byte_at(text, digit) == '-') digit++;
    if (is_digit(byte_at(text, digit))) {
      number.is_float = true;
      number.end = skip_digits(text, digit, 10);
    }
  }
  return number;
}

IntegerValue integer_value(std::string_view number) {
  if (uint64_t value = 0; plain_value(number, value)) return {value, false};
  std::string digits = without_underscores(number);
  int base = base_of(digits, 0);
  IntegerValue result;
  const char* first = digits.c_str() + (base == 0 ? 0 : 2);
  auto [end, code] =
      std::from_chars(first, digits.c_str() + digits.size(), result.value, base == 0 ? 10 : base);
  result.too_large = code == std::errc::result_out_of_range;
  return result;
}

double float_value(std::string_view number) {
  return std::strtod(without_underscores(number).c_str(), nullptr);
}

size_t decode_escape(std::string_view text, size_t at, std::string& out) {
  static constexpr std::pair<char, char> kLetters[] = {
      {'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'0', '\0'}, {'\\', '\\'}, {'"', '"'}, {'\'', '\''}};
  char letter = static_cast<char>(byte_at(text, at + 1));
  for (const auto& [name, value] : kLetters) {
    if (letter != name || at + 1 >= text.size()) continue;
    out += value;
    return 2;
  }
  if (letter == 'u') return decode_unicode(text, at, out);
  if (letter != 'x') return 0;
  int high = hex_value(byte_at(text, at + 2));
  int low = hex_value(byte_at(text, at + 3));
  if (high < 0 || low < 0) return 0;
  out += static_cast<char>(high * 16 + low);
  return 4;
}

size_t unknown_escape_length(std::string_view text, size_t at) {
  size_t end = at + 2;
  while ((byte_at(text, end) & 0xC0) == 0x80) end++;
  return std::min(end, text.size()) - at;
}

}  // namespace tenure
