// Copies that become moves, holds that go, and the checker that watches over it.
#include "pass_support.h"

namespace tenure::own::test {
namespace {

TEST(LastUse, ACopyOfWhatIsNotUsedAgainIsAMove) {
  Unit unit(R"(
fn @take(s: string) -> unit {
bb0:
  drop s end_of_block
  return
}
fn @f() -> unit {
  user s: string
bb0:
  s = init "a"
  call @take(copy s)
  call @take(copy s)
  drop s end_of_block
  return
}
)");
  unit.set_types();
  unit.lastuse_and_elaborate();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  s = init "a"
  call @take(copy s)
  call @take(move s)
  return
)");
}

TEST(LastUse, NotWhereTheNextTurnReadsIt) {
  Unit unit(R"(
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
  call @take(copy s)
  branch copy c bb1 bb2
bb2:
  drop s end_of_block
  return
}
)");
  unit.set_types();
  std::string before = unit.body("f");
  unit.lastuse_and_elaborate();
  EXPECT_EQ(unit.body("f"), before);
}

TEST(LastUse, NeverForWatchedTypes) {
  Unit unit(R"(
type H = struct {fd: i32} drop @H.drop
fn @H.drop(borrow self: ref<H>) -> unit drops H {
bb0:
  return
}
fn @take(h: ref<H>) -> unit {
bb0:
  drop h end_of_block
  return
}
fn @f() -> unit {
  user h: ref<H>
  temp %2: H
bb0:
  %2 = aggregate 1: i32
  h = new.user move %2 of H
  call @take(copy h)
  rt.print_end
  drop h end_of_block
  return
}
)");
  unit.set_types();
  unit.lastuse_and_elaborate();
  EXPECT_NE(unit.body("f").find("call @take(copy h)"), std::string::npos);
  EXPECT_NE(unit.body("f").find("drop h end_of_block"), std::string::npos);
}

constexpr const char* kHolds = R"(
type N = struct {v: i32, next: ref<N>}
global $g: ref<N>
fn @looks(borrow n: ref<N>) -> i32 {
bb0:
  result = init copy n.*.v
  return
}
fn @cuts(borrow n: ref<N>, borrow o: ref<N>) -> i32 {
bb0:
  n.*.next = assign null: ref<N>
  result = init copy o.*.v
  return
}
fn @f(n: ref<N>) -> unit {
  hold %2: ref<N>
  hold %3: ref<N>
  hold %4: ref<N>
  temp %5: i32
bb0:
  %2 = init copy n
  %5 = call @looks(borrow %2)
  drop %2 end_of_statement
  %3 = init copy n.*.next
  %5 = call @looks(borrow %3)
  drop %3 end_of_statement
  %4 = init copy n.*.next
  %5 = call @cuts(borrow n, borrow %4)
  drop %4 end_of_statement
  drop n end_of_block
  return
}
)";

TEST(LastUse, AHoldGoesWhereNothingWritesItsLender) {
  Unit unit(kHolds);
  unit.set_types();
  unit.lastuse_and_elaborate();
  EXPECT_EQ(unit.body("f"), R"(
bb0:
  %5 = call @looks(borrow n)
  %5 = call @looks(borrow n.*.next)
  %4 = init copy n.*.next
  %5 = call @cuts(borrow n, borrow %4)
  drop %4 end_of_statement
  drop n end_of_block
  return
)");
}

// ---- the event checker

constexpr const char* kEvents = R"(
type H = struct {fd: i32} drop @H.drop watched
fn @H.drop(borrow self: ref<H>) -> unit drops H {
bb0:
  return
}
fn @f(c: bool) -> unit {
  user a: H
  user b: H
bb0:
  a = aggregate 1: i32
  b = aggregate 2: i32
  branch copy c bb1 bb2
bb1:
  rt.print_end
  jump bb2
bb2:
  drop b end_of_block
  drop a end_of_block
  return
}
)";

TEST(Events, AProgramEqualsItself) {
  Unit unit(kEvents);
  EXPECT_EQ(compare_events(unit.program, unit.program), std::nullopt);
}

TEST(Events, AMovedDropIsFound) {
  Unit unit(kEvents);
  Program changed = unit.program;
  Function& function = changed[unit.func("f")];
  std::swap(function.blocks[2].insts[0], function.blocks[2].insts[1]);
  std::optional<std::string> difference = compare_events(unit.program, changed);
  ASSERT_TRUE(difference.has_value());
  EXPECT_NE(difference->find("drop b end_of_block"), std::string::npos) << *difference;
  EXPECT_NE(difference->find("drop a end_of_block"), std::string::npos) << *difference;
}

TEST(Events, ALostDropIsFound) {
  Unit unit(kEvents);
  Program changed = unit.program;
  Function& function = changed[unit.func("f")];
  function.blocks[2].insts.erase(function.blocks[2].insts.begin());
  EXPECT_TRUE(compare_events(unit.program, changed).has_value());
}

TEST(Events, AChangedReasonIsFound) {
  Unit unit(kEvents);
  Program changed = unit.program;
  changed[unit.func("f")].blocks[2].insts[0].imm = uint8_t(DropReason::EndOfStatement);
  EXPECT_TRUE(compare_events(unit.program, changed).has_value());
}

