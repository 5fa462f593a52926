// What callees do to what they are given by reference [O-MOVE-8, O-MOVE-11], and their summaries.
#include "moves_support.h"
#include "own/fullness.h"

namespace tenure::own::test {
namespace {

constexpr const char* kPerson = R"(
type Person = struct { name: string, age: i32 }
fn @birthday(borrow self: ref<Person>) -> unit {
  temp n: i32
bb0:
  n = binary.add copy self.*.age, 1: i32
  self.*.age = assign copy n
  return
}
fn @greet(borrow self: ref<Person>) -> unit {
bb0:
  rt.print_value addr self.*.name of string
  return
}
fn @rename(borrow self: ref<Person>) -> unit {
bb0:
  self.*.name = assign "new"
  rt.print_value addr self.*.name of string
  return
}
fn @strip(borrow p: ref<Person>) -> string {
bb0:
  result = init move p.*.name
  return
}
fn @keep(borrow p: ref<Person>) -> ref<Person> {
bb0:
  result = init copy p
  return
}
)";

std::string using_person(const std::string& lines) {
  return std::string(kPerson) + R"(
fn @f() -> unit {
  user p: Person
  user n: string
  temp t: string
  user k: ref<Person>
bb0:
  p = aggregate "a", 3: i32
)" + lines +
         R"(
  drop k end_of_block
  drop t end_of_block
  drop n end_of_block
  drop p end_of_block
  return
}
)";
}

TEST(MovesCalls, AMethodThatTouchesOnlyWhatIsThere) {
  Moves moves(using_person("  n = init move p.name\n  call @birthday(addr p)\n"));
  EXPECT_EQ(moves.said(), Lines{});
}

TEST(MovesCalls, AMethodThatReadsWhatIsGone) {
  Moves moves(using_person("  n = init move p.name\n  call @greet(addr p)\n"));
  EXPECT_EQ(moves.said(), (Lines{"error: use of partially moved value `p`",
                                 "note: use after move: `p.name` was moved here"}));
}

TEST(MovesCalls, APartThatIsFilledFirstCountsAsThere) {
  Moves moves(using_person(
      "  n = init move p.name\n  call @rename(addr p)\n  rt.print_value addr p of Person\n"));
  EXPECT_EQ(moves.said(), Lines{});
  EXPECT_TRUE(moves.vacates("string"));  // the callee sees the hole
}

TEST(MovesCalls, AWhollyMovedReceiverIsARead) {
  Moves moves(
      using_person("  n = init move p.name\n  p.name = assign \"x\"\n"
                   "  k = new.user move p\n  call @birthday(addr p)\n"));
  EXPECT_EQ(moves.said()[0], "error: use of moved value `p`");
}

TEST(MovesCalls, WhatTheCalleeCertainlyMovesIsEmpty) {
  Moves moves(using_person("  t = call @strip(addr p)\n  rt.print_value addr p.name of string\n"));
  EXPECT_EQ(moves.said(), (Lines{"error: use of moved value `p.name`: `p` is partially moved",
                                 "note: use after move: `p.name` was moved here"}));
}

TEST(MovesCalls, Summaries) {
  Moves moves(using_person(""));
  const ParamSummary& birthday = moves.summary("birthday").params[0];
  EXPECT_FALSE(birthday.escapes);
  ASSERT_EQ(birthday.paths.size(), 3u);
  EXPECT_FALSE(birthday.paths[1].read_first);
  EXPECT_TRUE(birthday.paths[2].read_first);
  const ParamSummary& rename = moves.summary("rename").params[0];
  ASSERT_EQ(rename.paths.size(), 3u);
  EXPECT_FALSE(rename.paths[1].read_first);
  EXPECT_EQ(rename.paths[1].on_return, kFull);
  EXPECT_EQ(rename.paths[2].on_return, kUnknown);
  const ParamSummary& strip = moves.summary("strip").params[0];
  EXPECT_EQ(strip.paths[1].on_return, kEmpty);
  EXPECT_TRUE(moves.summary("keep").params[0].escapes);
}

TEST(MovesCalls, RecursionToAFixedPoint) {
  Moves moves(R"(
type Cell = struct { value: string }
fn @refill(borrow c: ref<Cell>, again: bool) -> unit {
bb0:
  branch copy again bb1 bb2
bb1:
  call @refill(borrow c, false)
  return
bb2:
  c.*.value = assign "x"
  return
}
)");
  const ParamSummary& c = moves.summary("refill").params[0];
  ASSERT_EQ(c.paths.size(), 2u);
  EXPECT_EQ(c.paths[1].on_return, kFull);
  EXPECT_FALSE(c.paths[1].read_first);
}

TEST(MovesCalls, DropsThatDeathRunsAreInTheSummary) {
  Moves moves(R"(
type Handle = struct { fd: i32 } drop @close
type Holder = struct { h: ref<Handle> }
global $count: i32
fn @close(borrow self: ref<Handle>) -> unit drops Handle {
bb0:
  $count = assign 1: i32
  return
}
fn @f() -> unit {
  user h: Holder
bb0:
  h = aggregate null: ref<Handle>
  drop h end_of_block
  return
}
)");
  EXPECT_TRUE(moves.summary("f").effects.may_run_drop);
  EXPECT_TRUE(moves.summary("f").effects.globals_filled.contains(0));
}

TEST(MovesCalls, AMoveThroughAReferenceOfAGlobalIsForgotten) {
  Moves moves(R"(
type Person = struct { name: string }
global $p: ref<Person>
start @begin
fn @steal() -> string {
bb0:
  result = init move $p.*.name
  return
}
fn @f(borrow r: ref<Person>) -> unit {
  temp t: string
bb0:
  rt.print_value addr r.*.name of string
  rt.print_value addr r.*.name of string
  t = call @steal()
  rt.print_value addr r.*.name of string
  drop t end_of_statement
  return
}
fn @begin() -> unit {
bb0:
  $p = new.user "x"
  return
}
)");
  EXPECT_EQ(moves.checks("f", false), 2u);  // once, and again after the call
}

}  // namespace
}  // namespace tenure::own::test
