#include "oir/test_runs.h"

namespace tenure::oir {

TestRuns::TestCounts TestRuns::no_tests_yet(Span span) {
  TypeId i64 = types().scalar(TypeKind::I64);
  TestCounts counts{plain_temp(i64, span), plain_temp(i64, span), plain_temp(i64, span)};
  for (Place count : {counts.passed, counts.failed, counts.skipped}) {
    b_.init(count, Operand::of(b_.const_int(i64, 0)), span);
  }
  return counts;
}

// Runs the one; if that fails, the other; and goes on.
void TestRuns::guarded(Span span, const std::function<void()>& body,
                       const std::function<void()>& if_it_fails) {
  BlockId caught = b_.new_block();
  BlockId done = b_.new_block();
  ScopeId scope = b_.open(ScopeKind::Block, span);
  b_.schedule_catch(scope, caught, span);
  body();
  b_.close(scope, last_byte(span));
  b_.jump(done, span);
  b_.set_block(caught);
  if_it_fails();
  b_.jump(done, span);
  b_.set_block(done);
}

// `  test "name" ... ok`
void TestRuns::report_test(const std::string& name, Span span, Place status,
                           const TestCounts& counts) {
  std::string start = "  test \"" + name + "\" ... ";
  BlockId done = b_.new_block();
  auto outcome = [&](const char* word, Place count) {
    print_line({Operand::of(b_.const_text(start + word))}, span);
    increment(count, span);
    b_.jump(done, span);
  };
  BlockId passed = b_.new_block();
  BlockId skipped = b_.new_block();
  BlockId failed = b_.new_block();
  b_.switch_on(Operand::copy(status), {kPassedTest, kSkippedTest}, {passed, skipped, failed}, span);
  b_.set_block(passed);
  outcome("ok", counts.passed);
  b_.set_block(skipped);
  outcome("skipped", counts.skipped);
  b_.set_block(failed);
  outcome("FAILED", counts.failed);
  b_.set_block(done);
}

// `results: 1 passed, 0 failed, 0 skipped, 1 total`; the exit code is 1 if one failed.
void TestRuns::report_counts(const TestCounts& counts, size_t total_count, Span span) {
  TypeId i64 = types().scalar(TypeKind::I64);
  TypeId i32 = types().scalar(TypeKind::I32);
  auto text = [&](const char* words) { return Operand::of(b_.const_text(words)); };
  Operand total = Operand::of(b_.const_int(i64, total_count));
  print_line({text("results: "), Operand::copy(counts.passed), text(" passed, "),
              Operand::copy(counts.failed), text(" failed, "), Operand::copy(counts.skipped),
              text(" skipped, "), total, text(" total")},
             span);
  Place bad = plain_temp(types().boolean(), span);
  b_.binary(bad, BinOp::Ne, Operand::copy(counts.failed), Operand::of(b_.const_int(i64, 0)), span);
  BlockId exit = b_.new_block();
  BlockId done = b_.new_block();
  b_.branch(Operand::copy(bad), exit, done, span);
  b_.set_block(exit);
  b_.runtime({}, RtFn::Exit, {}, {Operand::of(b_.const_int(i32, 1))}, span);
  b_.unreachable(span);
  b_.set_block(done);
}

void TestRuns::increment(Place counter, Span span) {
  TypeId i64 = types().scalar(TypeKind::I64);
  Place sum = plain_temp(i64, span);
  b_.binary(sum, BinOp::WrapAdd, Operand::copy(counter), Operand::of(b_.const_int(i64, 1)), span);
  b_.assign(counter, Operand::copy(sum), span, {});
}

void TestRuns::print_line(const std::vector<Operand>& parts, Span span) {
  StatementScope scope(*this, span);
  for (const Operand& part : parts) {
    TypeId type = operand_type(out_, b_.function(), part);
    LocalId local = new_temp(type, span);
    b_.init(Place::local(local), part, span);
    schedule_temp(local);
    b_.runtime({}, RtFn::PrintValue, type, {Operand::addr(Place::local(local))}, span);
  }
  b_.runtime({}, RtFn::PrintEnd, {}, {}, span);
}

}  // namespace tenure::oir
