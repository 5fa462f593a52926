// Counts and death [O-LIFE-8 to -10, O-REF-2, O-PANIC-2]
#include <pthread.h>

#include "world.h"

namespace tenure::rt::test {
namespace {

struct Death : World {
  using Log = std::vector<std::string>;
  // A type whose drop logs its name and the number in its first part.
  TnType* loud(const char* name, const Parts& more = {}, uint32_t flags = 0) {
    Parts parts = {{"id", i64_}};
    parts.insert(parts.end(), more.begin(), more.end());
    return structure(name, TN_WATCHED | TN_MOVE_ONLY | flags, parts, [this, name](void* self) {
      log_.push_back(name + std::to_string(at<int64_t>(self, 0)));
      return failing_.count(at<int64_t>(self, 0)) ? TN_FAILED : TN_OK;
    });
  }
  void* object(const TnType* type, int64_t id) {
    void* body = tn_new(type, nullptr);
    at<int64_t>(body, 0) = id;
    return body;
  }
  std::set<int64_t> failing_;
};

TEST_F(Death, CountsGoUpAndDown) {
  TnType* t = structure("T", 0, {{"a", i64_}});
  begin();
  void* body = tn_new(t, nullptr);
  EXPECT_EQ(header(body).count, 1);
  tn_retain(body, t);
  EXPECT_EQ(header(body).count, 2);
  EXPECT_EQ(tn_release(body, t), TN_OK);
  EXPECT_TRUE(lives(body));
  EXPECT_EQ(tn_release(body, t), TN_OK);
  EXPECT_FALSE(lives(body));
  tn_retain(nullptr, t);
  tn_release(nullptr, t);
  tn_release(reinterpret_cast<void*>(uintptr_t{TN_HOLE_WORD}), t);
}

TEST_F(Death, ParentsFirstPartsInOrderDepthFirst) {
  TnType* leaf = loud("leaf");
  TnType* leaf_ref = word(TN_REF, leaf, TN_WATCHED);
  TnType* inner = loud("inner", {{"x", leaf_ref}, {"y", leaf_ref}});
  TnType* inner_ref = word(TN_REF, inner, TN_WATCHED);
  TnType* outer = loud("outer", {{"a", inner_ref}, {"b", inner}, {"c", leaf}});
  begin();
  void* top = object(outer, 1);
  void* a = object(inner, 2);
  at<void*>(top, 8) = a;
  at<void*>(a, 8) = object(leaf, 3);
  at<void*>(a, 16) = object(leaf, 4);
  at<int64_t>(top, 16) = 5;
  at<void*>(top, 24) = object(leaf, 6);
  at<int64_t>(top, 40) = 7;
  EXPECT_EQ(tn_release(top, outer), TN_OK);
  EXPECT_EQ(log_, (Log{"outer1", "inner2", "leaf3", "leaf4", "inner5", "leaf6", "leaf7"}));
}

TEST_F(Death, EveryKindOfStepAndTheWayBack) {
  static int released;
  released = 0;
  TnType* leaf = loud("leaf");
  TnType* ref = word(TN_REF, leaf, TN_WATCHED);
  TnType* box = word(TN_BOX, leaf, TN_WATCHED | TN_MOVE_ONLY);
  TnType* pair = structure("Pair", TN_WATCHED, {{"r", ref}, {"s", string_}});
  TnType* many = fixed(pair, 7, TN_WATCHED);
  TnType* grid = fixed(many, 5, TN_WATCHED);
  TnType* array = word(TN_ARRAY, grid, TN_WATCHED);
  TnType* choice = tagged("Choice", TN_WATCHED,
                          {{"None", {}}, {"Some", {{"", ref}, {"", many}}}, {"Int", {{"", i32_}}}});
  TnType* native = make(TN_NATIVE, 8, "native", TN_MOVE_ONLY);
  native->release = [](void*) { released++; };
  TnType* all = structure("All", TN_WATCHED | TN_MOVE_ONLY,
                          {{"box", box},
                           {"arr", array},
                           {"few", fixed(ref, 2, TN_WATCHED)},
                           {"ch", choice},
                           {"n", native},
                           {"tail", leaf}});
  TnType* all_box = word(TN_BOX, all, TN_WATCHED | TN_MOVE_ONLY);
  TnType* all_boxes = fixed(all_box, 6, TN_WATCHED);
  begin();
  int64_t id = 0;
  std::vector<std::string> expected;
  auto leaf_at = [&](void* slot) {
    at<void*>(slot, 0) = object(leaf, ++id);
    expected.push_back("leaf" + std::to_string(id));
  };
  auto pair_at = [&](char* p) {
    leaf_at(p);
    at<TnString>(p, 8) = dynamic("hello");
  };
  std::vector<void*> root(6);
  for (int k = 0; k < 6; k++) {
    char* body = static_cast<char*>(tn_new(all, nullptr));
    root[k] = body;
    leaf_at(body + all->parts[0].offset);
    void* buffer = tn_array_new(3, array);
    at<void*>(body, all->parts[1].offset) = buffer;
    for (int e = 0; e < 3 * 5 * 7; e++)
      pair_at(static_cast<char*>(buffer) + TN_BUFFER_ELEMS + e * pair->size);
    leaf_at(body + all->parts[2].offset);
    leaf_at(body + all->parts[2].offset + 8);
    char* ch = body + all->parts[3].offset;
    at<uint32_t>(ch, 0) = static_cast<uint32_t>(k % 4 == 3 ? TN_HOLE_TAG : k % 4);
    if (k % 4 == 1) {
      leaf_at(ch + choice->variants[1].parts[0].offset);
      for (int e = 0; e < 7; e++)
        pair_at(ch + choice->variants[1].parts[1].offset + e * pair->size);
    }
    at<void*>(body, all->parts[4].offset) = &released;
    at<int64_t>(body, all->parts[5].offset) = ++id;
    expected.push_back("leaf" + std::to_string(id));
  }
  EXPECT_EQ(tn_drop_value(root.data(), all_boxes, 0, nullptr), TN_OK);
  EXPECT_EQ(log_, expected);
  EXPECT_EQ(released, 6);
}

TEST_F(Death, AFailingDropStopsNothing) {
  TnType* leaf = loud("leaf");
  TnType* leaf_ref = word(TN_REF, leaf, TN_WATCHED);
  TnType* two = loud("two", {{"a", leaf_ref}, {"b", leaf_ref}});
  begin();
  failing_ = {1, 2};
  void* top = object(two, 1);
  at<void*>(top, 8) = object(leaf, 2);
  at<void*>(top, 16) = object(leaf, 3);
  EXPECT_EQ(tn_release(top, two), TN_FAILED);
  EXPECT_EQ(log_, (Log{"two1", "leaf2", "leaf3"}));
}

TEST_F(Death, ASecondErrorInOneDropEndsTheProcess) {
  TnType* bad = structure("Bad", TN_WATCHED, {{"id", i64_}}, [](void*) {
    tn_report(TN_E_NULL_REFERENCE, nullptr);
    tn_report(TN_E_DIVISION_BY_ZERO, nullptr);
    return TN_FAILED;
  });
  EXPECT_EXIT(
      {
        begin();
        tn_release(tn_new(bad, nullptr), bad);
      },
      testing::ExitedWithCode(101), "null reference\nruntime error: division by zero");
}

TEST_F(Death, HolesAndStatesAreSkipped) {
  TnType* gone = structure("Gone", TN_WATCHED | TN_VACATES | TN_MOVE_ONLY, {}, [this](void*) {
    log_.push_back("gone");
    return TN_OK;
  });
  gone->flags |= TN_VACATES;
  set_parts(gone, {{"id", i64_}});
  TnType* ref = word(TN_REF, gone, TN_WATCHED | TN_VACATES);
  TnType* text_type = make(TN_STRING, 24, "string", TN_VACATES);
  TnType* whole =
      structure("Whole", TN_WATCHED, {{"a", gone}, {"b", ref}, {"c", text_type}, {"d", gone}});
  begin();
  alignas(8) char place[128] = {};
  for (uint32_t p = 0; p < 3; p++) {
    EXPECT_FALSE(tn_find_hole(place + whole->parts[p].offset, whole->parts[p].type, nullptr, 0));
    tn_mark_hole(place + whole->parts[p].offset, whole->parts[p].type);
    EXPECT_TRUE(tn_find_hole(place + whole->parts[p].offset, whole->parts[p].type, nullptr, 0));
  }
  char path[16] = "w";
  EXPECT_TRUE(tn_find_hole(place, whole, path, sizeof path));
  EXPECT_STREQ(path, "w.a");
  tn_clear_hole(place, gone);
  strcpy(path, "w");
  EXPECT_TRUE(tn_find_hole(place, whole, path, sizeof path));
  EXPECT_STREQ(path, "w.b");
  tn_mark_hole(place, gone);
  tn_drop_value(place, whole, 0, nullptr);
  EXPECT_EQ(log_, (Log{"gone"}));
}

TEST_F(Death, InteriorReferencesKeepTheWhole) {
  TnType* inner = structure("Inner", TN_WATCHED | TN_INTERIOR, {{"v", i64_}});
  TnType* outer = loud("outer", {{"in", inner}, {"in2", inner}});
  TnType* ref = word(TN_REF, inner, TN_WATCHED);
  begin();
  void* body = object(outer, 1);
  void* inside = tn_make_ref(static_cast<char*>(body) + outer->parts[2].offset);
  EXPECT_EQ(tn_object_of(inside), body);
  tn_release(body, outer);
  EXPECT_TRUE(log_.empty());
  void* slot = inside;
  tn_drop_value(&slot, ref, 0, nullptr);
  EXPECT_EQ(log_, (Log{"outer1"}));
  int64_t frame = 0;  // nothing is counted in frames
  EXPECT_EQ(tn_make_ref(&frame), &frame);
  EXPECT_EQ(tn_object_of(&frame), nullptr);
  tn_retain(&frame, inner);
  tn_release(&frame, inner);
}

TEST_F(Death, ReferencesIntoADyingObjectMayComeAndGo) {
  TnType* inner = structure("Inner", TN_WATCHED | TN_INTERIOR, {{"v", i64_}});
  TnType* outer = structure("Outer", TN_WATCHED | TN_CYCLIC, {{"in", inner}}, [&](void* self) {
    for (int i = 0; i < 3; i++) {
      void* ref = tn_make_ref(self);
      tn_retain(ref, inner);
      tn_release(ref, inner);
      tn_release(ref, inner);
      tn_collect();
    }
    log_.push_back("outer");
    return TN_OK;
  });
  begin();
  tn_release(tn_new(outer, nullptr), outer);
  EXPECT_EQ(log_, (Log{"outer"}));
}

TEST_F(Death, ADropMayEndOtherLives) {
  TnType* leaf = loud("leaf");
  TnType* ref = word(TN_REF, leaf, TN_WATCHED);
  TnType* outer = structure("Outer", TN_WATCHED, {{"r", ref}, {"s", ref}}, [&](void* self) {
    log_.push_back("outer");
    void* old = object(leaf, 9);
    tn_assign_value(self, &old, ref, nullptr);
    log_.push_back("end");
    return TN_OK;
  });
  begin();
  void* body = tn_new(outer, nullptr);
  at<void*>(body, 0) = object(leaf, 1);
  at<void*>(body, 8) = object(leaf, 2);
  tn_release(body, outer);
  EXPECT_EQ(log_, (Log{"outer", "leaf1", "end", "leaf9", "leaf2"}));
}

TEST_F(Death, TheDropTraceSaysWhereFromAndWhy) {
  TnType* leaf = loud("Leaf");
  TnType* ref = word(TN_REF, leaf, TN_WATCHED);
  TnType* box = word(TN_BOX, leaf, TN_WATCHED);
  TnType* outer = loud("Outer", {{"in", leaf}, {"r", ref}, {"b", box}});
  TnType* array = word(TN_ARRAY, outer, TN_WATCHED);
  TnOptions options = {};
  options.trace_drops = true;
  begin(options);
  TnSite made = {"a.ng", 1, 2}, local = {"a.ng", 7, 5};
  void* buffer = tn_array_new(1, array);
  char* elem = static_cast<char*>(buffer) + TN_BUFFER_ELEMS;
  memset(elem, 0, outer->size);
  at<void*>(elem, outer->parts[2].offset) = tn_new(leaf, &made);
  at<void*>(elem, outer->parts[3].offset) = tn_new(leaf, &made);
  testing::internal::CaptureStderr();
  tn_drop_value(&buffer, array, 0, &local);
  tn_release_as(tn_new(leaf, &made), leaf, 5);
  tn_release(tn_new(leaf, &made), leaf);
  tn_trace_defer(&local, 7);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "a.ng:7:5: drop Outer: end of block\n"
            "a.ng:7:5: drop Leaf: end of block\n"
            "a.ng:1:2: drop Leaf: last reference\n"
            "a.ng:7:5: drop Leaf: end of block\n"
            "a.ng:1:2: drop Leaf: end of program\n"
            "a.ng:1:2: drop Leaf: last reference\n"
            "a.ng:7:5: defer: defer\n");
}

// A list of ten million nodes on a stack of 64 KiB [O-LIFE-9].
struct Job {
  const TnType* node;
  void* head;
  TnStatus status;
};
void* run_job(void* argument) {
  Job* job = static_cast<Job*>(argument);
  job->status = tn_release(job->head, job->node);
  return nullptr;
}

TnStatus release_on_small_stack(const TnType* node, void* head) {
  Job job = {node, head, TN_FAILED};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  EXPECT_EQ(pthread_attr_setstacksize(&attributes, 64 << 10), 0);
  pthread_t thread;
  EXPECT_EQ(pthread_create(&thread, &attributes, run_job, &job), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  return job.status;
}

TEST_F(Death, TenMillionNodesOnASmallStack) {
  TnType* node = make(TN_STRUCT, 0, "Node", TN_CYCLIC);
  TnType* ref = word(TN_REF, node, TN_CYCLIC);
  set_parts(node, {{"next", ref}});
  begin();
  g.hooks.object_born = nullptr;
  g.hooks.object_died = nullptr;
  void* head = nullptr;
  for (int i = 0; i < 10'000'000; i++) {
    void* body = tn_new(node, nullptr);
    at<void*>(body, 0) = head;
    head = body;
  }
  EXPECT_EQ(live_objects(), 10'000'000u);
  EXPECT_EQ(release_on_small_stack(node, head), TN_OK);
}

// Chains through every way by which an unwatched object can hold another, mixed at random, with
// what is in no cycle in between and with objects that have a second owner.
TEST_F(Death, AMillionUnwatchedObjectsOfEveryKindOnASmallStack) {
  TnType* node = make(TN_STRUCT, 0, "Node", TN_CYCLIC);
  TnType* ref = word(TN_REF, node, TN_CYCLIC);
  TnType* leaf = structure("Leaf", 0, {{"text", string_}});
  TnType* holder = structure("Holder", 0, {{"leaf", word(TN_REF, leaf)}, {"text", string_}});
  TnType* box = word(TN_BOX, node, TN_CYCLIC);
  TnType* array = word(TN_ARRAY, ref, TN_CYCLIC);
  TnType* either =
      tagged("Either", TN_CYCLIC, {{"None", {}}, {"Array", {{"a", array}}}, {"Box", {{"b", box}}}});
  set_parts(node, {{"next", ref},
                   {"text", string_},
                   {"holder", word(TN_REF, holder)},
                   {"either", either},
                   {"row", fixed(ref, 6, TN_CYCLIC)}});
  begin();
  g.hooks.object_born = nullptr;
  g.hooks.object_died = nullptr;
  const uint32_t text_at = node->parts[1].offset, holder_at = node->parts[2].offset;
  const uint32_t either_at = node->parts[3].offset, row_at = node->parts[4].offset;
  void* head = nullptr;
  for (int i = 0; i < 1'000'000; i++) {
    void* body = tn_new(node, nullptr);
    if (i % 3 == 0) at<TnString>(body, text_at) = dynamic("abc");
    if (i % 5 == 0) {
      void* held = tn_new(holder, nullptr);
      at<void*>(held, 0) = tn_new(leaf, nullptr);
      at<TnString>(at<void*>(held, 0), 0) = dynamic("leaf");
      at<void*>(body, holder_at) = held;
    }
    switch (i % 4) {
      case 0:
        at<void*>(body, 0) = head;
        break;
      case 1: {
        void* buffer = tn_array_new(2, array);
        at<void*>(buffer, TN_BUFFER_ELEMS) = head;
        tn_retain(head, node);
        at<void*>(buffer, TN_BUFFER_ELEMS + 8) = head;
        at<uint32_t>(body, either_at) = 1;
        at<void*>(body, either_at + 8) = buffer;
        break;
      }
      case 2:
        at<uint32_t>(body, either_at) = 2;
        at<void*>(body, either_at + 8) = head;
        break;
      default:
        at<void*>(body, row_at + static_cast<size_t>(i) % 6 * 8) = head;
    }
    head = body;
  }
  EXPECT_EQ(release_on_small_stack(node, head), TN_OK);
  EXPECT_EQ(live_objects(), 0u);
}

}  // namespace
}  // namespace tenure::rt::test
