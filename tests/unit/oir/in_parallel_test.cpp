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

}  // namespace
}  // namespace tenure::oir::test
