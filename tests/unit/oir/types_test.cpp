// Types: interning, ownership through parts and cycles, texts; places and their types.
#include "support.h"

namespace tenure::oir::test {
namespace {

TEST(Types, StructuralTypesAreInterned) {
  TypeTable t;
  TypeId i32 = t.scalar(TypeKind::I32);
  EXPECT_EQ(t.ref(i32), t.ref(i32));
  EXPECT_NE(t.ref(i32), t.box(i32));
  EXPECT_NE(t.fixed_array(i32, 3), t.fixed_array(i32, 4));
  EXPECT_EQ(t.tuple({{"", i32}, {"", t.string()}}), t.tuple({{"", i32}, {"", t.string()}}));
  EXPECT_NE(t.tuple({{"", i32}}), t.tuple({{"a", i32}}));
}

TEST(Types, OwnershipFollowsFromTheParts) {
  TypeTable t;
  TypeId i32 = t.scalar(TypeKind::I32);
  EXPECT_EQ(t.ownership(i32), Ownership::Plain);
  EXPECT_EQ(t.ownership(t.string()), Ownership::Managed);
  EXPECT_EQ(t.ownership(t.array(i32)), Ownership::Managed);
  EXPECT_EQ(t.ownership(t.ref(i32)), Ownership::Shared);
  EXPECT_EQ(t.ownership(t.weak(i32)), Ownership::Shared);
  EXPECT_EQ(t.ownership(t.box(i32)), Ownership::MoveOnly);
  EXPECT_EQ(t.ownership(t.borrow(t.string())), Ownership::Plain);
  EXPECT_EQ(t.ownership(t.fixed_array(i32, 4)), Ownership::Plain);
  EXPECT_EQ(t.ownership(t.tuple({{"", i32}, {"", t.ref(i32)}})), Ownership::Managed);
  EXPECT_EQ(t.ownership(t.array(t.box(i32))), Ownership::MoveOnly);
  EXPECT_EQ(t.ownership(t.ref(t.box(i32))), Ownership::Shared);
  TypeId plain = t.declare(TypeKind::Native, "P", {});
  t.complete_native(plain, "");
  TypeId owned = t.declare(TypeKind::Native, "N", {});
  t.complete_native(owned, "free_it");
  EXPECT_EQ(t.ownership(plain), Ownership::Plain);
  EXPECT_EQ(t.ownership(owned), Ownership::MoveOnly);
}

TEST(Types, OwnershipOfTypesThatHoldThemselves) {
  TypeTable t;
  TypeId tree = t.declare(TypeKind::Struct, "Tree", {});
  TypeId kids = t.array(tree);
  EXPECT_EQ(t.ownership(kids), Ownership::Managed);  // not complete: nothing is remembered
  t.complete_struct(tree, {{"kids", kids}, {"h", t.box(t.boolean())}});
  EXPECT_EQ(t.ownership(kids), Ownership::MoveOnly);
  EXPECT_EQ(t.ownership(tree), Ownership::MoveOnly);
  EXPECT_EQ(t.move_only_cause(kids), t.box(t.boolean()));
  TypeId self = t.declare(TypeKind::Struct, "Self", {});
  t.complete_struct(self, {{"me", self}});
  EXPECT_EQ(t.ownership(self), Ownership::Plain);
}

TEST(Types, ADropMakesMoveOnly) {
  TypeTable t;
  TypeId h = t.declare(TypeKind::Struct, "H", {});
  t.complete_struct(h, {{"fd", t.boolean()}});
  TypeId pair = t.tuple({{"", t.string()}, {"", h}});
  EXPECT_EQ(t.ownership(pair), Ownership::Managed);
  t.set_drop(h, FuncId{size_t{0}});
  EXPECT_EQ(t.ownership(pair), Ownership::MoveOnly);
  EXPECT_EQ(t.move_only_cause(pair), h);
  EXPECT_FALSE(t.move_only_cause(t.string()).valid());
}

TEST(Types, DeepNestingDoesNotRecurse) {
  TypeTable t;
  TypeId type = t.box(t.boolean());
  for (int i = 0; i < 100000; ++i) type = t.tuple({{"", t.boolean()}, {"", type}});
  EXPECT_EQ(t.ownership(type), Ownership::MoveOnly);
  EXPECT_EQ(t.move_only_cause(type), t.box(t.boolean()));
}

TEST(Types, Texts) {
  TypeTable t;
  TypeId i32 = t.scalar(TypeKind::I32);
  EXPECT_EQ(t.text(t.ref(t.array(i32))), "ref<[i32]>");
  EXPECT_EQ(t.text(t.fixed_array(t.string(), 3)), "[string; 3]");
  EXPECT_EQ(t.text(t.tuple({{"a", i32}, {"", t.box(i32)}})), "(a: i32, Box<i32>)");
  EXPECT_EQ(t.text(t.weak(t.declare(TypeKind::Struct, "Pair<i32>", {}))), "Weak<Pair<i32>>");
}

TEST(Places, TypesAndTexts) {
  std::optional<Program> program = parse_text(R"(
type Node = struct {next: ref<Node>, parts: tuple(i32, string), xs: array<fixed<string, 2>>}
type Shape = union {Circle(r: f64), Empty}
global $g: ref<Node> boxed
fn @f(borrow r: ref<Node>, s: Shape, i: i32) -> unit {
  temp %4: i32
  user m: ref<i32> boxed
bb0:
  result = rt.print_sep addr r.*.next.*.parts.1
  result = rt.print_sep addr r.*.xs[i][1]
  result = rt.print_sep addr r.*.xs[%4]
  result = rt.print_sep addr s!Circle.r
  result = rt.print_sep addr r.*
  result = rt.print_sep addr $g.*
  result = rt.print_sep addr m.*
  result = rt.print_sep addr %4
  return
}
)");
  ASSERT_TRUE(program.has_value());
  const Function& f = program->functions[0];
  const char* texts[] = {"r.next.parts.1", "r.xs[i][1]", "r.xs[..]", "s.r", "*r", "g", "m",
                         "<expression>"};
  const char* types[] = {"string", "string", "[string; 2]", "f64", "Node", "Node", "i32", "i32"};
  for (size_t i = 0; i < std::size(texts); ++i) {
    const Operand& a = f.args(f.blocks[0].insts[i])[0];
    EXPECT_EQ(place_text(*program, f, a.place), texts[i]);
    EXPECT_EQ(program->types.text(place_type(*program, f, a.place)), types[i]);
  }
}

TEST(Places, PathsAreInterned) {
  PathTable paths;
  PathId root{size_t{0}};
  PathId a = paths.extend(root, {ProjKind::Field, 1});
  PathId b = paths.extend(a, {ProjKind::Deref, 0});
  EXPECT_EQ(a, paths.extend(root, {ProjKind::Field, 1}));
  EXPECT_NE(a, paths.extend(root, {ProjKind::Const, 1}));
  EXPECT_TRUE(paths.is_prefix(a, b));
  EXPECT_TRUE(paths.is_prefix(b, b));
  EXPECT_FALSE(paths.is_prefix(b, a));
  EXPECT_EQ(paths.projs(b).size(), 2u);
}

}  // namespace
}  // namespace tenure::oir::test
