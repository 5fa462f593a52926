// Texts, pointers, slices, function values, foreign functions, caught failures, manual memory.
#include "../pointer_programs.h"
#include "support.h"

namespace tenure::native::test {
namespace {

using tenure::test::named;
using tenure::test::program;

TEST(Pointers, RunAsInTheInterpreter) {
  using namespace tenure::test;
  for (const PointerProgram& one :
       {texts_program(), slices_program(), functions_program(), foreign_program(),
        wrapping_program(), export_program(), crossing_program()}) {
    expect(one.text, 0, one.out);
  }
}

TEST(Pointers, Failures) {
  expect(named(program("  user s: slice<u8>\n",
                       "  s = slice \"xyz\": text, 1: i64, 4: i64 unwind bb9\n")),
         101, "", "test.oir:5:3: runtime error: index out of range: 4 (length 3)\n");
  expect(
      named(program("  user p: ptr<u8>\n", "  p = init \"abc\": ptr<u8>\n  p.* = init 65: u8\n")),
      101, "", "test.oir:6:3: runtime error: write to a literal\n");
}

TEST(Pointers, CaughtFailuresGoOn) {
  expect(R"(start @main
fn @main() -> unit {
  user s: text
  user i: i32
  user b: bool
bb0:
  i = init 0: i32
  jump bb1
bb1: loop
  s = rt.str_concat "a": text, "b": text
  call @fails() unwind bb4
  unreachable
bb2:
  i = binary.wrap_add copy i, 1: i32
  b = binary.lt copy i, 3: i32
  branch copy b bb1 bb3
bb3:
  rt.print_value addr i of i32
  rt.print_end
  return
bb4: cleanup
  drop s run_time_error
  catch bb2
}
fn @fails() -> unit {
bb0:
  panic.assertion
  unreachable
}
)",
         0, "3\n",
         "test.oir:27:3: runtime error: assertion failed\n"
         "test.oir:27:3: runtime error: assertion failed\n"
         "test.oir:27:3: runtime error: assertion failed\n");
}

// ---- manual memory

void expect_checked(const std::string& body, int code, const std::string& err) {
  Compiled compiled;
  compile(named(program("  user p: ptr<u8>\n  user q: ptr<u8>\n",
                        "  p = rt.mem_alloc 16: u64\n" + body)),
          compiled);
  for (int level : {0, 2}) {
    Outcome outcome = in_child([&] {
      TnOptions options{};
      options.check_memory = TN_MEMORY_FULL;
      return run_jit(compiled.program, compiled.sources, options,
                     {.opt_level = level, .check_memory = TN_MEMORY_FULL});
    });
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_EQ(outcome.err, err) << level;
  }
}

TEST(Memory, MistakesAreReported) {
  const std::string free_p = "  rt.mem_free copy p, 16: u64 unwind bb9\n";
  const std::string allocated = "test.oir:6:3: note: allocated here\n  in main at test.oir:6:3\n";
  const std::string freed = "test.oir:7:3: note: freed here\n  in main at test.oir:7:3\n";
  const std::string leaked = "test.oir:6:3: leaked 16 bytes in 1 block\n";
  auto error = [](int line, const std::string& message) {
    std::string at = "test.oir:" + std::to_string(line) + ":3";
    return at + ": runtime error: " + message + "\n  in main at " + at + "\n";
  };
  expect_checked(free_p, 0, "");
  expect_checked(free_p + free_p, 101, error(8, "double free") + allocated + freed);
  expect_checked("  rt.mem_free copy p, 8: u64 unwind bb9\n", 101,
                 error(7, "wrong size: 8 bytes are freed of 16") + allocated + leaked);
  expect_checked("  rt.mem_set copy p, 1: u8, 17: u64 unwind bb9\n", 101,
                 error(7, "out of bounds: 17 bytes at offset 0 of 16") + allocated + leaked);
  expect_checked(free_p + "  mem_check.write copy p unwind bb9\n", 101,
                 error(8, "use after free") + allocated + freed);
  expect_checked("  q = init \"abc\": ptr<u8>\n  mem_check.write copy q unwind bb9\n", 101,
                 error(8, "write to a literal") + leaked);
}

TEST(Memory, AnExecutableKnowsHowItWasBuilt) {
  Compiled compiled;
  compile(
      named(program("  user p: ptr<u8>\n",
                    "  p = rt.mem_alloc 16: u64\n  rt.mem_set copy p, 1: u8, 17: u64 unwind bb9\n"
                    "  rt.mem_free copy p, 16: u64 unwind bb9\n")),
      compiled);
  std::string path = ::testing::TempDir() + "tenure_memory_" + std::to_string(getpid()) + ".exe";
  for (uint32_t check : {TN_MEMORY_OFF, TN_MEMORY_ON}) {
    std::string error;
    ASSERT_TRUE(
        build_executable(compiled.program, compiled.sources, path, {.check_memory = check}, error))
        << error;
    Outcome outcome = in_child([&] {
      execl(path.c_str(), path.c_str(), static_cast<char*>(nullptr));
      return 98;
    });
    std::remove(path.c_str());
    bool found = outcome.err.find("out of bounds") != std::string::npos;
    EXPECT_EQ(found, check == TN_MEMORY_ON) << outcome.err;
    EXPECT_EQ(outcome.code, check == TN_MEMORY_ON ? 101 : 0);
  }
}

}  // namespace
}  // namespace tenure::native::test
