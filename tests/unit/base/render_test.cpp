// What diagnostics look like [O-ERR-1].
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/diag.h"

namespace tenure {
namespace {

struct Fixture {
  SourceMap sources;
  DiagnosticSink sink;
  FileId file;

  explicit Fixture(std::string text) { file = sources.add("a.ng", std::move(text)); }
  std::string text(RenderOptions options = {}) { return render_text(sink, sources, options); }
};

TEST(Render, SourceLineAndMark) {
  Fixture f("val a = 1;\nval b = move c;\n");
  f.sink.report(DiagKind::UnknownName, {f.file, 24, 25}, "unknown name `c`");
  EXPECT_EQ(f.text(),
            "a.ng:2:14: error: unknown name `c`\n"
            "    2 | val b = move c;\n"
            "      |              ^\n");
}

TEST(Render, NotesSecondariesAndSuggestion) {
  Fixture f("f(h, h);\nval h = 1;\n");
  f.sink.report(DiagKind::CannotCopy, {f.file, 2, 3}, "cannot copy `h`")
      .mark({f.file, 5, 6})
      .note({f.file, 13, 14}, "declared here")
      .suggest("move h");
  EXPECT_EQ(f.text(),
            "a.ng:1:3: error: cannot copy `h`\n"
            "    1 | f(h, h);\n"
            "      |   ^  -\n"
            "a.ng:2:5: note: declared here\n"
            "    2 | val h = 1;\n"
            "      |     ^\n"
            "a.ng:1:3: note: write `move h`\n");
}

TEST(Render, PlainIsOneLineEach) {
  Fixture f("x\n");
  f.sink.report(DiagKind::MaybeMoved, {f.file, 0, 1}, "value `x` may have been moved")
      .note({}, "somewhere");
  EXPECT_EQ(f.text({.plain = true}),
            "a.ng:1:1: warning: value `x` may have been moved\n"
            "note: somewhere\n");
}

TEST(Render, ColourOnlyWhenAsked) {
  Fixture f("x\n");
  f.sink.report(DiagKind::UnknownName, {f.file, 0, 1}, "m");
  EXPECT_EQ(f.text().find('\033'), std::string::npos);
  EXPECT_NE(f.text({.color = true}).find("\033[1;31merror:\033[0m"), std::string::npos);
}

TEST(Render, TabsAndBytesThatCannotBeShown) {
  Fixture f(
      "\ta\x01\xFF"
      "b\n");
  f.sink.report(DiagKind::UnexpectedCharacter, {f.file, 2, 3}, "bad byte `\x1b[31m`");
  EXPECT_EQ(f.text(),
            "a.ng:1:3: error: bad byte `\\x1B[31m`\n"
            "    1 |     a\\x01\\xFFb\n"
            "      |      ^^^^\n");
}

TEST(Render, WideCharactersCountOnce) {
  Fixture f("grüße x\n");
  f.sink.report(DiagKind::UnknownName, {f.file, 8, 9}, "m");
  EXPECT_EQ(f.text(),
            "a.ng:1:9: error: m\n"
            "    1 | grüße x\n"
            "      |       ^\n");
}

TEST(Render, EndOfFileAndEndOfLine) {
  Fixture f("f(");
  f.sink.report(DiagKind::ExpectedToken, {f.file, 2, 2}, "expected `)`");
  EXPECT_EQ(f.text(),
            "a.ng:1:3: error: expected `)`\n"
            "    1 | f(\n"
            "      |   ^\n");
}

TEST(Render, RangeOverSeveralLinesIsMarkedToTheEndOfTheFirst) {
  Fixture f("f(a,\n  b)\n");
  f.sink.report(DiagKind::TypeMismatch, {f.file, 0, 9}, "m");
  EXPECT_EQ(f.text(),
            "a.ng:1:1: error: m\n"
            "    1 | f(a,\n"
            "      | ^^^^\n");
}

TEST(Render, LongLinesAreCutAroundTheMark) {
  Fixture f(std::string(50'000'000, 'a') + "b" + std::string(50'000'000, 'a'));
  f.sink.report(DiagKind::UnknownName, {f.file, 50'000'000, 50'000'001}, "m");
  f.sink.report(DiagKind::UnknownName, {f.file, 0, 100'000'001}, "n");
  std::string text = f.text();
  EXPECT_LT(text.size(), 1000u);
  EXPECT_NE(text.find("…aaa"), std::string::npos);
  EXPECT_NE(text.find("ab"), std::string::npos);
}

TEST(Render, ManyDiagnosticsOnOneLongLine) {
  constexpr uint32_t kCount = 100'000;
  Fixture f(std::string(1'000'000, 'x'));
  for (uint32_t i = 0; i < kCount; ++i) {
    f.sink.report(DiagKind::UnknownName, {f.file, i * 10, i * 10 + 1}, "m");
  }
  f.sink.sort();
  EXPECT_GT(f.text().size(), kCount * 100);
}

TEST(Render, Json) {
  Fixture f("ab\ncd\n");
  f.sink.report(DiagKind::UseOfMoved, {f.file, 3, 5}, "use of \xFF")
      .note({f.file, 0, 1}, "moved here")
      .suggest("move cd");
  std::string text = render_json(f.sink, f.sources);
  auto json = nlohmann::json::parse(text, nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(json[0]["kind"], "UseOfMoved");
  EXPECT_EQ(json[0]["severity"], "error");
  EXPECT_EQ(json[0]["file"], "a.ng");
  EXPECT_EQ(json[0]["line"], 2);
  EXPECT_EQ(json[0]["end_column"], 3);
  EXPECT_EQ(json[0]["notes"][0]["message"], "moved here");
  EXPECT_EQ(json[0]["suggestion"], "move cd");
}

TEST(Render, JsonOfNothingIsAnEmptyList) {
  Fixture f("");
  EXPECT_EQ(render_json(f.sink, f.sources), "[]\n");
}

}  // namespace
}  // namespace tenure
