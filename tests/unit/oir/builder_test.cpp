// The builder: where cleanup is laid down, and how much of it.
#include <algorithm>

#include "support.h"

namespace tenure::oir::test {
namespace {

// A program with a move-only `Handle` and a function `f` that is being built.
class BuilderTest : public ::testing::Test {
 protected:
  BuilderTest() {
    handle_ = program_.types.declare(TypeKind::Struct, "Handle", {});
    program_.types.complete_struct(handle_, {{"fd", program_.types.scalar(TypeKind::I32)}});
    Local self;
    self.name = "self";
    self.type = program_.types.ref(handle_);
    self.mode = ParamMode::Borrow;
    FuncId drop = Builder::declare_function(program_, "Handle.drop", "Handle.drop",
                                            program_.types.unit(), {self}, {});
    program_[drop].is_drop = true;
    program_[drop].drop_of = handle_;
    program_.types.set_drop(handle_, drop);
    Builder body(program_, drop);
    body.finish({});
    make_ = Builder::declare_function(program_, "make", "make", handle_, {}, {});
    Builder make(program_, make_);
    make.aggregate(Place::local(make.result()),
                   {Operand::of(make.const_int(program_.types.scalar(TypeKind::I32), 1))}, {});
    make.finish({});
  }

  FuncId declare(std::vector<Local> params = {}, bool returns_handle = false) {
    return Builder::declare_function(program_, "f", "f",
                                     returns_handle ? handle_ : program_.types.unit(),
                                     std::move(params), {});
  }
  LocalId user(Builder& b, ScopeId scope, std::string name) {
    LocalId id = b.add_local(std::move(name), handle_, LocalKind::User, {});
    b.call(Place::local(id), make_, {}, {});
    b.schedule(scope, id, DropReason::EndOfBlock);
    return id;
  }
  std::string text(FuncId func) {
    std::string out = print(program_, func, nullptr, {});
    return out.substr(out.find("bb0:"));
  }
  Const one(Builder& b) { return b.const_int(program_.types.scalar(TypeKind::I32), 1); }

  Program program_;
  TypeId handle_;
  FuncId make_;
};

TEST_F(BuilderTest, FallingOffTheEndAndUnwinding) {
  FuncId f = declare();
  Builder b(program_, f);
  ScopeId block = b.open(ScopeKind::Block, {});
  user(b, block, "a");
  user(b, block, "b");
  b.close(block, {});
  b.finish({});
  EXPECT_EQ(text(f), R"(bb0:
  a = call @make()
  b = call @make() unwind bb1
  drop b end_of_block unwind bb1
  drop a end_of_block
  return
bb1: cleanup
  drop a run_time_error
  resume
}
)");
  expect_round_trip(program_);
}

TEST_F(BuilderTest, TheResultDiesWhenCleanupFails) {
  FuncId f = declare({}, true);
  Builder b(program_, f);
  ScopeId block = b.open(ScopeKind::Block, {});
  LocalId a = user(b, block, "a");
  b.call(Place::local(b.result()), make_, {}, {});
  b.exit_return({});
  b.set_block(b.new_block());
  b.close(block, {});
  b.finish({});
  EXPECT_EQ(a.v, 1u);
  EXPECT_EQ(text(f), R"(bb0:
  a = call @make() unwind bb1
  result = call @make() unwind bb2
  jump bb3
bb1: cleanup
  drop result run_time_error
  resume
bb2: cleanup
  drop a run_time_error unwind bb1
  jump bb1
bb3:
  drop a end_of_block unwind bb1
  return
}
)");
}

TEST_F(BuilderTest, ParametersByValueAreTheCallees) {
  Local h;
  h.name = "h";
  h.type = handle_;
  Local r;
  r.name = "r";
  r.type = program_.types.ref(handle_);
  r.mode = ParamMode::Borrow;
  FuncId f = declare({h, r});
  Builder b(program_, f);
  b.finish({});
  EXPECT_EQ(text(f), "bb0:\n  drop h end_of_block\n  return\n}\n");
}

// All ways out of a loop share the tail of the function.
TEST_F(BuilderTest, WaysOutShareTheirTails) {
  FuncId f = declare();
  Builder b(program_, f);
  ScopeId block = b.open(ScopeKind::Block, {});
  user(b, block, "a");
  BlockId head = b.new_block(BlockKind::LoopHead), after = b.new_block();
  b.jump(head, {});
  b.set_block(head);
  ScopeId turn = b.open(ScopeKind::Turn, {});
  user(b, turn, "t");
  for (int i = 0; i < 3; ++i) {
    BlockId yes = b.new_block(), no = b.new_block();
    b.branch(Operand::of(b.const_bool(true)), yes, no, {});
    b.set_block(yes);
    if (i == 0) b.exit_return({});
    if (i == 1) b.exit_to(block, after, ExitKind::Break, {});
    if (i == 2) b.exit_to(block, after, ExitKind::Break, {});
    b.set_block(no);
  }
  b.exit_to(block, head, ExitKind::Next, {});
  b.close(turn, {});
  b.set_block(after);
  b.close(block, {});
  b.finish({});
  std::string out = text(f);
  EXPECT_EQ(std::count(out.begin(), out.end(), ':') - 1, 13) << out;
  // t: break, next, return (nothing fails while it lives). a: return, fall, unwind.
  size_t drops = 0;
  for (size_t at = 0; (at = out.find("drop ", at)) != out.npos; ++at) ++drops;
  EXPECT_EQ(drops, 6u) << out;
}

