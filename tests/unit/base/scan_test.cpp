// Numbers and escapes in source text.
#include "base/scan.h"

#include <gtest/gtest.h>

namespace tenure {
namespace {

size_t length(std::string_view text, NumberForms forms = {}) {
  return scan_number(text, 0, forms).end;
}

TEST(Scan, WhereNumbersEnd) {
  EXPECT_EQ(length("12_0+"), 4u);
  EXPECT_EQ(length("1..2"), 1u);
  EXPECT_EQ(length("1.x"), 1u);
  EXPECT_EQ(length("1.5.2"), 3u);
  EXPECT_EQ(length("1.5", {.fraction = false}), 1u);
  EXPECT_EQ(length("1e9x"), 3u);
  EXPECT_EQ(length("1e-9"), 4u);
  EXPECT_EQ(length("1e"), 1u);
  EXPECT_EQ(length("0xFg"), 3u);
  EXPECT_EQ(length("0b12"), 3u);
  EXPECT_EQ(length("0o78"), 1u);
  EXPECT_EQ(length("0o78", {.octal = true}), 3u);
}

TEST(Scan, PartsOfNamesInEightBytes) {
  for (uint64_t c = 0; c < 256; ++c) {
    uint64_t part = is_name_part(static_cast<unsigned char>(c)) ? 0 : 0x80;
    for (uint64_t rest : {uint64_t{0}, ~uint64_t{0}, uint64_t{0x6161616161616161u}}) {
      uint64_t others = no_name_parts((rest & ~uint64_t{0xFF00}) | c << 8);
      EXPECT_EQ(others >> 8 & 0xFF, part) << c;
      EXPECT_EQ(others & 0xFF, rest == 0x6161616161616161u ? 0u : 0x80u) << c;
    }
  }
}

TEST(Scan, KindsOfNumbers) {
  EXPECT_FALSE(scan_number("1", 0, {}).is_float);
  EXPECT_TRUE(scan_number("1.0", 0, {}).is_float);
  EXPECT_TRUE(scan_number("1e3", 0, {}).is_float);
  EXPECT_FALSE(scan_number("0x", 0, {}).has_digits);
  EXPECT_FALSE(scan_number("0x_", 0, {}).has_digits);
  EXPECT_TRUE(scan_number("0x_1", 0, {}).has_digits);
}

TEST(Scan, Values) {
  EXPECT_EQ(integer_value("1_000").value, 1000u);
  EXPECT_EQ(integer_value("0xff").value, 255u);
  EXPECT_EQ(integer_value("0b11").value, 3u);
  EXPECT_EQ(integer_value("0o17").value, 15u);
  EXPECT_EQ(integer_value("18446744073709551615").value, UINT64_MAX);
  EXPECT_FALSE(integer_value("18446744073709551615").too_large);
  EXPECT_TRUE(integer_value("18446744073709551616").too_large);
  EXPECT_EQ(float_value("1_0.5e1"), 105.0);
}

TEST(Scan, Escapes) {
  std::string out;
  EXPECT_EQ(decode_escape("\\n", 0, out), 2u);
  EXPECT_EQ(decode_escape("a\\x41b", 1, out), 4u);
  EXPECT_EQ(decode_escape("\\u{e9}", 0, out), 6u);
  EXPECT_EQ(decode_escape("\\u{10FFFF}", 0, out), 10u);
  EXPECT_EQ(out, "\nA\u00e9\U0010FFFF");
  EXPECT_EQ(decode_escape("\\0", 0, out), 2u);
  EXPECT_EQ(out.back(), '\0');
}

TEST(Scan, WhatIsNoEscape) {
  for (std::string_view text : {"\\q", "\\", "\\x4", "\\xg1", "\\u", "\\u{", "\\u{}", "\\u{d800}",
                                "\\u{110000}", "\\u{0000041}", "\\u41"}) {
    std::string out;
    EXPECT_EQ(decode_escape(text, 0, out), 0u) << text;
    EXPECT_EQ(out, "") << text;
  }
  EXPECT_EQ(unknown_escape_length("\\qx", 0), 2u);
  EXPECT_EQ(unknown_escape_length("\\\u00e9x", 0), 3u);
  EXPECT_EQ(unknown_escape_length("\\", 0), 1u);
}

}  // namespace
}  // namespace tenure
