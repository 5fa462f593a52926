// Programs that break a rule: each is stopped where it does.
#include "support.h"

namespace tenure::interp::test {
namespace {

std::string main_with(const std::string& locals, const std::string& code) {
  return "start @main\n\nfn @main() -> unit {\n" + locals + "bb0:\n" + code + "  return\n}\n";
}

constexpr const char* kString = "  user s: string\n  user t: string\n  user r: ref<string>\n";
constexpr const char* kMake = "  s = rt.str_concat \"a\", \"b\"\n";

void stops(const std::string& code, const std::string& message) {
  expect_stops(main_with(kString, kMake + code), message);
}

TEST(Violation, SecondDrop) {
  stops("  drop s end_of_block\n  drop s end_of_block\n", "a drop of an empty place");
}

TEST(Violation, MissingDrop) {
  stops("", "still owns a value when the function is left");
}

TEST(Violation, MissingDropWhenUnwinding) {
  stops("  panic.unwrap\n  drop s end_of_block\n", "still owns a value when the function is left");
}

TEST(Violation, ReadOfMoved) {
  stops("  t = init move s\n  t = assign copy s\n", "a read of an empty place");
}

TEST(Violation, ReadOfWhatNeverWas) {
  expect_stops(main_with("  user x: i32\n  user y: i32\n", "  x = init copy y\n"),
               "a read of an empty place");
}

TEST(Violation, InitOverAFullPlace) {
  stops("  s = init \"b\"\n", "a place that is full");
}

TEST(Violation, AssignToAnEmptyPlace) {
  stops("  t = assign move s\n", "a drop of an empty place");
}

TEST(Violation, DropOfMoved) {
  stops("  t = init move s\n  drop t end_of_block\n  drop s end_of_block\n",
        "a drop of an empty place");
}

TEST(Violation, ResultThatIsMissing) {
  expect_stops(
      "start @main\n\nfn @f() -> string {\nbb0:\n  return\n}\n\n"
      "fn @main() -> unit {\n  temp %1: string\nbb0:\n  %1 = call @f()\n"
      "  drop %1 end_of_statement\n  return\n}\n",
      "a read of an empty place");
}

TEST(Violation, DeadObject) {
  // The reference is kept as an uncounted word.
  expect_stops(
      "start @main\n\n"
      "fn @use(borrow a: ref<i32>, b: ref<i32>) -> unit {\n  temp %3: i32\nbb0:\n"
      "  drop b end_of_block\n"
      "  %3 = init copy a.*\n"
      "  return\n}\n\n"
      "fn @main() -> unit {\n  user r: ref<i32>\nbb0:\n"
      "  r = new 1: i32 of i32\n"
      "  call @use(borrow r, move r)\n"
      "  return\n}\n",
      "a use of a dead object");
}

TEST(Violation, NullWithoutItsCheck) {
  expect_stops(main_with("  user r: ref<i32>\n  user x: i32\n",
                         "  r = init null: ref<i32>\n  x = init copy r.*\n"),
               "a dereference of null without its check");
}

TEST(Violation, IndexWithoutItsCheck) {
  expect_stops(main_with("  user a: array<i32>\n  user i: i32\n  user x: i32\n",
                         "  a = array 1: i32 of array<i32>\n  i = init 1: i32\n"
                         "  x = init copy a[i]\n"),
               "an index without its check");
  expect_stops(main_with("  user a: fixed<i32, 2>\n  user i: i32\n  user x: i32\n",
                         "  a = fill 1: i32\n  i = init -1: i32\n"
                         "  x = init copy a[i]\n"),
               "an index without its check");
}

TEST(Violation, MoveOutOfAnObjectThatCannotBeLeftEmpty) {
  stops("  r = new move s of string\n  t = init move r.*\n",
        "a move out of memory that cannot be left empty");
}

TEST(Violation, WrongVariant) {
  expect_stops("type U = union {A(x: i32), B(y: i32)}\n" +
                   main_with("  user u: U\n  user x: i32\n",
                             "  u = variant.0 1: i32\n  x = init copy u!B.y\n"),
               "a payload of a variant that is not there");
}

TEST(Violation, HoleReadWithoutItsCheck) {
  expect_stops("type P = struct {x: i32, name: string} vacates\nfacts string: vacates\n" +
                   main_with("  user p: P\n  user r: ref<P>\n  user s: string\n",
                             "  p = aggregate 1: i32, \"s\"\n"
                             "  r = new move p of P\n"
                             "  s = init move r.*.name\n"
                             "  p = init copy r.*\n"),
               "a read of an empty place");
}

TEST(Violation, AddressOfAFrameThatIsGone) {
  expect_stops(
      "start @main\n\n"
      "fn @f() -> ref<i32> {\n  user x: i32\nbb0:\n"
      "  x = init 1: i32\n  result = ref addr x\n  return\n}\n\n"
      "fn @main() -> unit {\n  user r: ref<i32>\n  user y: i32\nbb0:\n"
      "  r = call @f()\n  y = init copy r.*\n  return\n}\n",
      "a use of a frame that is gone");
}

TEST(Violation, GlobalBeforeItIsInitialised) {
  expect_stops("global $g: i32\n" + main_with("  user x: i32\n", "  x = init copy $g\n"),
               "a read of a global that is empty");
}

TEST(Violation, Leak) {
  Outcome outcome =
      run_text("type N = struct {next: ref<N>}\n" + main_with("  user n: N\n  user r: ref<N>\n",
                                                              "  n = aggregate null: ref<N>\n"
                                                              "  r = new move n of N\n"
                                                              "  r.*.next = assign copy r\n"
                                                              "  drop r end_of_block\n"));
  // A cycle of a type that is not marked as cyclic is never found.
  EXPECT_EQ(outcome.code, 102) << outcome.err;
}

}  // namespace
}  // namespace tenure::interp::test
