// Interned names.
#include "base/names.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tenure {
namespace {

TEST(Names, EqualTextsHaveEqualIds) {
  Names names;
  NameId a = names.intern("alpha");
  NameId b = names.intern("beta");
  EXPECT_NE(a, b);
  EXPECT_EQ(names.intern(std::string("alpha")), a);
  EXPECT_EQ(names.text(b), "beta");
}

TEST(Names, DifferInLengthAlone) {
  Names names;
  std::string zeros(20, '\0'), letters(20, 'a');
  std::vector<NameId> ids;
  for (size_t length = 0; length <= 20; ++length) {
    ids.push_back(names.intern(zeros.substr(0, length)));
    if (length > 0) ids.push_back(names.intern(letters.substr(0, length)));
  }
  EXPECT_EQ(names.size(), 41u);
  for (size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(names.intern(names.text(ids[i])), ids[i]);
}

TEST(Names, DifferBehindTheirHead) {
  Names names;
  NameId a = names.intern("first_of_many_x"), b = names.intern("first_of_many_y");
  EXPECT_NE(a, b);
  EXPECT_NE(names.intern("first_of"), a);
  EXPECT_EQ(names.intern("first_of_many_y"), b);
}

TEST(Names, Heads) {
  std::string text = "abcdefghij";
  uint64_t head = 0;
  for (size_t length = 0; length <= 8; ++length) {
    EXPECT_EQ(head_of(text.substr(0, length)), head) << length;
    head |= uint64_t{static_cast<unsigned char>(text[length])} << (length * 8 & 63);
  }
  EXPECT_EQ(head_of(text), head_of("abcdefgh"));
}

TEST(Names, ViewsStayValid) {
  Names names;
  std::string_view first = names.text(names.intern("first"));
  for (int i = 0; i < 10000; ++i) names.intern("name" + std::to_string(i));
  EXPECT_EQ(first, "first");
}

TEST(Names, BehindThoseOfAnother) {
  Names first;
  for (int i = 0; i < 3000; ++i) first.intern("name" + std::to_string(i));
  Names names = Names::after(first);
  EXPECT_EQ(names.intern("name17"), first.intern("name17"));
  EXPECT_EQ(names.intern("new").index(), 3000u);
  EXPECT_EQ(names.text(names.intern("new")), "new");
  EXPECT_EQ(names.text(first.intern("name2999")), "name2999");
  EXPECT_EQ(first.size(), 3000u);
}

}  // namespace
}  // namespace tenure
