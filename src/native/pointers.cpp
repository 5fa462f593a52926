// Pointers, slices, function values, foreign functions, manual memory.
#include "base/check.h"
#include "native/abi.h"
#include "native/function.h"

namespace tenure::native {

using oir::RtFn;
using oir::Type;
using oir::TypeId;
using oir::TypeKind;

// ---- addresses

void FunctionLowering::lower_ptr_add() {
  Value* pointer = value(arg(0));
  Value* count = wide(arg(1));
  uint64_t size = module_.layouts[types()[type_of(inst_->dst)].elem].size;
  Value* bytes = b_.CreateMul(count, number64(size));
  init_place(inst_->dst, b_.CreateGEP(module_.i8, pointer, bytes), nullptr);
}

FunctionLowering::Elements FunctionLowering::elements(const oir::Operand& operand) {
  const Type& type = types()[type_of(operand)];
  Value* at = looked_at(operand);
  if (type.kind == TypeKind::FixedArray) return {at, number64(type.count)};
  Value* data = b_.CreateAlignedLoad(module_.ptr, at, module_.aligned(8));
  Value* length = b_.CreateAlignedLoad(module_.i64, offset(at, kStringLength), module_.aligned(8));
  return {data, length};
}

void FunctionLowering::lower_slice() {
  Elements all = elements(arg(0));
  if (args().size() == 3) {
    Value* from = wide(arg(1));
    Value* to = wide(arg(2));
    // A negative bound is a large one.
    Value* behind = b_.CreateICmpUGT(to, all.length);
    Value* bad = b_.CreateOr(behind, b_.CreateICmpUGT(from, to));
    fail_if(bad, [&] {
      Value* shown = b_.CreateSelect(behind, to, from);
      Value* shown_signed = b_.CreateSelect(behind, is_signed(arg(2)), is_signed(arg(1)));
      rt(Rt::tn_report_index, {shown, shown_signed, all.length, site()});
    });
    uint64_t size = module_.layouts[types()[type_of(inst_->dst)].elem].size;
    all.data = b_.CreateGEP(module_.i8, all.data, b_.CreateMul(from, number64(size)));
    all.length = b_.CreateSub(to, from);
  }
  Value* memory = result_memory(inst_->dst);
  b_.CreateAlignedStore(all.data, memory, module_.aligned(8));
  b_.CreateAlignedStore(all.length, offset(memory, kStringLength), module_.aligned(8));
  built(inst_->dst, memory);
}

void FunctionLowering::lower_mem_check() {
  auto access = static_cast<oir::MemAccess>(inst_->imm);
  if (access == oir::MemAccess::WriteLiteral) return lower_literal_check();
  uint64_t size = module_.layouts[types()[type_of(arg(0))].elem].size;
  Value* write = llvm::ConstantInt::get(module_.i1, access == oir::MemAccess::Write);
  Value* pointer = value(arg(0));
  Value* from = args().size() == 2 ? value(arg(1)) : null_pointer();
  check_status(rt(Rt::tn_mem_check, {pointer, number64(size), from, write, site()}));
}

// (A write that begins before the literals and reaches into them begins in nothing of the
// program's.)
void FunctionLowering::lower_literal_check() {
  if (module_.literals() == nullptr) return;
  Value* begin = b_.CreatePtrToInt(module_.literals(), module_.i64);
  Value* offset = b_.CreateSub(b_.CreatePtrToInt(value(arg(0)), module_.i64), begin);
  fail_if(b_.CreateICmpULT(offset, number64(module_.literals_size())),
          [&] { rt(Rt::tn_report_literal, {site()}); });
}

// ---- calls

void FunctionLowering::lower_call_value() {
  const Type& type = types()[type_of(arg(0))];
  Signature signature = signature_of_value(module_, type);
  std::vector<Value*> values(signature.type->getNumParams(), nullptr);
  Value* target = value(arg(0));
  for (uint32_t i = 0; i < type.params.size(); ++i) {
    if (signature.parameters[i] == kNoParameter) continue;
    oir::ParamMode mode = oir::mode_of_value_parameter(types(), type.params[i]);
    values[signature.parameters[i]] = argument(arg(i + 1), mode, type.params[i]);
  }
  lend_arguments();
  Value* memory = nullptr;
  if (signature.result_in_memory) {
    memory = inst_->dst.valid() ? result_memory(inst_->dst) : temporary(type.result);
    values[0] = memory;
  }
  Value* result = call_unwinding(signature.type, target, values, signature.convention);
  if (!inst_->dst.valid()) return;
  if (memory != nullptr) return built(inst_->dst, memory);
  if (!module_.is_unit(type.result)) init_place(inst_->dst, result, nullptr);
}

// C's convention has narrow integers extended.
void FunctionLowering::lower_foreign_call() {
  const oir::Function& callee = module_.program[inst_->callee];
  std::vector<Value*> values;
  for (uint32_t i = 0; i < callee.params; ++i) values.push_back(value(arg(i)));
  if (!oir::is_numeric_function(module_.program, callee)) rt(Rt::tn_before_foreign, {});
  llvm::Function* target = module_.function(inst_->callee);
  llvm::CallInst* call = b_.CreateCall(module_.foreign_type(inst_->callee), target, values);
  call->setAttributes(module_.foreign_attributes(inst_->callee));
  call->addFnAttr(llvm::Attribute::NoMerge);
  if (inst_->dst.valid() && !module_.is_unit(callee.result_type())) {
    init_place(inst_->dst, call, nullptr);
  }
}

// ---- runtime functions

// Unchecked, the functions on ranges are instructions.
bool FunctionLowering::lower_unchecked_memory() {
  if (module_.options.check_memory != TN_MEMORY_OFF) return false;
  llvm::MaybeAlign one(1);
  // Of a range at null LLVM would conclude that it is never reached; it shall be accessed, and
  // fail.
  auto range = [&](const oir::Operand& begin) {
    llvm_->addFnAttr(llvm::Attribute::NullPointerIsValid);
    return value(begin);
  };
  switch (static_cast<RtFn>(inst_->imm)) {
    case RtFn::MemSet: {
      Value* to = range(arg(0));
      Value* byte = value(arg(1));
      b_.CreateMemSet(to, byte, value(arg(2)), one);
      return true;
    }
    case RtFn::MemZero: {
      Value* to = range(arg(0));
      b_.CreateMemSet(to, llvm::ConstantInt::get(module_.i8, 0), value(arg(1)), one);
      return true;
    }
    case RtFn::MemCopy:
    case RtFn::MemMove: {
      Value* to = range(arg(0));
      Value* from = range(arg(1));
      // (An overlap is the user's mistake; it need not be worse than it is.)
      b_.CreateMemMove(to, one, from, one, value(arg(2)));
      return true;
    }
    default:
      return false;
  }
}

void FunctionLowering::lower_memory_runtime() {
  if (lower_unchecked_memory()) return;
  std::vector<Value*> values;
  for (const oir::Operand& operand : args()) values.push_back(value(operand));
  auto with_site = [&](Rt fn) {
    values.push_back(site());
    return rt(fn, values);
  };
  auto result = [&](Value* value) { init_place(inst_->dst, value, nullptr); };
  switch (static_cast<RtFn>(inst_->imm)) {
    case RtFn::MemAlloc:
      return result(with_site(Rt::tn_mem_alloc));
    case RtFn::MemFree:
      return check_status(with_site(Rt::tn_mem_free));
    case RtFn::MemZero:
      values.insert(values.begin() + 1, llvm::ConstantInt::get(module_.i8, 0));
      return check_status(with_site(Rt::tn_mem_set));
    case RtFn::MemSet:
      return check_status(with_site(Rt::tn_mem_set));
    case RtFn::MemCopy:
      return check_status(with_site(Rt::tn_mem_copy));
    case RtFn::MemMove:
      return check_status(with_site(Rt::tn_mem_move));
    case RtFn::MemCompare:
    case RtFn::MemEqual: {
      Value* order = with_site(Rt::tn_mem_compare);
      fail_if(b_.CreateICmpEQ(order, number32(TN_MEM_FAILED)), [] {});
      bool equal = static_cast<RtFn>(inst_->imm) == RtFn::MemEqual;
      return result(equal ? b_.CreateIsNull(order) : order);
    }
    case RtFn::MemMark:
      return result(rt(Rt::tn_mem_mark, {}));
    case RtFn::MemLeaks:
      return result(rt(Rt::tn_mem_leaks, values));
    default:
      TN_UNREACHABLE("not a function of manual memory");
  }
}

}  // namespace tenure::native
