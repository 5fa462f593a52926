// What may not be moved, kept or changed at all, and what a reference that is used later forbids.
#include "moves_support.h"

namespace tenure::own::test {
namespace {

constexpr const char* kHandle = R"(
type Handle = struct { name: string } drop @close
global $kept: ref<Handle>
)";

std::string with_close(const std::string& body, const std::string& rest = "") {
  return std::string(kHandle) + R"(
fn @close(borrow self: ref<Handle>) -> unit drops Handle {
  user n: string
bb0:
)" + body +
         R"(
  drop n end_of_block
  return
}
)" + rest;
}

TEST(MovesRules, NothingOutOfATypeWithADrop) {
  Moves moves(with_close("", R"(
fn @f() -> unit {
  user h: Handle
  user n: string
bb0:
  h = aggregate "a"
  n = init move h.name
  drop n end_of_block
  drop h end_of_block
  return
}
)"));
  EXPECT_TRUE(moves.has("error: cannot move out of `h.name`"));
  EXPECT_EQ(moves.sink.error_count(), 1u);
}

TEST(MovesRules, TheDropItselfMayTakeItsPartsOut) {
  Moves moves(with_close("  n = init move self.*.name"));
  EXPECT_EQ(moves.said(), Lines{});
  EXPECT_TRUE(moves.vacates("string"));
}

TEST(MovesRules, SelfStaysInItsDrop) {
  Moves moves(with_close("  $kept = assign copy self"));
  EXPECT_TRUE(moves.has("error: cannot let `self` leave `drop`"));
}

TEST(MovesRules, NothingOutOfAnIndex) {
  Moves moves(R"(
fn @f(i: i32) -> unit {
  user a: array<string>
  user s: string
bb0:
  a = array "x", "y" of array<string>
  s = init move a[i]
  drop s end_of_block
  drop a end_of_block
  return
}
)");
  EXPECT_EQ(moves.said(), Lines{"error: cannot move out of an index"});
}

TEST(MovesRules, APartOfAMovedValueWithADropCannotBeFilled) {
  Moves moves(with_close("", R"(
fn @f() -> unit {
  user h: Handle
  user g: Handle
bb0:
  h = aggregate "a"
  g = init move h
  h.name = assign "b"
  drop g end_of_block
  drop h end_of_block
  return
}
)"));
  EXPECT_EQ(moves.said(), (Lines{"error: cannot assign to a part of moved value `h`",
                                 "note: use after move: `h` was moved here"}));
}

std::string with_reference(const std::string& later) {
  return R"(
fn @f() -> unit {
  user x: string
  user y: string
  user r: ref<string>
bb0:
  x = init "a"
  r = ref addr x
  y = init move x
)" + later +
         R"(
  drop r end_of_block
  drop y end_of_block
  drop x end_of_block
  return
}
)";
}

TEST(MovesRules, MovedUnderAReferenceThatIsUsedLater) {
  Moves moves(with_reference("  rt.print_value addr r.* of string"));
  EXPECT_EQ(moves.said(),
            (Lines{"error: cannot move `x` while it is borrowed", "note: `x` is borrowed here",
                   "note: and the reference is used later, here"}));
}

TEST(MovesRules, MovedUnderAReferenceThatIsNotUsedAnyMore) {
  Moves moves(with_reference(""));
  EXPECT_EQ(moves.said(), Lines{});
  EXPECT_TRUE(moves.vacates("string"));
}

TEST(MovesRules, GrownUnderAReferenceToAnElement) {
  Moves moves(R"(
fn @f(i: i32) -> unit {
  user a: array<string>
  user r: ref<string>
bb0:
  a = array "x" of array<string>
  r = ref addr a[i]
  rt.array_push addr a, "y" of array<string>
  rt.print_value addr r.* of string
  drop r end_of_block
  drop a end_of_block
  return
}
)");
  EXPECT_EQ(moves.said()[0], "error: cannot assign `a` while it is borrowed");
}

TEST(MovesRules, AnArrayTakesItsElementsAlong) {
  Moves moves(R"(
fn @f(i: i32) -> unit {
  user a: array<string>
  user b: array<string>
  user r: ref<string>
bb0:
  a = array "x" of array<string>
  r = ref addr a[i]
  b = init move a
  rt.print_value addr r.* of string
  drop r end_of_block
  drop b end_of_block
  drop a end_of_block
  return
}
)");
  EXPECT_EQ(moves.said(), Lines{});
}

TEST(MovesRules, TheLenderOfANameStays) {
  Moves moves(R"(
type Opt = union { None, Some(value: string) }
fn @f() -> unit {
  user o: Opt
  user p: Opt
  alias v: borrow<string>
bb0:
  o = variant.1 "a"
  v = alias addr o!Some.value
  p = init move o
  rt.print_value addr v.* of string
  drop p end_of_block
  drop o end_of_block
  return
}
)");
  EXPECT_EQ(moves.said()[0], "error: cannot move `o` while it is borrowed");
}

TEST(MovesRules, AReturnedLocalThatIsReferredToIsCopied) {
  Moves moves(R"(
global $r: ref<string>
fn @f() -> string {
  user x: string
bb0:
  x = init "a"
  $r = ref addr x
  result = init.implicit move x
  drop x end_of_block
  return
}
)");
  EXPECT_EQ(moves.said(), Lines{});
  const Function& f = moves.program[moves.func("f")];
  EXPECT_EQ(f.args(f.blocks[0].insts[2])[0].kind, OperandKind::Copy);
}

TEST(MovesRules, AReturnedLocalThatCannotBeCopied) {
  Moves moves(with_close("", R"(
fn @f() -> Handle {
  user x: Handle
bb0:
  x = aggregate "a"
  $kept = ref addr x
  result = init.implicit move x
  drop x end_of_block
  return
}
)"));
  EXPECT_EQ(moves.said()[0], "error: cannot move `x` while it is borrowed");
}

// [O-LIFE-3] What is borrowed stays whole until the call ends.
TEST(MovesRules, MovedByALaterArgumentOfTheSameCall) {
  Moves moves(R"(
type Pair = struct { a: string }
fn @both(borrow p: ref<Pair>, q: Pair) -> unit {
bb0:
  drop q end_of_block
  return
}
fn @f() -> unit {
  user p: Pair
bb0:
  p = aggregate "a"
  call @both(addr p, move p)
  drop p end_of_block
  return
}
)");
  EXPECT_EQ(moves.said()[0], "error: cannot move `p` while it is borrowed");
}

}  // namespace
}  // namespace tenure::own::test
