// Programs in OIR, as the ownership passes leave it, under JIT and AOT at both levels.
#include "support.h"

namespace tenure::native::test {
namespace {

// A handle whose drop prints its number, and fails if that is 13.
constexpr const char* kHandle = R"(type Handle = struct {fd: i32} drop @Handle.drop watched
start @main

fn @Handle.drop(borrow self: ref<Handle>) -> unit drops Handle {
  temp bad: bool
bb0:
  rt.print_value "drop" of string
  rt.print_sep
  rt.print_value addr self.*.fd of i32
  rt.print_end
  bad = binary.eq copy self.*.fd, 13: i32
  branch copy bad bb1 bb2
bb1:
  panic.message "unlucky"
  unreachable
bb2:
  return
}

fn @make(fd: i32) -> Handle {
bb0:
  result = aggregate copy fd
  return
}

fn @fail() -> unit {
bb0:
  panic.assertion
  unreachable
}

fn @take(h: Handle) -> unit {
bb0:
  call @fail() unwind bb1
  drop h end_of_block
  return
bb1: cleanup
  drop h run_time_error unwind bb2
  resume
bb2: cleanup
  resume
}

)";

TEST(Native, ArithmeticAndCalls) {
  expect(R"(start @main
fn @fib(n: i32) -> i32 {
  temp small: bool
  temp a: i32
  temp b: i32
bb0:
  small = binary.lt copy n, 2: i32
  branch copy small bb1 bb2
bb1:
  result = init copy n
  return
bb2:
  a = binary.sub copy n, 1: i32
  a = call @fib(copy a)
  b = binary.sub copy n, 2: i32
  b = call @fib(copy b)
  result = binary.add copy a, copy b
  return
}
fn @main() -> unit {
  user x: i32
  user y: f64
  user z: i64
bb0:
  x = call @fib(20: i32)
  rt.print_value addr x of i32
  rt.print_sep
  x = binary.rem -7: i32, 2: i32
  rt.print_value addr x of i32
  rt.print_sep
  x = binary.rem -2147483648: i32, -1: i32
  rt.print_value addr x of i32
  rt.print_sep
  y = binary.div 1.0: f64, 4.0: f64
  rt.print_value addr y of f64
  rt.print_sep
  z = cast -3.9: f64
  rt.print_value addr z of i64
  rt.print_end
  return
}
)",
         0, "6765, -1, 0, 0.250000, -3\n");
}

TEST(Native, OverflowIsARunTimeError) {
  expect(R"(start @main
fn @main() -> unit {
  user x: i32
bb0:
  x = init 2147483647: i32
  x = binary.add copy x, 1: i32
  rt.print_value addr x of i32
  return
}
)",
         101, "", "test.oir:6:3: runtime error: integer overflow\n");
}

TEST(Native, CastsAreChecked) {
  expect(R"(start @main
fn @main() -> unit {
  user x: i32
  user b: u8
bb0:
  x = init 256: i32
  b = cast copy x
  return
}
)",
         101, "", "test.oir:7:3: runtime error: value out of range\n");
}

TEST(Native, StringsShareAndConcatenate) {
  expect(R"(start @main
fn @twice(s: string) -> string {
bb0:
  result = rt.str_concat addr s, addr s
  drop s end_of_block
  return
}
fn @main() -> unit {
  user a: string
  user b: string
  user c: string
bb0:
  a = init "ab"
  b = call @twice(copy a)
  c = call @twice(copy b)
  rt.str_append addr b, addr c
  a = assign copy b
  rt.print_value addr a of string
  rt.print_sep
  rt.print_value addr c of string
  rt.print_end
  drop c end_of_block
  drop b end_of_block
  drop a end_of_block
  return
}
)",
         0, "abababababab, abababab\n");
}

TEST(Native, ReferencesCountAndObjectsDie) {
  expect(std::string(kHandle) + R"(fn @main() -> unit {
  user r: ref<Handle>
  user s: ref<Handle>
  temp %3: Handle
bb0:
  %3 = call @make(7: i32)
  r = new.user move %3 of Handle
  s = init copy r
  drop r end_of_block
  rt.print_value addr s.*.fd of i32
  rt.print_end
  s = assign null: ref<Handle>
  rt.print_value "after" of string
  rt.print_end
  drop s end_of_block
  return
}
)",
         0, "7\ndrop, 7\nafter\n", "test.oir:50:3: drop Handle: last reference\n");
}

