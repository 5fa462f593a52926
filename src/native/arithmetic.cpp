// Numbers: checked arithmetic, comparisons, casts [O-PANIC-1].
#include <cmath>

#include "base/check.h"
#include "native/function.h"

namespace tenure::native {

using oir::BinOp;
using oir::TypeId;
using oir::UnOp;

void FunctionLowering::fail_with(Value* failed, TnError error) {
  fail_if(failed, [&] { rt(Rt::tn_report, {number32(error), site()}); });
}

llvm::Value* FunctionLowering::checked(llvm::Intrinsic::ID intrinsic, Value* a, Value* b) {
  Value* both = b_.CreateBinaryIntrinsic(intrinsic, a, b);
  fail_with(b_.CreateExtractValue(both, 1), TN_E_INTEGER_OVERFLOW);
  return b_.CreateExtractValue(both, 0);
}

// A function of the C library, of doubles. No optimisation may put another one in its place, which
// might round in another way than the other engines do; what is exact is left to LLVM.
llvm::Value* FunctionLowering::math(std::string_view name, llvm::ArrayRef<Value*> args) {
  if (args.size() == 1) {
    namespace in = llvm::Intrinsic;
    static constexpr std::pair<std::string_view, in::ID> kExact[] = {{"sqrt", in::sqrt},
                                                                     {"floor", in::floor},
                                                                     {"ceil", in::ceil},
                                                                     {"trunc", in::trunc},
                                                                     {"round", in::round}};
    for (auto [exact, intrinsic] : kExact) {
      if (exact == name) return b_.CreateUnaryIntrinsic(intrinsic, args[0]);
    }
  }
  llvm::Type* wide = llvm::Type::getDoubleTy(module_.context);
  llvm::Type* given = args[0]->getType();
  std::vector<llvm::Type*> params(args.size(), wide);
  std::vector<Value*> values;
  for (Value* arg : args) values.push_back(b_.CreateFPExt(arg, wide));
  llvm::FunctionCallee callee = module_.module().getOrInsertFunction(
      std::string(name), llvm::FunctionType::get(wide, params, false));
  llvm::CallInst* call = b_.CreateCall(callee, values);
  call->setDoesNotAccessMemory();
  call->setDoesNotThrow();
  call->addFnAttr(llvm::Attribute::WillReturn);
  call->addFnAttr(llvm::Attribute::NoBuiltin);
  return b_.CreateFPTrunc(call, given);
}

llvm::Value* FunctionLowering::count_bits(UnOp op, Value* a) {
  if (op == UnOp::CountOnes) return b_.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, a);
  auto intrinsic = op == UnOp::LeadingZeros ? llvm::Intrinsic::ctlz : llvm::Intrinsic::cttz;
  return b_.CreateBinaryIntrinsic(intrinsic, a, llvm::ConstantInt::getFalse(module_.context));
}

void FunctionLowering::lower_unary() {
  Value* a = value(arg(0));
  TypeId type = type_of(arg(0));
  UnOp op = static_cast<UnOp>(inst_->imm);
  if (oir::unop_is_math(op)) return init_place(inst_->dst, math(oir::unop_name(op), {a}), nullptr);
  if (op >= UnOp::CountOnes) return init_place(inst_->dst, count_bits(op, a), nullptr);
  if (op == UnOp::Not || op == UnOp::BitNot) {
    return init_place(inst_->dst, b_.CreateNot(a), nullptr);
  }
  if (op == UnOp::WrapNeg) return init_place(inst_->dst, b_.CreateNeg(a), nullptr);
  if (types().is_float(type)) return init_place(inst_->dst, b_.CreateFNeg(a), nullptr);
  Value* zero = llvm::Constant::getNullValue(a->getType());
  auto intrinsic = types().is_signed(type) ? llvm::Intrinsic::ssub_with_overflow
                                           : llvm::Intrinsic::usub_with_overflow;
  Value* result = checked(intrinsic, zero, a);
  init_place(inst_->dst, result, nullptr);
}

