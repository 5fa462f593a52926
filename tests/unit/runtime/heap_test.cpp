// Blocks: those that are left out, and runs that take them in.
#include <algorithm>

#include "world.h"

namespace tenure::rt::test {
namespace {

struct Blocks : World {
  std::vector<char*> make(size_t count, const TnType* type) {
    std::vector<char*> made;
    for (size_t i = 0; i < count; ++i) made.push_back(static_cast<char*>(tn_new(type, nullptr)));
    return made;
  }
  static void release(const std::vector<char*>& objects, const TnType* type) {
    for (char* body : objects) EXPECT_EQ(tn_release(body, type), TN_OK);
  }
  static size_t gaps(const std::vector<char*>& objects, int64_t size) {
    size_t found = 0;
    for (size_t i = 1; i < objects.size(); ++i) found += objects[i] - objects[i - 1] == 2 * size;
    return found;
  }
};

TEST_F(Blocks, NewMemoryHasGapsAndARunTakesThemIn) {
  TnType* type = structure("T", 0, {{"a", i64_}, {"b", i64_}});
  begin();
  constexpr int64_t kSize = 24;
  std::vector<char*> objects = make(20000, type);
  size_t left_out = gaps(objects, kSize);
  EXPECT_GE(left_out, 5u);
  EXPECT_LE(left_out, 10u);
  EXPECT_EQ(live_objects(), 20000u);
  verify_heap(3);
  std::reverse(objects.begin(), objects.end());
  release(objects, type);
  EXPECT_EQ(live_objects(), 0u);
  verify_heap(3);
  // The same memory again, without gaps.
  std::vector<char*> again = make(20000, type);
  EXPECT_EQ(gaps(again, kSize), 0u);
  EXPECT_EQ(again.front(), objects.back());
  EXPECT_EQ(live_objects(), 20000u);
  verify_heap(3);
  release(again, type);
}

TEST_F(Blocks, AGapStaysWhereWhatIsBehindItLives) {
  TnType* type = structure("T", 0, {{"a", i64_}, {"b", i64_}});
  begin();
  std::vector<char*> objects = make(20000, type);
  release(objects, type);  // in the order of their birth: into the list
  EXPECT_EQ(live_objects(), 0u);
  verify_heap(3);
  std::vector<char*> again = make(20000, type);
  EXPECT_EQ(live_objects(), 20000u);
  std::vector<char*> sorted = again;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(std::adjacent_find(sorted.begin(), sorted.end()), sorted.end());
  verify_heap(3);
  release(again, type);
}

}  // namespace
}  // namespace tenure::rt::test
