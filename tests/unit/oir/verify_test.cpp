// The verifier: what is right passes, and every small thing that can go wrong is found.
#include <algorithm>

#include "support.h"

namespace tenure::oir::test {
namespace {

constexpr const char* kTypes = R"(type Handle = struct {fd: i32} drop @Handle.drop
type Pair = struct {a: Handle, b: Handle, n: i32}
type Shape = union {One(h: Handle, n: i32), Two(a: Handle, b: Handle), Empty}
type Hole = struct {s: string} vacates
sites 2

fn @Handle.drop(borrow self: ref<Handle>) -> unit drops Handle {
bb0:
  return
}

fn @make() -> Handle {
bb0:
  result = aggregate 1: i32
  return
}

fn @take(h: Handle) -> unit {
bb0:
  drop h end_of_block
  return
}

fn @look(borrow r: ref<Handle>) -> unit {
bb0:
  return
}

fn @refill(borrow r: ref<Hole>) -> unit {
bb0:
  return
}
)";

std::string verify_text(const std::string& body, Phase phase) {
  std::string errors;
  std::optional<Program> program = parse_text(kTypes + body, &errors);
  if (!program) return "does not parse: " + errors;
  return join(verify(*program, phase));
}

void expect_right(const std::string& body) {
  EXPECT_EQ(verify_text(body, Phase::Elaborated), "") << body;
}

void expect_wrong(const std::string& body, const std::string& part) {
  std::string found = verify_text(body, Phase::Elaborated);
  EXPECT_NE(found.find(part), std::string::npos) << body << "\nsays: " << found;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

constexpr const char* kStraight = R"(
fn @f(h: Handle) -> Handle {
  user x: Handle
  user y: Handle
bb0:
  x = call @make() unwind bb2
  y = call @make() unwind bb1
  call @take(move x) unwind bb3
  result = init move y
  drop h end_of_block unwind bb4
  return
bb1: cleanup
  drop x run_time_error unwind bb2
  jump bb2
bb2: cleanup
  drop h run_time_error
  resume
bb3: cleanup
  drop y run_time_error unwind bb2
  jump bb2
bb4: cleanup
  drop result run_time_error
  resume
}
)";

TEST(Verify, StraightCode) {
  expect_right(kStraight);
}

TEST(Verify, MutationsOfStraightCode) {
  struct {
    const char* from;
    const char* to;
    const char* says;
  } const kMutations[] = {
      {"  drop h end_of_block unwind bb4\n", "", "may still be full at a return"},
      {"  drop x run_time_error unwind bb2\n", "", "may still be full at a resume"},
      {"  drop result run_time_error\n", "", "may still be full at a resume"},
      {"  drop h end_of_block unwind bb4\n",
       "  drop h end_of_block unwind bb4\n  drop h end_of_block\n",
       "dropped while it may be empty"},
      {"call @take(move x) unwind bb3", "call @take(move x) unwind bb1", "dropped while"},
      {"  y = call @make() unwind bb1\n", "", "moved while it may be empty"},
      {"result = init move y", "result = init copy y", "copies what is move-only"},
      {"  result = init move y\n", "  drop y end_of_block\n", "returned while it may be empty"},
      {"  result = init move y\n", "  result = init move y\n  result = init move y\n",
       "initialised while it may be full"},
      {"  result = init move y\n", "  result = init move y\n  x = init move y\n", "moved while"},
      {"call @take(move x)", "call @take(borrow x)", "lends what is taken by value"},
      {"call @take(move x)", "call @take()", "wrong number of operands"},
      {"call @take(move x)", "call @take(1: i32)", "argument"},
      {"drop h end_of_block unwind bb4", "drop h end_of_block unwind bb0", "no cleanup"},
      {"drop h end_of_block unwind bb4", "drop h end_of_block unwind bb9", "unwinds to no block"},
      {"  return\nbb1", "bb1", "ends with its one terminator"},
      {"  resume\nbb3", "  return\nbb3", "inside of cleanup"},
  };
  for (const auto& one : kMutations) expect_wrong(replaced(kStraight, one.from, one.to), one.says);
}

constexpr const char* kFlagged = R"(
fn @f(c: bool) -> unit {
  user x: Handle
  flag %3: u32
bb0:
  %3 = set_flag 1
  x = call @make()
  %3 = set_flag 0
  branch copy c bb1 bb2
bb1:
  %3 = set_flag 2
  call @take(move x) unwind bb4
  jump bb3
bb2:
  call @look(addr x) unwind bb4
  jump bb3
bb3:
  full_check addr x flag %3 unwind bb4
  call @look(addr x) checked unwind bb4
  drop x end_of_block flag %3
  return
bb4: cleanup
  drop x run_time_error flag %3
  resume
}
)";

