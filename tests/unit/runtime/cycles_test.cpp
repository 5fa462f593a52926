// Cycles and weak references [O-CYC-1 to -7, O-REF-5]
#include <set>

#include "cycles.h"

namespace tenure::rt::test {
namespace {

TEST_F(Cycles, ADeadRingOfUnwatchedNodesGoes) {
  make_node(false);
  begin();
  ring(3, 1);
  EXPECT_EQ(live_objects(), 3u);
  EXPECT_EQ(tn_collect(), TN_OK);
  EXPECT_EQ(live_objects(), 0u);
}

TEST_F(Cycles, AReachableRingIsNotTouched) {
  make_node(false);
  begin();
  void* head = make_object(1);
  *a(head) = share(head);
  *b(head) = make_object(2);
  tn_release(share(head), node);
  tn_collect();
  EXPECT_EQ(live_objects(), 2u);
  EXPECT_EQ(header(head).count, 2);
  EXPECT_EQ(colour(head), kBlack);
  tn_release(head, node);
  tn_collect();
}

TEST_F(Cycles, AMillionRingsInBoundedMemory) {
  make_node(false);
  begin();
  g.hooks.object_born = nullptr;
  g.hooks.object_died = nullptr;
  g.watching_new = false;
  uint64_t most = 0;
  for (int i = 0; i < 1'000'000; i++) {
    ring(2, i);
    if (i % 256 == 0 && live_objects() > most) most = live_objects();  // (it counts free blocks)
  }
  EXPECT_LT(most, 100'000u);
  EXPECT_LT(g.committed, 16u << 20);
  tn_collect();
}

// Their memory waits in the list of suspects, and no longer than until half of the list has died.
TEST_F(Cycles, SuspectsThatDieAreNoObjectsAnyMore) {
  for (bool watched : {false, true}) {
    make_node(watched);
    TnOptions options = {};
    options.check_level = 3;
    begin(options);
    uint64_t bytes = live_bytes();
    void* stays = make_object(1);
    tn_release(share(stays), node);
    for (int i = 0; i < 1000; i++) {
      void* one = make_object(2);
      tn_release(share(one), node);
      tn_release(one, node);
      EXPECT_EQ(live_objects(), 1u);
      EXPECT_LE(g.parked, 256u);
      if (i % 100 == 0) verify_heap(3);
    }
    EXPECT_GT(g.parked, 0u);
    tn_collect();
    EXPECT_EQ(g.parked, 0u);
    EXPECT_EQ(live_objects(), 1u);
    tn_release(stays, node);
    EXPECT_EQ(live_bytes(), bytes);
    verify_heap(3);
    tn_collect();
    runtime_forget();
    begun_ = false;
  }
}

// A list of live nodes, of which the first is suspected.
TEST_F(Cycles, ASliceVisitsSomeThousandObjectsWhateverLives) {
  make_node(false);
  begin();
  g.options.check_level = 0;  // (the checks visit everything)
  g.hooks.object_born = nullptr;
  g.hooks.object_died = nullptr;
  constexpr uint64_t kLive = 100'000;
  void* head = nullptr;
  for (uint64_t i = 0; i < kLive; i++) {
    void* body = make_object(1);
    *a(body) = head;
    head = body;
  }
  tn_collect();
  EXPECT_EQ(live_objects(), kLive);
  tn_release(share(head), node);
  uint64_t most = 0, looks = g.collections;
  for (int i = 0; i < 50'000; i++) {
    g.visits = 0;
    ring(10, i);
    if (g.visits > most) most = g.visits;
  }
  EXPECT_GT(g.collections, looks + 50);
  EXPECT_GT(most, 0u);
  EXPECT_LE(most, 15'000u);
  EXPECT_LE(live_objects(), kLive + 20'000);
  verify_heap(3);
  // What was put off, and looked at, dies like anything else.
  tn_release(head, node);
  tn_collect();
  EXPECT_EQ(live_objects(), 0u);
  EXPECT_EQ(g.put_off, 0u);
  EXPECT_EQ(g.parked, 0u);
}

// Rings that no slice could visit, while a list lives that is suspected again and again. What is
// visited at once is a ring at most, and not what lives.
TEST_F(Cycles, LargeGarbageIsFoundByALook) {
  make_node(false);
  begin();
  g.options.check_level = 0;
  g.hooks.object_born = nullptr;
  g.hooks.object_died = nullptr;
  constexpr int kLive = 200'000, kRing = 20'000;
  void* head = nullptr;
  for (int i = 0; i < kLive; i++) {
    void* body = make_object(1);
    *a(body) = head;
    head = body;
  }
  uint64_t most = 0, most_objects = 0, looks = 0;
  for (int i = 0; i < 50 * kRing; i++) {
    if (i % kRing == 0) {  // another large ring, and the list is suspected
      void* next = share(*a(head));
      tn_release(head, node);
      head = next;
      tn_release(share(head), node);
      ring(kRing, i);
    }
    g.visits = 0;
    LookPhase before = g.look.phase;
    ring(1, i);
    looks += before != g.look.phase;
    if (g.visits > most) most = g.visits;
    if (i % 1000 == 0 && live_objects() > most_objects) most_objects = live_objects();
  }
  EXPECT_GT(looks, 10u);
  EXPECT_LE(most, 5 * kRing + 5'000u);
  EXPECT_LE(most_objects, 3 * kLive);
  verify_heap(3);
  tn_release(head, node);
  tn_collect();
  EXPECT_EQ(live_objects(), 0u);
  EXPECT_FALSE(look_is_under_way());
}

TEST_F(Cycles, GarbageTooLargeForASliceGoesSteadily) {
  make_node(false);
  begin();
  g.hooks.object_born = nullptr;
  g.hooks.object_died = nullptr;
  uint64_t most = 0;
  for (int i = 0; i < 50; i++) {
    ring(20'000, i);
    if (live_objects() > most) most = live_objects();
  }
  EXPECT_LE(most, 120'000u);
  EXPECT_LE(pause_quantile(500), pause_quantile(990));
  EXPECT_LE(pause_quantile(990), g.longest_pause);
  tn_collect();
  EXPECT_EQ(live_objects(), 0u);
}

// A collection comes wherever the look has got to.
TEST_F(Cycles, ALookIsGivenUpInEachPhase) {
  make_node(false, {{"name", string_}});
  TnOptions options = {};
  options.gc_threshold = 1;
  options.check_level = 3;
  std::set<LookPhase> phases;
  for (int allocations = 0; allocations < 120; allocations++) {
    begin(options);
    void* lives = make_object(1);
    *a(lives) = share(lives);
    for (int i = 0; i < 12; i++) {  // a list that it leads to
      void* more = make_object(2);
      *a(more) = *b(lives);
      *b(lives) = more;
    }
    void* dies_early = make_object(3);
    ring(12, 100);
    ring(14, 200);
    for (void* more = *b(lives); more; more = *a(more)) tn_release(share(more), node);
    tn_release(share(lives), node);
    tn_release(share(dies_early), node);
    for (int i = 0; i < allocations; i++) {
      if (i == allocations / 2) {
        tn_release(dies_early, node);
        dies_early = nullptr;
      }
      tn_release(make_object(4), node);
    }
    phases.insert(g.look.phase);
    EXPECT_EQ(tn_collect(), TN_OK);
    EXPECT_FALSE(look_is_under_way());
    EXPECT_EQ(g.look.parked, 0u);
    EXPECT_EQ(live_objects(), dies_early ? 14u : 13u);
    EXPECT_EQ(header(lives).info & (TN_F_COLOUR | TN_F_LISTED | TN_F_LOOKED_AT), 0u);
    if (dies_early) tn_release(dies_early, node);
    tn_release(lives, node);
    tn_collect();
    EXPECT_EQ(live_objects(), 0u);
    verify_heap(3);
    runtime_forget();
    begun_ = false;
  }
  EXPECT_EQ(phases.size(), 7u) << "None, and all of a look";
}

TEST_F(Cycles, StressCollectsUnwatchedAndOnlyVerifiesWatched) {
  make_node(true);
  TnType* plain = make(TN_STRUCT, 0, "Plain", TN_CYCLIC);
  set_parts(plain, {{"next", word(TN_REF, plain, TN_CYCLIC)}});
  TnOptions options = {};
  options.gc_stress = 1;
  begin(options);
  void* loop = tn_new(plain, nullptr);
  at<void*>(loop, 0) = loop;
  tn_retain(loop, plain);
  tn_release(loop, plain);
  ring(3, 1);
  EXPECT_FALSE(lives(loop));
  EXPECT_TRUE(log_.empty());
  EXPECT_EQ(live_objects(), 3u);
  tn_collect();
  EXPECT_EQ(log_, (Log{"n1", "n2", "n3"}));
}

// A live list whose newest node is always suspected: each look at it is a look at the whole list.
TEST_F(Cycles, StressCostsTheSameForEachAllocationWhateverTheHeap) {
  for (bool watched : {false, true}) {
    make_node(watched);
    TnOptions options = {};
    options.gc_stress = 1;
    begin(options);
    g.hooks.object_born = nullptr;
    g.hooks.object_died = nullptr;
    constexpr int kNodes = 100'000;
    uint64_t visits = 0, looks = 0;
    void* head = nullptr;
    for (int i = 0; i < kNodes; i++) {
      uint64_t before = g.visits;
      g.visits = 0;
      void* body = make_object(i);
      *a(body) = head ? share(head) : nullptr;
      if (head) tn_release(head, node);
      head = body;
      visits += g.visits;
      looks += g.visits != 0;
      if (i == 400) {
        EXPECT_GE(looks, 399u);  // a small heap is looked at each time
      }
      if (!g.visits) g.visits = before;
    }
    EXPECT_LT(visits, 200u * kNodes);
    EXPECT_GT(visits, 50u * kNodes);
    g.options.gc_stress = 0;
    on_drop = nullptr;
    log_.clear();
    tn_release(head, node);
    EXPECT_EQ(live_objects(), 0u);
    runtime_forget();
    begun_ = false;
  }
}

TEST_F(Cycles, WatchedGarbageDiesInOrderOfAllocation) {
  make_node(true);
  begin();
  void* one = make_object(1);
  void* two = make_object(2);
  void* three = make_object(3);
  *a(three) = share(one);
  *a(one) = share(two);
  *a(two) = three;
  tn_release(one, node);
  tn_release(two, node);
  EXPECT_EQ(live_objects(), 3u);
  tn_collect();
  EXPECT_EQ(log_, (Log{"n1", "n2", "n3"}));
}

TEST_F(Cycles, WeakReferencesAreNullBeforeTheFirstDrop) {
  make_node(true);
  begin();
  void* one = make_object(1);
  *a(one) = share(one);
  void* weak = tn_weak_new(one, node);
  EXPECT_EQ(tn_weak_new(one, node), weak);
  tn_weak_release(weak);
  void* strong = tn_weak_upgrade(weak, node);
  EXPECT_EQ(strong, one);
  tn_release(strong, node);
  on_drop = [&](void*) {
    EXPECT_EQ(tn_weak_upgrade(weak, node), nullptr);
    return TN_OK;
  };
  tn_release(one, node);
  EXPECT_TRUE(log_.empty());
  tn_collect();
  EXPECT_EQ(log_.size(), 1u);
  tn_weak_release(tn_weak_copy(weak));
  tn_weak_release(weak);
  EXPECT_EQ(tn_weak_new(nullptr, node), nullptr);
  EXPECT_EQ(tn_weak_upgrade(nullptr, node), nullptr);
}

TEST_F(Cycles, WeakReferencesOfPlainDeaths) {
  make_node(true);
  begin();
  void* one = make_object(1);
  void* weak = tn_weak_new(one, node);
  on_drop = [&](void* self) {
    EXPECT_EQ(tn_weak_upgrade(weak, node), nullptr);
    EXPECT_EQ(tn_weak_new(self, node), nullptr);
    return TN_OK;
  };
  tn_release(one, node);
  EXPECT_EQ(tn_weak_upgrade(weak, node), nullptr);
  tn_weak_release(weak);
}

TEST_F(Cycles, ResurrectedObjectsLiveOnAndAreNotDroppedAgain) {
  make_node(true);
  begin();
  void* kept = nullptr;
  on_drop = [&](void* self) {
    if (at<int64_t>(self, 0) == 2 && !kept) kept = share(*a(self));  // 3, which leads to 1 and 2
    return TN_OK;
  };
  ring(3, 1);
  ring(2, 10);
  tn_collect();
  EXPECT_EQ(log_, (Log{"n1", "n2", "n3", "n10", "n11"}));
  EXPECT_EQ(live_objects(), 3u);
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(at<int64_t>(kept, 0), 3);
  tn_collect();
  EXPECT_EQ(live_objects(), 3u);
  tn_release(kept, node);
  tn_collect();
  EXPECT_EQ(log_.size(), 5u);
}

TEST_F(Cycles, ADropMayAskForACollectionAndBuildCycles) {
  make_node(true);
  begin();
  int more = 3;
  on_drop = [&](void*) {
    if (more-- > 0) ring(2, 100 + more * 10);
    EXPECT_EQ(tn_collect(), TN_OK);
    return TN_OK;
  };
  ring(2, 1);
  tn_collect();
  EXPECT_EQ(log_.size(), 8u);
}

TEST_F(Cycles, AFailingDropInACollectionStopsNothing) {
  make_node(true);
  begin();
  on_drop = [&](void* self) { return at<int64_t>(self, 0) == 1 ? TN_FAILED : TN_OK; };
  ring(3, 1);
  EXPECT_EQ(tn_collect(), TN_OK);
  EXPECT_EQ(log_.size(), 3u);
  on_drop = [&](void*) {
    tn_exit_code(3);
    return TN_FAILED;
  };
  ring(2, 4);
  EXPECT_EQ(tn_collect(), TN_FAILED);
  EXPECT_EQ(log_.size(), 5u);
}

struct CyclesWithParts : Cycles {
  void begin_with_parts(bool resurrect = false) {
    res = structure("Res", TN_WATCHED | TN_MOVE_ONLY | TN_VACATES, {}, [this](void* self) {
      log_.push_back("r" + std::to_string(at<int64_t>(self, 0)));
      return TN_OK;
    });
    set_parts(res, {{"id", i64_}});
    leaf = structure("Leaf", TN_WATCHED, {{"id", i64_}}, [this](void* self) {
      log_.push_back("leaf" + std::to_string(at<int64_t>(self, 0)));
      return TN_OK;
    });
    array = word(TN_ARRAY, res, TN_WATCHED | TN_MOVE_ONLY | TN_VACATES);
    box = word(TN_BOX, res, TN_WATCHED | TN_MOVE_ONLY | TN_VACATES);
    leaf_ref = word(TN_REF, leaf, TN_WATCHED);
    make_node(true,
              {{"res", res}, {"many", array}, {"box", box}, {"leaf", leaf_ref}, {"text", string_}});
    begin();
    on_drop = [this, resurrect](void* self) {
      if (resurrect && !kept) kept = share(self);
      return TN_OK;
    };
  }
  void* full(int64_t id) {
    void* body = make_object(id);
    at<int64_t>(body, node->parts[3].offset) = id * 10;
    void* buffer = tn_array_new(2, array);
    memset(static_cast<char*>(buffer) + TN_BUFFER_ELEMS, 0, res->size * 2);
    at<int64_t>(buffer, TN_BUFFER_ELEMS) = id * 10 + 1;
    at<int64_t>(buffer, TN_BUFFER_ELEMS + res->size) = id * 10 + 2;
    at<void*>(body, node->parts[4].offset) = buffer;
    void* inside = tn_new(res, nullptr);
    at<int64_t>(inside, 0) = id * 10 + 3;
    at<void*>(body, node->parts[5].offset) = inside;
    void* l = tn_new(leaf, nullptr);
    at<int64_t>(l, 0) = id;
    at<void*>(body, node->parts[6].offset) = l;
    at<TnString>(body, node->parts[7].offset) = dynamic("text");
    return body;
  }
  TnType *res, *leaf, *array, *box, *leaf_ref;
  void* kept = nullptr;
};

TEST_F(CyclesWithParts, PartsThatHoldADropDieInTheObjectsTurn) {
  begin_with_parts();
  void* one = full(1);
  void* two = full(2);
  *a(one) = two;
  *a(two) = one;
  tn_release(share(one), node);
  EXPECT_TRUE(log_.empty());
  tn_collect();
  EXPECT_EQ(log_, (Log{"n1", "r10", "r11", "r12", "r13", "n2", "r20", "r21", "r22", "r23", "leaf1",
                       "leaf2"}));
}

TEST_F(CyclesWithParts, SurvivorsLiveOnWithThosePlacesEmpty) {
  begin_with_parts(true);
  void* one = full(1);
  *a(one) = one;
  tn_release(share(one), node);
  tn_collect();
  ASSERT_EQ(kept, one);
  EXPECT_EQ(log_, (Log{"n1", "r10", "r11", "r12", "r13"}));
  for (int p : {3, 4, 5})
    EXPECT_TRUE(tn_find_hole(static_cast<char*>(one) + node->parts[p].offset, node->parts[p].type,
                             nullptr, 0));
  EXPECT_FALSE(tn_find_hole(static_cast<char*>(one) + node->parts[6].offset, leaf_ref, nullptr, 0));
  // One of them is filled again: that value dies with the object.
  at<int64_t>(one, node->parts[3].offset) = 77;
  tn_clear_hole(static_cast<char*>(one) + node->parts[3].offset, res);
  log_.clear();
  tn_release(one, node);
  tn_collect();
  EXPECT_EQ(log_, (Log{"r77", "leaf1"}));
}

// Cyclic array elements and boxes: the buffer and the content are objects that can be in a dead
// set.
TEST_F(Cycles, OwnedBuffersAndBoxesDieWithTheirOwner) {
  uint32_t flags = TN_CYCLIC | TN_WATCHED | TN_MOVE_ONLY | TN_VACATES;
  node = make(TN_STRUCT, 0, "Node", flags);
  ref = word(TN_REF, node, TN_CYCLIC | TN_WATCHED);
  TnType* item = make(TN_STRUCT, 0, "Item", flags);
  item->drop = &drops_.emplace_back([this](void* self) {
    log_.push_back("i" + std::to_string(at<int64_t>(self, 0)));
    return TN_OK;
  });
  set_parts(item, {{"id", i64_}, {"up", ref}});
  TnType* array = word(TN_ARRAY, item, flags);
  TnType* box = word(TN_BOX, item, flags);
  node->drop = &drops_.emplace_back([this](void* self) {
    log_.push_back("n" + std::to_string(at<int64_t>(self, 0)));
    return TN_OK;
  });
  set_parts(node, {{"id", i64_}, {"a", ref}, {"b", ref}, {"items", array}, {"box", box}});
  begin();
  // Made before the node, so that their stamps are smaller than their owner's.
  void* buffer = tn_array_new(2, array);
  memset(static_cast<char*>(buffer) + TN_BUFFER_ELEMS, 0, 2 * item->size);
  void* content = tn_new(item, nullptr);
  void* one = make_object(1);
  for (int i = 0; i < 2; i++) {
    at<int64_t>(buffer, TN_BUFFER_ELEMS + i * item->size) = i;
    at<void*>(buffer, TN_BUFFER_ELEMS + i * item->size + 8) = share(one);
  }
  at<int64_t>(content, 0) = 5;
  at<void*>(content, 8) = share(one);
  at<void*>(one, node->parts[3].offset) = buffer;
  at<void*>(one, node->parts[4].offset) = content;
  tn_release(one, node);
  EXPECT_EQ(live_objects(), 3u);
  tn_collect();
  EXPECT_EQ(log_, (Log{"n1", "i0", "i1", "i5"}));
}

TEST_F(Cycles, CollectionPointsComeAfterAThousandNews) {
  make_node(true);
  begin();
  ring(2, 1);
  for (int i = 0; i < 1000; i++) {
    tn_new_point(node);
    EXPECT_TRUE(log_.size() == size_t(i)) << i;
    tn_release(make_object(1000 + i), node);
  }
  log_.clear();
  tn_new_point(node);
  EXPECT_EQ(log_, (Log{"n1", "n2"}));
  tn_release(make_object(7), node);
}

TEST_F(Cycles, NIsTheNumberAliveAfterTheLastPoint) {
  make_node(true);
  begin();
  std::vector<void*> alive;
  for (int i = 0; i < 1500; i++) {
    tn_new_point(node);
    alive.push_back(make_object(i));
  }
  EXPECT_EQ(g.collections, 1u);  // before the 1001st, with 1000 alive
  tn_collect();                  // 1500 alive
  EXPECT_EQ(g.news_left, 1500u);
  for (void* body : alive) tn_release(body, node);
}

}  // namespace
}  // namespace tenure::rt::test