// The smallest number divided by -1 overflows; its remainder is 0, which the machine's instruction
// cannot say, so the divisor is 1 then.
llvm::Value* FunctionLowering::integer_division(BinOp op, Value* a, Value* b, bool is_signed) {
  llvm::Type* type = a->getType();
  fail_with(b_.CreateICmpEQ(b, llvm::Constant::getNullValue(type)), TN_E_DIVISION_BY_ZERO);
  if (!is_signed) return op == BinOp::Div ? b_.CreateUDiv(a, b) : b_.CreateURem(a, b);
  Value* minus_one = llvm::Constant::getAllOnesValue(type);
  if (op == BinOp::Rem) {
    Value* one = llvm::ConstantInt::get(type, 1);
    Value* divisor = b_.CreateSelect(b_.CreateICmpEQ(b, minus_one), one, b);
    return b_.CreateSRem(a, divisor);
  }
  Value* smallest =
      llvm::ConstantInt::get(type, llvm::APInt::getSignedMinValue(type->getIntegerBitWidth()));
  Value* overflows = b_.CreateAnd(b_.CreateICmpEQ(a, smallest), b_.CreateICmpEQ(b, minus_one));
  fail_with(overflows, TN_E_INTEGER_OVERFLOW);
  return b_.CreateSDiv(a, b);
}

llvm::Value* FunctionLowering::compare(BinOp op, Value* a, Value* b, TypeId type) {
  using Predicate = llvm::CmpInst::Predicate;
  struct Row {
    Predicate floating, is_signed, is_unsigned;
  };
  static constexpr Row kRows[] = {
      {Predicate::FCMP_OEQ, Predicate::ICMP_EQ, Predicate::ICMP_EQ},
      {Predicate::FCMP_UNE, Predicate::ICMP_NE, Predicate::ICMP_NE},
      {Predicate::FCMP_OLT, Predicate::ICMP_SLT, Predicate::ICMP_ULT},
      {Predicate::FCMP_OLE, Predicate::ICMP_SLE, Predicate::ICMP_ULE},
      {Predicate::FCMP_OGT, Predicate::ICMP_SGT, Predicate::ICMP_UGT},
      {Predicate::FCMP_OGE, Predicate::ICMP_SGE, Predicate::ICMP_UGE},
  };
  const Row& row = kRows[static_cast<int>(op) - static_cast<int>(BinOp::Eq)];
  if (types().is_float(type)) return b_.CreateFCmp(row.floating, a, b);
  return b_.CreateICmp(types().is_signed(type) ? row.is_signed : row.is_unsigned, a, b);
}

// Division by -1 is negation, which wraps; what is divided by is 1 then, for the machine's
// instruction traps.
llvm::Value* FunctionLowering::wrapping_division(BinOp op, Value* a, Value* b, bool is_signed) {
  llvm::Type* type = a->getType();
  fail_with(b_.CreateICmpEQ(b, llvm::Constant::getNullValue(type)), TN_E_DIVISION_BY_ZERO);
  bool divides = op == BinOp::WrapDiv;
  if (!is_signed) return divides ? b_.CreateUDiv(a, b) : b_.CreateURem(a, b);
  Value* by_minus_one = b_.CreateICmpEQ(b, llvm::Constant::getAllOnesValue(type));
  Value* divisor = b_.CreateSelect(by_minus_one, llvm::ConstantInt::get(type, 1), b);
  if (!divides) return b_.CreateSRem(a, divisor);
  return b_.CreateSelect(by_minus_one, b_.CreateNeg(a), b_.CreateSDiv(a, divisor));
}

llvm::Value* FunctionLowering::wrapping(BinOp op, Value* a, Value* b, TypeId type) {
  bool is_signed = types().is_signed(type);
  auto count = [&] {
    unsigned bits = b->getType()->getIntegerBitWidth();
    return b_.CreateAnd(b, llvm::ConstantInt::get(b->getType(), bits - 1));
  };
  switch (op) {
    case BinOp::WrapAdd:
      return b_.CreateAdd(a, b);
    case BinOp::WrapSub:
      return b_.CreateSub(a, b);
    case BinOp::WrapMul:
      return b_.CreateMul(a, b);
    case BinOp::WrapDiv:
    case BinOp::WrapRem:
      return wrapping_division(op, a, b, is_signed);
    case BinOp::BitAnd:
      return b_.CreateAnd(a, b);
    case BinOp::BitOr:
      return b_.CreateOr(a, b);
    case BinOp::BitXor:
      return b_.CreateXor(a, b);
    case BinOp::Shl:
      return b_.CreateShl(a, count());
    case BinOp::Shr:
      return is_signed ? b_.CreateAShr(a, count()) : b_.CreateLShr(a, count());
    default:
      TN_UNREACHABLE("an operator that is checked");
  }
}

