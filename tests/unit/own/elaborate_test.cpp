// What elaboration makes of conditional drops.
#include "pass_support.h"

namespace tenure::own::test {
namespace {

TEST(Elaborate, FullOnEveryWayIsStatic) {
  Unit unit(R"(
fn @f() -> unit {
  user s: string
bb0:
  s = init "a"
  drop s end_of_block
  return
}
)");
  unit.elaborate();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  s = init "a"
  drop s end_of_block
  return
)");
}

TEST(Elaborate, MovedOnEveryWayIsDead) {
  Unit unit(R"(
fn @f() -> unit {
  user s: string
  user t: string
bb0:
  s = init "a"
  t = init move s
  drop t end_of_block
  drop s end_of_block
  return
}
)");
  unit.elaborate();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  s = init "a"
  t = init move s
  drop t end_of_block
  return
)");
}

// The way that has moved is threaded past the drop: no flag.
TEST(Elaborate, AJumpGoesPastADeadDrop) {
  Unit unit(R"(
fn @f(c: bool) -> unit {
  user s: string
  user t: string
bb0:
  s = init "a"
  branch copy c bb1 bb2
bb1:
  t = init move s
  drop t end_of_block
  jump bb2
bb2:
  drop s end_of_block
  return
}
)");
  unit.elaborate();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  s = init "a"
  branch copy c bb1 bb2
bb1:
  t = init move s
  drop t end_of_block
  jump bb3
bb2:
  drop s end_of_block
  jump bb3
bb3:
  return
)");
}

// Something comes between the meeting of the ways and the drop: one flag, set once where it
// matters.
TEST(Elaborate, WhatDependsOnTheWayGetsAFlag) {
  Unit unit(R"(
fn @f(c: bool) -> unit {
  user s: string
  user t: string
bb0:
  s = init "a"
  branch copy c bb1 bb2
bb1:
  t = init move s
  drop t end_of_block
  jump bb2
bb2:
  rt.print_end
  drop s end_of_block
  return
}
)");
  unit.elaborate();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  s = init "a"
  %4 = set_flag 0
  branch copy c bb1 bb2
bb1:
  t = init move s
  %4 = set_flag 1
  drop t end_of_block
  jump bb2
bb2:
  rt.print_end
  drop s end_of_block flag %4
  return
)");
}

TEST(Elaborate, PartsThatAreLeftDieInTheOrderOfDeclaration) {
  Unit unit(R"(
type P = struct {a: string, b: string, c: string}
fn @f() -> unit {
  user p: P
  user t: string
bb0:
  p = aggregate "a", "b", "c"
  t = init move p.b
  drop t end_of_block
  drop p end_of_block
  return
}
)");
  unit.elaborate();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  p = aggregate "a", "b", "c"
  t = init move p.b
  drop t end_of_block
  drop p.a end_of_block
  drop p.c end_of_block
  return
)");
}

TEST(Elaborate, AFilledPartMakesTheWholeFull) {
  Unit unit(R"(
type P = struct {a: string, b: string}
fn @f() -> unit {
  user p: P
  user t: string
bb0:
  p = aggregate "a", "b"
  t = init move p.b
  p.b = assign "c"
  drop t end_of_block
  drop p end_of_block
  return
}
)");
  unit.elaborate();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  p = aggregate "a", "b"
  t = init move p.b
  p.b = init "c"
  drop t end_of_block
  drop p end_of_block
  return
)");
}

TEST(Elaborate, AssignmentToWhatIsPartlyThere) {
  Unit unit(R"(
type P = struct {a: string, b: string}
fn @f() -> unit {
  user p: P
  user t: string
  temp %3: P
bb0:
  p = aggregate "a", "b"
  t = init move p.b
  %3 = aggregate "c", "d"
  p = assign move %3
  drop %3 end_of_statement
  drop t end_of_block
  drop p end_of_block
  return
}
)");
  unit.elaborate();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  p = aggregate "a", "b"
  t = init move p.b
  %3 = aggregate "c", "d"
  drop p.a overwritten
  p = init move %3
  drop t end_of_block
  drop p end_of_block
  return
)");
}

