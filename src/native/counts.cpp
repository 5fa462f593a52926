// Copies and ends of values: the inline fast paths of counting. What is rare, large or watched goes
// to the runtime.
#include "base/check.h"
#include "native/death.h"
#include "native/function.h"

namespace tenure::native {

using oir::Type;
using oir::TypeId;
using oir::TypeKind;

// ---- counts

void FunctionLowering::retain(Value* word, TypeId pointee) {
  const Type& type = types()[pointee];
  if (!optimising() || type.interior) {
    when(b_.CreateIsNotNull(word), [&] { rt(Rt::tn_retain, {word, module_.descriptor(pointee)}); });
    return;
  }
  when(b_.CreateIsNotNull(word), [&] {
    // The whole header, as everywhere in generated code: a load of 64 bits must not wait for a
    // store of
    // 32. Neither 0 nor -1 is ever counted up or down, so nothing is carried into the other half.
    Value* place = b_.CreateInBoundsGEP(module_.i8, word, signed64(TN_COUNT_OFFSET));
    Value* header = b_.CreateAlignedLoad(module_.i64, place, llvm::Align(8));
    Value* more = b_.CreateAdd(header, number64(1));
    b_.CreateAlignedStore(more, place, llvm::Align(8));
    Value* slow = b_.CreateICmpSLE(b_.CreateTrunc(more, module_.i32), number32(0));
    when(slow, [&] { rt(Rt::tn_retain_slow, {word}); }, false);
  });
}

// One owner less of an object whose header is known.
void FunctionLowering::count_down(Value* word, Value* place, Value* header, TypeId pointee,
                                  bool fails) {
  Value* less = b_.CreateSub(header, number64(1));
  b_.CreateAlignedStore(less, place, llvm::Align(8));
  Value* slow = b_.CreateICmpSLE(b_.CreateTrunc(less, module_.i32), number32(0));
  if (types()[pointee].cyclic) {
    // It may have become the last reference from outside of a cycle: a suspect, once.
    Value* suspect = b_.CreateAnd(less, number64(uint64_t{TN_F_SUSPECT} << 32));
    slow = b_.CreateOr(slow, b_.CreateIsNull(suspect));
  }
  when(slow, [&] {
    Value* status = rt(Rt::tn_release_slow, {word});
    if (fails) check_status(status);
  });
}

// Null and holes are one test: both are below 2.
void FunctionLowering::release(Value* word, TypeId pointee) {
  const Type& type = types()[pointee];
  bool fails = module_.drop_fails(pointee) || type.interior;
  Value* there = b_.CreateICmpUGT(b_.CreatePtrToInt(word, module_.i64), number64(TN_HOLE_WORD));
  if (!optimising() || type.interior) {
    when(there, [&] {
      Value* status = rt(Rt::tn_release, {word, module_.descriptor(pointee)});
      if (fails) check_status(status);
    });
    return;
  }
  when(there, [&] {
    Value* place = b_.CreateInBoundsGEP(module_.i8, word, signed64(TN_COUNT_OFFSET));
    Value* header = b_.CreateAlignedLoad(module_.i64, place, llvm::Align(8));
    llvm::Function* death = module_.deaths().of(pointee);
    if (death == nullptr) return count_down(word, place, header, pointee, fails);
    // With one owner and no other history it dies, and nothing of it need be written.
    either(
        b_.CreateICmpEQ(header, number64(fresh_header(module_, pointee))),
        [&] { b_.CreateCall(death, {word})->setCallingConv(death->getCallingConv()); },
        [&] { count_down(word, place, header, pointee, fails); });
  });
}

// ---- parts

// Whether a value is copied and dropped part by part in place: few parts, no `drop`, no holes.
bool FunctionLowering::in_parts(TypeId id, int budget) const {
  const Type& type = types()[id];
  if (type.kind != TypeKind::Struct && type.kind != TypeKind::Tuple) return false;
  if (type.drop.valid() || type.vacates || module_.drop_fails(id) || budget <= 0) return false;
  int managed = 0;
  for (const oir::Field& field : type.fields) {
    if (types().is_plain(field.type)) continue;
    ++managed;
    TypeKind kind = types()[field.type].kind;
    bool nested = kind == TypeKind::Struct || kind == TypeKind::Tuple;
    if (nested && !in_parts(field.type, budget / 2)) return false;
    if (nested) managed += budget / 2;
  }
  return managed <= budget;
}

void FunctionLowering::each_part(Value* ptr, TypeId id,
                                 const std::function<void(Value*, TypeId)>& visit) {
  for (const layout::PartLayout& part : module_.layouts[id].parts) {
    if (!types().is_plain(part.type)) visit(offset(ptr, part.offset), part.type);
  }
}

// ---- copies

llvm::Value* FunctionLowering::copy_scalar(Value* word, TypeId id) {
  const Type& type = types()[id];
  switch (type.kind) {
    case TypeKind::Ref:
      retain(word, type.elem);
      return word;
    case TypeKind::Weak:
      return rt(Rt::tn_weak_copy, {word});
    case TypeKind::Array:
      return rt(Rt::tn_array_copy, {word, module_.descriptor(id)});
    case TypeKind::View: {
      Value* from = temporary(id);
      Value* to = temporary(id);
      store(word, from, id);
      rt(Rt::tn_copy_value, {to, from, module_.descriptor(id)});
      return load(to, id);
    }
    default:
      TN_CHECK(types().is_plain(id) || type.kind == TypeKind::Borrow, "a move-only word is copied");
      return word;
  }
}

void FunctionLowering::copy_into(Value* raw, Value* src, TypeId id) {
  if (module_.is_unit(id)) return;
  if (module_.is_scalar(id)) return store(copy_scalar(load(src, id), id), raw, id);
  if (types().is_plain(id)) return copy_bytes(raw, src, id);
  if (types().is_string(id)) return copy_text(raw, src, id);
  if (optimising() && in_parts(id, kInlineParts)) {
    copy_bytes(raw, src, id);
    for (const layout::PartLayout& part : module_.layouts[id].parts) {
      if (types().is_plain(part.type)) continue;
      copy_into(offset(raw, part.offset), offset(src, part.offset), part.type);
    }
    return;
  }
  if (optimising() && by_elements(id)) {
    TypeId elem = types()[id].elem;
    return each_element(id, [&](Value* at) {
      copy_into(b_.CreateInBoundsGEP(module_.i8, raw, at),
                b_.CreateInBoundsGEP(module_.i8, src, at), elem);
    });
  }
  rt(Rt::tn_copy_value, {raw, src, module_.descriptor(id)});
}

// ---- ends

void FunctionLowering::drop_word(Value* word, TypeId id, uint32_t reason, Value* origin) {
  const Type& type = types()[id];
  if (types().is_plain(id)) return;
  if (type.kind == TypeKind::Ref) return release(word, type.elem);
  if (type.kind == TypeKind::Box && !module_.drop_fails(id)) return release(word, type.elem);
  if (type.kind == TypeKind::Weak && !type.vacates) {
    rt(Rt::tn_weak_release, {word});
    return;
  }
  Value* there = b_.CreateICmpUGT(b_.CreatePtrToInt(word, module_.i64), number64(TN_HOLE_WORD));
  when(there, [&] {
    Value* status = nullptr;
    if (type.kind == TypeKind::Array) {
      status = rt(Rt::tn_array_release, {word, module_.descriptor(id), number32(reason), origin});
    } else {
      Value* memory = temporary(id);
      store(word, memory, id);
      status = rt(Rt::tn_drop_value, {memory, module_.descriptor(id), number32(reason), origin});
    }
    if (module_.drop_fails(id)) check_status(status);
  });
}

void FunctionLowering::drop_at(Value* ptr, TypeId id, uint32_t reason, Value* origin) {
  if (types().is_plain(id)) return;
  if (module_.is_scalar(id)) return drop_word(load(ptr, id), id, reason, origin);
  if (types().is_string(id)) return drop_text(ptr);
  if (optimising() && in_parts(id, kInlineParts)) {
    each_part(ptr, id, [&](Value* part, TypeId type) { drop_at(part, type, reason, origin); });
    return;
  }
  if (optimising() && by_elements(id)) {
    TypeId elem = types()[id].elem;
    return each_element(id, [&](Value* at) {
      drop_at(b_.CreateInBoundsGEP(module_.i8, ptr, at), elem, reason, origin);
    });
  }
  Value* status = rt(Rt::tn_drop_value, {ptr, module_.descriptor(id), number32(reason), origin});
  if (module_.drop_fails(id)) check_status(status);
}

}  // namespace tenure::native