TEST(Native, UnwindingRunsDropsInnermostFirst) {
  expect(
      std::string(kHandle) + R"(fn @main() -> unit {
  user a: Handle
  user b: Handle
bb0:
  a = call @make(1: i32)
  b = call @make(2: i32) unwind bb1
  call @take(move b) unwind bb1
  drop a end_of_block
  return
bb1: cleanup
  drop a run_time_error unwind bb2
  resume
bb2: cleanup
  resume
}
)",
      101, "drop, 2\ndrop, 1\n",
      "test.oir:28:3: runtime error: assertion failed\n"
      "test.oir:38:3: drop Handle: run-time error\ntest.oir:54:3: drop Handle: run-time error\n");
}

TEST(Native, AFailingDropInCleanupGoesOnOutwards) {
  expect(
      std::string(kHandle) + R"(fn @main() -> unit {
  user a: Handle
  user b: Handle
bb0:
  a = call @make(1: i32)
  b = call @make(13: i32) unwind bb1
  call @take(move b) unwind bb1
  drop a end_of_block
  return
bb1: cleanup
  drop a run_time_error unwind bb2
  resume
bb2: cleanup
  resume
}
)",
      101, "drop, 13\ndrop, 1\n",
      "test.oir:28:3: runtime error: assertion failed\ntest.oir:38:3: drop Handle: run-time error\n"
      "test.oir:14:3: runtime error: unlucky\ntest.oir:54:3: drop Handle: run-time error\n");
}

TEST(Native, NullBoundsAndFlags) {
  expect(R"(sites 1
start @main
fn @main() -> unit {
  user r: ref<i32>
bb0:
  r = init null: ref<i32>
  null_check borrow r
  return
}
)",
         101, "", "test.oir:7:3: runtime error: null reference\n");
  expect(R"(start @main
fn @main() -> unit {
  user xs: array<i32>
  user i: i32
bb0:
  xs = array 1: i32, 2: i32, 3: i32 of array<i32>
  i = init 2: i32
  unique addr xs
  bounds_check addr xs, copy i unwind bb1
  xs[i] = assign 30: i32
  rt.print_value addr xs of array<i32>
  rt.print_end
  i = init 3: i32
  bounds_check addr xs, copy i unwind bb1
  return
bb1: cleanup
  drop xs run_time_error
  resume
}
)",
         101, "[1, 2, 30]\n", "test.oir:14:3: runtime error: index out of range: 3 (length 3)\n");
}

TEST(Native, UnionsAndTuples) {
  expect(R"(type Shape = union {Circle(r: f64), Square(side: i32, name: string), Empty}
start @main
fn @make(which: i32) -> Shape {
  temp t: string
bb0:
  switch copy which (0: bb1, 1: bb2, else: bb3)
bb1:
  result = variant.0 1.5: f64
  return
bb2:
  t = rt.str_concat "s", "q"
  result = variant.1 4: i32, move t
  return
bb3:
  result = variant.2
  return
}
fn @main() -> unit {
  user s: Shape
  user n: u32
bb0:
  s = call @make(0: i32)
  rt.print_value addr s of Shape
  rt.print_end
  drop s end_of_block
  s = call @make(1: i32)
  rt.print_value addr s of Shape
  rt.print_end
  n = tag addr s
  rt.print_value addr n of u32
  rt.print_end
  drop s end_of_block
  s = call @make(2: i32)
  rt.print_value addr s of Shape
  rt.print_end
  drop s end_of_block
  return
}
)",
         0, "Circle(1.500000)\nSquare(4, sq)\n1\nEmpty\n");
}

TEST(Native, GlobalsDieAtTheEnd) {
  expect(std::string(kHandle).replace(std::string(kHandle).find("start"), 0,
                                      "global $g: Handle\nglobal $n: i32\n") +
             R"(fn @main() -> unit {
bb0:
  $g = call @make(5: i32)
  $n = init 8: i32
  full_check addr $n
  rt.print_value addr $n of i32
  rt.print_end
  return
}
)",
         0, "8\ndrop, 5\n", "test.oir:2:8: drop Handle: end of program\n");
}

TEST(Native, CallTraceNamesFunctionsAndLines) {
  Compiled compiled;
  compile(std::string(kHandle) + R"(fn @main() -> unit {
  user a: Handle
bb0:
  a = call @make(1: i32)
  call @take(move a)
  return
}
)",
          compiled);
  for (const Outcome& outcome : {run_jit_at(compiled, 0), run_aot(compiled, 0)}) {
    EXPECT_EQ(outcome.code, 101);
    EXPECT_NE(outcome.err.find("  in fail at test.oir:"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("  in take at test.oir:"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("  in main at test.oir:"), std::string::npos) << outcome.err;
  }
}

}  // namespace
}  // namespace tenure::native::test
