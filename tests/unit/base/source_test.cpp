// Lines and columns of spans.
#include "base/source.h"

#include <gtest/gtest.h>

namespace tenure {
namespace {

TEST(Source, LocatesEveryOffset) {
  SourceFile file("a.ng", "ab\n\ncd");
  EXPECT_EQ(file.line_count(), 3u);
  EXPECT_EQ(file.locate(0).line, 1u);
  EXPECT_EQ(file.locate(2).column, 3u);
  EXPECT_EQ(file.locate(3).line, 2u);
  EXPECT_EQ(file.locate(4).line, 3u);
  EXPECT_EQ(file.locate(5).column, 2u);
  EXPECT_EQ(file.locate(6).column, 3u);
  EXPECT_EQ(file.locate(1000).column, 3u);  // past the end is the end
}

TEST(Source, LinesHaveNoEnd) {
  SourceFile file("a.ng", "ab\r\ncd\n");
  EXPECT_EQ(file.line(1), "ab");
  EXPECT_EQ(file.line(2), "cd");
  EXPECT_EQ(file.line(3), "");
}

TEST(Source, EmptyFileHasOneLine) {
  SourceFile file("a.ng", "");
  EXPECT_EQ(file.line_count(), 1u);
  EXPECT_EQ(file.line(1), "");
  EXPECT_EQ(file.locate(0).column, 1u);
}

TEST(Source, SpanTextAndPosition) {
  SourceMap sources;
  FileId id = sources.add("dir/a.ng", "val x = 1;\nx;");
  Span span{id, 11, 12};
  EXPECT_EQ(sources.text(span), "x");
  EXPECT_EQ(sources.position(span), "dir/a.ng:2:1");
  EXPECT_EQ(sources.position(Span{}), "?");
}

TEST(Source, JoinOfSpans) {
  FileId id(size_t{0});
  Span joined = Span::join({id, 5, 7}, {id, 1, 3});
  EXPECT_EQ(joined.begin, 1u);
  EXPECT_EQ(joined.end, 7u);
  EXPECT_EQ(Span::join({}, {id, 1, 3}).end, 3u);
}

}  // namespace
}  // namespace tenure
