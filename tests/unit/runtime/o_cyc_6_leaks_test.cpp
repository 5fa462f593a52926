// What lives when the program has ended is reported if asked for, and changes the exit code then.
// rules: O-CYC-6
#include "world.h"

namespace tenure::rt::test {
namespace {

// A whole program with one type, `Thing`, whose top level is `start`.
int run_program(void (*start)(), bool leak_check) {
  static TnType thing = {0,       TN_STRUCT, 0,       8, 8,       TN_NO_STATE, 0,       0,
                         nullptr, nullptr,   nullptr, 0, "Thing", nullptr,     nullptr, nullptr};
  static const TnType* types[] = {&thing};
  TnProgram program = {types, 1, start};
  TnOptions options = {};
  options.leak_check = leak_check;
  return tn_run(&program, &options, nullptr);
}

void* make_thing() {
  return tn_new(g.program->types[0], nullptr);
}

void leave_two() {
  header(make_thing()).count = INT32_MAX;
  tn_retain_slow(make_thing());
}

void leave_one_and_fail() {
  make_thing();
  tn_exit_code(7);
  tn_raise();
}

TEST(Leaks, AreReportedWhenAskedFor) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(run_program(leave_two, true), 102);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "leaked 2 objects\n  2 of Thing\n");
}

TEST(Leaks, AreNotMentionedWhenNobodyAsks) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(run_program(leave_two, false), 0);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Leaks, DoNotHideWhatTheProgramSays) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(run_program(leave_one_and_fail, true), 7);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "leaked 1 objects\n  1 of Thing\n");
}

TEST(Leaks, ThereAreNoneWhenAllIsReleased) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(run_program([] { tn_release(make_thing(), g.program->types[0]); }, true), 0);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace tenure::rt::test
