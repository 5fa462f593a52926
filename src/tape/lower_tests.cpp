// The program of `tape test`: the top level, then each test between `setup` and `teardown`, with
// what is left of it caught.
#include "tape/lowering.h"

namespace tenure::tape {

using oir::RtFn;
using oir::ScopeKind;
using oir::TypeKind;

void Lowering::run_tests() {
  TestCounts counts = no_tests_yet(function_.end);
  for (const tree::Test& test : tree_.tests) {
    StatementScope scope(*this, test.span);
    report_test(test.name, test.span, run_test(test), counts);
  }
  report_counts(counts, tree_.tests.size(), function_.end);
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

}  // namespace tenure::tape
