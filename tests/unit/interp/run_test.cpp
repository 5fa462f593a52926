// Programs that keep all the rules: what instructions do.
#include "support.h"

namespace tenure::interp::test {
namespace {

// A main of its own around some locals and the code of one block.
std::string main_with(const std::string& locals, const std::string& code) {
  return "start @main\n\nfn @main() -> unit {\n" + locals + "bb0:\n" + code + "  return\n}\n";
}

std::string print(const std::string& place, const std::string& type) {
  return "  rt.print_value addr " + place + " of " + type + "\n  rt.print_end\n";
}

TEST(Run, Arithmetic) {
  expect_runs(
      main_with("  user x: i32\n  user f: f32\n  user u: u8\n  user b: bool\n",
                "  x = init 7: i32\n"
                "  x = binary.mul copy x, -3: i32\n" +
                    print("x", "i32") + "  x = binary.rem copy x, 4: i32\n" + print("x", "i32") +
                    "  x = binary.div -9: i32, 2: i32\n" + print("x", "i32") +
                    "  x = init -2147483648: i32\n"
                    "  x = binary.rem copy x, -1: i32\n" +
                    print("x", "i32") +
                    "  f = cast 3: i32\n"
                    "  f = binary.div copy f, 2.0: f32\n" +
                    print("f", "f32") + "  u = cast copy f\n" + print("u", "u8") +
                    "  b = binary.lt -1: i64, 1: i64\n" + print("b", "bool") +
                    "  b = unary.not copy b\n" + print("b", "bool")),
      "-21\n-1\n-4\n0\n1.500000\n1\ntrue\nfalse\n");
}

TEST(Run, ArithmeticThatFails) {
  auto fails = [](const std::string& code, const std::string& message) {
    expect_fails(main_with("  user x: i32\n  user u: u64\n  user f: f64\n", code), message);
  };
  fails("  x = binary.add 2147483647: i32, 1: i32\n", "integer overflow");
  fails("  u = binary.mul 18446744073709551615: u64, 18446744073709551615: u64\n",
        "integer overflow");
  fails("  u = binary.sub 1: u64, 2: u64\n", "integer overflow");
  fails("  x = binary.div -2147483648: i32, -1: i32\n", "integer overflow");
  fails("  x = binary.div 1: i32, 0: i32\n", "division by zero");
  fails("  x = binary.rem 1: i32, 0: i32\n", "division by zero");
  fails("  x = unary.neg -2147483648: i32\n", "integer overflow");
  fails("  u = cast -1: i32\n", "value out of range");
  fails("  x = cast 2147483648.0: f64\n", "value out of range");
  fails("  x = cast bits 9221120237041090560: f64\n", "value out of range");
  fails("  panic.assertion \"no\"\n", "assertion failed: no");
}

TEST(Run, StringsAndCopies) {
  expect_runs(main_with("  user a: string\n  user b: string\n  temp %3: u32\n",
                        "  a = rt.str_concat \"ab\", \"cd\"\n"
                        "  b = init copy a\n"
                        "  rt.str_append addr a, \"!\"\n" +
                            print("a", "string") + print("b", "string") + "  b = assign move a\n" +
                            print("b", "string") + "  %3 = rt.str_len addr b\n" +
                            print("%3", "u32") + "  drop b end_of_block\n"),
              "abcd!\nabcd\nabcd!\n5\n");
}

constexpr const char* kNode =
    "type Node = struct {next: ref<Node>, name: string} cyclic\n"
    "facts ref<Node>: cyclic\n";

TEST(Run, ObjectsAndReferences) {
  expect_runs(std::string(kNode) +
                  main_with("  user a: ref<Node>\n  user n: Node\n  user b: ref<Node>\n",
                            "  n = aggregate null: ref<Node>, \"one\"\n"
                            "  a = new.user move n of Node\n"
                            "  n = aggregate copy a, \"two\"\n"
                            "  b = new.user move n of Node\n"
                            "  drop a end_of_block\n"
                            "  null_check borrow b\n"
                            "  null_check borrow b.*.next\n"
                            "  b.*.next.*.name = assign \"three\"\n" +
                                print("b.*.next.*.name", "string") + "  drop b end_of_block\n"),
              "three\n");
}

TEST(Run, CyclesAreCollected) {
  expect_runs(std::string(kNode) + main_with("  user a: ref<Node>\n  user n: Node\n",
                                             "  n = aggregate null: ref<Node>, \"self\"\n"
                                             "  a = new.user move n of Node\n"
                                             "  a.*.next = assign copy a\n"
                                             "  drop a end_of_block\n"
                                             "  rt.collect\n"),
              "");
}

TEST(Run, NullFailsAndUnwindingDrops) {
  expect_fails(std::string(kNode) +
                   "start @main\n\nfn @main() -> unit {\n"
                   "  user a: ref<Node>\n  user s: string\n"
                   "bb0:\n"
                   "  s = rt.str_concat \"a\", \"b\"\n"
                   "  a = init null: ref<Node>\n"
                   "  null_check borrow a unwind bb1\n"
                   "  drop a end_of_block\n"
                   "  drop s end_of_block\n"
                   "  return\n"
                   "bb1: cleanup\n" +
                   print("s", "string") +
                   "  drop a run_time_error\n"
                   "  drop s run_time_error\n"
                   "  resume\n"
                   "}\n",
               "null reference\n  in main at test.oir:", "ab\n");
}

constexpr const char* kHandle =
    "type Handle = struct {id: i32} drop @Handle.drop watched\n"
    "start @main\n\n"
    "fn @Handle.drop(borrow self: ref<Handle>) -> unit drops Handle {\n"
    "bb0:\n"
    "  rt.print_value addr self.*.id of i32\n"
    "  rt.print_end\n"
    "  return\n"
    "}\n\n";

TEST(Run, DropsRunWhereTheTextSaysSo) {
  expect_runs(std::string(kHandle) +
                  "fn @main() -> unit {\n"
                  "  user a: Handle\n  user b: Handle\n  user r: ref<Handle>\n"
                  "bb0:\n"
                  "  a = aggregate 1: i32\n"
                  "  b = aggregate 2: i32\n"
                  "  a = assign move b\n"
                  "  r = new.user move a of Handle\n"
                  "  b = aggregate 3: i32\n"
                  "  drop b end_of_block\n"
                  "  drop r end_of_block\n"
                  "  return\n}\n",
              "1\n3\n2\n");
}

TEST(Run, FlagsDecide) {
  expect_runs(std::string(kHandle) +
                  "fn @take(h: Handle) -> unit {\nbb0:\n  drop h end_of_block\n  return\n}\n\n"
                  "fn @main() -> unit {\n"
                  "  user a: Handle\n  flag %2: u32\n"
                  "bb0:\n"
                  "  %2 = set_flag 0\n"
                  "  a = aggregate 1: i32\n"
                  "  call @take(move a)\n"
                  "  %2 = set_flag 1\n"
                  "  drop a end_of_block flag %2\n"
                  "  return\n}\n",
              "1\n");
}

TEST(Run, FlaggedCheckShowsTheMove) {
  expect_fails("sites 1\n" + std::string(kHandle) +
                   "fn @main() -> unit {\n"
                   "  user a: Handle\n  flag %2: u32\n"
                   "bb0:\n"
                   "  %2 = set_flag 1\n"
                   "  full_check addr a flag %2\n"
                   "  return\n}\n",
               "use after move: `a`");
}

TEST(Run, ArraysShareUntilWritten) {
  expect_runs(main_with("  user a: array<string>\n  user b: array<string>\n  user i: i32\n"
                        "  user s: string\n",
                        "  s = rt.str_concat \"x\", \"y\"\n"
                        "  a = array copy s, move s of array<string>\n"
                        "  b = init copy a\n"
                        "  i = init 1: i32\n"
                        "  unique addr a\n"
                        "  bounds_check addr a, copy i\n"
                        "  a[i] = assign \"new\"\n"
                        "  rt.array_push addr b, \"more\" of array<string>\n" +
                            print("a", "array<string>") + print("b", "array<string>") +
                            "  drop a end_of_block\n  drop b end_of_block\n"),
              "[xy, new]\n[xy, xy, more]\n");
  expect_fails(main_with("  user a: array<i32>\n",
                         "  a = array 1: i32 of array<i32>\n"
                         "  bounds_check addr a, -1: i32 unwind bb1\n"
                         "  drop a end_of_block\n  return\n"
                         "bb1: cleanup\n  drop a run_time_error\n  resume\nbb2:\n"),
               "index out of range: -1 (length 1)");
}

TEST(Run, ReferencesToElementsSeeWrites) {
  expect_runs("facts i32: interior\n" +
                  main_with("  user a: array<i32>\n  user r: ref<i32>\n  user i: i32\n",
                            "  i = init 0: i32\n"
                            "  a = array 1: i32, 2: i32 of array<i32>\n"
                            "  r = ref addr a[i]\n"
                            "  a[i] = assign 5: i32\n" +
                                print("r.*", "i32") +
                                "  rt.array_push addr a, 3: i32 of array<i32>\n"
                                "  a[i] = assign 6: i32\n" +
                                print("r.*", "i32") + print("a", "array<i32>") +
                                "  drop r end_of_block\n  drop a end_of_block\n"),
              "5\n5\n[6, 2, 3]\n");
}

TEST(Run, UnionsAreTakenApart) {
  expect_runs("type U = union {Ok(value: string), Err(code: i32)}\n" +
                  main_with("  user u: U\n  user s: string\n  temp %3: u32\n",
                            "  s = rt.str_concat \"o\", \"k\"\n"
                            "  u = variant.0 move s\n" +
                                print("u", "U") +
                                "  %3 = tag addr u\n"
                                "  switch copy %3 (0: bb1, else: bb2)\n"
                                "bb1:\n"
                                "  s = init move u!Ok.value\n"
                                "  forget u\n" +
                                print("s", "string") +
                                "  drop s end_of_block\n"
                                "  return\n"
                                "bb2:\n  unreachable\nbb3:\n"),
              "Ok(ok)\nok\n");
}

constexpr const char* kVacating =
    "type P = struct {x: i32, name: string} vacates\n"
    "facts string: vacates\n";

TEST(Run, HolesInObjects) {
  expect_runs(
      std::string(kVacating) + main_with("  user p: P\n  user r: ref<P>\n  user s: string\n",
                                         "  s = rt.str_concat \"a\", \"b\"\n"
                                         "  p = aggregate 1: i32, move s\n"
                                         "  r = new move p of P\n"
                                         "  s = init move r.*.name\n" +
                                             print("s", "string") +
                                             "  r.*.name = assign \"c\"\n"
                                             "  full_check addr r.*\n" +
                                             print("r.*", "P") +
                                             "  p = init move r.*\n"
                                             "  drop r end_of_block\n"
                                             "  drop p end_of_block\n"
                                             "  drop s end_of_block\n"),
      "ab\n{ x: 1, name: c }\n");
  auto check = [](const std::string& what) {
    return std::string(kVacating) +
           main_with("  user p: P\n  user r: ref<P>\n  user s: string\n",
                     "  p = aggregate 1: i32, \"s\"\n"
                     "  r = new move p of P\n" +
                         what +
                         "  drop r end_of_block\n  return\n"
                         "bb1: cleanup\n  drop s run_time_error\n  drop r run_time_error\n"
                         "  resume\n"
                         "bb2: cleanup\n  drop p run_time_error\n  drop r run_time_error\n"
                         "  resume\nbb3:\n");
  };
  expect_fails(check("  s = init move r.*.name\n"
                     "  full_check addr r.* show \"r\" unwind bb1\n"),
               "use after move: `r.name`");
  expect_fails(check("  p = init move r.*\n"
                     "  full_check addr r.*.x show \"r.x\" unwind bb2\n"),
               "use after move: `r.x`");
}

TEST(Run, GlobalsDieAtTheEnd) {
  std::string text = std::string(kHandle) +
                     "fn @main() -> unit {\n"
                     "bb0:\n"
                     "  $a = aggregate 1: i32\n"
                     "  $b = aggregate 2: i32\n"
                     "  return\n}\n";
  expect_runs("global $a: Handle\nglobal $b: Handle\n" + text, "2\n1\n");
  expect_fails("global $s: string\n" + main_with("", "  full_check addr $s\n"),
               "use of `s` before it is initialised");
}

TEST(Run, DeepRecursionIsReported) {
  expect_fails("start @main\n\nfn @main() -> unit {\nbb0:\n  call @main()\n  return\n}\n",
               "stack overflow");
}

TEST(Run, ExitUnwinds) {
  Outcome outcome = run_text(std::string(kHandle) +
                             "fn @main() -> unit {\n"
                             "  user a: Handle\n"
                             "bb0:\n"
                             "  a = aggregate 1: i32\n"
                             "  rt.exit 7: i32 unwind bb1\n"
                             "  unreachable\n"
                             "bb1: cleanup\n"
                             "  drop a run_time_error\n"
                             "  resume\n}\n");
  EXPECT_EQ(outcome.code, 7);
  EXPECT_EQ(outcome.out, "1\n");
  EXPECT_EQ(outcome.err, "");
}

}  // namespace
}  // namespace tenure::interp::test
