// Reads of places that are empty, or may be [O-MOVE-2 to O-MOVE-6].
#include "moves_support.h"

namespace tenure::own::test {
namespace {

TEST(MovesReads, FullIsQuiet) {
  Moves moves(R"(
fn @f() -> unit {
  user s: string
  user t: string
bb0:
  s = init "a"
  t = init move s
  s = assign "b"
  rt.print_value addr s of string
  drop t end_of_block
  drop s end_of_block
  return
}
)");
  EXPECT_EQ(moves.said(), Lines{});
}

TEST(MovesReads, CertainlyEmptyIsAnError) {
  Moves moves(R"(
fn @f() -> unit {
  user s: string
  user t: string
bb0:
  s = init "a"
  t = init move s
  rt.print_value addr s of string
  drop t end_of_block
  drop s end_of_block
  return
}
)");
  EXPECT_EQ(moves.said(),
            (Lines{"error: use of moved value `s`", "note: use after move: `s` was moved here"}));
}

TEST(MovesReads, MaybeEmptyWarnsAndIsCheckedByAFlag) {
  Moves moves(R"(
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
  rt.print_value addr s of string
  rt.print_value addr s of string
  drop s end_of_block
  return
}
)");
  EXPECT_TRUE(moves.has("warning: value `s` may have been moved"));
  EXPECT_FALSE(moves.sink.has_errors());
  EXPECT_EQ(moves.checks("f", true), 1u);  // known to be full after the first
  EXPECT_EQ(moves.checks("f", false), 0u);
}

// A branch that returns does not count [O-MOVE-4].
TEST(MovesReads, AWayThatLeavesIsNoAlarm) {
  Moves moves(R"(
fn @f(c: bool) -> unit {
  user s: string
  user t: string
bb0:
  s = init "a"
  branch copy c bb1 bb2
bb1:
  t = init move s
  drop t end_of_block
  return
bb2:
  rt.print_value addr s of string
  drop s end_of_block
  return
}
)");
  EXPECT_EQ(moves.said(), Lines{});
}

constexpr const char* kPerson = R"(
type Person = struct { name: string, age: i32 }
)";

TEST(MovesReads, AWholeWithAnEmptyPart) {
  Moves moves(std::string(kPerson) + R"(
fn @f() -> unit {
  user p: Person
  user n: string
bb0:
  p = aggregate "a", 3: i32
  n = init move p.name
  rt.print_value addr p.age of i32
  rt.print_value addr p of Person
  drop n end_of_block
  drop p end_of_block
  return
}
)");
  EXPECT_EQ(moves.said(), (Lines{"error: use of partially moved value `p`",
                                 "note: use after move: `p.name` was moved here"}));
}

TEST(MovesReads, AnEmptyPart) {
  Moves moves(std::string(kPerson) + R"(
fn @f() -> unit {
  user p: Person
  user n: string
bb0:
  p = aggregate "a", 3: i32
  n = init move p.name
  rt.print_value addr p.name of string
  drop n end_of_block
  drop p end_of_block
  return
}
)");
  EXPECT_EQ(moves.said(), (Lines{"error: use of moved value `p.name`: `p` is partially moved",
                                 "note: use after move: `p.name` was moved here"}));
}

TEST(MovesReads, FillingEveryPartMakesTheWholeUsable) {
  Moves moves(std::string(kPerson) + R"(
fn @f() -> unit {
  user p: Person
  user q: Person
bb0:
  p = aggregate "a", 3: i32
  q = init move p
  p.name = assign "b"
  p.age = assign 4: i32
  rt.print_value addr p of Person
  drop q end_of_block
  drop p end_of_block
  return
}
)");
  EXPECT_EQ(moves.said(), Lines{});
}

// [O-MOVE-3] The first turn is fine; every way that comes round arrives empty.
TEST(MovesReads, TheTurnBefore) {
  Moves moves(R"(
fn @take(s: string) -> unit {
bb0:
  drop s end_of_block
  return
}
fn @f(c: bool) -> unit {
  user s: string
bb0:
  s = init "a"
  jump bb1
bb1: loop
  call @take(move s)
  branch copy c bb1 bb2
bb2:
  drop s end_of_block
  return
}
)");
  EXPECT_EQ(moves.said(),
            (Lines{"error: use of moved value `s`", "note: use after move: `s` was moved here"}));
}

TEST(MovesReads, ALoopThatFillsAgainIsFine) {
  Moves moves(R"(
fn @take(s: string) -> unit {
bb0:
  drop s end_of_block
  return
}
fn @f(c: bool) -> unit {
  user s: string
bb0:
  s = init "a"
  jump bb1
bb1: loop
  call @take(move s)
  s = assign "b"
  branch copy c bb1 bb2
bb2:
  drop s end_of_block
  return
}
)");
  EXPECT_EQ(moves.said(), Lines{});
}

// [O-MOVE-5] Behind a reference memory is asked, and only for types that are left empty somewhere.
TEST(MovesReads, MemoryIsAskedForTypesThatVacate) {
  Moves moves(std::string(kPerson) + R"(
type Other = struct { items: array<string> }
fn @steal(borrow r: ref<Person>) -> string {
bb0:
  result = init move r.*.name
  return
}
fn @look(borrow r: ref<Person>, borrow o: ref<Other>) -> unit {
bb0:
  rt.print_value addr r.*.name of string
  rt.print_value addr r.*.age of i32
  rt.print_value addr o.*.items of array<string>
  return
}
)");
  EXPECT_EQ(moves.said(), Lines{});
  EXPECT_TRUE(moves.vacates("string"));
  EXPECT_FALSE(moves.vacates("Person"));
  // `steal` reads what it moves; `look` the name, and the elements of the array, which are strings.
  EXPECT_EQ(moves.checks("steal", false), 1u);
  EXPECT_EQ(moves.checks("look", false), 2u);
}

TEST(MovesReads, GlobalsAreFullForThoseWhoAreCalledLater) {
  Moves moves(R"(
global $early: string
global $late: string
start @begin
fn @look() -> unit {
bb0:
  rt.print_value addr $early of string
  return
}
fn @look_late() -> unit {
bb0:
  rt.print_value addr $late of string
  return
}
fn @begin() -> unit {
bb0:
  $early = init "a"
  call @look()
  call @look_late()
  $late = init "b"
  return
}
)");
  EXPECT_TRUE(moves.program.globals[0].always_full);
  EXPECT_FALSE(moves.program.globals[1].always_full);
  EXPECT_EQ(moves.checks("look", false), 0u);
  EXPECT_EQ(moves.checks("look_late", false), 1u);
}

TEST(MovesReads, CallsThatCannotFailLoseTheirUnwinding) {
  Moves moves(R"(
fn @quiet() -> unit {
bb0:
  return
}
fn @loud(a: i32) -> i32 {
bb0:
  result = binary.add copy a, 1: i32
  return
}
fn @f() -> unit {
  user s: string
  user n: i32
bb0:
  s = init "a"
  call @quiet() unwind bb1
  n = call @loud(1: i32) unwind bb1
  drop s end_of_block
  return
bb1: cleanup
  drop s run_time_error
  resume
}
)");
  const Block& entry = moves.program[moves.func("f")].blocks[0];
  EXPECT_FALSE(entry.insts[1].unwind.valid());
  EXPECT_TRUE(entry.insts[2].unwind.valid());
}

}  // namespace
}  // namespace tenure::own::test