// A whole that comes and goes as a whole has one flag, whatever is done to its parts.
TEST(Elaborate, OneFlagForAWhole) {
  Unit unit(R"(
type P = struct {a: string, b: string}
fn @f(c: bool) -> unit {
  user p: P
  user t: P
bb0:
  p = aggregate "a", "b"
  p.a = assign "x"
  branch copy c bb1 bb2
bb1:
  t = init move p
  drop t end_of_block
  jump bb2
bb2:
  rt.print_end
  drop p end_of_block
  return
}
)");
  unit.elaborate();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  p = aggregate "a", "b"
  %4 = set_flag 0
  p.a = assign "x"
  branch copy c bb1 bb2
bb1:
  t = init move p
  %4 = set_flag 1
  drop t end_of_block
  jump bb2
bb2:
  rt.print_end
  drop p end_of_block flag %4
  return
)");
}

// Unwinding from before and after the move shares the chain; the edge after it goes past the drop.
TEST(Elaborate, UnwindingGoesPastWhatIsGone) {
  Unit unit(R"(
type H = struct {fd: i32} drop @H.drop
fn @H.drop(borrow self: ref<H>) -> unit drops H {
  temp %2: i32
bb0:
  %2 = binary.add copy self.*.fd, 1: i32
  return
}
fn @take(h: H) -> unit {
bb0:
  drop h end_of_block
  return
}
fn @f(n: i32) -> unit {
  user a: H
  user b: H
  temp %4: i32
bb0:
  a = aggregate 1: i32
  b = aggregate 2: i32
  %4 = binary.add copy n, 1: i32 unwind bb1
  call @take(move b) unwind bb1
  %4 = binary.add copy n, 2: i32 unwind bb1
  drop b end_of_block unwind bb2
  drop a end_of_block unwind bb3
  return
bb1: cleanup
  drop b run_time_error unwind bb2
  jump bb2
bb2: cleanup
  drop a run_time_error unwind bb3
  jump bb3
bb3: cleanup
  resume
}
)");
  unit.elaborate();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  a = aggregate 1: i32
  b = aggregate 2: i32
  %4 = binary.add copy n, 1: i32 unwind bb1
  call @take(move b) unwind bb2
  %4 = binary.add copy n, 2: i32 unwind bb2
  drop a end_of_block
  return
bb1: cleanup
  drop b run_time_error unwind bb2
  jump bb2
bb2: cleanup
  drop a run_time_error
  jump bb3
bb3: cleanup
  resume
)");
}

// What a turn of a loop fills dies in that turn; nothing is known to be empty that is filled again.
TEST(Elaborate, ATurnOfALoop) {
  Unit unit(R"(
fn @f(c: bool) -> unit {
  user s: string
  user t: string
bb0:
  t = init "t"
  jump bb1
bb1: loop
  s = init "a"
  branch copy c bb2 bb3
bb2:
  t = assign move s
  drop s end_of_block
  jump bb1
bb3:
  drop s end_of_block
  drop t end_of_block
  return
}
)");
  unit.elaborate();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  t = init "t"
  jump bb1
bb1: loop
  s = init "a"
  branch copy c bb2 bb3
bb2:
  t = assign move s
  jump bb1
bb3:
  drop s end_of_block
  drop t end_of_block
  return
)");
}

TEST(Elaborate, AUnionTakenApartIsForgotten) {
  Unit unit(R"(
type U = union {A(string), B}
fn @f(u: U) -> unit {
  user s: string
  temp %3: u32
bb0:
  %3 = tag addr u
  switch copy %3 (0: bb1, else: bb2)
bb1:
  s = init move u!A.0
  forget u
  drop s end_of_block
  jump bb3
bb2:
  forget u
  jump bb3
bb3:
  drop u end_of_block
  return
}
)");
  unit.elaborate();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  %3 = tag addr u
  switch copy %3 (0: bb1, else: bb2)
bb1:
  s = init move u!A.0
  forget u
  drop s end_of_block
  jump bb3
bb2:
  forget u
  jump bb3
bb3:
  return
)");
}

}  // namespace
}  // namespace tenure::own::test
