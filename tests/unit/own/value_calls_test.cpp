// A call through a function that dispatches becomes a call of the value.
#include "own/value_calls.h"

#include "pass_support.h"

namespace tenure::own::test {
namespace {

constexpr const char* kProgram = R"(
type P = struct {s: string}
global $kept: ref<P>
fn @keep(borrow p: ref<P>) -> unit {
bb0:
  $kept = assign copy p
  return
}
fn @any(f: fn(ref<P>) -> unit, borrow p: ref<P>) -> unit dispatches {
  temp %3: bool
bb0:
  %3 = rt.equal addr f, @keep: fn(ref<P>) -> unit of fn(ref<P>) -> unit
  branch copy %3 bb1 bb2
bb1:
  call @keep(borrow p)
  return
bb2:
  unreachable
}
fn @f(f: fn(ref<P>) -> unit) -> unit {
  user p: P
bb0:
  p = aggregate "a"
  call @any(copy f, addr p)
  drop p end_of_block
  return
}
)";

TEST(ValueCalls, WhatTheCandidatesDoIsKnownOfTheCall) {
  Unit unit(kProgram);
  unit.escape();
  EXPECT_TRUE(unit.program[unit.func("f")].locals[2].boxed);
}

TEST(ValueCalls, TheValueIsCalledItself) {
  Unit unit(kProgram);
  call_values(unit.program);
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  p = aggregate "a"
  call_value copy f, addr p
  drop p end_of_block
  return
)");
  EXPECT_EQ(unit.body("any"), R"(
bb0:
  unreachable
)");
  unit.expect_verified();
}

}  // namespace
}  // namespace tenure::own::test
