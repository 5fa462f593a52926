// Ranges of integers: what a number may be at least and at most.
#pragma once

#include <cstdint>
#include <optional>

#include "oir/oir.h"

namespace tenure::own {

// All numbers from `low` to `high`, both included; none if `low > high`. 128 bits hold the numbers
// of all types and the sum, the difference and, but for the largest unsigned ones, the product of
// two; what is beyond is the largest there is, and fits no type.
struct Range {
  using Number = __int128;
  Number low = 1, high = 0;

  static Range of(Number number) { return {number, number}; }
  bool empty() const { return low > high; }
  bool is_number() const { return low == high; }
  bool holds(Number number) const { return low <= number && number <= high; }
  bool within(Range other) const { return empty() || (other.low <= low && high <= other.high); }
  // What both have, and what either may have.
  Range meet(Range other) const {
    return {low > other.low ? low : other.low, high < other.high ? high : other.high};
  }
  Range join(Range other) const {
    if (empty()) return other;
    if (other.empty()) return *this;
    return {low < other.low ? low : other.low, high > other.high ? high : other.high};
  }
  friend bool operator==(Range a, Range b) = default;
};

// All numbers of an integer type, false and true as 0 and 1 for a bool. Nothing for other types.
std::optional<Range> range_of_type(const oir::TypeTable& types, oir::TypeId type);
// The constant as a number of the type, an integer or a bool.
Range range_of_const(const oir::TypeTable& types, oir::Const constant);

// What `a op b` may be in numbers without an end, for the checked operators and those that do the
// same where nothing is lost. Of a comparison: of 0 and 1 what it may say. Everything is in `all`
// where nothing is known, as for operators of bits on negative numbers. Empty: it always fails.
Range range_of_binary(oir::BinOp op, Range a, Range b, Range all);

// What a may be if `a op b` (a comparison) is so.
Range range_if(oir::BinOp op, Range a, Range b);
// The comparison that says the opposite, and the one that says the same with its sides exchanged.
oir::BinOp opposite(oir::BinOp op);
oir::BinOp turned(oir::BinOp op);

}  // namespace tenure::own