TEST(Verify, DropFlags) {
  expect_right(kFlagged);
}

TEST(Verify, MutationsOfDropFlags) {
  struct {
    const char* from;
    const char* to;
    const char* says;
  } const kMutations[] = {
      {"  %3 = set_flag 2\n", "", "may be empty while its flag says full"},
      {"  %3 = set_flag 0\n", "", "may be full while its flag says empty"},
      {"  full_check addr x flag %3 unwind bb4\n", "", "handed out while it may be empty"},
      {"  drop x run_time_error flag %3\n", "  drop x run_time_error\n", "dropped while"},
      {"  drop x run_time_error flag %3\n", "", "may still be full at a resume"},
      {"  drop x end_of_block flag %3\n", "", "may still be full at a return"},
      {"set_flag 2", "set_flag 3", "no site of a move"},
      {"flag %3 unwind", "flag x unwind", "has a flag that is none"},
  };
  for (const auto& one : kMutations) expect_wrong(replaced(kFlagged, one.from, one.to), one.says);
}

TEST(Verify, Parts) {
  const std::string body = R"(
fn @f(p: Pair) -> unit {
  user x: Handle
  user i: i32
bb0:
  x = init move p.a
  i = init copy p.n
  drop p.b end_of_block unwind bb1
  drop x end_of_block
  return
bb1: cleanup
  drop x run_time_error
  resume
}
)";
  expect_right(body);
  expect_wrong(replaced(body, "drop p.b end_of_block unwind bb1", "drop p end_of_block unwind bb1"),
               "`p.a` is dropped while it may be empty");
  expect_wrong(replaced(body, "  drop p.b end_of_block unwind bb1\n", ""), "`p`");
  expect_wrong(replaced(body, "  x = init move p.a\n",
                        "  x = init move p.a\n  call @take(move p.a) unwind bb1\n"),
               "`p.a` is moved while");
}

TEST(Verify, PartsCanBeFilledAgain) {
  expect_right(R"(
fn @f(p: Pair) -> Pair {
bb0:
  call @take(move p.a) unwind bb1
  p.a = call @make() unwind bb1
  result = init move p
  return
bb1: cleanup
  drop p.b run_time_error
  resume
}
)");
}

TEST(Verify, UnionsAreTakenApart) {
  const std::string body = R"(
fn @f(s: Shape) -> unit {
  temp %2: u32
  user a: Handle
  user b: Handle
bb0:
  %2 = tag addr s
  switch copy %2 (0: bb1, 1: bb2, else: bb3)
bb1:
  a = init move s!One.h
  forget s
  drop a end_of_block
  return
bb2:
  a = init move s!Two.a
  b = init move s!Two.b
  forget s
  drop b end_of_block unwind bb4
  drop a end_of_block
  return
bb3:
  forget s
  return
bb4: cleanup
  drop a run_time_error
  resume
}
)";
  expect_right(body);
  expect_wrong(replaced(body, "  drop b end_of_block unwind bb4\n", ""), "`b` may still be full");
}

TEST(Verify, Loops) {
  const std::string body = R"(
fn @f() -> unit {
  user x: Handle
  user c: bool
bb0:
  c = init true
  x = call @make()
  jump bb1
bb1: loop
  x = assign move x
  branch copy c bb2 bb3
bb2:
  call @take(move x)
  x = call @make()
  jump bb1
bb3:
  drop x end_of_block
  return
}
)";
  expect_wrong(body, "assigned while it may be empty");
  std::string right = replaced(body, "  x = assign move x\n", "");
  expect_right(right);
  expect_wrong(replaced(right, "  x = call @make()\n  jump bb1\nbb3", "  jump bb1\nbb3"),
               "moved while");
  expect_wrong(replaced(right, "  call @take(move x)\n", ""), "initialised while it may be full");
}

