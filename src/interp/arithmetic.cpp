// Unary, binary, cast: what is checked and how is said in instructions.def.
#include <bit>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "interp/machine.h"

namespace tenure::interp {

using oir::BinOp;
using oir::TypeKind;
using oir::UnOp;

namespace {

uint32_t bits_of(const TypeInfo& type) {
  return type.size * 8;
}

// Whether the 128-bit value is a value of the integer type.
bool fits(__int128 value, const TypeInfo& type) {
  __int128 one = 1;
  if (type.is_signed) {
    __int128 limit = one << (bits_of(type) - 1);
    return value >= -limit && value < limit;
  }
  return value >= 0 && value < (one << bits_of(type));
}

// The bits of an integer as a number.
__int128 widen(uint64_t bits, const TypeInfo& type) {
  return type.is_signed ? static_cast<__int128>(static_cast<int64_t>(bits))
                        : static_cast<__int128>(bits);
}

double float_value(uint64_t bits, const TypeInfo& type) {
  return type.kind == TypeKind::F32
             ? static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits)))
             : std::bit_cast<double>(bits);
}

uint64_t float_bits(double value, const TypeInfo& type) {
  return type.kind == TypeKind::F32 ? std::bit_cast<uint32_t>(static_cast<float>(value))
                                    : std::bit_cast<uint64_t>(value);
}

bool compare(BinOp op, int order) {
  switch (op) {
    case BinOp::Eq:
      return order == 0;
    case BinOp::Ne:
      return order != 0;
    case BinOp::Lt:
      return order < 0;
    case BinOp::Le:
      return order <= 0;
    case BinOp::Gt:
      return order > 0;
    case BinOp::Ge:
      return order >= 0;
    default:
      TN_UNREACHABLE("not a comparison");
  }
}

// The operation in double is exact enough for float: rounding twice gives the same for + - * /.
uint64_t float_binary(BinOp op, double a, double b, const TypeInfo& type) {
  switch (op) {
    case BinOp::Add:
      return float_bits(a + b, type);
    case BinOp::Sub:
      return float_bits(a - b, type);
    case BinOp::Mul:
      return float_bits(a * b, type);
    case BinOp::Div:
      return float_bits(a / b, type);
    case BinOp::Rem:
      return float_bits(std::fmod(a, b), type);
    case BinOp::Pow:
      return float_bits(std::pow(a, b), type);
    case BinOp::Atan2:
      return float_bits(std::atan2(a, b), type);
    case BinOp::Eq:
      return a == b;
    case BinOp::Ne:
      return a != b;
    case BinOp::Lt:
      return a < b;
    case BinOp::Le:
      return a <= b;
    case BinOp::Gt:
      return a > b;
    case BinOp::Ge:
      return a >= b;
    default:
      TN_UNREACHABLE("an operator of integers");
  }
}

double math(UnOp op, double x) {
  switch (op) {
    case UnOp::Sqrt:
      return std::sqrt(x);
    case UnOp::Floor:
      return std::floor(x);
    case UnOp::Ceil:
      return std::ceil(x);
    case UnOp::Trunc:
      return std::trunc(x);
    case UnOp::Round:
      return std::round(x);
    case UnOp::Sin:
      return std::sin(x);
    case UnOp::Cos:
      return std::cos(x);
    case UnOp::Tan:
      return std::tan(x);
    case UnOp::Asin:
      return std::asin(x);
    case UnOp::Acos:
      return std::acos(x);
    case UnOp::Atan:
      return std::atan(x);
    case UnOp::Exp:
      return std::exp(x);
    case UnOp::Log:
      return std::log(x);
    case UnOp::Log2:
      return std::log2(x);
    case UnOp::Log10:
      return std::log10(x);
    default:
      TN_UNREACHABLE("not a function of the C library");
  }
}

// Of the bits that the type has: how many of a kind.
uint64_t count_bits(UnOp op, uint64_t bits, uint32_t width) {
  if (width < 64) bits &= (uint64_t{1} << width) - 1;
  switch (op) {
    case UnOp::CountOnes:
      return static_cast<uint64_t>(std::popcount(bits));
    case UnOp::LeadingZeros:
      return static_cast<uint64_t>(std::countl_zero(bits)) - (64 - width);
    case UnOp::TrailingZeros:
      return bits == 0 ? width : static_cast<uint64_t>(std::countr_zero(bits));
    default:
      TN_UNREACHABLE("counts nothing");
  }
}

// What never overflows. The bits above those of the type do not matter. `b` is not 0 for / and %.
uint64_t wrapping_binary(BinOp op, uint64_t a, uint64_t b, const TypeInfo& type) {
  uint64_t count = b & (bits_of(type) - 1);
  switch (op) {
    case BinOp::WrapAdd:
      return a + b;
    case BinOp::WrapSub:
      return a - b;
    case BinOp::WrapMul:
      return a * b;
    case BinOp::WrapDiv:
      return static_cast<uint64_t>(widen(a, type) / widen(b, type));
    case BinOp::WrapRem:
      return static_cast<uint64_t>(widen(a, type) % widen(b, type));
    case BinOp::BitAnd:
      return a & b;
    case BinOp::BitOr:
      return a | b;
    case BinOp::BitXor:
      return a ^ b;
    case BinOp::Shl:
      return a << count;
    case BinOp::Shr:
      return type.is_signed ? static_cast<uint64_t>(static_cast<int64_t>(a) >> count) : a >> count;
    default:
      TN_UNREACHABLE("an operator that is checked");
  }
}

