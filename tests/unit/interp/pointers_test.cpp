// Texts, pointers, slices, function values, foreign functions, caught failures, manual memory.
#include "../pointer_programs.h"
#include "support.h"

namespace tenure::interp::test {
namespace {

using tenure::test::named;
using tenure::test::program;

TEST(Pointers, TextsHaveBuffersOfTheirOwn) {
  tenure::test::PointerProgram one = tenure::test::texts_program();
  expect_runs(one.text, one.out);
}

TEST(Pointers, StringsBecomeTexts) {
  tenure::test::PointerProgram one = tenure::test::crossing_program();
  expect_runs(one.text, one.out);
}

TEST(Pointers, PointersAndSlices) {
  tenure::test::PointerProgram one = tenure::test::slices_program();
  expect_runs(one.text, one.out);
}

TEST(Pointers, SliceOutOfRange) {
  std::string text = named(
      program("  user s: slice<u8>\n", "  s = slice \"xyz\": text, 1: i64, 4: i64 unwind bb9\n"));
  expect_fails(text, "index out of range: 4 (length 3)");
  text = named(
      program("  user s: slice<u8>\n", "  s = slice \"xyz\": text, -1: i64, 2: i64 unwind bb9\n"));
  expect_fails(text, "index out of range: -1 (length 3)");
}

TEST(Pointers, FunctionValues) {
  tenure::test::PointerProgram one = tenure::test::functions_program();
  expect_runs(one.text, one.out);
}

TEST(Pointers, ForeignFunctions) {
  tenure::test::PointerProgram one = tenure::test::foreign_program();
  expect_runs(one.text, one.out);
}

TEST(Pointers, Exports) {
  tenure::test::PointerProgram one = tenure::test::export_program();
  expect_runs(one.text, one.out);
}

TEST(Pointers, WrappingArithmetic) {
  tenure::test::PointerProgram one = tenure::test::wrapping_program();
  expect_runs(one.text, one.out);
  expect_fails(named(program("  user a: i8\n", "  a = binary.wrap_div 1: i8, 0: i8 unwind bb9\n")),
               "division by zero");
}

TEST(Pointers, CaughtFailuresGoOn) {
  Outcome outcome = run_text(R"(start @main
fn @main() -> unit {
  user s: text
bb0:
  s = rt.str_concat "a": text, "b": text
  panic.assertion unwind bb2
  unreachable
bb1:
  rt.print_value "after": text of text
  rt.print_end
  return
bb2: cleanup
  drop s run_time_error
  catch bb1
}
)");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "after\n");
  EXPECT_NE(outcome.err.find("assertion failed"), std::string::npos);
}

TEST(Pointers, AWriteToALiteralIsReported) {
  std::string text =
      named(program("  user p: ptr<u8>\n", "  p = init \"abc\": ptr<u8>\n  p.* = init 65: u8\n"));
  Outcome outcome = run_text(text);
  EXPECT_EQ(outcome.code, 101);
  EXPECT_NE(outcome.err.find("runtime error: write to a literal"), std::string::npos)
      << outcome.err;
}

// ---- manual memory

std::string memory(const std::string& body) {
  return named(program("  user p: ptr<u8>\n  user q: ptr<u8>\n  user b: bool\n  user i: i32\n",
                       "  p = rt.mem_alloc 16: u64\n" + body));
}

void expect_memory_error(const std::string& body, const std::string& message,
                         std::initializer_list<const char*> notes) {
  for (uint32_t check : {TN_MEMORY_ON, TN_MEMORY_FULL}) {
    TnOptions options{};
    options.check_memory = check;
    Outcome outcome = run_text(memory(body), options);
    EXPECT_EQ(outcome.code, 101) << body << outcome.err;
    EXPECT_NE(outcome.err.find("runtime error: " + message), std::string::npos)
        << body << outcome.err;
    for (const char* note : notes) {
      EXPECT_NE(outcome.err.find(std::string("note: ") + note + "\n  in main at test.oir:"),
                std::string::npos)
          << body << outcome.err;
    }
  }
}

TEST(Memory, MistakesAreReported) {
  const std::string free_p = "  rt.mem_free copy p, 16: u64 unwind bb9\n";
  expect_memory_error(free_p + free_p, "double free", {"allocated here", "freed here"});
  expect_memory_error("  rt.mem_free copy p, 8: u64 unwind bb9\n", "wrong size",
                      {"allocated here"});
  expect_memory_error("  q = ptr_add copy p, 4: i32\n  rt.mem_free copy q, 16: u64 unwind bb9\n",
                      "invalid free", {"allocated here"});
  expect_memory_error("  q = init \"abc\": ptr<u8>\n  rt.mem_free copy q, 16: u64 unwind bb9\n",
                      "invalid free", {});
  expect_memory_error(free_p + "  rt.mem_zero copy p, 1: u64 unwind bb9\n", "use after free",
                      {"allocated here", "freed here"});
  expect_memory_error("  rt.mem_set copy p, 1: u8, 17: u64 unwind bb9\n", "out of bounds",
                      {"allocated here"});
  expect_memory_error("  q = ptr_add copy p, -1: i32\n  rt.mem_zero copy q, 2: u64 unwind bb9\n",
                      "out of bounds", {"allocated here"});
  expect_memory_error(
      "  q = ptr_add copy p, 4: i32\n"
      "  rt.mem_copy copy q, copy p, 8: u64 unwind bb9\n",
      "overlapping copy", {"allocated here"});
  expect_memory_error("  q = init \"abc\": ptr<u8>\n  rt.mem_zero copy q, 1: u64 unwind bb9\n",
                      "write to a literal", {});
  expect_memory_error("  q = ptr_add copy p, 16: i32\n  mem_check copy q unwind bb9\n",
                      "out of bounds", {"allocated here"});
  expect_memory_error(free_p + "  mem_check.write copy p unwind bb9\n", "use after free",
                      {"allocated here", "freed here"});
}

TEST(Memory, WhatIsRightIsQuiet) {
  for (uint32_t check : {TN_MEMORY_OFF, TN_MEMORY_ON, TN_MEMORY_FULL}) {
    TnOptions options{};
    options.check_memory = check;
    Outcome outcome = run_text(memory(R"(  rt.mem_set copy p, 7: u8, 16: u64 unwind bb9
  q = ptr_add copy p, 4: i32
  rt.mem_move copy q, copy p, 12: u64 unwind bb9
  mem_check.write copy q unwind bb9
  q.* = init 9: u8
  q = rt.mem_alloc 16: u64
  rt.mem_copy copy q, copy p, 16: u64 unwind bb9
  b = rt.mem_equal copy q, copy p, 16: u64 unwind bb9
  rt.print_value addr b of bool
  rt.print_sep
  q.* = init 6: u8
  i = rt.mem_compare copy q, copy p, 16: u64 unwind bb9
  rt.print_value addr i of i32
  rt.print_end
  rt.mem_free copy p, 16: u64 unwind bb9
  rt.mem_free copy q, 16: u64 unwind bb9
  q = rt.mem_alloc 0: u64
  rt.mem_free copy q, 0: u64 unwind bb9
  rt.mem_free null: ptr<u8>, 3: u64 unwind bb9
)"),
                               options);
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(outcome.out, "true, -1\n");
  }
}

TEST(Memory, LeaksAreReportedOnceForASite) {
  TnOptions options{};
  options.check_memory = TN_MEMORY_ON;
  Outcome outcome = run_text(R"(start @main
fn @main() -> unit {
  user i: i32
  user b: bool
  user p: ptr<u8>
bb0:
  i = init 0: i32
  jump bb1
bb1: loop
  p = rt.mem_alloc 24: u64
  i = binary.wrap_add copy i, 1: i32
  b = binary.lt copy i, 3: i32
  branch copy b bb1 bb2
bb2:
  return
}
)",
                             options);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "test.oir:10:3: leaked 72 bytes in 3 blocks\n");
}

}  // namespace
}  // namespace tenure::interp::test
