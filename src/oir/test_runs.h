// The program that `test` makes: what runs tests and reports them, for every front end.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "oir/temporaries.h"

namespace tenure::oir {

class TestRuns : public Temporaries {
 protected:
  using Temporaries::Temporaries;

  // What became of a test, an i32; it has failed as long as nothing else is known.
  static constexpr uint64_t kPassedTest = 0;
  static constexpr uint64_t kSkippedTest = 1;
  static constexpr uint64_t kFailedTest = 2;

  // i64 variables of the function at hand.
  struct TestCounts {
    Place passed, failed, skipped;
  };

  Place plain_temp(TypeId type, Span span) { return Place::local(new_temp(type, span)); }
  TestCounts no_tests_yet(Span span);
  void guarded(Span span, const std::function<void()>& body,
               const std::function<void()>& if_it_fails);
  void report_test(const std::string& name, Span span, Place status, const TestCounts& counts);
  void report_counts(const TestCounts& counts, size_t total_count, Span span);

 private:
  void increment(Place counter, Span span);
  void print_line(const std::vector<Operand>& parts, Span span);
};

}  // namespace tenure::oir
