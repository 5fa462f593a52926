// The data flow's own parts: bits, graphs, move paths, and that nothing is quadratic.
#include <chrono>

#include "moves_support.h"
#include "oir/builder.h"
#include "own/flow.h"
#include "own/move_paths.h"
#include "own/path_bits.h"

namespace tenure::own::test {
namespace {

TEST(PathBitsTest, CopiesAreIndependent) {
  PathBits a;
  a.set(5, 1);
  a.set(70'000, 2);
  PathBits b = a;
  b.set(5, 3);
  EXPECT_EQ(a.get(5), 1);
  EXPECT_EQ(b.get(5), 3);
  EXPECT_EQ(b.get(70'000), 2);
  EXPECT_EQ(b.get(1'000'000), 0);
  a = b;
  EXPECT_EQ(a.get(5), 3);
}

TEST(PathBitsTest, JoinTellsWhetherItChanged) {
  PathBits a, b;
  a.set(3, 1);
  b.set(3, 2);
  b.set(9'000, 4);
  EXPECT_TRUE(a.join(b));
  EXPECT_FALSE(a.join(b));
  EXPECT_EQ(a.get(3), 3);
  EXPECT_EQ(a.get(9'000), 4);
  EXPECT_EQ(b.get(3), 2);
  std::vector<size_t> different;
  a.differences(b, [&](size_t at, uint8_t, uint8_t) { different.push_back(at); });
  EXPECT_EQ(different, std::vector<size_t>{3});
}

TEST(CfgTest, LoopsHaveTheirBlocks) {
  Unit unit(R"(
fn @f(c: bool) -> unit {
bb0:
  jump bb1
bb1: loop
  branch copy c bb2 bb4
bb2: loop
  branch copy c bb2 bb3
bb3:
  jump bb1
bb4:
  return
}
)");
  Cfg cfg(unit.program[unit.func("f")]);
  std::vector<Cfg::Loop> loops = cfg.loops();
  ASSERT_EQ(loops.size(), 2u);
  EXPECT_EQ(loops[0].blocks, std::vector<uint32_t>{2});
  EXPECT_EQ(loops[1].head, 1u);
  EXPECT_EQ(loops[1].blocks, (std::vector<uint32_t>{1, 2, 3}));
}

TEST(MovePathsTest, OnePartMeansAllParts) {
  Unit unit(R"(
type Inner = struct { a: string, b: string }
type Outer = struct { x: Inner, y: string }
fn @f(borrow r: ref<Outer>) -> unit {
  user o: Outer
  user s: string
bb0:
  o = init copy r.*
  s = init move o.x.b
  drop s end_of_block
  drop o end_of_block
  return
}
)");
  FuncId f = unit.func("f");
  Function& function = unit.program[f];
  MovePaths paths(unit.program, f, nullptr, nullptr);
  MovePathId o = paths.of_root(Place::local(LocalId{size_t{2}}));
  EXPECT_EQ(paths[o].leaf_end - paths[o].leaf_begin, 3u);  // x.a, x.b, y
  Place moved = function.args(function.blocks[0].insts[1])[0].place;
  MovePaths::Found found = paths.find(moved);
  EXPECT_TRUE(found.exact);
  EXPECT_TRUE(paths.is_part(found.path, o));
  MovePathId r = paths.of_root(Place::local(LocalId{size_t{1}}));
  MovePathId target = paths.target(r);
  ASSERT_TRUE(target.valid());
  EXPECT_FALSE(paths.is_part(target, r));
  EXPECT_TRUE(paths[target].memory);
}

// A function of many statements, each with a temporary, a call that may fail, and its cleanup.
TEST(MovesFlow, ManyStatementsAreLinear) {
  constexpr int kStatements = 20'000;
  Program program;
  SourceMap sources;
  DiagnosticSink sink;
  TypeId string = program.types.string();
  Local param;
  param.name = "s";
  param.type = string;
  FuncId take =
      Builder::declare_function(program, "take", "take", program.types.unit(), {param}, {});
  FuncId f = Builder::declare_function(program, "f", "f", program.types.unit(), {}, {});
  {
    Builder b(program, take);
    b.panic(PanicKind::AssertionFailed, {}, {});
    b.finish({});
  }
  {
    Builder b(program, f);
    ScopeId block = b.open(ScopeKind::Block, {});
    for (int i = 0; i < kStatements; ++i) {
      LocalId user = b.add_local("x" + std::to_string(i), string, LocalKind::User, {});
      b.init(Place::local(user), Operand::of(b.const_string("a")), {});
      b.schedule(block, user, DropReason::EndOfBlock);
      if (i % 2) b.call({}, take, {Operand::move(Place::local(user))}, {});
    }
    b.close(block, {});
    b.finish({});
  }
  auto begin = std::chrono::steady_clock::now();
  Summaries summaries(program);
  run_moves(program, summaries, sources, sink);
  auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_FALSE(sink.has_errors());
  EXPECT_LT(std::chrono::duration_cast<std::chrono::seconds>(took).count(), 60);
}

}  // namespace
}  // namespace tenure::own::test