TEST_F(BuilderTest, DeferredBodiesRunOnEveryWayOut) {
  FuncId f = declare();
  FuncId note = Builder::declare_function(program_, "note", "note", program_.types.unit(), {}, {});
  Builder(program_, note).finish({});
  Builder b(program_, f);
  ScopeId block = b.open(ScopeKind::Block, {});
  user(b, block, "a");
  b.schedule_deferred(block, [&](Builder& in) { in.call({}, note, {}, {}); }, false, {});
  b.schedule_deferred(block,
                      [&](Builder& in) {
                        ScopeId inner = in.open(ScopeKind::Block, {});
                        user(in, inner, "e");
                        in.close(inner, {});
                      },
                      true, {});
  BlockId yes = b.new_block(), no = b.new_block();
  b.branch(Operand::of(b.const_bool(true)), yes, no, {});
  b.set_block(yes);
  b.exit_return({}, true);
  b.set_block(no);
  b.call({}, note, {}, {});
  b.close(block, {});
  b.finish({});
  EXPECT_EQ(text(f), R"(bb0:
  a = call @make()
  branch true bb1 bb2
bb1:
  jump bb6
bb2:
  call @note() unwind bb7
  defer_run defer
  call @note() unwind bb5
  drop a end_of_block
  return
bb3:
  drop a end_of_block
  return
bb4:
  defer_run defer
  call @note() unwind bb5
  jump bb3
bb5: cleanup
  drop a run_time_error
  resume
bb6:
  defer_run defer
  e = call @make() unwind bb7
  drop e end_of_block unwind bb7
  jump bb4
bb7: cleanup
  defer_run defer
  call @note() unwind bb5
  jump bb5
}
)");
  expect_round_trip(program_);
}

TEST_F(BuilderTest, WithdrawnObligationsAreSkipped) {
  FuncId f = declare();
  Builder b(program_, f);
  ScopeId block = b.open(ScopeKind::Block, {});
  LocalId x = b.add_local("x", handle_, LocalKind::User, {});
  ScopeId statement = b.open(ScopeKind::Statement, {});
  LocalId t = b.add_local("", handle_, LocalKind::Temp, {});
  b.call(Place::local(t), make_, {}, {});
  b.schedule(statement, t, DropReason::EndOfStatement);
  b.init(Place::local(x), Operand::move(Place::local(t)), {});
  b.unschedule(t);
  b.schedule(block, x, DropReason::EndOfBlock);
  b.close(statement, {});
  user(b, block, "y");
  b.close(block, {});
  b.finish({});
  EXPECT_EQ(text(f), R"(bb0:
  %2 = call @make()
  x = init move %2
  y = call @make() unwind bb1
  drop y end_of_block unwind bb1
  drop x end_of_block
  return
bb1: cleanup
  drop x run_time_error
  resume
}
)");
}

// A local scheduled while temporaries of its statement are alive: they die first.
TEST_F(BuilderTest, TemporariesDieBeforeTheLocalOfTheirStatement) {
  FuncId f = declare();
  Builder b(program_, f);
  ScopeId block = b.open(ScopeKind::Block, {});
  ScopeId statement = b.open(ScopeKind::Statement, {});
  LocalId t = b.add_local("", handle_, LocalKind::Temp, {});
  b.call(Place::local(t), make_, {}, {});
  b.schedule(statement, t, DropReason::EndOfStatement);
  user(b, block, "x");
  LocalId u = b.add_local("", handle_, LocalKind::Temp, {});
  b.call(Place::local(u), make_, {}, {});
  b.close(statement, {});
  b.close(block, {});
  b.finish({});
  EXPECT_EQ(text(f), R"(bb0:
  %1 = call @make()
  x = call @make() unwind bb1
  %3 = call @make() unwind bb3
  drop %1 end_of_statement unwind bb2
  drop x end_of_block
  return
bb1: cleanup
  drop %1 run_time_error
  resume
bb2: cleanup
  drop x run_time_error
  resume
bb3: cleanup
  drop %1 run_time_error unwind bb2
  jump bb2
}
)");
}

