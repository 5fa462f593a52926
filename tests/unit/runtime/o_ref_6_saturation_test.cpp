// Counts saturate: such an object lives until the program ends, and is a leak then.
// rules: O-REF-6, O-CYC-6
#include "world.h"

namespace tenure::rt::test {
namespace {

struct Saturation : World {
  // A struct whose drop logs its name, which may refer to another of its kind if it is cyclic.
  TnType* make_type(const char* name, uint32_t flags) {
    TnType* type = make(TN_STRUCT, 0, name, flags | TN_WATCHED);
    type->drop = &drops_.emplace_back([this, name](void*) {
      log_.push_back(name);
      return TN_OK;
    });
    ref = word(TN_REF, type, flags | TN_WATCHED);
    set_parts(type, {{"next", ref}});
    return type;
  }
  void saturate(void* body, const TnType* type) {
    header(body).count = INT32_MAX;
    tn_retain(body, type);
  }
  std::string reported(uint64_t objects) {
    leaks_expected_ = true;
    testing::internal::CaptureStderr();
    EXPECT_EQ(report_leaks(), objects);
    return testing::internal::GetCapturedStderr();
  }
  TnType* ref = nullptr;
};

TEST_F(Saturation, TheGreatestCountIsStillCounted) {
  TnType* type = make_type("T", 0);
  begin();
  void* body = tn_new(type, nullptr);
  header(body).count = INT32_MAX - 1;
  tn_retain(body, type);
  EXPECT_EQ(header(body).count, INT32_MAX);
  header(body).count = 1;
  tn_release(body, type);
  EXPECT_FALSE(lives(body));
  EXPECT_EQ(log_, (std::vector<std::string>{"T"}));
}

TEST_F(Saturation, OneMoreSticksWhateverIsReleased) {
  TnType* type = make_type("T", 0);
  begin();
  void* body = tn_new(type, nullptr);
  saturate(body, type);
  EXPECT_LT(header(body).count, 0);
  for (int i = 0; i < 10; i++) tn_release(body, type);
  EXPECT_LT(header(body).count, 0);
  EXPECT_TRUE(lives(body));
  EXPECT_TRUE(log_.empty()) << "its drop does not run, at the end neither";
  EXPECT_EQ(reported(1), "leaked 1 objects\n  1 of T\n");
}

TEST_F(Saturation, TheNegativeCountsAreNotLeft) {
  TnType* type = make_type("T", 0);
  begin();
  void* body = tn_new(type, nullptr);
  for (int32_t count : {INT32_MIN + 1, -1}) {
    header(body).count = count;
    tn_release(body, type);
    EXPECT_LT(header(body).count, -1000) << "from " << count;
    header(body).count = count;
    tn_retain(body, type);
    EXPECT_LT(header(body).count, -1000) << "from " << count;
  }
  EXPECT_TRUE(lives(body));
  leaks_expected_ = true;
}

TEST_F(Saturation, TheCollectorLeavesIt) {
  TnType* type = make_type("Node", TN_CYCLIC);
  begin();
  auto ring = [&](bool saturated) {
    void* a = tn_new(type, nullptr);
    void* b = tn_new(type, nullptr);
    at<void*>(a, 0) = b;
    tn_retain(a, type);
    at<void*>(b, 0) = a;
    if (saturated) saturate(a, type);
    tn_release(a, type);
    return std::pair(a, b);
  };
  auto [kept, reached] = ring(true);
  auto [dead, other] = ring(false);
  EXPECT_EQ(tn_collect(), TN_OK);
  EXPECT_TRUE(lives(kept));
  EXPECT_TRUE(lives(reached)) << "what a saturated object refers to lives as long";
  EXPECT_FALSE(lives(dead));
  EXPECT_FALSE(lives(other));
  EXPECT_EQ(log_.size(), 2u);
  EXPECT_EQ(reported(2), "leaked 2 objects\n  2 of Node\n");
}

}  // namespace
}  // namespace tenure::rt::test
