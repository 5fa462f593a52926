// The program of `tape test`: the top level, then each test between `setup` and `teardown`, with
// what is left of it caught.
#include "tape/lowering.h"

namespace tenure::tape {

using oir::RtFn;
using oir::ScopeKind;
using oir::TypeKind;

namespace {

// What a test's function gives; kFailedTest as long as it has given nothing.
constexpr uint64_t kPassedTest = 0;
constexpr uint64_t kSkippedTest = 1;
constexpr uint64_t kFailedTest = 2;

}  // namespace

struct Lowering::TestCounts {
  Place passed, failed, skipped;
};

void Lowering::run_tests() {
  oir::TypeId i64 = types().scalar(TypeKind::I64);
  Span span = function_.end;
  TestCounts counts{plain_temp(i64, span), plain_temp(i64, span), plain_temp(i64, span)};
  for (Place count : {counts.passed, counts.failed, counts.skipped}) {
    b_.init(count, Operand::of(b_.const_int(i64, 0)), span);
  }
  for (const tree::Test& test : tree_.tests) {
    StatementScope scope(*this, test.span);
    report_test(test, run_test(test), counts);
  }
  report_counts(counts);
}

// What became of the test: `teardown` runs in any case, and leaks are counted after it.
oir::Place Lowering::run_test(const tree::Test& test) {
  oir::TypeId i32 = types().scalar(TypeKind::I32);
  oir::TypeId i64 = types().scalar(TypeKind::I64);
  Place status = plain_temp(i32, test.span);
  Place before = plain_temp(i64, test.span);
  Place leaked = plain_temp(i64, test.span);
  Place leaks = plain_temp(types().boolean(), test.span);
  Operand failed = Operand::of(b_.const_int(i32, kFailedTest));
  b_.init(status, failed, test.span);
  b_.runtime(before, RtFn::MemMark, {}, {}, test.span);
  guarded(
      test.span,
      [&] {
        if (tree_.setup) b_.call({}, tree_.setup, {}, test.span);
        Place given = plain_temp(i32, test.span);
        b_.call(given, test.func, {}, test.span);
        b_.assign(status, Operand::copy(given), test.span, {});
      },
      [] {});
  if (tree_.teardown) {
    guarded(
        test.span, [&] { b_.call({}, tree_.teardown, {}, test.span); },
        [&] { b_.assign(status, failed, test.span, {}); });
  }
  b_.runtime(leaked, RtFn::MemLeaks, {}, {Operand::copy(before)}, test.span);
  b_.binary(leaks, oir::BinOp::Ne, Operand::copy(leaked), Operand::of(b_.const_int(i64, 0)),
            test.span);
  oir::BlockId bad = b_.new_block();
  oir::BlockId done = b_.new_block();
  b_.branch(Operand::copy(leaks), bad, done, test.span);
  b_.set_block(bad);
  b_.assign(status, failed, test.span, {});
  b_.jump(done, test.span);
  b_.set_block(done);
  return status;
}

// Runs the one; if that fails, the other; and goes on.
void Lowering::guarded(Span span, const std::function<void()>& body,
                       const std::function<void()>& if_it_fails) {
  oir::BlockId caught = b_.new_block();
  oir::BlockId done = b_.new_block();
  oir::ScopeId scope = b_.open(ScopeKind::Block, span);
  b_.schedule_catch(scope, caught, span);
  body();
  b_.close(scope, oir::last_byte(span));
  b_.jump(done, span);
  b_.set_block(caught);
  if_it_fails();
  b_.jump(done, span);
  b_.set_block(done);
}

// `  test "name" ... ok`
void Lowering::report_test(const tree::Test& test, Place status, const TestCounts& counts) {
  std::string start = "  test \"" + test.name + "\" ... ";
  oir::BlockId done = b_.new_block();
  auto outcome = [&](const char* word, Place count) {
    print_line({Operand::of(b_.const_text(start + word))}, test.span);
    increment(count, test.span);
    b_.jump(done, test.span);
  };
  oir::BlockId passed = b_.new_block();
  oir::BlockId skipped = b_.new_block();
  oir::BlockId failed = b_.new_block();
  b_.switch_on(Operand::copy(status), {kPassedTest, kSkippedTest}, {passed, skipped, failed},
               test.span);
  b_.set_block(passed);
  outcome("ok", counts.passed);
  b_.set_block(skipped);
  outcome("skipped", counts.skipped);
  b_.set_block(failed);
  outcome("FAILED", counts.failed);
  b_.set_block(done);
}

// `results: 1 passed, 0 failed, 0 skipped, 1 total`; the exit code is 1 if one failed.
void Lowering::report_counts(const TestCounts& counts) {
  oir::TypeId i64 = types().scalar(TypeKind::I64);
  oir::TypeId i32 = types().scalar(TypeKind::I32);
  Span span = function_.end;
  auto text = [&](const char* words) { return Operand::of(b_.const_text(words)); };
  Operand total = Operand::of(b_.const_int(i64, tree_.tests.size()));
  print_line({text("results: "), Operand::copy(counts.passed), text(" passed, "),
              Operand::copy(counts.failed), text(" failed, "), Operand::copy(counts.skipped),
              text(" skipped, "), total, text(" total")},
             span);
  Place bad = plain_temp(types().boolean(), span);
  b_.binary(bad, oir::BinOp::Ne, Operand::copy(counts.failed), Operand::of(b_.const_int(i64, 0)),
            span);
  oir::BlockId exit = b_.new_block();
  oir::BlockId done = b_.new_block();
  b_.branch(Operand::copy(bad), exit, done, span);
  b_.set_block(exit);
  b_.runtime({}, RtFn::Exit, {}, {Operand::of(b_.const_int(i32, 1))}, span);
  b_.unreachable(span);
  b_.set_block(done);
}

void Lowering::increment(Place counter, Span span) {
  oir::TypeId i64 = types().scalar(TypeKind::I64);
  Place sum = plain_temp(i64, span);
  b_.binary(sum, oir::BinOp::WrapAdd, Operand::copy(counter), Operand::of(b_.const_int(i64, 1)),
            span);
  b_.assign(counter, Operand::copy(sum), span, {});
}

void Lowering::print_line(const std::vector<Operand>& parts, Span span) {
  StatementScope scope(*this, span);
  for (const Operand& part : parts) {
    oir::TypeId type = oir::operand_type(out_, b_.function(), part);
    oir::LocalId local = new_temp(type, span);
    b_.init(Place::local(local), part, span);
    schedule_temp(local);
    b_.runtime({}, RtFn::PrintValue, type, {Operand::addr(Place::local(local))}, span);
  }
  b_.runtime({}, RtFn::PrintEnd, {}, {}, span);
}

}  // namespace tenure::tape