TEST(Verify, WhatVacatesBehindACall) {
  const std::string body = R"(
fn @f(h: Hole) -> unit {
  user s: string
bb0:
  s = init move h.s
  call @refill(addr h) unwind bb1
  drop s end_of_block
  drop h end_of_block
  return
bb1: cleanup
  drop s run_time_error
  drop h run_time_error
  resume
}
)";
  // The part `h.s` is a string, which does not vacate here.
  expect_wrong(body, "handed out while it may be empty");
  std::string whole = replaced(body, "  s = init move h.s\n", "  s = init \"a\"\n");
  expect_right(whole);
}

TEST(Verify, Borrows) {
  expect_wrong(R"(
fn @f(borrow r: ref<Handle>) -> ref<Handle> {
bb0:
  result = init move r
  return
}
)",
               "moves what is borrowed");
  expect_wrong(R"(
fn @f(borrow r: ref<Handle>) -> unit {
bb0:
  drop r end_of_block
  return
}
)",
               "changes a borrowed parameter");
  expect_wrong(R"(
fn @f(s: Shape) -> unit {
  alias n: borrow<Handle>
  user m: i32
bb0:
  n = alias addr s!One.h
  n = init move n
  return
}
)",
               "keeps a borrow");
}

TEST(Verify, TypesOfOperands) {
  struct {
    const char* inst;
    const char* says;
  } const kCases[] = {
      {"x = init true", "types"},
      {"x = binary.add 1: i32, 1: i64", "types"},
      {"x = binary.lt 1: i32, 1: i32", "result"},
      {"p = aggregate 1: i32", "wrong number of operands"},
      {"r = new 1: i32 of i32", "types"},
      {"x = rt.str_len 1: i32", "type"},
      {"x = rt.str_len copy s", "wrong mode"},
      {"x = tag addr p", "takes a union"},
      {"drop x end_of_block", "drops what is plain"},
      {"null_check addr r", "takes a borrowed word"},
      {"unique addr p", "takes an array"},
      {"swap addr x, addr p", "types"},
      {"x = init borrow x", "takes values"},
      {"branch 1: i32 bb0 bb0", "one terminator"},
  };
  for (const auto& one : kCases) {
    std::string body =
        "\nfn @f(p: Pair, r: ref<Handle>, s: string) -> unit {\n  user x: i32\nbb0:\n  ";
    std::string found = verify_text(body + one.inst + "\n  return\n}\n", Phase::Lowered);
    EXPECT_NE(found.find(one.says), std::string::npos) << one.inst << "\nsays: " << found;
  }
}

TEST(Verify, LoweredProgramsKeepTheirConditionalDrops) {
  const char* body = R"(
fn @f(h: Handle) -> unit {
bb0:
  call @take(move h)
  drop h end_of_block
  return
}
)";
  EXPECT_EQ(verify_text(body, Phase::Lowered), "");
  expect_wrong(body, "dropped while it may be empty");
}

// Deletes each drop of a right program in turn, and doubles each: every mutant is found.
TEST(Verify, EveryDropCounts) {
  for (const char* text : {kStraight, kFlagged}) {
    std::string errors;
    std::optional<Program> program = parse_text(std::string(kTypes) + text, &errors);
    ASSERT_TRUE(program) << errors;
    for (size_t f = 0; f < program->functions.size(); ++f) {
      for (size_t b = 0; b < program->functions[f].blocks.size(); ++b) {
        for (size_t i = 0; i < program->functions[f].blocks[b].insts.size(); ++i) {
          if (program->functions[f].blocks[b].insts[i].op != Op::Drop) continue;
          for (bool twice : {false, true}) {
            Program mutant = *program;
            std::vector<Inst>& insts = mutant.functions[f].blocks[b].insts;
            // A flagged drop that stands twice does no harm only if the flag knew, which it does
            // not.
            if (twice) {
              insts.insert(insts.begin() + std::ptrdiff_t(i), insts[i]);
            } else {
              insts.erase(insts.begin() + std::ptrdiff_t(i));
            }
            EXPECT_FALSE(verify(mutant, Phase::Elaborated).empty())
                << (twice ? "doubled: " : "deleted: ")
                << print(*program, program->functions[f], program->functions[f].blocks[b].insts[i]);
          }
        }
      }
    }
  }
}