void FunctionLowering::lower_binary() {
  BinOp op = static_cast<BinOp>(inst_->imm);
  TypeId type = type_of(arg(0));
  if (module_.is_unit(type)) {  // there is one unit
    bool holds = op == BinOp::Eq || op == BinOp::Le || op == BinOp::Ge;
    return init_place(inst_->dst, llvm::ConstantInt::get(module_.i1, holds), nullptr);
  }
  Value* a = value(arg(0));
  Value* b = value(arg(1));
  if (oir::binop_compares(op)) return init_place(inst_->dst, compare(op, a, b, type), nullptr);
  if (oir::binop_is_math(op))
    return init_place(inst_->dst, math(oir::binop_name(op), {a, b}), nullptr);
  if (op > BinOp::Ge) return init_place(inst_->dst, wrapping(op, a, b, type), nullptr);
  bool is_float = types().is_float(type);
  bool is_signed = types().is_signed(type);
  using namespace llvm::Intrinsic;
  Value* result = nullptr;
  switch (op) {
    case BinOp::Add:
      result = is_float ? b_.CreateFAdd(a, b)
                        : checked(is_signed ? sadd_with_overflow : uadd_with_overflow, a, b);
      break;
    case BinOp::Sub:
      result = is_float ? b_.CreateFSub(a, b)
                        : checked(is_signed ? ssub_with_overflow : usub_with_overflow, a, b);
      break;
    case BinOp::Mul:
      result = is_float ? b_.CreateFMul(a, b)
                        : checked(is_signed ? smul_with_overflow : umul_with_overflow, a, b);
      break;
    case BinOp::Div:
      result = is_float ? b_.CreateFDiv(a, b) : integer_division(op, a, b, is_signed);
      break;
    default:
      result = is_float ? b_.CreateFRem(a, b) : integer_division(op, a, b, is_signed);
      break;
  }
  init_place(inst_->dst, result, nullptr);
}

// ---- casts

llvm::Value* FunctionLowering::cast_integer(Value* a, TypeId from, TypeId to) {
  llvm::Type* target = module_.value_type(to);
  unsigned from_bits = a->getType()->getIntegerBitWidth();
  unsigned to_bits = target->getIntegerBitWidth();
  bool from_signed = types().is_signed(from);
  bool to_signed = types().is_signed(to);
  // One bit more than either holds every value of both.
  unsigned wide_bits = std::max(from_bits, to_bits) + 1;
  auto limit = [&](bool highest) {
    llvm::APInt value = to_signed ? (highest ? llvm::APInt::getSignedMaxValue(to_bits)
                                             : llvm::APInt::getSignedMinValue(to_bits))
                                  : (highest ? llvm::APInt::getMaxValue(to_bits)
                                             : llvm::APInt::getMinValue(to_bits));
    return to_signed ? value.sext(wide_bits) : value.zext(wide_bits);
  };
  llvm::Type* wide = llvm::IntegerType::get(module_.context, wide_bits);
  Value* exact = from_signed ? b_.CreateSExt(a, wide) : b_.CreateZExt(a, wide);
  llvm::APInt low = from_signed ? llvm::APInt::getSignedMinValue(from_bits).sext(wide_bits)
                                : llvm::APInt(wide_bits, 0);
  llvm::APInt high = from_signed ? llvm::APInt::getSignedMaxValue(from_bits).sext(wide_bits)
                                 : llvm::APInt::getMaxValue(from_bits).zext(wide_bits);
  if (low.slt(limit(false)) || high.sgt(limit(true))) {
    Value* below = b_.CreateICmpSLT(exact, llvm::ConstantInt::get(wide, limit(false)));
    Value* above = b_.CreateICmpSGT(exact, llvm::ConstantInt::get(wide, limit(true)));
    fail_with(b_.CreateOr(below, above), TN_E_VALUE_OUT_OF_RANGE);
  }
  return b_.CreateTrunc(exact, target);
}

