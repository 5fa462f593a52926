// The program of `tenure test`: the top level, then each function `test_…` of the main file, with
// what is left of it caught.
#include "ng/lowering.h"

namespace tenure::ng {

void Lowering::run_tests() {
  TestCounts counts = no_tests_yet(function_.end);
  for (oir::FuncId test : program_.tests) {
    const tree::Function& made = program_.functions[test.index()];
    bool unknown = !unknown_.empty() && unknown_[test.index()] != 0;
    if (unknown) continue;  // it has mistakes: the program is only looked at
    StatementScope scope(*this, made.span);
    report_test(made.shown_name, made.span, run_test(test, made.span), counts);
  }
  report_counts(counts, program_.tests.size(), function_.end);
}

oir::Place Lowering::run_test(oir::FuncId test, Span span) {
  oir::TypeId i32 = types().scalar(oir::TypeKind::I32);
  Place status = plain_temp(i32, span);
  b_.init(status, Operand::of(b_.const_int(i32, kFailedTest)), span);
  guarded(
      span,
      [&] {
        b_.call({}, test, {}, span);
        b_.assign(status, Operand::of(b_.const_int(i32, kPassedTest)), span, {});
      },
      [] {});
  return status;
}

}  // namespace tenure::ng