// Its lender refers to the object to the end, so the hold's end is nobody's.
TEST(Events, ARemovedHoldHadNone) {
  auto with = [](const std::string& fill, const std::string& lent, const std::string& drop) {
    return R"(
type H = struct {fd: i32} drop @H.drop watched
fn @H.drop(borrow self: ref<H>) -> unit drops H {
bb0:
  return
}
fn @looks(borrow h: ref<H>) -> unit {
bb0:
  return
}
fn @f(h: ref<H>) -> unit {
  hold %2: ref<H>
bb0:
)" + fill + "  call @looks(borrow " +
           lent + ")\n" + drop + "  drop h end_of_block\n  return\n}\n";
  };
  std::string fill = "  %2 = init copy h\n";
  std::string drop = "  drop %2 end_of_statement\n";
  Unit held(with(fill, "%2", drop));
  held.set_types();
  EXPECT_EQ(compare_events(held.program, Unit(with("", "h", "")).program), std::nullopt);
  EXPECT_TRUE(compare_events(held.program, Unit(with(fill, "%2", "")).program).has_value());
}

TEST(Events, SplitBlocksAreTheSame) {
  Unit unit(kEvents);
  Unit split(R"(
type H = struct {fd: i32} drop @H.drop watched
fn @H.drop(borrow self: ref<H>) -> unit drops H {
bb0:
  return
}
fn @f(c: bool) -> unit {
  user a: H
  user b: H
  flag %4: u32
bb0:
  a = aggregate 1: i32
  b = aggregate 2: i32
  %4 = set_flag 0
  branch copy c bb1 bb2
bb1:
  rt.print_end
  drop b end_of_block
  jump bb3
bb2:
  drop b end_of_block flag %4
  jump bb3
bb3:
  drop a end_of_block
  return
}
)");
  EXPECT_EQ(compare_events(unit.program, split.program), std::nullopt);
}

// ---- values that are lent, and what pointers lead to

constexpr const char* kLending = R"(
global $g: text
fn @look(borrow s: ref<text>) -> unit {
bb0:
  rt.print_value addr s.* of text
  return
}
fn @poke(p: ptr<text>) -> unit {
bb0:
  p.* = assign "x": text
  return
}
fn @touch(p: ptr<u8>) -> unit extern "touch"
)";

// `lend` between the filling of the hold of `place` and its end.
std::string lent(const std::string& place, const std::string& lend,
                 const std::string& before = "") {
  Unit unit(std::string(kLending) + R"(
fn @f(borrow b: ref<text>, c: bool) -> unit {
  user s: text
  user p: ptr<text>
  user q: ptr<u8>
  user v: slice<u8>
  user g: fn(ref<text>) -> unit
  hold %8: text
bb0:
  s = init copy b.*
  q = init null: ptr<u8>
  g = init @look: fn(ref<text>) -> unit
)" + before +
            "  %8 = init copy " + place + "\n" + lend + R"(
  drop %8 end_of_statement
  rt.print_value addr s of text
  drop s end_of_block
  return
}
)");
  unit.set_types();
  unit.lastuse_and_elaborate();
  std::string body = unit.body("f");
  return body.find("%8") == std::string::npos ? "borrowed" : "held";
}

TEST(Lent, AHoldGoesWhereNothingWritesMeanwhile) {
  EXPECT_EQ(lent("s", "  call @look(addr %8)"), "borrowed");
  EXPECT_EQ(lent("b.*", "  call @look(addr %8)\n  call @touch(copy q)"), "borrowed");
  EXPECT_EQ(lent("s", "  call_value copy g, addr %8"), "borrowed");
  EXPECT_EQ(lent("$g", "  call @look(addr %8)"), "borrowed");
  EXPECT_EQ(lent("s", "  call @touch(copy q)\n  call @look(addr %8)"), "borrowed");
}

TEST(Lent, AHoldStaysWhereSomethingMayWrite) {
  EXPECT_EQ(lent("s", "  s = assign \"x\": text\n  call @look(addr %8)"), "held");
  EXPECT_EQ(lent("$g", "  call @touch(copy q)\n  call @look(addr %8)"), "held");
  EXPECT_EQ(lent("s", "  call @look(addr %8)", "  p = ptr addr s\n"), "held");
  EXPECT_EQ(lent("s", "  call @look(addr %8)", "  v = slice addr s\n"), "held");
  EXPECT_EQ(lent("p.*", "  call @look(addr %8)", "  p = ptr addr s\n"), "held");
  EXPECT_EQ(lent("$g", "  call @poke(copy p)\n  call @look(addr %8)", "  p = ptr addr s\n"),
            "held");
}

TEST(LastUse, NotWhereAPointerLeads) {
  Unit unit(R"(
fn @f(borrow b: ref<text>) -> text {
  user s: text
  user p: ptr<text>
bb0:
  s = init copy b.*
  p = ptr addr s
  result = init copy s
  drop s end_of_block
  return
}
)");
  unit.set_types();
  std::string before = unit.body("f");
  unit.lastuse_and_elaborate();
  EXPECT_EQ(unit.body("f"), before);
}

}  // namespace
}  // namespace tenure::own::test
