// Locals that a reference outlives live in boxes; what the types of the program are then.
#include "pass_support.h"

namespace tenure::own::test {
namespace {

TEST(Escape, AReferredLocalIsBoxedFromItsBirth) {
  Unit unit(R"(
type P = struct {x: i32, s: string}
fn @f() -> ref<P> {
  user p: P
  user n: i32
bb0:
  p = aggregate 1: i32, "a"
  n = init copy p.x
  p.s = assign "b"
  result = ref addr p
  drop p end_of_block
  return
}
)");
  unit.escape();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  %3 = aggregate 1: i32, "a"
  p = new move %3 of P
  n = init copy p.*.x
  p.*.s = assign "b"
  result = init copy p
  drop p end_of_block
  return
)");
  EXPECT_TRUE(unit.program.functions[0].locals[1].boxed);
  unit.elaborate();
}

TEST(Escape, AByValueParameterMovesIntoItsBox) {
  Unit unit(R"(
fn @f(s: string) -> ref<string> {
bb0:
  result = ref addr s
  drop s end_of_block
  return
}
)");
  unit.escape();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  s = new move %1 of string
  jump bb1
bb1:
  result = init copy s
  drop s end_of_block
  return
)");
  unit.elaborate();
}

TEST(Escape, AnElementOfAGrowableArrayBoxesNothing) {
  Unit unit(R"(
fn @f(i: i32) -> ref<string> {
  user xs: array<string>
bb0:
  xs = array "a" of array<string>
  result = ref addr xs[i]
  drop xs end_of_block
  return
}
)");
  std::string before = unit.body("f");
  unit.escape();
  EXPECT_EQ(unit.body("f"), before);
}

TEST(Escape, OnlyACalleeThatKeepsTheAddressBoxes) {
  Unit unit(R"(
type P = struct {x: i32}
global $kept: ref<P>
fn @looks(borrow p: ref<P>) -> i32 {
bb0:
  result = init copy p.*.x
  return
}
fn @keeps(borrow p: ref<P>) -> unit {
bb0:
  $kept = assign copy p
  return
}
fn @f() -> unit {
  user a: P
  user b: P
  temp %3: i32
bb0:
  a = aggregate 1: i32
  b = aggregate 2: i32
  %3 = call @looks(addr a)
  call @keeps(addr b)
  return
}
)");
  unit.escape();
  EXPECT_FALSE(unit.program[unit.func("f")].locals[1].boxed);
  EXPECT_TRUE(unit.program[unit.func("f")].locals[2].boxed);
}

TEST(Types, CyclicWatchedInterior) {
  Unit unit(R"(
type Node = struct {next: ref<Node>}
type Leaf = struct {n: ref<Node>}
type Path = struct {to: ref<Path>, length: i32}
type Kids = struct {kids: array<ref<Kids>>}
type H = struct {fd: i32} drop @H.drop
type Holder = struct {h: ref<H>, part: Leaf}
fn @H.drop(borrow self: ref<H>) -> unit drops H {
bb0:
  return
}
fn @part(borrow h: ref<Holder>) -> ref<Leaf> {
bb0:
  result = ref addr h.*.part
  return
}
fn @link(borrow n: ref<Node>, borrow p: ref<Path>, borrow k: ref<Kids>) -> unit {
bb0:
  n.*.next = assign null: ref<Node>
  p.*.length = assign 1: i32
  rt.array_push addr k.*.kids, null: ref<Kids> of array<ref<Kids>>
  return
}
)");
  unit.set_types();
  auto type = [&](const std::string& name) -> const Type& {
    for (size_t i = 0; i < unit.program.types.size(); ++i) {
      if (unit.program.types[TypeId{i}].name == name) return unit.program.types[TypeId{i}];
    }
    ADD_FAILURE() << name;
    return unit.program.types[TypeId{size_t{0}}];
  };
  EXPECT_TRUE(type("Node").cyclic);
  EXPECT_FALSE(type("Path").cyclic);  // no `to` is ever written
  EXPECT_TRUE(type("Kids").cyclic);
  EXPECT_FALSE(type("Leaf").cyclic);
  EXPECT_FALSE(type("Holder").cyclic);
  EXPECT_TRUE(type("H").watched);
  EXPECT_TRUE(type("Holder").watched);
  EXPECT_FALSE(type("Node").watched);
  EXPECT_FALSE(type("Leaf").watched);  // but a reference to one may keep a Holder
  EXPECT_TRUE(unit.program
                  .types[unit.program.types.ref([&] {
                    for (size_t i = 0; i < unit.program.types.size(); ++i) {
                      if (unit.program.types[TypeId{i}].name == "Leaf") return TypeId{i};
                    }
                    return TypeId{size_t{0}};
                  }())]
                  .watched);
  EXPECT_TRUE(type("Leaf").interior);
  EXPECT_FALSE(type("Node").interior);
}

}  // namespace
}  // namespace tenure::own::test