TEST_F(BuilderTest, WhatCannotFailHasNoUnwinding) {
  FuncId f = declare();
  Builder b(program_, f);
  ScopeId block = b.open(ScopeKind::Block, {});
  user(b, block, "a");
  LocalId i = b.add_local("i", program_.types.scalar(TypeKind::I32), LocalKind::User, {});
  LocalId c = b.add_local("c", program_.types.boolean(), LocalKind::User, {});
  Place x = Place::local(i);
  b.init(x, Operand::of(one(b)), {});
  b.binary(x, BinOp::Add, Operand::copy(x), Operand::of(one(b)), {});
  b.binary(Place::local(c), BinOp::Lt, Operand::of(one(b)), Operand::of(one(b)), {});
  b.assign(x, Operand::of(one(b)), {}, {});
  b.runtime({}, RtFn::PrintEnd, {}, {}, {});
  b.close(block, {});
  b.finish({});
  std::string out = text(f);
  EXPECT_NE(out.find("binary.add copy i, 1: i32 unwind"), out.npos);
  EXPECT_NE(out.find("binary.lt 1: i32, 1: i32\n"), out.npos) << out;
  EXPECT_NE(out.find("assign 1: i32\n"), out.npos);
  EXPECT_NE(out.find("rt.print_end\n"), out.npos);
}

// A hundred thousand obligations in one scope, and as many nested scopes: linear, without
// recursion.
TEST_F(BuilderTest, ManyObligations) {
  for (bool nested : {false, true}) {
    FuncId f = declare();
    Builder b(program_, f);
    constexpr size_t kMany = 100000;
    std::vector<ScopeId> scopes{b.open(ScopeKind::Block, {})};
    for (size_t i = 0; i < kMany; ++i) {
      if (nested) scopes.push_back(b.open(ScopeKind::Block, {}));
      user(b, scopes.back(), "x");
    }
    BlockId yes = b.new_block(), no = b.new_block();
    b.branch(Operand::of(b.const_bool(true)), yes, no, {});
    b.set_block(yes);
    b.exit_return({});
    b.set_block(no);
    while (!scopes.empty()) {
      b.close(scopes.back(), {});
      scopes.pop_back();
    }
    b.finish({});
    EXPECT_LT(program_[f].blocks.size(), 2 * kMany + 10);
  }
}

// Deferred bodies, each of which can fail, in great number: no recursion either.
TEST_F(BuilderTest, ManyDeferredBodies) {
  FuncId f = declare();
  Builder b(program_, f);
  constexpr size_t kMany = 10000;
  ScopeId block = b.open(ScopeKind::Block, {});
  for (size_t i = 0; i < kMany; ++i) {
    b.schedule_deferred(block,
                        [this](Builder& in) {
                          ScopeId inner = in.open(ScopeKind::Block, {});
                          user(in, inner, "d");
                          in.close(inner, {});
                        },
                        false, {});
  }
  b.exit_return({});
  b.close(block, {});
  b.finish({});
  EXPECT_LT(program_[f].blocks.size(), 2 * kMany + 10);
}

// As when the elements of a long array literal are temporaries until the array takes them.
TEST_F(BuilderTest, ManyWithdrawnObligations) {
  FuncId f = declare();
  Builder b(program_, f);
  ScopeId block = b.open(ScopeKind::Block, {});
  ScopeId statement = b.open(ScopeKind::Statement, {});
  constexpr size_t kMany = 30000;
  std::vector<LocalId> temps;
  for (size_t i = 0; i < kMany; ++i) temps.push_back(user(b, statement, ""));
  for (LocalId t : temps) b.unschedule(t);
  for (size_t i = 0; i < kMany; ++i) user(b, statement, "y");
  b.close(statement, {});
  b.close(block, {});
  b.finish({});
  EXPECT_GT(program_[f].blocks.size(), kMany);
}

// What unwinds to a catch goes on inside of what is outside of it.
TEST_F(BuilderTest, CatchEndsUnwinding) {
  FuncId f = declare();
  Builder b(program_, f);
  ScopeId outer = b.open(ScopeKind::Block, {});
  user(b, outer, "a");
  BlockId after = b.new_block();
  ScopeId inner = b.open(ScopeKind::Block, {});
  b.schedule_catch(inner, after, {});
  user(b, inner, "x");
  user(b, inner, "y");
  b.close(inner, {});
  b.jump(after, {});
  b.set_block(after);
  user(b, outer, "z");
  b.close(outer, {});
  b.finish({});
  EXPECT_EQ(text(f), R"(bb0:
  a = call @make()
  x = call @make() unwind bb2
  y = call @make() unwind bb3
  drop y end_of_block unwind bb3
  drop x end_of_block unwind bb2
  jump bb1
bb1:
  z = call @make() unwind bb4
  drop z end_of_block unwind bb4
  drop a end_of_block
  return
bb2: cleanup
  catch bb1
bb3: cleanup
  drop x run_time_error unwind bb2
  jump bb2
bb4: cleanup
  drop a run_time_error
  resume
}
)");
  EXPECT_EQ(join(verify(program_, Phase::Elaborated)), "");
}

}  // namespace
}  // namespace tenure::oir::test
