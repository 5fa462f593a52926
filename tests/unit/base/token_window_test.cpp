// What a parser sees of the tokens of a text.
#include "base/token_window.h"

#include <gtest/gtest.h>

namespace tenure {
namespace {

enum class Kind { End, Number };
struct Number {
  size_t value;
  Kind kind;
};

// The numbers below `count`, then End.
class Count {
 public:
  explicit Count(size_t count) : count_(count) {}
  size_t read(Number* to, size_t room) {
    size_t done = 0;
    for (; done < room && next_ <= count_; ++done, ++next_)
      to[done] = {next_, next_ == count_ ? Kind::End : Kind::Number};
    return done;
  }
  void go_on_after(const Number& last) { next_ = last.value + 1; }

 private:
  size_t count_;
  size_t next_ = 0;
};
using Window = TokenWindow<Number, Count>;

TEST(TokenWindow, GoesThroughAll) {
  Window window(size_t{5000});
  EXPECT_TRUE(window.is_first());
  for (size_t i = 0; i < 5000; ++i) {
    EXPECT_EQ(window.now().value, i);
    EXPECT_EQ(window.position(), i);
    EXPECT_EQ(window.before().value, i == 0 ? 0 : i - 1);
    window.advance();
  }
  EXPECT_EQ(window.now().kind, Kind::End);
  window.advance();
  EXPECT_EQ(window.position(), 5000u);
  EXPECT_EQ(window.before().value, 4999u);
}

TEST(TokenWindow, LooksFarAhead) {
  Window window(size_t{5000});
  for (size_t i = 0; i < 10; ++i) window.advance();
  EXPECT_EQ(window.ahead(3000).value, 3010u);
  EXPECT_EQ(window.now().value, 10u);
  EXPECT_EQ(window.before().value, 9u);
  EXPECT_EQ(window.ahead(100000).kind, Kind::End);
  EXPECT_EQ(window.position(), 10u);
  for (size_t i = 10; i < 4999; ++i) window.advance();
  EXPECT_EQ(window.now().value, 4999u);
  EXPECT_EQ(window.ahead(7).kind, Kind::End);
  window.advance_to_end();
  EXPECT_EQ(window.position(), 5000u);
}

TEST(TokenWindow, OfNothing) {
  Window window(size_t{0});
  EXPECT_EQ(window.now().kind, Kind::End);
  EXPECT_EQ(window.ahead(2).kind, Kind::End);
  window.advance();
  EXPECT_TRUE(window.is_first());
}

TEST(TokenWindow, PassesOverSome) {
  for (size_t ahead : {0, 1, 3000}) {
    Window window(size_t{5000});
    window.look_ahead(4);
    for (size_t i = 0; i < 10; ++i) window.advance();
    window.ahead(ahead);
    window.pass_over({2000, Kind::Number});
    EXPECT_EQ(window.now().value, 2001u);
    EXPECT_EQ(window.before().value, 2000u);
    EXPECT_EQ(window.ahead(8).value, 2009u);
    window.advance();
    EXPECT_EQ(window.now().value, 2002u);
    window.pass_over({4999, Kind::Number});
    EXPECT_EQ(window.now().kind, Kind::End);
  }
}

}  // namespace
}  // namespace tenure
