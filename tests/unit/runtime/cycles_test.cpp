// ┌─ Cycles and weak references [O-CYC-1 to -7, O-REF-5]
// ─────────────────────────────────────────────────
// └─────────────────────────────────────────────────────────────────────────────────────────────────────
#include <map>
#include <random>

#include "world.h"

namespace tenure::rt::test {
namespace {

using Log = std::vector<std::string>;

struct Cycles : World {
  // struct Node { id, a, b } with a drop if `watched`
  void make_node(bool watched, const Parts& more = {}) {
    uint32_t flags = TN_CYCLIC | (watched ? TN_WATCHED : 0);
    node = make(TN_STRUCT, 0, "Node", flags);
    ref = word(TN_REF, node, flags);
    if (watched)
      node->drop = &drops_.emplace_back([this](void* self) {
        log_.push_back("n" + std::to_string(at<int64_t>(self, 0)));
        return on_drop ? on_drop(self) : TN_OK;
      });
    Parts parts = {{"id", i64_}, {"a", ref}, {"b", ref}};
    parts.insert(parts.end(), more.begin(), more.end());
    set_parts(node, parts);
  }
  void* make_object(int64_t id) {
    void* body = tn_new(node, nullptr);
    at<int64_t>(body, 0) = id;
    return body;
  }
  void* share(void* body) {
    tn_retain(body, node);
    return body;
  }
  void** a(void* body) { return &at<void*>(body, 8); }
  void** b(void* body) { return &at<void*>(body, 16); }
  void put(void** slot, void* owned) { tn_assign_value(slot, &owned, ref, nullptr); }
  // A ring of n nodes from id `first`, given to nobody.
  void ring(int n, int64_t first) {
    void* head = make_object(first);
    void* last = head;
    for (int i = 1; i < n; i++) {
      void* next = make_object(first + i);
      *a(last) = next;
      last = next;
    }
    *a(last) = share(head);
    tn_release(head, node);
  }
  TnType* node = nullptr;
  TnType* ref = nullptr;
  Drop on_drop;
};

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
    if (live_objects() > most) most = live_objects();
  }
  EXPECT_LT(most, 100'000u);
  EXPECT_LT(g.committed, 16u << 20);
  tn_collect();
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

// ---- random graphs against a model
// -----------------------------------------------------------------------

struct Model {
  struct Object {
    int64_t a = -1, b = -1;
    bool dropped = false;
  };
  std::map<int64_t, Object> objects;
  std::vector<int64_t> roots;
  std::set<int64_t> reachable() const {
    std::set<int64_t> marked;
    std::vector<int64_t> todo(roots.begin(), roots.end());
    while (!todo.empty()) {
      int64_t id = todo.back();
      todo.pop_back();
      if (id < 0 || !marked.insert(id).second) continue;
      todo.push_back(objects.at(id).a);
      todo.push_back(objects.at(id).b);
    }
    return marked;
  }
};

class RandomGraphs : public Cycles, public testing::WithParamInterface<int> {
 protected:
  static constexpr int kRoots = 12;
  int64_t id_of(void* body) { return body ? at<int64_t>(body, 0) : -1; }
  void step(std::mt19937& random) {
    size_t x = random() % kRoots, y = random() % kRoots;
    switch (random() % 8) {
      case 0:
      case 1: {
        tn_new_point(node);
        int64_t id = next++;
        model.objects[id] = {};
        void* body = make_object(id);
        model.roots[x] = id;
        put(&roots[x], body);
        break;
      }
      case 2:
        model.roots[x] = model.roots[y];
        put(&roots[x], roots[y] ? share(roots[y]) : nullptr);
        break;
      case 3:
      case 4:
      case 5: {
        if (!roots[x]) break;
        bool first = random() % 2;
        Model::Object& object = model.objects[model.roots[x]];
        (first ? object.a : object.b) = model.roots[y];
        put(first ? a(roots[x]) : b(roots[x]), roots[y] ? share(roots[y]) : nullptr);
        break;
      }
      case 6: {
        if (!roots[x]) break;
        void* to = *a(roots[x]);
        int64_t id = model.objects[model.roots[x]].a;
        model.roots[y] = id;
        put(&roots[y], to ? share(to) : nullptr);
        break;
      }
      default:
        model.roots[x] = -1;
        put(&roots[x], nullptr);
    }
  }
  void compare(bool collected) {
    std::set<int64_t> reachable = model.reachable(), here;
    for (void* body : alive_) here.insert(id_of(body));
    for (int64_t id : reachable)
      ASSERT_TRUE(here.count(id)) << "object " << id << " died too early";
    if (collected) {
      ASSERT_EQ(here, reachable);
    }
    for (void* body : alive_) {
      ASSERT_EQ(id_of(*a(body)), model.objects.at(id_of(body)).a);
      ASSERT_EQ(id_of(*b(body)), model.objects.at(id_of(body)).b);
    }
  }
  Model model;
  std::vector<void*> roots = std::vector<void*>(kRoots);
  int64_t next = 0;
};

TEST_P(RandomGraphs, AgreeWithMarkAndSweep) {
  bool watched = GetParam() % 2;
  make_node(watched);
  TnOptions options = {};
  options.gc_stress = GetParam() % 3 == 0 ? 3 : 0;
  begin(options);
  model.roots.assign(kRoots, -1);
  std::set<int64_t> dropped;
  on_drop = [&](void* self) {
    EXPECT_TRUE(dropped.insert(id_of(self)).second) << "dropped twice";
    EXPECT_FALSE(model.reachable().count(id_of(self))) << "dropped while it can be reached";
    return TN_OK;
  };
  std::mt19937 random(static_cast<uint32_t>(GetParam()));
  for (int i = 0; i < 4000; i++) {
    step(random);
    if (i % 97 == 0) {
      ASSERT_EQ(tn_collect(), TN_OK);
      ASSERT_NO_FATAL_FAILURE(compare(true));
    } else if (i % 7 == 0) {
      ASSERT_NO_FATAL_FAILURE(compare(false));
    }
  }
  model.roots.assign(kRoots, -1);
  for (void*& root : roots) put(&root, nullptr);
  tn_collect();
  if (watched) {
    EXPECT_EQ(dropped.size(), static_cast<size_t>(next));
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomGraphs, testing::Range(1, 13));

// Drops that store what they find in roots, cut edges and make objects: nothing is dropped twice,
// nothing reachable dies, all is gone at the end.
class RandomResurrection : public RandomGraphs {};
TEST_P(RandomResurrection, NeverBreaks) {
  make_node(true);
  begin();
  model.roots.assign(kRoots, -1);
  std::mt19937 random(static_cast<uint32_t>(GetParam()) * 77);
  std::set<int64_t> dropped;
  bool wild = true;
  on_drop = [&](void* self) {
    EXPECT_TRUE(dropped.insert(id_of(self)).second) << "dropped twice";
    if (!wild) return TN_OK;
    switch (random() % 6) {
      case 0:
        put(&roots[random() % kRoots], *a(self) && *a(self) != self ? share(*a(self)) : nullptr);
        break;
      case 1:
        put(a(self), nullptr);
        break;
      case 2:
        put(&roots[random() % kRoots], make_object(next++));
        break;
      case 3:
        tn_collect();
        break;
      case 4:
        if (*b(self) && *b(self) != self) {
          void* fresh = make_object(next++);
          *a(fresh) = share(*b(self));
          put(b(*b(self)), fresh);
        }
        break;
      default:
        break;
    }
    return random() % 5 ? TN_OK : TN_FAILED;
  };
  for (int i = 0; i < 3000; i++) {
    size_t x = random() % kRoots, y = random() % kRoots;
    switch (random() % 6) {
      case 0:
      case 1:
        put(&roots[x], make_object(next++));
        break;
      case 2:
        if (roots[x]) put(a(roots[x]), roots[y] ? share(roots[y]) : nullptr);
        break;
      case 3:
        if (roots[x]) put(b(roots[x]), roots[y] ? share(roots[y]) : nullptr);
        break;
      case 4:
        put(&roots[x], nullptr);
        break;
      default:
        if (i % 5 == 0) tn_collect();
    }
    // Everything that the roots lead to is there.
    std::set<void*> seen;
    std::vector<void*> todo(roots.begin(), roots.end());
    while (!todo.empty()) {
      void* body = todo.back();
      todo.pop_back();
      if (!body || !seen.insert(body).second) continue;
      ASSERT_TRUE(lives(body));
      todo.push_back(*a(body));
      todo.push_back(*b(body));
    }
    if (i % 50 == 0) verify_heap(3);
  }
  wild = false;
  for (void*& root : roots) put(&root, nullptr);
  tn_collect();
  tn_collect();
  EXPECT_EQ(dropped.size(), static_cast<size_t>(next));
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomResurrection, testing::Range(1, 9));

}  // namespace
}  // namespace tenure::rt::test