// Truncates toward zero; fails unless the result is in range (of NaN too).
llvm::Value* FunctionLowering::cast_to_integer(Value* a, TypeId to) {
  llvm::Type* target = module_.value_type(to);
  unsigned bits = target->getIntegerBitWidth();
  bool is_signed = types().is_signed(to);
  llvm::Type* wide = llvm::Type::getDoubleTy(module_.context);
  Value* exact = b_.CreateFPExt(a, wide);
  Value* whole = b_.CreateUnaryIntrinsic(llvm::Intrinsic::trunc, exact);
  double low = is_signed ? -std::ldexp(1.0, static_cast<int>(bits) - 1) : 0.0;
  double end = std::ldexp(1.0, static_cast<int>(is_signed ? bits - 1 : bits));
  Value* in_range = b_.CreateAnd(b_.CreateFCmpOGE(whole, llvm::ConstantFP::get(wide, low)),
                                 b_.CreateFCmpOLT(whole, llvm::ConstantFP::get(wide, end)));
  fail_with(b_.CreateNot(in_range), TN_E_VALUE_OUT_OF_RANGE);
  return is_signed ? b_.CreateFPToSI(whole, target) : b_.CreateFPToUI(whole, target);
}

// Without a check: truncates, extends, saturates, and makes addresses of integers.
llvm::Value* FunctionLowering::convert(Value* a, TypeId from, TypeId to) {
  llvm::Type* target = module_.value_type(to);
  bool is_signed = types().is_signed(from);
  if (a->getType()->isPointerTy()) {
    if (target->isPointerTy()) return a;
    return b_.CreateZExtOrTrunc(b_.CreatePtrToInt(a, module_.i64), target);
  }
  if (target->isPointerTy()) {
    Value* wide = is_signed ? b_.CreateSExt(a, module_.i64) : b_.CreateZExt(a, module_.i64);
    return b_.CreateIntToPtr(wide, target);
  }
  if (types().is_float(from)) {
    if (types().is_float(to)) return b_.CreateFPCast(a, target);
    auto saturate =
        types().is_signed(to) ? llvm::Intrinsic::fptosi_sat : llvm::Intrinsic::fptoui_sat;
    return b_.CreateIntrinsic(saturate, {target, a->getType()}, {a});
  }
  if (types().is_float(to)) {
    return is_signed ? b_.CreateSIToFP(a, target) : b_.CreateUIToFP(a, target);
  }
  return is_signed ? b_.CreateSExtOrTrunc(a, target) : b_.CreateZExtOrTrunc(a, target);
}

void FunctionLowering::lower_cast() {
  TypeId from = type_of(arg(0));
  TypeId to = type_of(inst_->dst);
  if (module_.is_unit(to)) return;
  Value* a = value(arg(0));
  if (inst_->imm == 1) return init_place(inst_->dst, convert(a, from, to), nullptr);
  llvm::Type* target = module_.value_type(to);
  Value* result = nullptr;
  bool from_bool = types()[from].kind == oir::TypeKind::Bool;
  if (from == to) {
    result = a;
  } else if (types().is_float(from) && types().is_float(to)) {
    result = b_.CreateFPCast(a, target);
    if (types()[to].kind == oir::TypeKind::F32) {
      // A finite number that becomes infinite does not fit.
      Value* is_infinite =
          b_.CreateAnd(b_.CreateFCmpOEQ(b_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, result),
                                        llvm::ConstantFP::getInfinity(target)),
                       b_.CreateFCmpONE(b_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, a),
                                        llvm::ConstantFP::getInfinity(a->getType())));
      fail_with(is_infinite, TN_E_VALUE_OUT_OF_RANGE);
    }
  } else if (types().is_float(from)) {
    result = cast_to_integer(a, to);
  } else if (types().is_float(to)) {
    result = types().is_signed(from) ? b_.CreateSIToFP(a, target) : b_.CreateUIToFP(a, target);
  } else if (from_bool) {
    result = b_.CreateZExt(a, target);
  } else {
    result = cast_integer(a, from, to);
  }
  init_place(inst_->dst, result, nullptr);
}

}  // namespace tenure::native
