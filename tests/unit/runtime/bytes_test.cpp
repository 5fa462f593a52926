// The bytes of strings: room, growth, copies, integers in decimal [O-KIND-2, -3]
#include <stdint.h>

#include "bytes.h"
#include "world.h"

namespace tenure::rt::test {
namespace {

struct TheBytes : World {
  static std::string of(const TnString& s) {
    return {reinterpret_cast<const char*>(s.data), s.length};
  }
  // (Who watches hears of each block.)
  static void unwatch() {
    g.hooks.object_born = nullptr;
    g.hooks.object_died = nullptr;
    g.watching_new = false;
  }
  static std::string signed_text(int64_t value) {
    TnString s = {nullptr, 0, 0};
    tn_append_integer(&s, value);
    std::string shown = of(s);
    tn_append_integer(&s, value);  // behind what is there, perhaps in place
    EXPECT_EQ(of(s), shown + shown);
    tn_str_drop(&s);
    return shown;
  }
  static std::string natural_text(uint64_t value) {
    TnString s = {nullptr, 0, 0};
    tn_append_natural(&s, value);
    std::string shown = of(s);
    tn_str_drop(&s);
    return shown;
  }
};

TEST_F(TheBytes, IntegersAreShownInDecimal) {
  begin();
  for (int64_t value : {INT64_MIN, INT64_MIN + 1, int64_t{-1}, int64_t{0}, int64_t{UINT32_MAX},
                        int64_t{UINT32_MAX} + 1, INT64_MAX}) {
    EXPECT_EQ(signed_text(value), std::to_string(value));
  }
  for (uint64_t power = 1;; power *= 10) {
    for (uint64_t value : {power - 1, power, power + 1}) {
      EXPECT_EQ(natural_text(value), std::to_string(value));
      EXPECT_EQ(signed_text(-static_cast<int64_t>(value / 2)),
                std::to_string(-static_cast<int64_t>(value / 2)));
    }
    if (power > UINT64_MAX / 10) break;
  }
  EXPECT_EQ(natural_text(UINT64_MAX), "18446744073709551615");
}

TEST_F(TheBytes, ACopyIsWholeWhateverItsLength) {
  begin();
  std::string all;
  for (int i = 0; i < 200; i++) all += static_cast<char>('!' + i % 90);
  for (size_t length = 0; length <= all.size(); length++) {
    std::vector<uint8_t> to(length + 2, 7);
    copy_bytes(to.data() + 1, reinterpret_cast<const uint8_t*>(all.data()), length);
    EXPECT_EQ(std::string(to.begin() + 1, to.end() - 1), all.substr(0, length));
    EXPECT_EQ(to.front(), 7);
    EXPECT_EQ(to.back(), 7);
  }
}

TEST_F(TheBytes, ABlockHasTheRoomThatItSays) {
  begin();
  for (uint64_t wanted : {0, 1, 8, 9, 16, 100, 1016, 1017, 5000, 1 << 20, 300 << 20}) {
    TnBytes bytes = new_bytes(wanted);
    EXPECT_GE(bytes.capacity, wanted);
    bytes.data[0] = 1;
    bytes.data[bytes.capacity - 1] = 1;
    EXPECT_EQ(header(bytes.data).count, 1);
    tn_bytes_release(bytes.data);
  }
  EXPECT_EQ(live_objects(), 0u);
}

TEST_F(TheBytes, AppendsUseTheRoomThatACopyLeaves) {
  begin();
  TnString eleven = text("item 123456"), more = text("!"), s;
  TnString none = {nullptr, 0, 0};
  s = none;
  tn_str_append(&s, &eleven);
  TnString copy;
  tn_text_copy(&copy, &s);
  EXPECT_NE(copy.data, s.data);
  const uint8_t* before = copy.data;
  tn_str_append(&copy, &more);
  EXPECT_EQ(copy.data, before);
  EXPECT_EQ(of(copy), "item 123456!");
  EXPECT_EQ(of(s), "item 123456");
  for (int i = 0; i < 10; i++) tn_str_append(&copy, &copy);  // of itself, in place and elsewhere
  EXPECT_EQ(copy.length, 12u << 10);
  EXPECT_EQ(of(copy).substr(12 * 500, 12), "item 123456!");
  tn_str_append(&copy, &none);
  EXPECT_EQ(copy.length, 12u << 10);
  tn_str_drop(&s);
  tn_str_drop(&copy);
}

// From some hundred kilobytes on a block has a mapping of its own, which grows without a copy; the
// next one that grows gets it.
TEST_F(TheBytes, WhatGrowsLargeKeepsItsBytes) {
  begin();
  unwatch();
  const uint8_t* last = nullptr;
  for (int round = 0; round < 3; round++) {
    std::string model;
    TnString s = {nullptr, 0, 0};
    uint64_t moves = 0;
    while (model.size() < (9u << 20)) {
      std::string piece = std::to_string(model.size()) + ",";
      const uint8_t* before = s.data;
      tn_append_bytes(&s, reinterpret_cast<const uint8_t*>(piece.data()), piece.size());
      model += piece;
      if (before == s.data) continue;
      moves++;
      ASSERT_EQ(object_of(s.data), s.data);
      ASSERT_EQ(object_of(s.data + s.length - 1), s.data);
      ASSERT_EQ(header(s.data).count, 1);
      ASSERT_GE(s.capacity, s.length);
      ASSERT_EQ(of(s), model);
      s.data[s.capacity - 1] = 7;  // it is there
      EXPECT_EQ(live_objects(), 1u);
      if (s.length > kGrowingBytes && round > 0) {
        EXPECT_LT(moves, 21u);
      }
    }
    EXPECT_EQ(of(s), model);
    last = s.data;
    tn_str_drop(&s);
    EXPECT_EQ(live_objects(), 0u);
    EXPECT_EQ(live_bytes(), 0u);
    EXPECT_LE(g.idle.size, 4u);
    EXPECT_GT(g.idle.size, 0u);
    verify_heap(3);
  }
  EXPECT_NE(last, nullptr);
}

TEST_F(TheBytes, ALargeStringIsAppendedToItself) {
  begin();
  unwatch();
  TnString s = {nullptr, 0, 0}, more = text("0123456789");
  std::string model;
  for (int i = 0; i < 1000; i++) tn_str_append(&s, &more);
  for (int i = 0; i < 1000; i++) model += "0123456789";
  while (model.size() < (6u << 20)) {
    tn_append_bytes(&s, s.data + 3, s.length - 5);
    model += model.substr(3, model.size() - 5);
    ASSERT_EQ(of(s), model);
  }
  TnString shared;
  tn_str_copy(&shared, &s);  // has two owners now: grows elsewhere
  tn_str_append(&s, &more);
  EXPECT_EQ(of(shared), model);
  EXPECT_EQ(of(s), model + "0123456789");
  tn_str_drop(&s);
  tn_str_drop(&shared);
  EXPECT_EQ(live_objects(), 0u);
}

TEST_F(TheBytes, SharedBytesAreLetGoOfOneByOne) {
  begin();
  TnString first = text("ab"), s = {nullptr, 0, 0}, other;
  tn_str_append(&s, &first);
  tn_str_copy(&other, &s);
  tn_bytes_release(s.data);
  EXPECT_EQ(of(other), "ab");
  EXPECT_EQ(live_objects(), 1u);
  tn_bytes_release(other.data);
  EXPECT_EQ(live_objects(), 0u);
}

}  // namespace
}  // namespace tenure::rt::test
