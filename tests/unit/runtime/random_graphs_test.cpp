// Random graphs, checked against a simple mark-and-sweep model; random resurrection in drops.
#include <map>
#include <random>
#include <set>

#include "cycles.h"

namespace tenure::rt::test {
namespace {

struct Model {
  struct Object {
    int64_t a = -1, b = -1;
    bool dropped = false;
  };
  std::map<int64_t, Object> objects;
  std::vector<int64_t> roots;
  std::set<int64_t> reachable() const {
    std::set<int64_t> marked;
    std::vector<int64_t> work(roots.begin(), roots.end());
    while (!work.empty()) {
      int64_t id = work.back();
      work.pop_back();
      if (id < 0 || !marked.insert(id).second) continue;
      work.push_back(objects.at(id).a);
      work.push_back(objects.at(id).b);
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
    switch (random() % 10) {
      case 8: {  // moved in: nothing is counted but what was there
        if (!roots[x] || x == y) break;
        Model::Object& object = model.objects[model.roots[x]];
        object.b = model.roots[y];
        model.roots[y] = -1;
        void* moved = roots[y];
        roots[y] = nullptr;
        put(b(roots[x]), moved);
        break;
      }
      case 9: {  // moved out
        if (!roots[x] || x == y) break;
        Model::Object& object = model.objects[model.roots[x]];
        model.roots[y] = object.b;
        object.b = -1;
        void* moved = *b(roots[x]);
        *b(roots[x]) = nullptr;
        put(&roots[y], moved);
        break;
      }
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
      if (colour(body) == kGarbage) continue;  // it has let go, and waits to be freed
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
  // Slices of a few objects: most steps come in the middle of a look.
  if (GetParam() % 4 == 0) options.gc_threshold = static_cast<uint64_t>(GetParam() / 4);
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
    // (The more between two collections, the further looks come.)
    if (i % (GetParam() > 12 ? 983 : 97) == 0) {
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
INSTANTIATE_TEST_SUITE_P(Seeds, RandomGraphs, testing::Range(1, 61));

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
    std::vector<void*> work(roots.begin(), roots.end());
    while (!work.empty()) {
      void* body = work.back();
      work.pop_back();
      if (!body || !seen.insert(body).second) continue;
      ASSERT_TRUE(lives(body));
      work.push_back(*a(body));
      work.push_back(*b(body));
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
