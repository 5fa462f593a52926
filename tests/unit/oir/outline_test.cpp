// Which functions need no body where only mistakes are wanted.
#include "oir/outline.h"

#include "support.h"

namespace tenure::oir::test {
namespace {

FuncId f(size_t index) {
  return FuncId{index};
}

// Returns after so many of its calls.
Outline outline(std::vector<FuncId> calls, uint32_t before_return, bool quiet = true) {
  Outline row;
  row.quiet = quiet;
  row.returns = true;
  row.calls_before_return = before_return;
  row.calls = std::move(calls);
  return row;
}

Outline endless(std::vector<FuncId> calls) {
  Outline row;
  row.calls = std::move(calls);
  return row;
}

using Marks = std::vector<uint8_t>;

Marks spared(const std::vector<Outline>& outlines) {
  return find_spared(outlines).spared;
}

// Returns after its calls, and what it borrows stays as it is.
Outline borrower(std::vector<FuncId> calls, bool quiet = true) {
  uint32_t count = static_cast<uint32_t>(calls.size());
  Outline row = outline(std::move(calls), count, quiet);
  row.borrows = true;
  return row;
}

TEST(Outline, QuietFunctionsThatComeBack) {
  EXPECT_EQ(spared({outline({}, 0), outline({f(0)}, 1), outline({}, 0, false)}), (Marks{1, 1, 0}));
  // What it calls need not be quiet.
  EXPECT_EQ(spared({outline({f(1)}, 1), outline({}, 0, false)}), (Marks{1, 0}));
  EXPECT_EQ(spared({}), Marks{});
}

TEST(Outline, WhatNeverComesBackIsNotSpared) {
  EXPECT_EQ(spared({endless({}), outline({f(0)}, 1), outline({f(1)}, 1)}), (Marks{0, 0, 0}));
  // A `return` stands before the call.
  EXPECT_EQ(spared({endless({}), outline({f(0)}, 0), outline({f(1)}, 1)}), (Marks{0, 1, 1}));
}

TEST(Outline, Recursion) {
  EXPECT_EQ(spared({outline({f(0), f(0)}, 0)}), Marks{1});
  EXPECT_EQ(spared({outline({f(0)}, 1)}), Marks{0});
  // Each waits for the other, until one has a way round.
  EXPECT_EQ(spared({outline({f(1)}, 1), outline({f(0)}, 1)}), (Marks{0, 0}));
  EXPECT_EQ(spared({outline({f(1)}, 1), outline({f(0)}, 0)}), (Marks{1, 1}));
  EXPECT_EQ(spared({outline({f(1), f(1)}, 2), outline({}, 0)}), (Marks{1, 1}));
}

TEST(Outline, WhoLendsToWhoMayEmptyItIsNotSpared) {
  EXPECT_EQ(spared({borrower({}), outline({f(0)}, 1)}), (Marks{1, 1}));
  EXPECT_EQ(spared({borrower({}, false), outline({f(0)}, 1), outline({f(1)}, 1)}),
            (Marks{0, 0, 1}));
  // On from one to the other.
  EXPECT_EQ(spared({borrower({}, false), borrower({f(0)}), outline({f(1)}, 1)}), (Marks{0, 0, 0}));
  EXPECT_EQ(spared({borrower({}), borrower({f(0)}), outline({f(1)}, 1)}), (Marks{1, 1, 1}));
  // Each lends to the other.
  Outline one = borrower({f(1)}), other = borrower({f(0)});
  one.calls_before_return = 0;
  EXPECT_EQ(spared({one, other, outline({f(0)}, 1)}), (Marks{1, 1, 1}));
  other.calls.push_back(f(3));
  EXPECT_EQ(spared({one, other, outline({f(0)}, 1), borrower({}, false)}), (Marks{0, 0, 0, 0}));
}

TEST(Outline, WhoHasBlocksAsksThoseThatBorrow) {
  std::vector<Outline> outlines{borrower({}), borrower({f(0)}), outline({f(1)}, 1),
                                outline({f(1)}, 1, false)};
  Sparing found = find_spared(outlines);
  EXPECT_EQ(found.gentle, (Marks{1, 1, 1, 0}));
  EXPECT_EQ(found.spared, (Marks{0, 0, 1, 0}));
  outlines[3].calls = {f(2)};
  EXPECT_EQ(spared(outlines), (Marks{1, 1, 1, 0}));
}

TEST(Outline, QuietTypes) {
  std::string errors;
  std::optional<Program> program = parse_text(R"(type Handle = struct {n: i64} drop @end
type Name = struct {word: string}
type Node = struct {name: Name, next: ref<Node>}
type Held = struct {n: i64, h: ref<Handle>}
type Way = union {On(a: array<Node>), Off(b: array<Held>)}
type Boxed = struct {b: box<i64>}
fn @end(borrow self: ref<Handle>) -> unit drops Handle {
bb0:
  return
}
)",
                                              &errors);
  ASSERT_TRUE(program) << errors;
  QuietTypes quiet(program->types);
  auto named = [&](std::string_view name) {
    for (size_t t = 0; t < program->types.size(); ++t) {
      if (program->types.text(TypeId{t}) == name) return TypeId{t};
    }
    return TypeId{};
  };
  auto is_quiet = [&](std::string_view name) {
    EXPECT_TRUE(named(name).valid()) << name;
    return quiet.has(named(name));
  };
  for (const char* name : {"i64", "string", "Name", "Node", "ref<Node>", "[Node]"})
    EXPECT_TRUE(is_quiet(name)) << name;
  for (const char* name : {"Handle", "Held", "ref<Handle>", "[Held]", "Way", "Boxed"})
    EXPECT_FALSE(is_quiet(name)) << name;
  // Types that come later lead to those that were there.
  EXPECT_TRUE(quiet.has(program->types.array(program->types.array(named("Name")))));
  EXPECT_FALSE(quiet.has(program->types.array(program->types.array(named("Held")))));
}

// ---- whether what was said is so

std::string compared(const std::string& body, std::vector<FuncId> calls) {
  const std::string others = R"(global $n: i64
type Node = struct {v: i64}
fn @idle() -> unit {
bb0:
  return
}
fn @endless() -> unit {
bb0:
  jump bb1
bb1: loop
  jump bb1
}
fn @it(n: i64, p: ptr<ref<Node>>) -> i64 {
)";
  std::string errors;
  std::optional<Program> program = parse_text(others + body + "}\n", &errors);
  if (!program) return "does not parse: " + errors;
  program->functions.back().spared = program->functions.back().gentle = true;
  program->functions.back().calls = std::move(calls);
  return join(verify_outlines(*program));
}

TEST(Outline, BodiesAreComparedWithIt) {
  const std::string right = R"(  temp %3: bool
bb0:
  %3 = binary.lt copy n, 2: i64
  branch copy %3 bb1 bb2
bb1:
  result = init copy $n
  return
bb2:
  call @idle()
  result = init 1: i64
  return
)";
  EXPECT_EQ(compared(right, {f(0)}), "");
  EXPECT_NE(compared(right, {}).find("calls others"), std::string::npos);
  EXPECT_NE(compared(right, {f(0), f(1)}).find("calls others"), std::string::npos);
  auto with = [&](const std::string& inst) {
    return "  temp %3: i64\n  hold %4: ref<Node>\nbb0:\n" + inst +
           "  result = init 1: i64\n  return\n";
  };
  EXPECT_NE(compared(with("  call @endless()\n"), {f(1)}).find("never come back"),
            std::string::npos);
  for (const char* inst :
       {"  $n = init 1: i64\n", "  %3 = init move n\n", "  %4 = new.user 1: i64 of Node\n",
        "  rt.collect\n", "  rt.exit 1: i32\n", "  %4 = ref addr n\n",
        "  p.* = assign copy %4\n"}) {
    std::string found = compared(with(inst), {});
    EXPECT_NE(found.find("gentle, but"), std::string::npos) << inst << found;
  }
}

}  // namespace
}  // namespace tenure::oir::test
