#include "own/range.h"

#include <algorithm>

#include "base/check.h"

namespace tenure::own {

using namespace oir;

namespace {

using Number = Range::Number;

Range sum(Range a, Range b) {
  return {a.low + b.low, a.high + b.high};
}

Range negated(Range a) {
  return {-a.high, -a.low};
}

Number product(Number a, Number b) {
  constexpr Number kBeyond = Number{1} << 126;
  Number result;
  if (!__builtin_mul_overflow(a, b, &result)) return std::clamp(result, -kBeyond, kBeyond);
  return (a < 0) == (b < 0) ? kBeyond : -kBeyond;
}

Range product(Range a, Range b) {
  Number corners[] = {product(a.low, b.low), product(a.low, b.high), product(a.high, b.low),
                      product(a.high, b.high)};
  auto [low, high] = std::minmax_element(std::begin(corners), std::end(corners));
  return {*low, *high};
}

// By each number but 0, which fails. Toward zero: monotone in both on either side of it.
Range quotient(Range a, Range b) {
  Range result;
  for (Range divisor : {b.meet({b.low, -1}), b.meet({1, b.high})}) {
    if (divisor.empty()) continue;
    for (Number over : {a.low, a.high}) {
      for (Number by : {divisor.low, divisor.high}) result = result.join(Range::of(over / by));
    }
  }
  return result;
}

// Nearer to zero than the divisor, no further than what is divided, and with the sign of that.
Range remainder(Range a, Range b) {
  if (a.is_number() && b.is_number() && b.low != 0) return Range::of(a.low % b.low);
  Number least = b.low > 0 ? b.low : b.high < 0 ? -b.high : 0;
  if (a.low > -least && a.high < least) return a;
  Number most = std::max(b.low < 0 ? -b.low : b.low, b.high < 0 ? -b.high : b.high) - 1;
  if (most < 0) return {};
  return {a.low < 0 ? std::max(a.low, -most) : 0, a.high > 0 ? std::min(a.high, most) : 0};
}

// The least number of ones that is not less.
Number filled(Number a) {
  Number ones = 0;
  while (ones < a) ones = ones * 2 + 1;
  return ones;
}

Range of_bits(BinOp op, Range a, Range b, Range all) {
  constexpr Number kWidest = 63;
  bool negative = a.low < 0 || b.low < 0;
  switch (op) {
    case BinOp::BitAnd:
      if (negative && (a.low >= 0 || b.low >= 0)) return {0, a.low >= 0 ? a.high : b.high};
      return negative ? all : Range{0, std::min(a.high, b.high)};
    case BinOp::BitOr:
    case BinOp::BitXor:
      return negative ? all : Range{0, filled(std::max(a.high, b.high))};
    case BinOp::Shr:
      // The count is taken modulo the width: only one that is less than the least width is known.
      if (!b.within({0, 7})) return a.low >= 0 ? Range{0, a.high} : all;
      return {std::min(a.low >> int(b.low), a.low >> int(b.high)),
              std::max(a.high >> int(b.low), a.high >> int(b.high))};
    default:  // Shl
      if (!b.within({0, 7}) || !a.within({0, Number{1} << kWidest})) return all;
      return {a.low << int(b.low), a.high << int(b.high)};
  }
}

Range of_comparison(BinOp op, Range a, Range b) {
  bool may = !range_if(op, a, b).empty();
  bool may_not = !range_if(opposite(op), a, b).empty();
  return {may_not ? 0 : 1, may ? 1 : 0};
}

}  // namespace

std::optional<Range> range_of_type(const TypeTable& types, TypeId type) {
  if (types[type].kind == TypeKind::Bool) return Range{0, 1};
  if (!types.is_integer(type)) return std::nullopt;
  uint32_t bits = types.bits(type);
  if (types.is_signed(type))
    return Range{-(Number{1} << (bits - 1)), (Number{1} << (bits - 1)) - 1};
  return Range{0, (Number{1} << bits) - 1};
}

Range range_of_const(const TypeTable& types, Const constant) {
  bool is_signed = constant.kind == ConstKind::Int && types.is_signed(constant.type);
  return Range::of(is_signed ? Number{static_cast<int64_t>(constant.bits)} : Number{constant.bits});
}

Range range_of_binary(BinOp op, Range a, Range b, Range all) {
  if (a.empty() || b.empty()) return {};
  switch (op) {
    case BinOp::Add:
    case BinOp::WrapAdd:
      return sum(a, b);
    case BinOp::Sub:
    case BinOp::WrapSub:
      return sum(a, negated(b));
    case BinOp::Mul:
    case BinOp::WrapMul:
      return product(a, b);
    case BinOp::Div:
    case BinOp::WrapDiv:
      return quotient(a, b);
    case BinOp::Rem:
    case BinOp::WrapRem:
      return remainder(a, b);
    case BinOp::BitAnd:
    case BinOp::BitOr:
    case BinOp::BitXor:
    case BinOp::Shl:
    case BinOp::Shr:
      return of_bits(op, a, b, all);
    default:
      return binop_compares(op) ? of_comparison(op, a, b) : all;
  }
}

Range range_if(BinOp op, Range a, Range b) {
  switch (op) {
    case BinOp::Eq:
      return a.meet(b);
    case BinOp::Ne:
      if (b.is_number() && b.low == a.low) return {a.low + 1, a.high};
      if (b.is_number() && b.low == a.high) return {a.low, a.high - 1};
      return a;
    case BinOp::Lt:
      return a.meet({a.low, b.high - 1});
    case BinOp::Le:
      return a.meet({a.low, b.high});
    case BinOp::Gt:
      return a.meet({b.low + 1, a.high});
    case BinOp::Ge:
      return a.meet({b.low, a.high});
    default:
      TN_UNREACHABLE("not a comparison");
  }
}

BinOp opposite(BinOp op) {
  switch (op) {
    case BinOp::Eq:
      return BinOp::Ne;
    case BinOp::Ne:
      return BinOp::Eq;
    case BinOp::Lt:
      return BinOp::Ge;
    case BinOp::Le:
      return BinOp::Gt;
    case BinOp::Gt:
      return BinOp::Le;
    case BinOp::Ge:
      return BinOp::Lt;
    default:
      TN_UNREACHABLE("not a comparison");
  }
}

BinOp turned(BinOp op) {
  switch (op) {
    case BinOp::Lt:
      return BinOp::Gt;
    case BinOp::Le:
      return BinOp::Ge;
    case BinOp::Gt:
      return BinOp::Lt;
    case BinOp::Ge:
      return BinOp::Le;
    default:
      return op;
  }
}

}  // namespace tenure::own
