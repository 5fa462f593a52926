// Input of any kind: a bounded number of errors, no crash, no hang.
#include <gtest/gtest.h>

#include "support.h"

namespace tenure::tape {
namespace {

constexpr size_t kMany = 100'000;

std::string times(size_t count, std::string_view text) {
  std::string out;
  out.reserve(count * text.size());
  for (size_t i = 0; i < count; i++) out += text;
  return out;
}

// What nests without end is one error.
TEST(TapeBadInput, NestedTooDeeply) {
  const std::pair<const char*, const char*> shapes[] = {{"let x = ", "("},
                                                        {"let x = ", "["},
                                                        {"", "{"},
                                                        {"let x = ", "-"},
                                                        {"let x = ", "f("},
                                                        {"let x = ", "a["},
                                                        {"let x = ", "S { a: "},
                                                        {"let x = ", "\"{"},
                                                        {"var x: ", "*"},
                                                        {"var x: ", "["},
                                                        {"var x: ", "[]"},
                                                        {"var x: ", "fn("},
                                                        {"var x: ", "("},
                                                        {"", "if (a) {"},
                                                        {"", "match (a) { _ => {"},
                                                        {"", "x or {"},
                                                        {"let x = ", "a or return "},
                                                        {"let x = ", "@sizeof(["},
                                                        {"", "defer {"}};
  for (const auto& [before, shape] : shapes) {
    Parsed parsed(before + times(kMany, shape));
    EXPECT_EQ(parsed.sink.error_count(), 1u) << shape << parsed.errors().substr(0, 300);
  }
  EXPECT_EQ(errors_of("let x = " + times(kMany, "(") + "1" + times(kMany, ")") + ";"),
            "1:509: error: nested too deeply; the limit is 500 levels");
  EXPECT_EQ(errors_of("let x = " + times(kMany, "\"{") + "1" + times(kMany, "}\"") + ";"),
            "1:1009: error: nested too deeply; the limit is 500 levels");
}

// So is what nests in the tree only.
TEST(TapeBadInput, LongChains) {
  for (const char* part : {".a", "[0]", "()", "!", " as i64", " |> f", " is A", " or {}"}) {
    Parsed parsed("let x = a" + times(kMany, part) + ";");
    EXPECT_EQ(parsed.sink.error_count(), 1u) << part << parsed.errors().substr(0, 300);
  }
}

// What is long without nesting is no mistake.
TEST(TapeBadInput, LongButFlat) {
  for (const std::string& text :
       {"let x = 1" + times(kMany, " + 1") + ";", times(kMany, "f();"),
        "if (a) {}" + times(kMany, " else if (a) {}"), "let x = \"" + times(kMany, "{a}b") + "\";",
        "f(" + times(kMany, "1,") + ");", "match (a) {" + times(kMany, " 1 => {}") + "}",
        "struct S {" + times(kMany, " a: i64;") + "}", times(kMany, "\n"),
        times(kMany, "/*") + times(kMany, "*/")}) {
    EXPECT_EQ(errors_of(text), "");
  }
}

TEST(TapeBadInput, Unterminated) {
  EXPECT_EQ(errors_of("let a = \"abc\nlet b = (;"),
            "1:9: error: this string is not closed on its line");
  EXPECT_EQ(errors_of("let a = \"abc"), "1:9: error: this string is not closed on its line");
  EXPECT_EQ(errors_of("let a = \"abc\\"), "1:9: error: this string is not closed on its line");
  EXPECT_EQ(errors_of("let a = \"{\";\nf();"),
            "1:11: error: this string is not closed on its line\n"
            "1:10: note: it stands in what is interpolated here; `{{` stands for a brace");
  EXPECT_EQ(errors_of("let a = \"{b;\nf();"),
            "1:10: error: what is interpolated here is not closed; `{{` stands for a brace");
  EXPECT_EQ(errors_of("/* /* */"), "1:1: error: this comment is not closed");
  EXPECT_EQ(errors_of("let a = 'b;"), "1:9: error: this character is not closed on its line");
  EXPECT_EQ(errors_of("let a = '"), "1:9: error: this character is not closed on its line");
}

TEST(TapeBadInput, Tokens) {
  EXPECT_EQ(errors_of("let a = $;"), "1:9: error: unexpected character `$`");
  EXPECT_EQ(errors_of("let a = \xff\xfe;"), "1:9: error: unexpected character (byte 0xFF)");
  EXPECT_EQ(errors_of("let a = 0x;"), "1:9: error: this number has no digits");
  EXPECT_EQ(errors_of("let a = 12ab;"), "1:9: error: `ab` cannot stand at the end of a number");
  EXPECT_EQ(errors_of("let a = 0b12;"), "1:9: error: `2` cannot stand at the end of a number");
  EXPECT_EQ(errors_of("let a = 'ab';"),
            "1:9: error: a character is one byte; strings stand in `\"…\"`");
  EXPECT_EQ(errors_of("let a = '\u00e9';"),
            "1:9: error: a character is one byte; strings stand in `\"…\"`");
  EXPECT_EQ(errors_of("let a = '';"), "1:9: error: a character is missing");
  EXPECT_EQ(
      errors_of("let a = \"\\q\";"),
      "1:10: error: unknown escape; there are \\n \\t \\r \\0 \\\\ \\\" \\' \\xHH and \\u{H…}");
  EXPECT_EQ(errors_of("let a = \"\\u{110000}\";").substr(0, 28), "1:10: error: unknown escape;");
  EXPECT_EQ(errors_of("let a = \"}\";"),
            "1:10: error: a lone `}` in a string\n1:10: note: write `}}`");
  EXPECT_EQ(errors_of("let a = #12345;"),
            "1:9: error: this is no color; one has six or eight hexadecimal digits: `#RRGGBB`, "
            "`#RRGGBBAA`");
  EXPECT_EQ(errors_of("let a = @;"), "1:9: error: unexpected character `@`");
}

TEST(TapeBadInput, Nothing) {
  EXPECT_EQ(tree_of(""), "");
  EXPECT_EQ(tree_of("// nothing"), "");
  EXPECT_EQ(tree_of("\r\n\t"), "");
}

TEST(TapeBadInput, OneLongLine) {
  constexpr size_t kBytes = 100'000'000;
  for (const char* part : {"a ", "\"", "{}", "f(1);", "\xff ", "#", "'", "\\", "}"}) {
    Parsed parsed(times(kBytes / 100, part));
    EXPECT_LT(parsed.errors().size(), 100'000u) << part;
  }
  EXPECT_EQ(errors_of("let a = " + std::string(kBytes, '9') + ";"), "");
  EXPECT_EQ(errors_of("let " + std::string(kBytes, 'a') + " = 1;"), "");
}

TEST(TapeBadInput, Binary) {
  std::string bytes;
  uint32_t state = 1;
  for (int i = 0; i < 1'000'000; i++) {
    state = state * 1664525 + 1013904223;
    bytes += static_cast<char>(state >> 24);
  }
  EXPECT_LE(Parsed(bytes).sink.error_count(), 20u);
}

// Each beginning of a program and each program without one of its tokens ends in errors, at worst.
TEST(TapeBadInput, Beginnings) {
  std::string program =
      "import { a as b } from \"io\"; @packed pub struct S { a: i64; } enum E : u8 { A = 1: \"t\"; "
      "}\n"
      "tagged T { A { f: f64 } B; } pub extern(\"x\") fn g(a: *!T, b: [4]u8 = c) -> ?i64 or E;\n"
      "fn T.m(*self) { for (var i = 0; i < 1; i += 1) { match (x) { T.A { f: g; .. } => {} } }\n"
      "let x = f(\"a{b + 1}c\", n: 'c')! or return 1; defer { } if (a) {} else if (b) {} else {} "
      "}\n"
      "#test\ntest \"n\" with [1] as (a) { @assert(#112233 |> f == [0; 3][1..2]); }\n";
  ASSERT_EQ(errors_of(program), "");
  for (size_t i = 0; i < program.size(); i++) {
    Parsed beginning(program.substr(0, i));
    EXPECT_LE(beginning.sink.error_count(), 3u) << i << beginning.errors();
    std::string without = program;
    without.erase(i, 1);
    Parsed hole(without);
    EXPECT_LE(hole.sink.error_count(), 6u) << i << hole.errors();
  }
}

}  // namespace
}  // namespace tenure::tape