// What the cast yields; false: out of range.
bool cast_float(double value, const TypeInfo& to, uint64_t& out) {
  if (to.is_float) {
    out = float_bits(value, to);
    return !(std::isfinite(value) && std::isinf(float_value(out, to)));
  }
  // Every 64-bit integer is well inside of ±2^70.
  if (!(std::fabs(value) < 1.0e21)) return false;
  auto number = static_cast<__int128>(value);
  out = static_cast<uint64_t>(number);
  return fits(number, to);
}

// The nearest number of the type, toward zero.
uint64_t convert_float(double value, const TypeInfo& to) {
  if (to.is_float) return float_bits(value, to);
  if (std::isnan(value)) return 0;
  double bound = std::ldexp(1.0, static_cast<int>(bits_of(to) - (to.is_signed ? 1 : 0)));
  if (value >= bound) return to.is_signed ? (uint64_t{1} << (bits_of(to) - 1)) - 1 : ~uint64_t{0};
  if (value <= (to.is_signed ? -bound : 0.0)) {
    return to.is_signed ? ~uint64_t{0} << (bits_of(to) - 1) : 0;
  }
  return static_cast<uint64_t>(static_cast<__int128>(value));
}

}  // namespace

Next Machine::do_Unary(Frame& frame, const InstCode& inst) {
  const TypeInfo& type = *inst.args[0].type;
  uint64_t a = evaluate_bits(frame, inst.args[0]);
  auto op = static_cast<UnOp>(inst.imm);
  if (oir::unop_is_math(op)) {
    store_bits(frame, inst.dst, float_bits(math(op, float_value(a, type)), type));
    return Next::Go;
  }
  if (op >= UnOp::CountOnes) {
    store_bits(frame, inst.dst, count_bits(op, a, bits_of(type)));
    return Next::Go;
  }
  if (op != UnOp::Neg) {
    store_bits(frame, inst.dst, op == UnOp::Not ? a ^ 1 : op == UnOp::BitNot ? ~a : 0 - a);
    return Next::Go;
  }
  if (type.is_float) {
    store_bits(frame, inst.dst, float_bits(-float_value(a, type), type));
    return Next::Go;
  }
  __int128 value = -widen(a, type);
  if (!fits(value, type)) return fail_with(TN_E_INTEGER_OVERFLOW, inst);
  store_bits(frame, inst.dst, static_cast<uint64_t>(value));
  return Next::Go;
}

Next Machine::do_Binary(Frame& frame, const InstCode& inst) {
  const TypeInfo& type = *inst.args[0].type;
  auto op = static_cast<BinOp>(inst.imm);
  uint64_t a_bits = evaluate_bits(frame, inst.args[0]);
  uint64_t b_bits = evaluate_bits(frame, inst.args[1]);
  if (type.is_float) {
    store_bits(frame, inst.dst,
               float_binary(op, float_value(a_bits, type), float_value(b_bits, type), type));
    return Next::Go;
  }
  __int128 a = widen(a_bits, type);
  __int128 b = widen(b_bits, type);
  if (oir::binop_compares(op)) {
    store_bits(frame, inst.dst, compare(op, a < b ? -1 : a > b));
    return Next::Go;
  }
  bool divides =
      op == BinOp::Div || op == BinOp::Rem || op == BinOp::WrapDiv || op == BinOp::WrapRem;
  if (divides && b == 0) return fail_with(TN_E_DIVISION_BY_ZERO, inst);
  if (op > BinOp::Ge) {
    store_bits(frame, inst.dst, wrapping_binary(op, a_bits, b_bits, type));
    return Next::Go;
  }
  __int128 value = 0;
  switch (op) {
    case BinOp::Add:
      value = a + b;
      break;
    case BinOp::Sub:
      value = a - b;
      break;
    case BinOp::Mul:
      // The product of two u64 does not fit into a signed 128-bit number.
      if (__builtin_mul_overflow(a, b, &value)) return fail_with(TN_E_INTEGER_OVERFLOW, inst);
      break;
    case BinOp::Div:
      value = a / b;
      break;
    default:
      value = a % b;
      break;
  }
  if (!fits(value, type)) return fail_with(TN_E_INTEGER_OVERFLOW, inst);
  store_bits(frame, inst.dst, static_cast<uint64_t>(value));
  return Next::Go;
}

Next Machine::do_Cast(Frame& frame, const InstCode& inst) {
  const TypeInfo& from = *inst.args[0].type;
  const TypeInfo& to = *inst.dst.type;
  uint64_t bits = evaluate_bits(frame, inst.args[0]);
  uint64_t out = 0;
  if (inst.imm == 1 && from.is_float) {
    out = convert_float(float_value(bits, from), to);
  } else if (inst.imm == 1 && !to.is_float) {
    out = bits;
  } else if (from.is_float) {
    if (!cast_float(float_value(bits, from), to, out)) {
      return fail_with(TN_E_VALUE_OUT_OF_RANGE, inst);
    }
  } else if (to.is_float) {
    // Directly from the integer: by way of double it would be rounded twice.
    if (to.kind == TypeKind::F32) {
      float value = from.is_signed ? static_cast<float>(static_cast<int64_t>(bits))
                                   : static_cast<float>(bits);
      out = std::bit_cast<uint32_t>(value);
    } else {
      double value = from.is_signed ? static_cast<double>(static_cast<int64_t>(bits))
                                    : static_cast<double>(bits);
      out = std::bit_cast<uint64_t>(value);
    }
  } else {
    if (!fits(widen(bits, from), to)) return fail_with(TN_E_VALUE_OUT_OF_RANGE, inst);
    out = bits;
  }
  store_bits(frame, inst.dst, out);
  return Next::Go;
}

}  // namespace tenure::interp
