// The text form: what is printed is read back as it was.
#include "everything.h"
#include "support.h"

namespace tenure::oir::test {
namespace {

TEST(Text, RoundTripOfEverything) {
  std::string errors;
  std::optional<Program> program = parse_text(kEverything, &errors);
  ASSERT_TRUE(program.has_value()) << errors;
  EXPECT_EQ(kEverything, print_text(*program));
}

// What has one owner, raw addresses, function values, foreign functions, caught failures.
constexpr const char* kAddresses =
    R"(type Held = struct {name: text, tail: slice<text>, f: fn(i32, ref<text>) -> text}
global $first: fn() -> unit
library "m"
library "odd name"
start @main

fn @twice(x: i32, borrow s: ref<text>) -> text exported "twice" {
bb0:
  result = init copy s.*
  return
}

fn @puts(bytes: ptr<u8>) -> i32 extern "puts"

fn @any(f: fn(i32, ref<text>) -> text, n: i32, borrow s: ref<text>) -> text dispatches {
bb0:
  unreachable
}

fn @main() -> unit {
  user s: text
  user p: ptr<text>
  user q: ptr<u8>
  user v: slice<u8>
  user f: fn(i32, ref<text>) -> text
  user n: i64
  hold h: text
  temp %8: u8
bb0:
  s = init "ab\x00c": text
  q = init "z": ptr<u8>
  q = init null: ptr<u8>
  p = ptr addr s
  p = ptr_add copy p, copy n
  v = slice addr s, 0: i64, copy n unwind bb2
  v = slice "lit": text
  f = init @twice: fn(i32, ref<text>) -> text
  h = init copy p.*
  %8 = init copy v[n]
  s = call_value copy f, 1: i32, addr h unwind bb2
  mem_check copy q unwind bb2
  mem_check.write copy q unwind bb2
  mem_check.write_literal copy q unwind bb2
  mem_check copy q, copy q unwind bb2
  n = binary.wrap_add copy n, copy n
  n = binary.shr copy n, 3: i64
  n = unary.bit_not copy n
  n = cast.convert copy q
  rt.append_value addr s, addr n of i64
  q = rt.mem_alloc 16: u64
  rt.mem_free copy q, 16: u64 unwind bb2
  jump bb1
bb1:
  return
bb2: cleanup
  drop s run_time_error
  catch bb1
}
)";

constexpr const char* kSpans =
    R"(type `span<i32>` = struct {items: ref<fixed<i32, any>>, length: u64} as span
type Wide = struct {`start`: i8, end: i8, inclusive: bool, descending: bool} as range align 4
start @main

fn @main() -> unit {
  user xs: array<i32>
  user s: `span<i32>`
  user r: Wide
  temp %4: u64
  temp %5: i32
bb0:
  xs = array of array<i32>
  %4 = init 0: u64
  range_check addr xs, copy %4, 0: i32 unwind bb1
  range_check.with_last copy s.length, copy %4, copy %4 unwind bb1
  s = ref addr xs[%4], 1: i32
  bounds_check copy s.length, copy %4 unwind bb1
  %5 = init copy s.items.*[%4]
  return
bb1: cleanup
  drop xs run_time_error
  resume
}
)";

TEST(Text, RoundTripOfSpans) {
  std::string errors;
  std::optional<Program> program = parse_text(kSpans, &errors);
  ASSERT_TRUE(program.has_value()) << errors;
  EXPECT_EQ(kSpans, print_text(*program));
}

TEST(Text, SpansHaveTheirFields) {
  for (const char* text : {
           "type S = struct {items: ref<fixed<i32, 3>>, length: u64} as span\n",
           "type S = struct {items: ref<fixed<i32, any>>} as span\n",
           "type S = struct {items: ref<fixed<i32, any>>, length: i32} as span\n",
           "type R = struct {`start`: i32, end: i64, inclusive: bool, descending: bool} as range\n",
           "type R = struct {} as range\n",
           "type R = struct {} as array\n",
       }) {
    std::string errors;
    EXPECT_FALSE(parse_text(text, &errors).has_value()) << text;
  }
}

