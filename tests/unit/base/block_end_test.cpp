// Where the blocks of functions end.
#include "base/block_end.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tenure {
namespace {

// What of the text, from its first brace on, is the block; empty: it has no end.
std::string block(const std::string& text, BlockSyntax syntax = {}) {
  size_t begin = text.find('{');
  size_t end = block_end(text, begin, syntax);
  return end == 0 ? "" : text.substr(begin, end - begin);
}

TEST(BlockEnd, CountsBraces) {
  EXPECT_EQ(block("fun f() {} fun g() {}"), "{}");
  EXPECT_EQ(block("f { a { } { b { c } } } }"), "{ a { } { b { c } } }");
  EXPECT_EQ(block("{ a { }"), "");
  EXPECT_EQ(block("{"), "");
}

TEST(BlockEnd, EndsWithThePartOfAText) {
  std::string text = "{ a b c d e f g h i j k l m n o p } { \"} }\" }";
  for (size_t size = 0; size <= text.size(); size++) {
    std::string_view part = std::string_view(text).substr(0, size);
    EXPECT_EQ(block_end(part, 0, {}), size < 35 ? 0 : 35) << size;
    if (size < 36) continue;
    EXPECT_EQ(block_end(part, 36, {}), size < text.size() ? 0 : size) << size;
  }
}

TEST(BlockEnd, FindsStopsWhereverTheyStand) {
  for (size_t blanks = 0; blanks < 40; blanks++) {
    std::string inside(blanks, ' ');
    for (std::string word : {"{}", "\"}\"", "'}'", "/*}*/", "//}\n"}) {
      std::string whole = "{" + inside + word + inside + "}";
      EXPECT_EQ(block(whole + " }"), whole);
    }
  }
}

TEST(BlockEnd, PassesOverTexts) {
  EXPECT_EQ(block(R"({ "}" '}' } x)"), R"({ "}" '}' })");
  EXPECT_EQ(block(R"({ "\"}" '\'}' "\\" } x)"), R"({ "\"}" '\'}' "\\" })");
  EXPECT_EQ(block("{ \"}\n }"), "");
  EXPECT_EQ(block("{ \"}\\\n }"), "");
  EXPECT_EQ(block("{ \"}"), "");
  EXPECT_EQ(block("{ \"\\"), "");
}

TEST(BlockEnd, PassesOverComments) {
  EXPECT_EQ(block("{ // }\n } }"), "{ // }\n }");
  EXPECT_EQ(block("{ /* } */ a / b } }"), "{ /* } */ a / b }");
  EXPECT_EQ(block("{ /*/ } */ } }"), "{ /*/ } */ }");
  EXPECT_EQ(block("{ // }"), "");
  EXPECT_EQ(block("{ /* }"), "");
  BlockSyntax nested{.nested_comments = true};
  EXPECT_EQ(block("{ /* /* } */ } */ } }"), "{ /* /* } */ }");
  EXPECT_EQ(block("{ /* /* } */ } */ } }", nested), "{ /* /* } */ } */ }");
  BlockSyntax hash{.hash_comments = true};
  EXPECT_EQ(block("{ # }\n } }"), "{ # }");
  EXPECT_EQ(block("{ # }\n } }", hash), "{ # }\n }");
}

}  // namespace
}  // namespace tenure