TEST(Verify, BrokenIdsAreReportedNotFollowed) {
  std::optional<Program> program = parse_text(std::string(kTypes) + kStraight);
  ASSERT_TRUE(program);
  for (int kind = 0; kind < 6; ++kind) {
    Program mutant = *program;
    Function& f = mutant.functions.back();
    Inst& inst = f.blocks[0].insts[0];
    switch (kind) {
      case 0:
        inst.dst = Place::local(LocalId{size_t{99}});
        break;
      case 1:
        inst.dst = Place::global(GlobalId{size_t{0}});
        break;
      case 2:
        inst.callee = FuncId{size_t{99}};
        break;
      case 3:
        inst.args_count = 9999;
        break;
      case 4:
        inst.flag = LocalId{size_t{1}};
        break;
      case 5:
        inst.dst.path = PathId{size_t{77}};
        break;
    }
    EXPECT_FALSE(verify(mutant, Phase::Elaborated).empty()) << kind;
  }
}

// A thousand handles that all live at once: the data flow stays usable.
TEST(Verify, ManyLocals) {
  std::string body = "\nfn @f() -> unit {\n";
  constexpr int kMany = 1000;
  for (int i = 0; i < kMany; ++i) body += "  user x" + std::to_string(i) + ": Handle\n";
  body += "bb0:\n";
  for (int i = 0; i < kMany; ++i) {
    body += "  x" + std::to_string(i) + " = call @make()";
    if (i != 0) body += " unwind bb" + std::to_string(kMany - i + 1);
    body += "\n";
  }
  body += "  jump bb1\nbb1:\n  unreachable\n";
  for (int i = kMany - 2; i >= 0; --i) {
    int at = kMany - i;
    body +=
        "bb" + std::to_string(at) + ": cleanup\n  drop x" + std::to_string(i) + " run_time_error";
    body += i == 0 ? "\n  resume\n" : "\n  jump bb" + std::to_string(at + 1) + "\n";
  }
  expect_right(body + "}\n");
}

// ---- spans

std::string with_spans(const std::string& body) {
  return R"(
type S = struct {items: ref<fixed<i32, any>>, length: u64} as span
fn @f(borrow xs: ref<array<i32>>, n: i64) -> i32 {
  user s: S
  user d: f64
bb0:
)" + body +
         "\n  return\nbb1: cleanup\n  resume\nbb2: cleanup\n  drop s run_time_error\n  resume\n}\n";
}

TEST(Verify, SpansAreRight) {
  expect_right(
      with_spans("  range_check addr xs.*, copy n, copy n unwind bb1\n"
                 "  s = ref addr xs.*[n], copy n\n"
                 "  bounds_check copy s.length, copy n unwind bb2\n"
                 "  result = init copy s.items.*[n]\n  drop s end_of_block"));
}

TEST(Verify, SpansAreWrong) {
  struct {
    const char* body;
    const char* part;
  } const kCases[] = {
      {"  range_check addr xs.*, copy n unwind bb1", "wrong number of operands"},
      {"  range_check addr xs.*, copy n, copy d unwind bb1", "takes an integer"},
      {"  range_check copy n, copy n, copy n unwind bb1", "length"},
      {"  bounds_check copy n, copy n unwind bb1", "length"},
      {"  s = ref addr xs.*, copy n", "span of what is no element"},
      {"  s = ref addr xs.*[n], copy d", "takes an integer"},
      {"  n = ref addr xs.*[n], copy n", "makes no span"},
  };
  for (const auto& one : kCases) expect_wrong(with_spans(one.body), one.part);
}

// ---- texts, pointers, slices, function values, foreign functions, caught failures

std::string with_addresses(const std::string& body, const std::string& after = "") {
  return R"(
fn @puts(bytes: ptr<u8>) -> i32 extern "puts"

fn @tell(n: i32, borrow s: ref<text>) -> text {
bb0:
  result = init copy s.*
  return
}

fn @f(borrow s: ref<text>, n: i64) -> unit {
  user t: text
  user p: ptr<text>
  user q: ptr<u8>
  user v: slice<u8>
  user g: fn(i32, ref<text>) -> text
  user k: i32
  user b: bool
  user d: f64
bb0:
  k = init 0: i32
)" + body +
         "\n  return\nbb1: cleanup\n  resume\nbb2: cleanup\n  catch bb3\nbb3:\n  return\n" + after +
         "}\n";
}

