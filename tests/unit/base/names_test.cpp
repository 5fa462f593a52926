// Interned names.
#include "base/names.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(Names, ViewsStayValid) {
  Names names;
  std::string_view first = names.text(names.intern("first"));
  for (int i = 0; i < 10000; ++i) names.intern("name" + std::to_string(i));
  EXPECT_EQ(first, "first");
}

}  // namespace
}  // namespace tenure
