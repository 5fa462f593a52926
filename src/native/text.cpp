// Strings and texts: their inline fast paths. What allocates, what is rare, and all of it at -O0
// goes to the runtime.
#include "base/check.h"
#include "native/function.h"

namespace tenure::native {

using oir::RtFn;
using oir::TypeId;
using oir::TypeKind;

FunctionLowering::Text FunctionLowering::load_text(Value* place) {
  Value* data = b_.CreateAlignedLoad(module_.ptr, place, llvm::Align(8));
  Value* length = b_.CreateAlignedLoad(module_.i64, offset(place, kStringLength), llvm::Align(8));
  Value* capacity =
      b_.CreateAlignedLoad(module_.i64, offset(place, kStringCapacity), llvm::Align(8));
  return {data, length, capacity};
}

// The bytes have one owner by the kind of the string, or nobody counts them at the moment.
llvm::Value* FunctionLowering::has_one_owner(Value* data) {
  Value* place = b_.CreateInBoundsGEP(module_.i8, data, signed64(TN_COUNT_OFFSET));
  Value* count = b_.CreateAlignedLoad(module_.i32, place, llvm::Align(4));
  return b_.CreateICmpEQ(count, number32(1));
}

// Raw memory gets a copy: a text's dynamic bytes are copied, a string's are counted.
void FunctionLowering::copy_text(Value* raw, Value* src, TypeId type) {
  bool text = types()[type].kind == TypeKind::Text;
  Text from = load_text(src);
  copy_bytes(raw, src, type);
  if (!optimising()) {
    Rt copy = text ? Rt::tn_text_copy : Rt::tn_str_copy;
    when(b_.CreateICmpNE(from.capacity, number64(0)), [&] { rt(copy, {raw, src}); });
    return;
  }
  when(b_.CreateICmpNE(from.capacity, number64(0)), [&] {
    if (text) return set_bytes(raw, rt(Rt::tn_bytes_copy, {from.data, from.length}));
    Value* place = b_.CreateInBoundsGEP(module_.i8, from.data, signed64(TN_COUNT_OFFSET));
    Value* more =
        b_.CreateAdd(b_.CreateAlignedLoad(module_.i32, place, llvm::Align(4)), number32(1));
    b_.CreateAlignedStore(more, place, llvm::Align(4));
    when(b_.CreateICmpSLE(more, number32(0)), [&] { rt(Rt::tn_retain_slow, {from.data}); }, false);
  });
}

// What tn_bytes_copy gave is the bytes of the text at `place`, whose length is known.
void FunctionLowering::set_bytes(Value* place, Value* bytes) {
  b_.CreateAlignedStore(b_.CreateExtractValue(bytes, 0), place, llvm::Align(8));
  b_.CreateAlignedStore(b_.CreateExtractValue(bytes, 1), offset(place, kStringCapacity),
                        llvm::Align(8));
}

// Static strings and holes, capacities 0 and ~0, are let be.
void FunctionLowering::drop_text(Value* place) {
  Value* capacity =
      b_.CreateAlignedLoad(module_.i64, offset(place, kStringCapacity), llvm::Align(8));
  Value* dynamic = b_.CreateICmpUGT(b_.CreateAdd(capacity, number64(1)), number64(1));
  when(dynamic, [&] {
    if (!optimising()) {
      rt(Rt::tn_str_drop, {place});
      return;
    }
    rt(Rt::tn_bytes_release, {b_.CreateAlignedLoad(module_.ptr, place, llvm::Align(8))});
  });
}

// In place where there is room and nobody else sees the bytes: no call but for the bytes
// themselves.
void FunctionLowering::append_text(Value* onto, Value* more, TypeId type) {
  if (!optimising()) {
    rt(Rt::tn_str_append, {onto, more});
    return;
  }
  Value* bytes = b_.CreateAlignedLoad(module_.ptr, more, llvm::Align(8));
  Value* added = b_.CreateAlignedLoad(module_.i64, offset(more, kStringLength), llvm::Align(8));
  Text to = load_text(onto);
  Value* length = b_.CreateAdd(to.length, added);
  llvm::BasicBlock* place = new_block("append");
  llvm::BasicBlock* elsewhere = new_block("append.elsewhere");
  llvm::BasicBlock* next = new_block("appended");
  // One less of each, so that nothing fits into a static string: not even nothing.
  Value* fits = b_.CreateICmpULT(b_.CreateSub(length, number64(1)), to.capacity);
  if (types()[type].kind == TypeKind::Text) {
    b_.CreateCondBr(fits, place, elsewhere, likely_);
  } else {
    llvm::BasicBlock* counted = new_block("append.counted");
    b_.CreateCondBr(fits, counted, elsewhere, likely_);
    b_.SetInsertPoint(counted);
    b_.CreateCondBr(has_one_owner(to.data), place, elsewhere, likely_);
  }
  b_.SetInsertPoint(elsewhere);
  // By its parts, so that a string which only grows stays in registers.
  set_bytes(onto, rt(Rt::tn_bytes_appended, {to.data, to.length, to.capacity, bytes, added}));
  b_.CreateBr(next);
  b_.SetInsertPoint(place);
  b_.CreateMemCpy(b_.CreateGEP(module_.i8, to.data, to.length), llvm::Align(1), bytes,
                  llvm::Align(1), added);
  b_.CreateBr(next);
  b_.SetInsertPoint(next);
  b_.CreateAlignedStore(length, offset(onto, kStringLength), llvm::Align(8));
}

// The value as it is printed in a string; an integer does not go through memory.
void FunctionLowering::append_value(const oir::Operand& onto, const oir::Operand& more) {
  Value* text = looked_at(onto);
  TypeId type = type_of(more);
  if (types().is_string(type)) return append_text(text, looked_at(more), type_of(onto));
  if (!types().is_integer(type)) {
    rt(Rt::tn_append_value, {text, looked_at(more), module_.descriptor(type)});
    return;
  }
  Value* number =
      more.kind == oir::OperandKind::Const ? constant(more.constant) : load(looked_at(more), type);
  if (types().is_signed(type)) {
    rt(Rt::tn_append_integer, {text, b_.CreateSExt(number, module_.i64)});
  } else {
    rt(Rt::tn_append_natural, {text, b_.CreateZExt(number, module_.i64)});
  }
}

void FunctionLowering::text_of_bytes(const oir::Operand& bytes) {
  Value* slice = looked_at(bytes);
  if (!inst_->dst.valid()) return;
  Value* memory = result_memory(inst_->dst);
  if (!optimising()) {
    rt(Rt::tn_text_of_bytes, {memory, slice});
    return built(inst_->dst, memory);
  }
  Value* data = b_.CreateAlignedLoad(module_.ptr, slice, llvm::Align(8));
  Value* length = b_.CreateAlignedLoad(module_.i64, offset(slice, kStringLength), llvm::Align(8));
  set_bytes(memory, rt(Rt::tn_bytes_copy, {data, length}));
  b_.CreateAlignedStore(length, offset(memory, kStringLength), llvm::Align(8));
  built(inst_->dst, memory);
}

// The same three words; what was a string that others share gets bytes of its own as a text.
void FunctionLowering::string_into(const oir::Operand& from) {
  TypeId type = type_of(from);
  Value* memory = owned_memory(from, type);
  if (!inst_->dst.valid()) {
    rt(Rt::tn_str_drop, {memory});
    return;
  }
  bool unshare =
      types()[type].kind == TypeKind::String && types()[type_of(inst_->dst)].kind == TypeKind::Text;
  if (unshare) rt(Rt::tn_text_unshare, {memory});
  Value* into = result_memory(inst_->dst);
  b_.CreateMemCpy(into, llvm::Align(8), memory, llvm::Align(8), sizeof(TnString));
  built(inst_->dst, into);
}

void FunctionLowering::lower_text_runtime() {
  auto result_text = [&](Rt fn, llvm::ArrayRef<Value*> rest) {
    if (!inst_->dst.valid()) return;
    Value* memory = result_memory(inst_->dst);
    std::vector<Value*> all{memory};
    all.insert(all.end(), rest.begin(), rest.end());
    rt(fn, all);
    built(inst_->dst, memory);
  };
  switch (static_cast<RtFn>(inst_->imm)) {
    case RtFn::StrSub: {
      Value* text = looked_at(arg(0));
      Value* from = wide(arg(1));
      Value* to = wide(arg(2));
      Value* memory = inst_->dst.valid() ? result_memory(inst_->dst) : temporary(types().string());
      check_status(rt(Rt::tn_str_sub, {memory, text, from, to, site()}));
      if (inst_->dst.valid()) built(inst_->dst, memory);
      return;
    }
    case RtFn::StrFind: {
      Value* text = looked_at(arg(0));
      Value* what = looked_at(arg(1));
      return init_place(inst_->dst, rt(Rt::tn_str_find, {text, what, wide(arg(2))}), nullptr);
    }
    case RtFn::AppendByte: {
      Value* text = looked_at(arg(0));
      rt(Rt::tn_append_byte, {text, value(arg(1))});
      return;
    }
    case RtFn::ShowValue: {
      Value* shown = looked_at(arg(0));
      return result_text(Rt::tn_show_value, {shown, module_.descriptor(inst_->type)});
    }
    case RtFn::FloatText: {
      Value* number = value(arg(0));
      return result_text(Rt::tn_float_text, {number, value(arg(1))});
    }
    case RtFn::ParseFloat:
      return init_place(inst_->dst, rt(Rt::tn_parse_float, {looked_at(arg(0))}), nullptr);
    case RtFn::TextLen:
    case RtFn::SliceLen:
      return init_place(inst_->dst, elements(arg(0)).length, nullptr);
    case RtFn::StrAppend: {
      Value* onto = looked_at(arg(0));
      return append_text(onto, looked_at(arg(1)), type_of(arg(0)));
    }
    case RtFn::AppendValue:
      return append_value(arg(0), arg(1));
    case RtFn::TextOwn:
      rt(Rt::tn_text_own, {looked_at(arg(0))});
      return;
    case RtFn::StrInto:
      return string_into(arg(0));
    case RtFn::TextOfBytes:
      return text_of_bytes(arg(0));
    case RtFn::TextOfCStr:
      return result_text(Rt::tn_text_of_cstr, {value(arg(0))});
    case RtFn::ArgGet:
      return result_text(Rt::tn_arg_get, {wide(arg(0))});
    case RtFn::EnvGet:
      return result_text(Rt::tn_env_get, {looked_at(arg(0))});
    default:
      TN_UNREACHABLE("not a function of texts");
  }
}

}  // namespace tenure::native
