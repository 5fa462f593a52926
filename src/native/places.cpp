// Places: their addresses, and what is written to them.
#include "base/check.h"
#include "native/function.h"

namespace tenure::native {

using oir::Place;
using oir::Proj;
using oir::ProjKind;
using oir::Type;
using oir::TypeId;
using oir::TypeKind;

llvm::Value* FunctionLowering::offset(Value* ptr, uint64_t bytes) {
  if (bytes == 0) return ptr;
  return b_.CreateInBoundsGEP(module_.i8, ptr, number64(bytes));
}

llvm::Value* FunctionLowering::load(Value* ptr, TypeId type) {
  llvm::Type* scalar = module_.value_type(type);
  TN_CHECK(scalar != nullptr, "an aggregate does not fit a register");
  Value* loaded = b_.CreateAlignedLoad(module_.memory_type(type), ptr, module_.access_align(type));
  return scalar == module_.i1 ? b_.CreateTrunc(loaded, module_.i1) : loaded;
}

void FunctionLowering::store(Value* value, Value* ptr, TypeId type) {
  if (value->getType() == module_.i1) value = b_.CreateZExt(value, module_.i8);
  b_.CreateAlignedStore(value, ptr, module_.access_align(type));
}

void FunctionLowering::copy_bytes(Value* dst, Value* src, TypeId type) {
  const layout::TypeLayout& layout = module_.layouts[type];
  if (layout.size == 0 || dst == src) return;
  llvm::Align align = module_.access_align(type);
  b_.CreateMemCpy(dst, align, src, align, layout.size);
}

llvm::Value* FunctionLowering::local_value(size_t local) {
  if (words_[local] != nullptr) return words_[local];
  return load(slot(local), function_.locals[local].type);
}

llvm::Value* FunctionLowering::index_value(oir::LocalId local) {
  TypeId type = function_.locals[local.index()].type;
  Value* index = local_value(local.index());
  return types().is_signed(type) ? b_.CreateSExt(index, module_.i64)
                                 : b_.CreateZExt(index, module_.i64);
}

// The number of elements of a growable array; its word is null when there are none.
llvm::Value* FunctionLowering::array_length(Value* word) {
  llvm::BasicBlock* from = b_.GetInsertBlock();
  llvm::BasicBlock* some = new_block("some");
  llvm::BasicBlock* next = new_block("next");
  b_.CreateCondBr(b_.CreateIsNull(word), next, some);
  b_.SetInsertPoint(some);
  Value* length = b_.CreateAlignedLoad(module_.i64, word, llvm::Align(8));
  b_.CreateBr(next);
  b_.SetInsertPoint(next);
  llvm::PHINode* either = b_.CreatePHI(module_.i64, 2);
  either->addIncoming(number64(0), from);
  either->addIncoming(length, some);
  return either;
}

FunctionLowering::Address FunctionLowering::resolve(Place place) {
  Address at;
  if (place.is_global()) {
    oir::GlobalId id = place.global_id();
    at.ptr = module_.global_place(id);
    at.type = module_.program.globals[id.index()].type;
  } else {
    at.ptr = slot(place.local_id().index());
    at.type = function_.locals[place.local_id().index()].type;
  }
  if (place.is_root()) return at;
  const std::vector<layout::PartLayout>* payload = nullptr;
  auto enclosed = [&] {
    uint32_t state = module_.layouts[at.type].state_offset;
    if (state != layout::kNoState) at.states.push_back(offset(at.ptr, state));
  };
  auto behind_pointer = [&] {
    at.states.clear();
    at.ptr = b_.CreateAlignedLoad(module_.ptr, at.ptr, module_.aligned(8));
  };
  for (Proj proj : function_.paths.projs(place.path)) {
    const Type& type = types()[at.type];
    const layout::TypeLayout& layout = module_.layouts[at.type];
    switch (proj.kind) {
      case ProjKind::Variant:
        payload = &layout.variants[proj.index];
        break;
      case ProjKind::Field: {
        enclosed();
        const layout::PartLayout& part = (payload ? *payload : layout.parts)[proj.index];
        payload = nullptr;
        at.ptr = offset(at.ptr, part.offset);
        at.type = part.type;
        break;
      }
      case ProjKind::Deref:
        behind_pointer();
        at.arrays.clear();
        at.type = type.elem;
        break;
      case ProjKind::Const:
        enclosed();
        at.ptr = offset(at.ptr, uint64_t{proj.index} * module_.layouts[type.elem].size);
        at.type = type.elem;
        break;
      case ProjKind::Index: {
        if (type.kind == TypeKind::FixedArray) {
          enclosed();
        } else {
          if (type.kind == TypeKind::Array) at.arrays.push_back({at.ptr, at.type});
          behind_pointer();
          if (type.kind == TypeKind::Slice) {
            at.arrays.clear();
          } else {
            at.ptr = offset(at.ptr, TN_BUFFER_ELEMS);
          }
        }
        Value* index = index_value(oir::LocalId{size_t{proj.index}});
        Value* bytes = b_.CreateMul(index, number64(module_.layouts[type.elem].size));
        at.ptr = b_.CreateInBoundsGEP(module_.i8, at.ptr, bytes);
        at.type = type.elem;
        break;
      }
    }
  }
  return at;
}

// ---- writing

void FunctionLowering::clear_states(const Address& address) {
  uint32_t own = module_.layouts[address.type].state_offset;
  Value* full = llvm::ConstantInt::get(module_.i8, 0);
  if (own != layout::kNoState) b_.CreateStore(full, offset(address.ptr, own));
  for (Value* state : address.states) b_.CreateStore(full, state);
}

void FunctionLowering::init_place(Place place, Value* value, Value* memory) {
  if (!place.valid() || module_.is_unit(type_of(place))) return;
  if (is_whole_global(place)) return write_global(place, value, memory);
  if (value != nullptr && place.is_local() && place.is_root() && is_word_[place.root] &&
      slots_[place.root] == nullptr) {
    words_[place.root] = value;
    return;
  }
  Address at = resolve(place);
  if (value != nullptr) {
    store(value, at.ptr, at.type);
  } else {
    copy_bytes(at.ptr, memory, at.type);
  }
  clear_states(at);
}

llvm::Value* FunctionLowering::result_memory(Place place) {
  if (place.is_local() && place.is_root()) return slot(place.local_id().index());
  return temporary(type_of(place));
}

void FunctionLowering::built(Place place, Value* memory) {
  if (place.is_local() && place.is_root()) {
    Address at;
    at.ptr = memory;
    at.type = type_of(place);
    clear_states(at);
    return;
  }
  init_place(place, nullptr, memory);
}

// ---- holes

// `place` was moved from; memory that others may see remembers it (TN_VACATES in tenure_rt.h).
void FunctionLowering::mark_moved(Place place, const Address& address) {
  if (place.is_local() && place.is_root() && !address_taken_[place.local_id().index()]) return;
  if (!types()[address.type].vacates) {
    if (!place.is_global() || !place.is_root() || !types().needs_drop(address.type)) return;
    b_.CreateStore(llvm::ConstantInt::get(module_.i8, TN_G_MOVED),
                   module_.global_state(place.global_id()));
    return;
  }
  if (module_.is_scalar(address.type)) {
    Value* hole = b_.CreateIntToPtr(number64(TN_HOLE_WORD), module_.ptr);
    b_.CreateAlignedStore(hole, address.ptr, llvm::Align(8));
    return;
  }
  rt(Rt::tn_mark_hole, {address.ptr, module_.descriptor(address.type)});
}

// Whether the place is a hole, or also a part or an element of it. Of a type that vacates.
llvm::Value* FunctionLowering::is_hole(Value* ptr, TypeId type, bool parts_too) {
  TypeKind kind = types()[type].kind;
  bool has_parts = kind == TypeKind::Array || kind == TypeKind::Box || kind == TypeKind::View;
  if (module_.is_scalar(type) && !(has_parts && parts_too)) {
    Value* word = b_.CreateAlignedLoad(module_.i64, ptr, llvm::Align(8));
    return b_.CreateICmpEQ(word, number64(TN_HOLE_WORD));
  }
  if (types().is_string(type)) {
    Value* capacity =
        b_.CreateAlignedLoad(module_.i64, offset(ptr, kStringCapacity), llvm::Align(8));
    return b_.CreateICmpEQ(capacity, number64(~uint64_t{0}));
  }
  return rt(Rt::tn_find_hole, {ptr, module_.descriptor(type), null_pointer(), number64(0)});
}

}  // namespace tenure::native
