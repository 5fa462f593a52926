// What is well-formed UTF-8.
#include "base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace tenure {
namespace {

using std::string_view_literals::operator""sv;

TEST(Utf8, AcceptsWellFormed) {
  EXPECT_EQ(find_invalid_utf8(""), std::string_view::npos);
  EXPECT_EQ(find_invalid_utf8("plain text, longer than eight bytes"), std::string_view::npos);
  EXPECT_EQ(find_invalid_utf8("Grüße, 世界, 🙂, and more"), std::string_view::npos);
}

TEST(Utf8, FindsTheFirstBadByte) {
  EXPECT_EQ(find_invalid_utf8("ab\xFF"
                              "cd"),
            2u);
  EXPECT_EQ(find_invalid_utf8("0123456789\x80"), 10u);
  EXPECT_EQ(find_invalid_utf8("\xC3"), 0u);              // cut off
  EXPECT_EQ(find_invalid_utf8("\xC0\xAF"), 0u);          // overlong
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0u);      // a surrogate
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0u);  // above U+10FFFF
  EXPECT_EQ(find_invalid_utf8("\xF0\x80\x80\x80"), 0u);  // overlong
}

TEST(Utf8, NulIsACharacter) {
  EXPECT_EQ(find_invalid_utf8("a\0b"sv), std::string_view::npos);
}

}  // namespace
}  // namespace tenure