TEST(Verify, AddressesAreRight) {
  for (const char* body : {
           "  p = ptr addr s.*",
           "  q = init null: ptr<u8>\n  k = call @puts(copy q)",
           "  q = init \"z\": ptr<u8>\n  q = ptr_add copy q, copy n\n  v = slice addr s.*",
           "  v = slice addr s.*, 1: i32, copy n unwind bb1\n  v = slice \"z\": text",
           "  g = init @tell: fn(i32, ref<text>) -> text\n"
           "  t = call_value copy g, 1: i32, borrow s unwind bb1\n"
           "  drop t end_of_block",
           "  g = init null: fn(i32, ref<text>) -> text\n  b = is_null borrow g",
           "  q = init null: ptr<u8>\n  mem_check.write copy q unwind bb2\n"
           "  k = cast.convert copy q\n  q = cast.convert copy k",
           "  k = binary.shl copy k, copy k\n  k = unary.bit_not copy k\n"
           "  k = binary.wrap_div copy k, copy k unwind bb1",
           "  k = unary.count_ones copy k\n  k = unary.leading_zeros copy k\n"
           "  d = unary.sqrt copy d\n  d = binary.pow copy d, copy d",
           "  t = rt.str_concat addr s.*, \"x\"\n  rt.append_value addr t, addr k of i32\n"
           "  rt.text_own addr t\n  drop t end_of_block",
           "  q = rt.mem_alloc 3: u64\n  rt.mem_free copy q, 3: u64 unwind bb1",
       }) {
    expect_right(with_addresses(body));
  }
}

TEST(Verify, AddressesAreWrong) {
  struct {
    const char* body;
    const char* part;
  } const kCases[] = {
      {"  p = ptr addr k", "types"},
      {"  v = slice addr k", "slices what has no elements"},
      {"  v = slice addr s.*, 1: i32", "wrong number of operands"},
      {"  v = slice addr s.*, 1.0: f64, 2: i32", "takes integers"},
      {"  q = ptr_add copy q, 1.0: f64", "takes an integer"},
      {"  p = init \"z\": ptr<text>", "string of no string type"},
      {"  g = init @puts: fn(i32, ref<text>) -> text", "function of another type"},
      {"  t = call_value copy g, 1: i32", "wrong number of operands"},
      {"  t = call_value copy g, 1: i32, copy s", "gives away what is borrowed"},
      {"  k = call_value copy k, 1: i32", "no function"},
      {"  k = cast copy q", "checks what is no number"},
      {"  d = cast.convert copy q", "address of a float"},
      {"  d = binary.wrap_add copy d, copy d", "takes integers"},
      {"  b = unary.bit_not copy b", "takes an integer"},
      {"  d = unary.trailing_zeros copy d", "takes an integer"},
      {"  k = unary.sin copy k", "takes a float"},
      {"  k = binary.atan2 copy k, copy k", "takes floats"},
      {"  mem_check copy k", "takes a pointer"},
      {"  k = rt.mem_alloc 3: u64", "another type than that of its destination"},
      {"  t = init copy s.*", "may still be full at a return"},
  };
  for (const auto& one : kCases) expect_wrong(with_addresses(one.body), one.part);
  expect_right("\nfn @f(f: fn(i32) -> i32, n: i32) -> i32 dispatches {\nbb0:\n  unreachable\n}\n");
  for (const char* head :
       {"n: i32, m: i32) -> i32", "f: fn(i32) -> i32) -> i32",
        "f: fn(i32) -> i32, borrow n: ref<i32>) -> i32", "f: fn(i32) -> i32, n: i32) -> i64"}) {
    expect_wrong("\nfn @f(" + std::string(head) + " dispatches {\nbb0:\n  unreachable\n}\n",
                 "it dispatches, and has another shape");
  }
  expect_wrong("\nfn @f() -> unit {\nbb0:\n  catch bb1\nbb1:\n  return\n}\n", "outside of cleanup");
  expect_wrong("\nfn @puts(n: text) -> i32 extern \"puts\"\n", "plain words");
  expect_wrong("\nfn @puts(n: unit) -> i32 extern \"puts\"\n", "plain words");
}

}  // namespace
}  // namespace tenure::oir::test