TEST(Text, RoundTripOfAddresses) {
  std::string errors;
  std::optional<Program> program = parse_text(kAddresses, &errors);
  ASSERT_TRUE(program.has_value()) << errors;
  EXPECT_EQ(kAddresses, print_text(*program));
  EXPECT_EQ(program->libraries.size(), 2u);
  EXPECT_TRUE(program->functions[1].is_foreign());
  EXPECT_EQ(program->functions[0].exported, "twice");
}

TEST(Text, ParsesWhatIsInside) {
  std::optional<Program> program = parse_text(kEverything);
  ASSERT_TRUE(program.has_value());
  EXPECT_EQ(program->functions.size(), 3u);
  EXPECT_EQ(program->start, FuncId{size_t{2}});
  EXPECT_TRUE(program->functions[0].is_drop);
  EXPECT_EQ(program->move_sites.size(), 2u);
  EXPECT_EQ(program->globals[2].name, "count");
  const Function& main = program->functions[2];
  EXPECT_EQ(main.locals[2].name, "x");
  EXPECT_EQ(main.blocks[1].kind, BlockKind::LoopHead);
  EXPECT_EQ(main.blocks[4].kind, BlockKind::Cleanup);
}

TEST(Text, ErrorsAreReportedOnceAndNamed) {
  struct {
    const char* text;
    const char* part;
  } const kCases[] = {
      {"type A = struct {x: B}", "unknown type `B`"},
      {"type A = struct {} type A = struct {}", "declared twice"},
      {"fn @f() -> unit {\nbb0:\n  x = init 1: i32\n  return\n}", "unknown local `x`"},
      {"fn @f() -> unit {\nbb0:\n  call @g()\n  return\n}", "unknown function `g`"},
      {"fn @f() -> unit {\n  user x: i32\nbb0:\n  x.y = init 1: i32\n}", "unknown field"},
      {"fn @f() -> unit {\n  user x: i32\nbb0:\n  x.* = init 1: i32\n}", "dereferenced"},
      {"fn @f() -> unit {\n  user x: i32\nbb0:\n  x = frob\n}", "expected an operation"},
      {"fn @f() -> unit {\n  user x: i32\nbb0:\n  x = binary.foo 1: i32\n}", "unknown kind"},
      {"fn @f() -> unit {\nbb1:\n  return\n}", "expected bb0"},
      {"fn @f() -> unit {\nbb0:\n  return", "expected `}`"},
      {"type A = struct {} fn @f() -> unit { { } type A = struct {}", "this type has a definition"},
      {"type i32", "expected a name"},
      {"fn @``", "expected a name"},
      {"fn @f() -> unit { { } fn @f() -> unit { }", "this function has a definition"},
      {"type", "expected a name"},
      {"\"abc", "does not end"},
      {"^", "unexpected character"},
      {"sites 99999999999999999999", "too large"},
  };
  for (const auto& one : kCases) {
    std::string errors;
    EXPECT_FALSE(parse_text(one.text, &errors).has_value()) << one.text;
    EXPECT_NE(errors.find(one.part), std::string::npos) << one.text << "\n" << errors;
    EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1) << errors;
  }
}

TEST(Text, DeepTypesAreRefusedNotCrashed) {
  std::string deep = "global $g: ";
  for (int i = 0; i < 100000; ++i) deep += "ref<";
  std::string errors;
  EXPECT_FALSE(parse_text(deep, &errors).has_value());
  EXPECT_NE(errors.find("too deeply"), std::string::npos);
}

TEST(Text, DeepTypesArePrinted) {
  Program program;
  TypeId type = program.types.scalar(TypeKind::I32);
  for (int i = 0; i < 100000; ++i) type = program.types.ref(type);
  program.globals.push_back({"g", type, {}});
  EXPECT_GT(print_text(program).size(), 400000u);
  EXPECT_GT(program.types.text(type).size(), 400000u);
}

}  // namespace
}  // namespace tenure::oir::test
