// Calls of the program's functions and of the runtime's.
#include "base/check.h"
#include "native/abi.h"
#include "native/function.h"

namespace tenure::native {

using oir::Local;
using oir::Operand;
using oir::OperandKind;
using oir::RtFn;
using oir::Type;
using oir::TypeId;
using oir::TypeKind;

void FunctionLowering::lower_call() {
  const oir::Function& callee = module_.program[inst_->callee];
  if (callee.is_foreign()) return lower_foreign_call();
  Signature signature = signature_of(module_, inst_->callee);
  std::vector<Value*> values(signature.type->getNumParams(), nullptr);
  for (uint32_t i = 0; i < callee.params; ++i) {
    uint32_t slot = signature.parameters[i];
    if (slot == kNoParameter) continue;
    const Local& parameter = callee.locals[i + 1];
    values[slot] = argument(arg(i), parameter.mode, parameter.type);
  }
  if (module_.may_overwrite(inst_->callee)) lend_arguments();
  Value* memory = nullptr;
  if (signature.result_in_memory) {
    memory = inst_->dst.valid() ? result_memory(inst_->dst) : temporary(callee.result_type());
    values[0] = memory;
  }
  llvm::Function* target = module_.function(inst_->callee);
  Value* result = nullptr;
  if (module_.may_fail(inst_->callee)) {
    result = call_unwinding(signature.type, target, values, signature.convention);
  } else {
    llvm::CallInst* call = b_.CreateCall(signature.type, target, values);
    call->setCallingConv(signature.convention);
    call->addFnAttr(llvm::Attribute::NoMerge);
    result = call;
  }
  if (!inst_->dst.valid()) return;
  if (memory != nullptr) return built(inst_->dst, memory);
  if (!module_.is_unit(callee.result_type())) init_place(inst_->dst, result, nullptr);
}

// The drop trace says whose a value was that the callee overwrites: of locals in the frame only the
// caller knows.
void FunctionLowering::lend_arguments() {
  for (const Operand& operand : args()) {
    if (operand.kind != OperandKind::Addr || !operand.place.is_local()) continue;
    size_t index = operand.place.local_id().index();
    const Local& local = function_.locals[index];
    if (local.boxed || !types()[local.type].watched || slots_[index] == nullptr) continue;
    bool in_frame = true;
    for (oir::Proj proj : function_.paths.projs(operand.place.path)) {
      in_frame = in_frame && proj.kind != oir::ProjKind::Deref;
    }
    if (!in_frame) continue;
    Value* size = number64(module_.layouts[local.type].size);
    rt(Rt::tn_lend, {slots_[index], size, module_.site(local.span)});
  }
}

// `xs << e`, in place. The element is in memory of its own, which the runtime empties.
void FunctionLowering::array_push(Value* word_place, const Operand& element) {
  TypeId elem = types()[inst_->type].elem;
  Value* memory = module_.is_unit(elem) ? null_pointer() : owned_memory(element, elem);
  auto by_runtime = [&] {
    Value* status = rt(Rt::tn_array_push, {word_place, memory, module_.descriptor(inst_->type)});
    if (module_.drop_fails(inst_->type)) check_status(status);
  };
  uint64_t size = module_.layouts[elem].size;
  constexpr uint64_t kMostInline = 64;
  if (!optimising() || size == 0 || size > kMostInline) return by_runtime();
  llvm::BasicBlock* look = new_block("push.look");
  llvm::BasicBlock* has_owner = new_block("push.own");
  llvm::BasicBlock* place = new_block("push.place");
  llvm::BasicBlock* elsewhere = new_block("push.elsewhere");
  llvm::BasicBlock* next = new_block("pushed");
  Value* word = b_.CreateAlignedLoad(module_.ptr, word_place, llvm::Align(8));
  Value* there = b_.CreateICmpUGT(b_.CreatePtrToInt(word, module_.i64), number64(TN_HOLE_WORD));
  b_.CreateCondBr(there, look, elsewhere, likely_);
  b_.SetInsertPoint(look);
  // One owner, and nobody who looks into it; then whether there is room.
  constexpr uint64_t kSeen = uint64_t{TN_F_EXPOSED | TN_F_OUTER} << 32;
  Value* header = b_.CreateAlignedLoad(
      module_.i64, b_.CreateInBoundsGEP(module_.i8, word, signed64(TN_COUNT_OFFSET)),
      llvm::Align(8));
  Value* alone = b_.CreateICmpEQ(b_.CreateAnd(header, number64(kSeen | 0xFFFFFFFF)), number64(1));
  b_.CreateCondBr(alone, has_owner, elsewhere, likely_);
  b_.SetInsertPoint(has_owner);
  Value* length = b_.CreateAlignedLoad(module_.i64, word, llvm::Align(8));
  Value* capacity = b_.CreateAlignedLoad(module_.i64, offset(word, 8), llvm::Align(8));
  b_.CreateCondBr(b_.CreateICmpULT(length, capacity), place, elsewhere, likely_);
  b_.SetInsertPoint(elsewhere);
  by_runtime();
  b_.CreateBr(next);
  b_.SetInsertPoint(place);
  Value* at = b_.CreateGEP(module_.i8, offset(word, TN_BUFFER_ELEMS),
                           b_.CreateMul(length, number64(size), "", true, true));
  copy_bytes(at, memory, elem);
  b_.CreateAlignedStore(b_.CreateAdd(length, number64(1)), word, llvm::Align(8));
  b_.CreateBr(next);
  b_.SetInsertPoint(next);
}

llvm::Value* FunctionLowering::equal_values(const Operand& a, const Operand& b, TypeId type) {
  if (module_.is_unit(type)) return llvm::ConstantInt::getTrue(module_.context);
  Value* left = looked_at(a);
  Value* right = looked_at(b);
  TypeKind kind = types()[type].kind;
  if (module_.is_scalar(type) && kind != TypeKind::Array && kind != TypeKind::View &&
      kind != TypeKind::Weak && kind != TypeKind::Box) {
    return compare(oir::BinOp::Eq, load(left, type), load(right, type), type);
  }
  return rt(Rt::tn_equal, {left, right, module_.descriptor(type)});
}

void FunctionLowering::lower_runtime() {
  auto result = [&](Value* value) { init_place(inst_->dst, value, nullptr); };
  auto result_in_memory = [&](const std::function<Value*(Value*)>& fill) {
    if (!inst_->dst.valid()) return;
    if (module_.is_unit(type_of(inst_->dst))) return;
    Value* memory = result_memory(inst_->dst);
    Value* status = fill(memory);
    if (status != nullptr) check_status(status);
    built(inst_->dst, memory);
  };
  auto looked = [&](size_t index) { return looked_at(arg(index)); };
  auto type = [&] { return module_.descriptor(inst_->type); };
  auto wide = [&](size_t index) { return this->wide(arg(index)); };
  switch (static_cast<RtFn>(inst_->imm)) {
    case RtFn::PrintValue:
      rt(Rt::tn_print_value, {looked(0), type()});
      return;
    case RtFn::PrintSep:
      rt(Rt::tn_print_text, {module_.c_string(", "), number64(2)});
      return;
    case RtFn::PrintEnd:
      rt(Rt::tn_print_text, {module_.c_string("\n"), number64(1)});
      return;
    case RtFn::StrConcat:
      return result_in_memory([&](Value* memory) -> Value* {
        Value* a = looked(0);
        Value* b = looked(1);
        bool shares = types()[type_of(inst_->dst)].kind == TypeKind::String;
        for (const Operand& one : args()) shares &= types()[type_of(one)].kind == TypeKind::String;
        rt(shares ? Rt::tn_str_concat : Rt::tn_text_concat, {memory, a, b});
        return nullptr;
      });
    case RtFn::StrLen: {
      Value* at = offset(looked(0), kStringLength);
      Value* length = b_.CreateAlignedLoad(module_.i64, at, llvm::Align(8));
      return result(b_.CreateTrunc(length, module_.i32));
    }
    case RtFn::StrByte: {
      Value* text = looked(0);
      Value* index = wide(1);  // a negative one is a large one
      Value* length =
          b_.CreateAlignedLoad(module_.i64, offset(text, kStringLength), llvm::Align(8));
      fail_if(b_.CreateICmpUGE(index, length),
              [&] { rt(Rt::tn_report_index, {index, is_signed(arg(1)), length, site()}); });
      Value* data = b_.CreateAlignedLoad(module_.ptr, text, llvm::Align(8));
      Value* byte = b_.CreateLoad(module_.i8, b_.CreateGEP(module_.i8, data, {index}));
      return result(b_.CreateZExt(byte, module_.i32));
    }
    case RtFn::StrCompare: {
      Value* a = looked(0);
      return result(rt(Rt::tn_str_compare, {a, looked(1)}));
    }
    case RtFn::Equal:
      return result(equal_values(arg(0), arg(1), inst_->type));
    case RtFn::HashValue:
      if (module_.is_unit(inst_->type)) return result(number64(0));
      return result(rt(Rt::tn_hash_value, {looked(0), type()}));
    case RtFn::Clone:
      if (module_.is_scalar(inst_->type)) {
        Value* memory = temporary(inst_->type);
        rt(Rt::tn_clone_value, {memory, looked(0), type()});
        return result(load(memory, inst_->type));
      }
      return result_in_memory([&](Value* memory) -> Value* {
        rt(Rt::tn_clone_value, {memory, looked(0), type()});
        return nullptr;
      });
    case RtFn::ArrayLen: {
      const Type& array = types()[inst_->type];
      Value* length = array.kind == TypeKind::FixedArray
                          ? number64(array.count)
                          : array_length(load(looked(0), inst_->type));
      return result(b_.CreateTrunc(length, module_.i32));
    }
    case RtFn::ArrayPush:
      return array_push(looked(0), arg(1));
    case RtFn::ArrayWith: {
      Value* memory = owned_memory(arg(0), inst_->type);
      array_push(memory, arg(1));
      return result(load(memory, inst_->type));
    }
    case RtFn::ArrayPop: {
      TypeId elem = types()[inst_->type].elem;
      Value* word = looked(0);
      if (module_.is_unit(elem))
        return check_status(rt(Rt::tn_array_pop, {null_pointer(), word, type(), site()}));
      bool scalar = module_.is_scalar(elem);
      Value* memory = scalar ? temporary(elem) : result_memory(inst_->dst);
      check_status(rt(Rt::tn_array_pop, {memory, word, type(), site()}));
      return scalar ? result(load(memory, elem)) : built(inst_->dst, memory);
    }
    case RtFn::ArrayReserve: {
      Value* word = looked(0);
      rt(Rt::tn_array_reserve, {word, wide(1), type()});
      return;
    }
    case RtFn::ArrayShift: {
      Value* word = looked(0);
      Value* from = wide(1);
      rt(Rt::tn_array_shift, {word, from, wide(2), type()});
      return;
    }
    case RtFn::ArrayArrange: {
      Value* word = looked(0);
      Value* held = value(arg(1));
      return check_status(rt(Rt::tn_array_arrange, {word, held, value(arg(2)), type()}));
    }
    case RtFn::ArraySlots:
      return result(offset(load(looked(0), inst_->type), TN_BUFFER_ELEMS));
    case RtFn::SlotMove: {
      if (module_.is_unit(inst_->type)) return;
      Value* to = value(arg(0));
      Value* from = value(arg(1));
      const auto& at = module_.layouts[inst_->type];
      Value* bytes = b_.CreateMul(wide(2), number64(at.size));
      b_.CreateMemMove(to, llvm::Align(at.align), from, llvm::Align(at.align), bytes);
      return;
    }
    case RtFn::WeakNew:
      return result(rt(Rt::tn_weak_new, {value(arg(0)), type()}));
    case RtFn::WeakUpgrade:
      return result(rt(Rt::tn_weak_upgrade, {value(arg(0)), type()}));
    case RtFn::Collect:
      return check_status(rt(Rt::tn_collect, {}));
    case RtFn::HeapStat: {
      Value* which = b_.CreateTrunc(wide(0), module_.i32);
      return result(rt(Rt::tn_heap_stat, {which}));
    }
    case RtFn::NativeAlloc: {
      Value* word = rt(Rt::tn_native_alloc, {b_.CreateTrunc(wide(0), module_.i32), site()});
      fail_if(b_.CreateIsNull(word), [] {});
      return result(word);
    }
    case RtFn::NativeFree:
      rt(Rt::tn_native_release, {value(arg(0))});
      return;
    case RtFn::NativeCount:
      return result(rt(Rt::tn_native_count, {}));
    case RtFn::FileOpen:
      return result(rt(Rt::tn_file_open, {looked(0)}));
    case RtFn::FileClose:
      rt(Rt::tn_file_close, {b_.CreateTrunc(wide(0), module_.i32)});
      return;
    case RtFn::ReadLine:
      return result_in_memory([&](Value* memory) { return rt(Rt::tn_read_line, {memory}); });
    case RtFn::InputEnded:
      return result(rt(Rt::tn_input_ended, {}));
    case RtFn::ReadFile:
      return result_in_memory(
          [&](Value* memory) { return rt(Rt::tn_read_file, {memory, looked(0), site()}); });
    case RtFn::WriteFile: {
      Value* path = looked(0);
      return check_status(rt(Rt::tn_write_file, {path, looked(1), site()}));
    }
    case RtFn::FileExists:
      return result(rt(Rt::tn_file_exists, {looked(0)}));
    case RtFn::AppendFile: {
      Value* path = looked(0);
      return check_status(rt(Rt::tn_append_file, {path, looked(1), site()}));
    }
    case RtFn::RemoveFile:
      return result(rt(Rt::tn_remove_file, {looked(0)}));
    case RtFn::RenameFile: {
      Value* from = looked(0);
      return check_status(rt(Rt::tn_rename_file, {from, looked(1), site()}));
    }
    case RtFn::StrSub:
    case RtFn::StrFind:
    case RtFn::AppendByte:
    case RtFn::ShowValue:
    case RtFn::FloatText:
    case RtFn::ParseFloat:
    case RtFn::StrAppend:
    case RtFn::TextLen:
    case RtFn::SliceLen:
    case RtFn::TextOwn:
    case RtFn::StrInto:
    case RtFn::TextOfBytes:
    case RtFn::TextOfCStr:
    case RtFn::AppendValue:
    case RtFn::ArgGet:
    case RtFn::EnvGet:
      return lower_text_runtime();
    case RtFn::MemAlloc:
    case RtFn::MemFree:
    case RtFn::MemSet:
    case RtFn::MemCopy:
    case RtFn::MemMove:
    case RtFn::MemZero:
    case RtFn::MemCompare:
    case RtFn::MemEqual:
    case RtFn::MemMark:
    case RtFn::MemLeaks:
      return lower_memory_runtime();
    case RtFn::GlobalsMark:
      return result(rt(Rt::tn_globals_mark, {}));
    case RtFn::EndGlobals:
      rt(Rt::tn_end_globals, {wide(0)});
      return;
    case RtFn::FileCreate:
      return result(rt(Rt::tn_file_create, {looked(0)}));
    case RtFn::ArgCount:
      return result(rt(Rt::tn_arg_count, {}));
    case RtFn::EnvIsSet:
      return result(rt(Rt::tn_env_is_set, {looked(0)}));
    case RtFn::TimeMs:
      return result(rt(Rt::tn_time_ms, {}));
    case RtFn::ClockNanos:
      return result(rt(Rt::tn_clock_nanos, {}));
    case RtFn::Sleep:
      return check_status(rt(Rt::tn_sleep, {wide(0)}));
    case RtFn::PrintError:
      rt(Rt::tn_print_error, {looked(0)});
      return;
    case RtFn::Exit:
      rt(Rt::tn_exit_code, {b_.CreateTrunc(wide(0), module_.i32)});
      return raise();
  }
}

}  // namespace tenure::native
