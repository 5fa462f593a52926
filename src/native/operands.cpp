// Operands: what an instruction reads, and how it comes to own it.
#include <bit>

#include "base/check.h"
#include "native/function.h"

namespace tenure::native {

using oir::Const;
using oir::ConstKind;
using oir::Operand;
using oir::OperandKind;
using oir::TypeId;

oir::TypeId FunctionLowering::type_of(const Operand& operand) {
  return operand.has_place() ? type_of(operand.place) : operand.constant.type;
}

llvm::Value* FunctionLowering::constant(const Const& constant) {
  llvm::Type* type = module_.value_type(constant.type);
  switch (constant.kind) {
    case ConstKind::Bool:
      return llvm::ConstantInt::get(module_.i1, constant.bits & 1);
    case ConstKind::Int:
      return llvm::ConstantInt::get(
          module_.context, llvm::APInt(64, constant.bits).trunc(type->getIntegerBitWidth()));
    case ConstKind::Float: {
      double number = std::bit_cast<double>(constant.bits);
      if (type->isFloatTy()) {
        return llvm::ConstantFP::get(module_.context, llvm::APFloat(static_cast<float>(number)));
      }
      return llvm::ConstantFP::get(module_.context, llvm::APFloat(number));
    }
    case ConstKind::Null:
      return null_pointer();
    case ConstKind::Func:
      return module_.function_value(oir::FuncId{size_t(constant.bits)});
    case ConstKind::String:
      if (type != nullptr) return literal_pointer(static_cast<uint32_t>(constant.bits));
      break;
    case ConstKind::Unit:
      break;
  }
  TN_UNREACHABLE("a constant that is not a scalar");
}

llvm::Value* FunctionLowering::literal_pointer(uint32_t string) {
  Value* base = b_.CreateAlignedLoad(module_.ptr, module_.literals_place(), llvm::Align(8));
  return b_.CreateGEP(module_.i8, base, number64(module_.literal_offset(string)));
}

llvm::Value* FunctionLowering::value(const Operand& operand) {
  if (operand.kind == OperandKind::Const) return constant(operand.constant);
  bool whole_local = operand.place.is_local() && operand.place.is_root();
  if (whole_local && is_word_[operand.place.root]) return local_value(operand.place.root);
  Address at = resolve(operand.place);
  if (operand.kind == OperandKind::Addr) return at.ptr;
  Value* word = load(at.ptr, at.type);
  if (operand.kind == OperandKind::Copy) return copy_scalar(word, at.type);
  if (operand.kind == OperandKind::Move) mark_moved(operand.place, at);
  return word;
}

void FunctionLowering::store_operand(const Operand& operand, TypeId type, Value* raw) {
  if (module_.is_unit(type)) return;
  if (module_.is_scalar(type)) return store(value(operand), raw, type);
  switch (operand.kind) {
    case OperandKind::Const:
      TN_CHECK(operand.constant.kind == ConstKind::String, "an aggregate constant");
      copy_bytes(raw, module_.string_value(static_cast<uint32_t>(operand.constant.bits)), type);
      return;
    case OperandKind::Copy:
      copy_into(raw, resolve(operand.place).ptr, type);
      return;
    case OperandKind::Move: {
      Address at = resolve(operand.place);
      copy_bytes(raw, at.ptr, type);
      mark_moved(operand.place, at);
      return;
    }
    case OperandKind::Borrow:
    case OperandKind::Addr:
      break;
  }
  TN_UNREACHABLE("a borrowed operand is stored");
}

llvm::Value* FunctionLowering::looked_at(const Operand& operand) {
  if (operand.kind == OperandKind::Addr || operand.kind == OperandKind::Borrow) {
    Value* ptr = resolve(operand.place).ptr;
    return ptr != nullptr ? ptr : null_pointer();  // unit has no memory
  }
  bool text = operand.kind == OperandKind::Const && operand.constant.kind == ConstKind::String;
  if (text && types().is_string(operand.constant.type)) {
    return module_.string_value(static_cast<uint32_t>(operand.constant.bits));
  }
  TypeId type = type_of(operand);
  if (module_.is_unit(type)) return null_pointer();
  Value* memory = temporary(type);
  store_operand(operand, type, memory);
  return memory;
}

// An integer as 64 bits, by its signedness.
llvm::Value* FunctionLowering::wide(const Operand& operand) {
  Value* number = value(operand);
  return types().is_signed(type_of(operand)) ? b_.CreateSExt(number, module_.i64)
                                             : b_.CreateZExt(number, module_.i64);
}

llvm::Value* FunctionLowering::is_signed(const Operand& operand) {
  return llvm::ConstantInt::get(module_.i1, types().is_signed(type_of(operand)));
}

// What a parameter of the mode and type gets.
llvm::Value* FunctionLowering::argument(const Operand& operand, oir::ParamMode mode, TypeId type) {
  if (module_.is_scalar(type)) return value(operand);
  return mode == oir::ParamMode::Borrow ? looked_at(operand) : owned_memory(operand, type);
}

llvm::Value* FunctionLowering::owned_memory(const Operand& operand, TypeId type) {
  if (operand.kind == OperandKind::Move && operand.place.is_local() && operand.place.is_root()) {
    size_t local = operand.place.local_id().index();
    // A local that others may look at through its address must hold the hole, not the value.
    if (!address_taken_[local] || !types()[type].vacates) return slot(local);
  }
  Value* memory = temporary(type);
  store_operand(operand, type, memory);
  return memory;
}

}  // namespace tenure::native
