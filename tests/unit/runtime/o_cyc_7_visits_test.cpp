// A collection visits what is suspected and what that reaches, nothing else: what it must not visit
// holds a word here that nobody could follow.
// rules: O-CYC-7, O-CYC-3
#include "world.h"

namespace tenure::rt::test {
namespace {

struct Visits : World {
  void SetUp() override {
    leaf = make(TN_STRUCT, 0, "Leaf", 0);  // cannot be part of a cycle, whatever it refers to
    set_parts(leaf, {{"word", word(TN_REF, string_)}});
    node = make(TN_STRUCT, 0, "Node", TN_CYCLIC);
    set_parts(node, {{"next", word(TN_REF, node, TN_CYCLIC)}, {"leaf", word(TN_REF, leaf)}});
    begin();
    g.options.check_level = 0;  // or the heap is walked afterwards
  }
  // What is not a reference, where one should be: following it faults.
  static void poison(void* body) { at<uint64_t>(body, 0) = 0x7e57'0000'0000'0008; }
  static void cure(void* body) { at<uint64_t>(body, 0) = 0; }
  TnType* leaf = nullptr;
  TnType* node = nullptr;
};

TEST_F(Visits, WhatIsNotSuspectedIsNotLookedAt) {
  void* bystander = tn_new(node, nullptr);
  poison(bystander);
  for (int i = 0; i < 3; i++) {
    void* ring = tn_new(node, nullptr);
    at<void*>(ring, 0) = ring;
    tn_retain(ring, node);
    tn_release(ring, node);
    EXPECT_EQ(tn_collect(), TN_OK);
    EXPECT_FALSE(lives(ring));
  }
  EXPECT_TRUE(lives(bystander));
  cure(bystander);
  tn_release(bystander, node);
}

TEST_F(Visits, NorWhatCannotBePartOfACycle) {
  void* held = tn_new(leaf, nullptr);
  poison(held);
  tn_retain(held, leaf);
  void* ring = tn_new(node, nullptr);
  at<void*>(ring, 0) = ring;
  at<void*>(ring, 8) = held;
  tn_retain(ring, node);
  tn_release(ring, node);
  EXPECT_EQ(tn_collect(), TN_OK);
  EXPECT_FALSE(lives(ring));
  EXPECT_TRUE(lives(held));
  EXPECT_EQ(header(held).count, 1) << "the ring has let go of it";
  cure(held);
  tn_release(held, leaf);
}

TEST_F(Visits, WhatWasFoundAliveIsNotLookedAtAgain) {
  // A reachable ring is looked at once, when it becomes suspected, and not again.
  void* ring = tn_new(node, nullptr);
  at<void*>(ring, 0) = ring;
  tn_retain(ring, node);
  tn_retain(ring, node);
  tn_release(ring, node);
  EXPECT_EQ(tn_collect(), TN_OK);
  void* next = at<void*>(ring, 0);
  poison(ring);
  EXPECT_EQ(tn_collect(), TN_OK);
  at<void*>(ring, 0) = next;
  tn_release(ring, node);
  EXPECT_EQ(tn_collect(), TN_OK);
  EXPECT_FALSE(lives(ring));
}

}  // namespace
}  // namespace tenure::rt::test
