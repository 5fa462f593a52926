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
