// The diagnostics sink, the names of kinds, the closest known name.
#include "base/diag.h"

#include <gtest/gtest.h>

namespace tenure {
namespace {

TEST(Diag, KindsHaveNamesAndSeverities) {
  EXPECT_EQ(diag_name(DiagKind::UseOfMoved), "UseOfMoved");
  EXPECT_EQ(diag_severity(DiagKind::UseOfMoved), Severity::Error);
  EXPECT_EQ(diag_severity(DiagKind::MaybeMoved), Severity::Warning);
}

TEST(Diag, CountsErrorsNotWarnings) {
  DiagnosticSink sink;
  FileId file(size_t{0});
  sink.report(DiagKind::MaybeMoved, {file, 0, 1}, "maybe");
  EXPECT_FALSE(sink.has_errors());
  sink.report(DiagKind::UseOfMoved, {file, 0, 1}, "moved").note({}, "here").suggest("move x");
  EXPECT_EQ(sink.error_count(), 1u);
  EXPECT_EQ(sink.all().size(), 2u);
  EXPECT_EQ(sink.all()[1].notes[0].message, "here");
}

TEST(Diag, SecondReportOfOneMistakeIsDropped) {
  DiagnosticSink sink;
  FileId file(size_t{0});
  sink.report(DiagKind::UseOfMoved, {file, 4, 5}, "first");
  sink.report(DiagKind::UseOfMoved, {file, 4, 5}, "second").note({}, "lost");
  sink.report(DiagKind::UseOfMoved, {file, 4, 6}, "third");
  ASSERT_EQ(sink.all().size(), 2u);
  EXPECT_EQ(sink.error_count(), 2u);
  EXPECT_TRUE(sink.all()[0].notes.empty());
}

TEST(Diag, SortsByPositionAndKeepsTheOrderThere) {
  DiagnosticSink sink;
  FileId file(size_t{0});
  sink.report(DiagKind::UnknownName, {file, 9, 10}, "c");
  sink.report(DiagKind::TypeMismatch, {file, 2, 3}, "a");
  sink.report(DiagKind::UnknownName, {file, 2, 3}, "b");
  sink.sort();
  EXPECT_EQ(sink.all()[0].message, "a");
  EXPECT_EQ(sink.all()[1].message, "b");
  EXPECT_EQ(sink.all()[2].message, "c");
}

TEST(Diag, LongMessagesAreCutInTheMiddle) {
  DiagnosticSink sink;
  std::string name;
  for (int i = 0; i < 100000; ++i) name += "ü";
  sink.report(DiagKind::UnknownName, {}, "unknown name `" + name + "`");
  const std::string& message = sink.all()[0].message;
  EXPECT_LT(message.size(), DiagnosticSink::kMaxMessageBytes + 16);
  EXPECT_TRUE(message.starts_with("unknown name `ü"));
  EXPECT_TRUE(message.ends_with("ü`"));
}

TEST(ClosestName, FindsMisspellings) {
  std::vector<std::string_view> known{"print", "assert", "nativeOpen", "x", "len"};
  EXPECT_EQ(closest_name("pritn", known), "print");
  EXPECT_EQ(closest_name("asert", known), "assert");
  EXPECT_EQ(closest_name("nativeopen", known), "nativeOpen");
  EXPECT_EQ(closest_name("lne", known), "len");
}

TEST(ClosestName, GivesNothingWhenNothingIsClose) {
  std::vector<std::string_view> known{"print", "x", "len"};
  EXPECT_EQ(closest_name("y", known), "");
  EXPECT_EQ(closest_name("unrelated", known), "");
  EXPECT_EQ(closest_name("", known), "");
  EXPECT_EQ(closest_name(std::string(100000, 'a'), known), "");
}

}  // namespace
}  // namespace tenure
