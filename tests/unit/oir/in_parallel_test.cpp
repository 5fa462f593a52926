// Functions that are lowered at the same time.
#include "oir/in_parallel.h"

#include "support.h"

namespace tenure::oir::test {
namespace {

constexpr size_t kFunctions = 3000;

Program declared() {
  Program program;
  for (size_t i = 0; i < kFunctions; ++i) {
    std::string name = "f" + std::to_string(i);
    Builder::declare_function(program, name, name, program.types.unit(), {}, Span{});
  }
  program.start = FuncId{size_t{0}};
  return program;
}

// Many ask for a type or a text that others ask for too, or that nobody has asked for.
void lower(Program& program, size_t index) {
  Builder b(program, FuncId{index});
  TypeTable& types = program.types;
  TypeId type = types.scalar(TypeKind::I64);
  for (size_t depth = index % 97; depth > 90; --depth) type = types.array(type);
  if (index % 31 == 0) type = types.tuple({{"", type}, {"n" + std::to_string(index / 60), type}});
  if (index % 50 == 3) type = types.function({types.ref(type)}, type);
  LocalId local = b.add_local("x", type, LocalKind::Temp, Span{});
  (void)local;
  LocalId text = b.add_local("t", types.text(), LocalKind::User, Span{});
  Const words = b.const_text("text " + std::to_string(index % 40 == 0 ? index : 0));
  b.init(Place::local(text), Operand::of(words), Span{});
  b.schedule(b.innermost(), text, DropReason::EndOfBlock);
  b.call({}, FuncId{(index * 7 + 1) % kFunctions}, {}, Span{});
  b.finish(Span{});
}

TEST(InParallel, TheProgramIsTheSame) {
  Program expected = declared();
  for (size_t i = 0; i < kFunctions; ++i) lower(expected, i);
  std::string text = print_text(expected);
  for (int turn = 0; turn < 3; ++turn) {
    Program program = declared();
    lower_functions(program, kFunctions, [&](size_t i) { lower(program, i); });
    EXPECT_EQ(program.types.size(), expected.types.size());
    EXPECT_EQ(program.strings, expected.strings);
    for (size_t i = 0; i < kFunctions; ++i) {
      EXPECT_EQ(program.functions[i].locals[1].type, expected.functions[i].locals[1].type) << i;
    }
    EXPECT_EQ(print_text(program), text);
  }
}

// Bodies that add something, go on, and add something again. What they added stands in their order,
// and nobody looks meanwhile: else it would see two numbers that are not the same.
TEST(InParallel, WhatIsAddedStandsInTheOrderOfTheBodies) {
  struct Added {
    size_t body;
    size_t step;
  };
  constexpr size_t kSteps = 40;
  auto adds = [](size_t body, size_t step) { return (body * 31 + step * 17) % 101 < 3; };
  Program program = declared();
  std::vector<Added> added;
  uint64_t low = 0, high = 0, torn = 0;
  in_parallel(program, kFunctions, [&](size_t, size_t body) {
    GrowthGate* gate = program.types.gate();
    for (size_t step = 0; step < kSteps; ++step) {
      if (gate != nullptr) gate->pause();
      if (adds(body, step)) {
        if (gate != nullptr) gate->enter();
        ++low;
        added.push_back({body, step});
        ++high;
      } else if (low != high) {
        if (gate != nullptr) gate->enter();
        ++torn;
      }
    }
  });
  EXPECT_EQ(torn, 0u);
  size_t at = 0;
  for (size_t body = 0; body < kFunctions; ++body) {
    for (size_t step = 0; step < kSteps; ++step) {
      if (!adds(body, step)) continue;
      ASSERT_LT(at, added.size());
      EXPECT_TRUE(added[at].body == body && added[at].step == step) << body << ' ' << step;
      ++at;
    }
  }
  EXPECT_EQ(at, added.size());
}

}  // namespace
}  // namespace tenure::oir::test
