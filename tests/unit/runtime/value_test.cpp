// Strings, arrays, copies, printing [O-KIND-2, -3, O-REF-9, O-LIFE-6, -9]
#include "world.h"

namespace tenure::rt::test {
namespace {

using Log = std::vector<std::string>;

struct Values : World {
  std::string shown(const void* value, const TnType* type) {
    testing::internal::CaptureStdout();
    tn_print_value(value, type);
    tn_print_text("\n", 1);
    flush_out();
    std::string text = testing::internal::GetCapturedStdout();
    text.pop_back();
    return text;
  }
  int32_t& element(void* word, uint64_t i) { return at<int32_t>(word, TN_BUFFER_ELEMS + i * 4); }
  void push(void** word, int32_t value, const TnType* type) {
    EXPECT_EQ(tn_array_push(word, &value, type), TN_OK);
  }
};

TEST_F(Values, StringsShareAndAppendInPlace) {
  begin();
  TnString literal = text("abc"), s;
  tn_str_copy(&s, &literal);
  EXPECT_EQ(s.data, literal.data);
  EXPECT_EQ(live_objects(), 0u);
  TnString more = text("def");
  tn_str_append(&s, &more);
  EXPECT_EQ(live_objects(), 1u);
  TnString copy;
  tn_str_copy(&copy, &s);
  EXPECT_EQ(copy.data, s.data);
  tn_str_append(&copy, &copy);  // shared: a buffer of its own; and of itself
  EXPECT_NE(copy.data, s.data);
  EXPECT_EQ(copy.length, 12u);
  TnString twice = text("abcdefabcdef");
  EXPECT_TRUE(tn_str_equal(&copy, &twice));
  const uint8_t* before = s.data;
  tn_str_append(&s, &more);  // alone again, with room
  EXPECT_EQ(s.data, before);
  TnString joined;
  tn_str_concat(&joined, &s, &copy);
  EXPECT_EQ(joined.length, 21u);
  EXPECT_EQ(tn_str_compare(&s, &twice), 1);
  EXPECT_EQ(tn_str_compare(&literal, &s), -1);
  EXPECT_EQ(tn_str_byte(&literal, 1, nullptr), 'b');
  TnString part;
  EXPECT_EQ(tn_str_sub(&part, &literal, 1, 3, nullptr), TN_OK);
  EXPECT_EQ(part.data, literal.data + 1);  // of a static string: static
  EXPECT_EQ(part.capacity, 0u);
  EXPECT_EQ(tn_str_find(&twice, &part, 0), 1);
  EXPECT_EQ(tn_str_find(&twice, &part, 2), 7);
  EXPECT_EQ(tn_str_find(&twice, &part, 13), -1);
  tn_append_byte(&part, 'x');
  EXPECT_EQ(part.length, 3u);
  tn_str_drop(&part);
  for (TnString* each : {&s, &copy, &joined, &literal}) tn_str_drop(each);
}

TEST_F(Values, EqualValuesHaveOneHash) {
  TnType* array = word(TN_ARRAY, i32_);
  begin();
  void* xs = nullptr;
  void* ys = nullptr;
  for (int i = 0; i < 10; i++) push(&xs, i, array);
  for (int i = 0; i < 10; i++) push(&ys, i, array);
  EXPECT_EQ(tn_hash_value(&xs, array), tn_hash_value(&ys, array));
  push(&ys, 10, array);
  EXPECT_NE(tn_hash_value(&xs, array), tn_hash_value(&ys, array));
  int32_t last = 0;
  EXPECT_EQ(tn_array_pop(&last, &ys, array, nullptr), TN_OK);
  EXPECT_EQ(last, 10);
  EXPECT_EQ(tn_hash_value(&xs, array), tn_hash_value(&ys, array));
  void* shared = tn_array_copy(xs, array);
  EXPECT_EQ(tn_array_pop(&last, &xs, array, nullptr), TN_OK);  // its own buffer first
  EXPECT_EQ(tn_array_length(shared), 10u);
  EXPECT_EQ(tn_array_length(xs), 9u);
  for (void* each : {xs, ys, shared}) tn_array_release(each, array, 0, nullptr);
}

TEST_F(Values, ArraysShareUntilTheyAreWritten) {
  TnType* array = word(TN_ARRAY, i32_);
  begin();
  void* xs = nullptr;
  for (int i = 0; i < 100; i++) push(&xs, i, array);
  void* ys = tn_array_copy(xs, array);
  EXPECT_EQ(xs, ys);
  tn_array_unique(&ys, array);
  EXPECT_NE(xs, ys);
  element(ys, 3) = -1;
  EXPECT_EQ(element(xs, 3), 3);
  void* zs = tn_array_copy(xs, array);
  push(&zs, 7, array);
  EXPECT_EQ(tn_array_length(xs), 100u);
  EXPECT_EQ(tn_array_length(zs), 101u);
  EXPECT_FALSE(tn_equal(&xs, &ys, array));
  element(ys, 3) = 3;
  EXPECT_TRUE(tn_equal(&xs, &ys, array));
  for (void* each : {xs, ys, zs}) tn_array_release(each, array, 0, nullptr);
}

TEST_F(Values, ExposedArraysAreCopiedAtOnceAndWrittenInPlace) {
  TnType* array = word(TN_ARRAY, i32_);
  TnType* view_type = word(TN_VIEW, i32_);
  begin();
  void* xs = nullptr;
  for (int i = 0; i < 3; i++) push(&xs, i, array);
  void* view = tn_array_view(&xs, array);
  EXPECT_EQ(view, xs);
  void* copy = tn_array_copy(xs, array);
  EXPECT_NE(copy, xs);
  tn_array_unique(&xs, array);
  EXPECT_EQ(view, xs);
  element(xs, 0) = 50;
  EXPECT_EQ(element(view, 0), 50);
  push(&xs, 9, array);  // there is room, but a viewer
  EXPECT_NE(view, xs);
  element(xs, 1) = 60;
  EXPECT_EQ(element(view, 1), 1);
  EXPECT_EQ(tn_array_length(view), 3u);
  tn_drop_value(&view, view_type, 0, nullptr);
  EXPECT_EQ(live_objects(), 2u);
  // Exposed once, viewers gone: an ordinary array again.
  view = tn_array_view(&xs, array);
  tn_drop_value(&view, view_type, 0, nullptr);
  void* shared = tn_array_copy(xs, array);
  EXPECT_EQ(shared, xs);
  for (void* each : {xs, copy, shared}) tn_array_release(each, array, 0, nullptr);
}

// From some hundred kilobytes on its buffer moves by the page.
TEST_F(Values, LargeArraysGrowAndKeepTheirElements) {
  TnType* node = structure("Node", TN_CYCLIC, {});
  TnType* ref = word(TN_REF, node, TN_CYCLIC);
  set_parts(node, {{"id", i64_}, {"other", ref}});
  TnType* array = word(TN_ARRAY, ref, TN_CYCLIC);
  begin();
  g.hooks.object_born = nullptr;
  g.hooks.object_died = nullptr;
  g.watching_new = false;
  constexpr uint64_t kMany = 700'000;
  for (int round = 0; round < 2; round++) {
    void* xs = nullptr;
    void* shared = nullptr;
    for (uint64_t i = 0; i < kMany; i++) {
      void* element = nullptr;
      if (i % 100 == 0) {
        element = tn_new(node, nullptr);
        at<uint64_t>(element, 0) = i;
      }
      ASSERT_EQ(tn_array_push(&xs, &element, array), TN_OK);
      ASSERT_EQ(object_of(xs), xs);
      if (i == 100'000) shared = tn_array_copy(xs, array);
      if (i == 300'000) tn_release_slow(xs);  // suspected: the list of suspects leads to it
    }
    EXPECT_EQ(tn_array_length(xs), kMany);
    EXPECT_EQ(tn_array_length(shared), 100'001u);
    for (uint64_t i = 0; i < kMany; i += 100) {
      void* element = at<void*>(xs, TN_BUFFER_ELEMS + i * 8);
      ASSERT_EQ(at<uint64_t>(element, 0), i);
      ASSERT_EQ(header(element).count, i <= 100'000 ? 2 : 1);
    }
    tn_array_release(shared, array, 0, nullptr);
    tn_array_release(xs, array, 0, nullptr);
    tn_collect();
    EXPECT_EQ(live_objects(), 0u);
    verify_heap(3);
  }
}

TEST_F(Values, GrowthWithViewersLeavesHolesOfWhatCannotBeCopied) {
  TnType* res = structure("Res", TN_WATCHED | TN_MOVE_ONLY | TN_VACATES, {}, [this](void* self) {
    log_.push_back("r" + std::to_string(at<int64_t>(self, 0)));
    return TN_OK;
  });
  set_parts(res, {{"id", i64_}});
  TnType* array = word(TN_ARRAY, res, TN_WATCHED | TN_MOVE_ONLY);
  TnType* view_type = word(TN_VIEW, res, TN_WATCHED);
  begin();
  void* xs = nullptr;
  for (int64_t i = 1; i <= 2; i++) {
    int64_t value[2] = {i, 0};
    tn_array_push(&xs, value, array);
  }
  void* view = tn_array_view(&xs, array);
  int64_t value[2] = {3, 0};
  tn_array_push(&xs, value, array);
  EXPECT_TRUE(tn_find_hole(static_cast<char*>(view) + TN_BUFFER_ELEMS, res, nullptr, 0));
  EXPECT_FALSE(tn_find_hole(&view, view_type, nullptr, 0));
  char path[32] = "v";
  EXPECT_TRUE(tn_find_printed_hole(&view, view_type, path, sizeof path));
  EXPECT_STREQ(path, "v[0]");
  EXPECT_FALSE(tn_find_printed_hole(&xs, array, nullptr, 0));
  tn_drop_value(&view, view_type, 0, nullptr);
  EXPECT_TRUE(log_.empty());
  tn_array_release(xs, array, 0, nullptr);
  EXPECT_EQ(log_, (Log{"r1", "r2", "r3"}));
}

TEST_F(Values, CopiesCountWhatTheyHold) {
  TnType* node = structure("Node", 0, {{"v", i64_}});
  TnType* inner = word(TN_ARRAY, string_);
  TnType* whole = structure(
      "Whole", 0,
      {{"s", string_}, {"r", word(TN_REF, node)}, {"xs", inner}, {"two", fixed(string_, 6)}});
  TnType* all = word(TN_ARRAY, whole);
  begin();
  alignas(8) char a[256] = {}, b[256];
  at<TnString>(a, 0) = dynamic("hello");
  at<void*>(a, 24) = tn_new(node, nullptr);
  TnString element = dynamic("x");
  tn_array_push(&at<void*>(a, 32), &element, inner);
  at<TnString>(a, 40 + 24) = dynamic("in fixed");
  tn_copy_value(b, a, whole);
  EXPECT_TRUE(tn_equal(a, b, whole));
  EXPECT_EQ(header(at<void*>(a, 24)).count, 2);
  void* many = nullptr;
  tn_array_push(&many, b, all);
  void* other = tn_array_copy(many, all);
  tn_array_unique(&other, all);
  EXPECT_TRUE(tn_equal(&many, &other, all));
  EXPECT_EQ(header(at<void*>(a, 24)).count, 3);
  tn_drop_value(a, whole, 0, nullptr);
  tn_array_release(many, all, 0, nullptr);
  tn_array_release(other, all, 0, nullptr);
}

TEST_F(Values, ChainsOfAMillionBoxesAreClonedComparedAndDropped) {
  TnType* link = make(TN_STRUCT, 0, "Link", TN_MOVE_ONLY);
  TnType* box = word(TN_BOX, link, TN_MOVE_ONLY);
  set_parts(link, {{"v", i64_}, {"next", box}});
  begin();
  g.hooks.object_born = nullptr;
  g.hooks.object_died = nullptr;
  void* head = nullptr;
  for (int64_t i = 0; i < 1'000'000; i++) {
    void* body = tn_new(link, nullptr);
    at<int64_t>(body, 0) = i;
    at<void*>(body, 8) = head;
    head = body;
  }
  void* clone = nullptr;
  tn_clone_value(&clone, &head, box);
  EXPECT_EQ(live_objects(), 2'000'000u);
  EXPECT_TRUE(tn_equal(&head, &clone, box));
  EXPECT_FALSE(tn_find_hole(&head, box, nullptr, 0));
  std::string text = shown(&head, box);
  EXPECT_EQ(text.substr(0, 40), "{ v: 999999, next: { v: 999998, next: { ");
  tn_drop_value(&head, box, 0, nullptr);
  tn_drop_value(&clone, box, 0, nullptr);
}

TEST_F(Values, TheOldValueDiesWhenThePlaceHoldsTheNew) {
  TnType* leaf = structure("Leaf", TN_WATCHED, {{"id", i64_}}, nullptr);
  TnType* ref = word(TN_REF, leaf, TN_WATCHED);
  void* place = nullptr;
  void* seen = nullptr;
  leaf->drop = &drops_.emplace_back([&](void*) {
    seen = place;
    return TN_OK;
  });
  begin();
  place = tn_new(leaf, nullptr);
  void* next = tn_new(leaf, nullptr);
  void* given = next;
  tn_assign_value(&place, &given, ref, nullptr);
  EXPECT_EQ(seen, next);
  tn_drop_value(&place, ref, 0, nullptr);
}

TEST_F(Values, Printing) {
  TnType* f32 = make(TN_F32, 4, "f32", TN_PLAIN);
  TnType* u8 = make(TN_U8, 1, "u8", TN_PLAIN);
  TnType* node = make(TN_STRUCT, 0, "Node", TN_CYCLIC);
  TnType* ref = word(TN_REF, node, TN_CYCLIC);
  set_parts(node, {{"x", i32_}, {"next", ref}});
  TnType* point = structure("P", 0, {{"x", i32_}, {"s", string_}});
  TnType* empty = structure("E", TN_PLAIN, {});
  TnType* array = word(TN_ARRAY, i32_);
  TnType* tuple = make(TN_TUPLE, 0, "tuple", 0);
  set_parts(tuple, {{"", i32_}, {"", string_}});
  TnType* named = make(TN_TUPLE, 0, "named", 0);
  set_parts(named, {{"name", string_}, {"age", i32_}});
  TnType* choice = tagged(
      "R", 0, {{"Ok", {{"value", i32_}}}, {"Err", {{"", string_}, {"", bool_}}}, {"Nothing", {}}});
  TnType* three = fixed(bool_, 3);
  begin();
  int32_t number = -5;
  uint8_t byte = 200;
  float real = 1.5f;
  double nan = -__builtin_nan(""), big = 1e20;
  EXPECT_EQ(shown(&number, i32_), "-5");
  EXPECT_EQ(shown(&byte, u8), "200");
  EXPECT_EQ(shown(&real, f32), "1.500000");
  EXPECT_EQ(shown(&nan, f64_), "nan");
  EXPECT_EQ(shown(&big, f64_), "100000000000000000000.000000");
  EXPECT_EQ(shown(nullptr, unit_), "unit");
  EXPECT_EQ(shown(&number, empty), "{}");
  bool bools[3] = {true, false, true};
  EXPECT_EQ(shown(bools, three), "[true, false, true]");
  alignas(8) char place[64] = {};
  at<int32_t>(place, 0) = 1;
  at<TnString>(place, 8) = text("q");
  EXPECT_EQ(shown(place, point), "{ x: 1, s: q }");
  EXPECT_EQ(shown(place, tuple), "(1, q)");
  at<TnString>(place, 0) = text("Alice");
  at<int32_t>(place, 24) = 30;
  EXPECT_EQ(shown(place, named), "(name: Alice, age: 30)");
  at<uint32_t>(place, 0) = 0;
  at<int32_t>(place, 4) = 1;
  EXPECT_EQ(shown(place, choice), "Ok(1)");
  at<uint32_t>(place, 0) = 1;
  at<TnString>(place, choice->variants[1].parts[0].offset) = text("bad");
  at<bool>(place, choice->variants[1].parts[1].offset) = true;
  EXPECT_EQ(shown(place, choice), "Err(bad, true)");
  at<uint32_t>(place, 0) = 2;
  EXPECT_EQ(shown(place, choice), "Nothing");
  void* xs = nullptr;
  EXPECT_EQ(shown(&xs, array), "[]");
  push(&xs, 1, array);
  push(&xs, 2, array);
  EXPECT_EQ(shown(&xs, array), "[1, 2]");
  tn_array_release(xs, array, 0, nullptr);
  void* list = tn_new(node, nullptr);
  EXPECT_EQ(shown(&list, ref), "{ x: 0, next: null }");
  at<void*>(list, 8) = list;  // itself, uncounted here
  EXPECT_EQ(shown(&list, ref), "{ x: 0, next: … }");
  at<void*>(list, 8) = nullptr;
  for (int i = 1; i < 10002; i++) {
    void* body = tn_new(node, nullptr);
    at<int32_t>(body, 0) = i;
    at<void*>(body, 8) = list;
    list = body;
  }
  std::string text = shown(&list, ref);
  EXPECT_NE(text.find("{ x: 2, next: … }"), std::string::npos);
  tn_release(list, node);
}

// ---- the allocator

TEST_F(Values, BlocksOfAllSizesDoNotOverlapAndAreFound) {
  TnType* bytes = word(TN_ARRAY, make(TN_U8, 1, "u8", TN_PLAIN));
  begin();
  g.hooks.object_born = nullptr;
  g.hooks.object_died = nullptr;
  std::vector<std::pair<char*, uint64_t>> blocks;
  uint64_t seed = 12345;
  auto next = [&](uint64_t n) {
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (seed >> 33) % n;
  };
  for (int i = 0; i < 20000; i++) {
    if (blocks.size() > 300 || (!blocks.empty() && next(3) == 0)) {
      size_t victim = next(blocks.size());
      auto [body, size] = blocks[victim];
      EXPECT_EQ(static_cast<uint8_t>(body[TN_BUFFER_ELEMS]), static_cast<uint8_t>(size));
      EXPECT_EQ(static_cast<uint8_t>(body[TN_BUFFER_ELEMS + size - 1]), static_cast<uint8_t>(size));
      EXPECT_EQ(tn_object_of(body + next(TN_BUFFER_ELEMS + size)), body);
      tn_array_release(body, bytes, 0, nullptr);
      blocks[victim] = blocks.back();
      blocks.pop_back();
      continue;
    }
    uint64_t size = 1 + next(uint64_t{1} << (1 + next(i % 500 == 0 ? 22 : 13)));
    char* body = static_cast<char*>(tn_array_new(size, bytes));
    body[TN_BUFFER_ELEMS] = body[TN_BUFFER_ELEMS + size - 1] = static_cast<char>(size);
    blocks.push_back({body, size});
  }
  verify_heap(3);
  for (auto [body, size] : blocks) tn_array_release(body, bytes, 0, nullptr);
  void* huge = tn_array_new(300u << 20, bytes);  // a mapping of its own
  EXPECT_EQ(tn_object_of(static_cast<char*>(huge) + (200u << 20)), huge);
  tn_array_release(huge, bytes, 0, nullptr);
  EXPECT_EQ(tn_object_of(huge), nullptr);
}

// ---- failing

TEST_F(Values, RaiseEndsAtTheInnermostTry) {
  begin();
  static int depth;
  depth = 0;
  auto inner = [](void*) {
    depth++;
    tn_raise();
  };
  auto outer = [](void* fn) {
    EXPECT_EQ(tn_try(reinterpret_cast<void (*)(void*)>(fn), nullptr), TN_FAILED);
    depth++;
    tn_raise();
  };
  void (*inner_fn)(void*) = inner;
  EXPECT_EQ(tn_try(outer, reinterpret_cast<void*>(inner_fn)), TN_FAILED);
  EXPECT_EQ(depth, 2);
  EXPECT_EQ(tn_try([](void*) {}, nullptr), TN_OK);
}

int run_program(void (*start)(), TnOptions options = {}) {
  static TnType text = {0,       TN_STRING, 0,       24, 8,        TN_NO_STATE, 0,       0,
                        nullptr, nullptr,   nullptr, 0,  "string", nullptr,     nullptr, nullptr};
  static const TnType* types[] = {&text};
  TnProgram program = {types, 1, start};
  return tn_run(&program, &options, nullptr);
}

TEST(Run, ExitCodes) {
  EXPECT_EQ(run_program([] {}), 0);
  EXPECT_EQ(run_program([] {
              tn_exit_code(7);
              tn_raise();
            }),
            7);
  testing::internal::CaptureStderr();
  static const TnSite site = {"a.ng", 3, 4};
  EXPECT_EQ(run_program([] {
              tn_report_index(5, true, 3, &site);
              tn_raise();
            }),
            101);
  std::string text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(text.substr(0, 62), "a.ng:3:4: runtime error: index out of range: 5 (length 3)\n");
  TnOptions leaks = {};
  leaks.leak_check = true;
  testing::internal::CaptureStderr();
  EXPECT_EQ(run_program(
                [] {
                  TnString s = {nullptr, 0, 0},
                           more = {reinterpret_cast<uint8_t*>(const_cast<char*>("x")), 1, 0};
                  tn_str_append(&s, &more);
                },
                leaks),
            102);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "leaked 1 objects\n  1 of string\n");
}

volatile int deep;
__attribute__((noinline)) int overflow(int n) {
  volatile char frame[256];
  frame[0] = static_cast<char>(n);
  deep = n;
  if (deep < 0) return 0;
  return overflow(n + 1) + frame[0] + deep;
}

TEST(Run, StackOverflowIsReported) {
  EXPECT_EXIT(run_program([] { overflow(0); }), testing::ExitedWithCode(101),
              "runtime error: stack overflow");
}

}  // namespace
}  // namespace tenure::rt::test
