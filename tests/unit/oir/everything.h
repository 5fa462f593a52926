// A program with one of everything that the text form has.
#pragma once

namespace tenure::oir::test {

inline constexpr const char* kEverything =
    R"(type Handle = struct {fd: i32} drop @Handle.drop watched vacates
type Node = struct {next: ref<Node>, name: string, tail: tuple(i32, b: f64)} cyclic interior
type `Pair<i32>` = struct {a: i32, b: i32}
type Shape = union {Circle(r: f64), Square(f64, side: string), Empty}
type Native = native "tn_native_free"
type Plain = native
type Any = union {nothing(ref<i32>), `ref<Tight>`(ref<Tight>)} bare
type Tight = struct {a: u8, b: i32} packed align 2
type Wide = union {A, B(u8)} align 16
type Point = struct {}
type Point#2 = struct {x: Point, y: fixed<Point#2, 0>}
facts array<Node>: cyclic
facts string: vacates
global $count: i32
global $head: ref<Node> boxed always_full
global $count#2: string
sites 2
start @main

fn @Handle.drop(borrow self: ref<Handle>) -> unit drops Handle {
  temp %2: unit
bb0:
  %2 = rt.print_value addr self.*.fd of i32 unwind bb1
  rt.print_end
  return
bb1: cleanup
  resume
}

fn @`id<i32>`(x: i32, borrow %2: ref<Node>) -> i32 shown "id" {
bb0:
  result = init.implicit copy x
  return
}

fn @main() -> unit {
  user x: i32
  user x#2: i32
  user `drop`: array<i32>
  user s: Shape
  user n: ref<Node>
  user h: box<i32> boxed
  hold %7: view<i32>
  alias n2: borrow<Node>
  flag %9: u32
  temp %10: bool
  temp %11: f64
  user b: string
bb0:
  x = init 1: i32
  x#2 = init -5: i32
  %9 = set_flag 0
  x = binary.add copy x, 18446744073709551615: u64 unwind bb4
  x = unary.neg copy x unwind bb4
  x = cast copy x unwind bb4
  %11 = init 0.10000000000000001: f64
  %11 = init -3.0: f64
  %11 = init bits 9221120237041090560: f64
  `drop` = array copy x, copy x of array<i32>
  s = variant.1 1.5: f64, "a\n\t\"\\\x01 ö"
  n = new.user null: ref<Node> of Node
  %7 = view addr `drop`
  n2 = alias addr n.*
  b = init copy n2.*.name
  x = init copy %7[x#2]
  x = init copy n.*.tail.0
  null_check borrow n unwind bb4
  bounds_check addr `drop`, copy x unwind bb4
  full_check addr n.*.name show "n.name" flag %9 unwind bb4
  full_check.itself addr `drop` unwind bb4
  full_check.printed addr n unwind bb4
  b = init copy s!Square.side checked
  $head.*.next = assign move n flag %9 unwind bb4
  unique addr `drop`
  swap addr x, addr x#2
  x = replace addr x#2, copy x
  defer_run defer
  x = call @`id<i32>`(copy x, borrow n) unwind bb4
  call @main()
  %10 = is_null borrow n
  %10 = same borrow n, borrow n
  x = tag addr s
  forget s
  $count#2 = init "x"
  switch copy x (0: bb1, 7: bb2, else: bb3)
bb1: loop
  branch copy %10 bb1 bb3
bb2:
  panic.message addr b unwind bb4
  unreachable
bb3:
  drop s end_of_block flag %9 unwind bb4
  panic.assertion unwind bb4
  jump bb2
bb4: cleanup
  drop n run_time_error
  resume
}
)";

}  // namespace tenure::oir::test
