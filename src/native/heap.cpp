// Instructions that make objects, arrays, references and views.
#include "native/death.h"
#include "native/function.h"

namespace tenure::native {

using oir::ProjKind;
using oir::Type;
using oir::TypeId;
using oir::TypeKind;

// Raw memory of a new object. Of a small one: the first of the run of free blocks, or of the list
// of others, or of what the runtime gets.
llvm::Value* FunctionLowering::new_object(TypeId id) {
  auto from_runtime = [&] {
    return rt(Rt::tn_new, {module_.descriptor(id), module_.site(owner())});
  };
  if (!optimising() || !is_quick_object(module_, id)) return from_runtime();
  FreeBlocks blocks = free_blocks(module_, b_, id);
  llvm::BasicBlock* take = new_block("new.take");
  llvm::BasicBlock* look = new_block("new.look");
  llvm::BasicBlock* listed = new_block("new.listed");
  llvm::BasicBlock* slow = new_block("new.slow");
  llvm::BasicBlock* quick = new_block("new.quick");
  llvm::BasicBlock* next = new_block("new.made");
  Value* left = nullptr;  // until the next look for garbage
  if (types()[id].cyclic) {
    llvm::Constant* budget = module_.runtime_variable("tn_cyclic_budget", module_.i64);
    left = b_.CreateAlignedLoad(module_.i64, budget, llvm::Align(8));
    llvm::BasicBlock* enough = new_block("new.counted");
    b_.CreateCondBr(b_.CreateICmpSGT(left, number64(0)), enough, slow, likely_);
    b_.SetInsertPoint(enough);
    b_.CreateAlignedStore(b_.CreateSub(left, number64(1)), budget, llvm::Align(8));
  }
  Value* first = b_.CreateAlignedLoad(module_.ptr, blocks.first, llvm::Align(8));
  Value* end = b_.CreateAlignedLoad(module_.ptr, blocks.end, llvm::Align(8));
  b_.CreateCondBr(b_.CreateICmpNE(first, end), take, look, likely_);
  b_.SetInsertPoint(take);
  b_.CreateAlignedStore(offset(first, blocks.size), blocks.first, llvm::Align(8));
  b_.CreateBr(quick);
  b_.SetInsertPoint(look);
  Value* other = b_.CreateAlignedLoad(module_.ptr, blocks.list, llvm::Align(8));
  llvm::BasicBlock* uncounted = left == nullptr ? slow : new_block("new.uncounted");
  b_.CreateCondBr(b_.CreateIsNotNull(other), listed, uncounted, likely_);
  if (left != nullptr) {  // the runtime counts it
    b_.SetInsertPoint(uncounted);
    b_.CreateAlignedStore(left, module_.runtime_variable("tn_cyclic_budget", module_.i64),
                          llvm::Align(8));
    b_.CreateBr(slow);
  }
  b_.SetInsertPoint(listed);
  b_.CreateAlignedStore(b_.CreateAlignedLoad(module_.ptr, other, llvm::Align(8)), blocks.list,
                        llvm::Align(8));
  b_.CreateBr(quick);
  b_.SetInsertPoint(slow);
  Value* made = from_runtime();
  b_.CreateBr(next);
  b_.SetInsertPoint(quick);
  llvm::PHINode* body = b_.CreatePHI(module_.ptr, 2);
  body->addIncoming(first, take);
  body->addIncoming(other, listed);
  Value* header = b_.CreateInBoundsGEP(module_.i8, body, signed64(TN_COUNT_OFFSET));
  b_.CreateAlignedStore(number64(fresh_header(module_, id)), header, llvm::Align(8));
  b_.CreateBr(next);
  b_.SetInsertPoint(next);
  llvm::PHINode* either = b_.CreatePHI(module_.ptr, 2);
  either->addIncoming(made, slow);
  either->addIncoming(body, quick);
  return either;
}

void FunctionLowering::lower_new() {
  const Type& type = types()[inst_->type];
  llvm::Constant* descriptor = module_.descriptor(inst_->type);
  if (inst_->imm == 1 && type.cyclic && type.watched) {
    Value* status = rt(Rt::tn_new_point, {descriptor});
    if (oir::inst_may_fail(module_.program, function_, *inst_)) check_status(status);
  }
  bool scalar = module_.is_scalar(inst_->type);
  Value* operand = scalar ? value(arg(0)) : nullptr;
  Value* body = args().size() == 2 ? recycled(value(arg(1)), inst_->type) : new_object(inst_->type);
  if (scalar) {
    store(operand, body, inst_->type);
  } else {
    store_operand(arg(0), inst_->type, body);
  }
  init_place(inst_->dst, body, nullptr);
}

// The memory, or if that is null a new object.
llvm::Value* FunctionLowering::recycled(Value* memory, TypeId type) {
  Value* is_given = b_.CreateIsNotNull(memory);
  add_to_counter(offsetof(TnCounters, reuses), b_.CreateZExt(is_given, module_.i64));
  llvm::BasicBlock* given = b_.GetInsertBlock();
  llvm::BasicBlock* makes = nullptr;
  Value* made = nullptr;
  when(b_.CreateIsNull(memory), [&] {
    made = new_object(type);
    makes = b_.GetInsertBlock();
  });
  if (made == nullptr) return memory;
  llvm::PHINode* body = b_.CreatePHI(module_.ptr, 2);
  body->addIncoming(memory, given);
  body->addIncoming(made, makes);
  return body;
}

// The parts of an object go on living elsewhere, so its count is all that is looked at.
void FunctionLowering::lower_branch_sole() {
  Value* place = b_.CreateInBoundsGEP(module_.i8, value(arg(0)), signed64(TN_COUNT_OFFSET));
  Value* count = b_.CreateAlignedLoad(module_.i32, place, llvm::Align(4));
  b_.CreateCondBr(b_.CreateICmpEQ(count, number32(1)), blocks_[inst_->targets[0].index()],
                  blocks_[inst_->targets[1].index()]);
}

void FunctionLowering::lower_take() {
  Address at = resolve(arg(0).place);
  if (module_.is_scalar(at.type)) {
    init_place(inst_->dst, load(at.ptr, at.type), nullptr);
  } else {
    init_place(inst_->dst, nullptr, at.ptr);
  }
}

void FunctionLowering::lower_free() {
  Value* memory = value(arg(0));
  TypeId type = types()[type_of(arg(0))].elem;
  bool quick = optimising() && is_quick_object(module_, type);
  when(b_.CreateIsNotNull(memory), [&] {
    if (!quick) {
      rt(Rt::tn_free_recycled, {memory});
      return;
    }
    llvm::Constant* watching = module_.runtime_variable("tn_watching", module_.i8);
    Value* watched = b_.CreateAlignedLoad(module_.i8, watching, llvm::Align(1));
    either(
        b_.CreateIsNull(watched), [&] { give_back(module_, b_, type, memory); },
        [&] { rt(Rt::tn_free_recycled, {memory}); });
  });
}

void FunctionLowering::lower_array() {
  const Type& type = types()[inst_->type];
  Value* word = null_pointer();
  if (!args().empty()) {
    word = rt(Rt::tn_array_new, {number64(args().size()), module_.descriptor(inst_->type)});
    uint64_t size = module_.layouts[type.elem].size;
    for (size_t i = 0; i < args().size(); ++i) {
      store_operand(arg(i), type.elem, offset(word, TN_BUFFER_ELEMS + i * size));
    }
  }
  init_place(inst_->dst, word, nullptr);
}

// The growable arrays on the path to a place get buffers of their own that stay where they are.
// From the outermost in: one may get another buffer, so the next is found again. Gives the place's
// address.
FunctionLowering::Address FunctionLowering::resolve_exposed(oir::Place place,
                                                            bool innermost_outer) {
  Address at = resolve(place);
  size_t count = at.arrays.size();
  for (size_t i = 0; i < count; ++i) {
    bool outer = i + 1 != count || innermost_outer;
    rt(Rt::tn_array_expose, {at.arrays[i].word, module_.descriptor(at.arrays[i].type),
                             llvm::ConstantInt::get(module_.i1, outer)});
    at = resolve(place);
  }
  return at;
}

// Of no elements nothing is looked at.
void FunctionLowering::lower_span() {
  const layout::TypeLayout& layout = module_.layouts[type_of(inst_->dst)];
  Value* length = wide(arg(1));
  Value* memory = result_memory(inst_->dst);
  Value* items = offset(memory, layout.parts[oir::TypeTable::kSpanItems].offset);
  b_.CreateAlignedStore(null_pointer(), items, module_.aligned(8));
  b_.CreateAlignedStore(length, offset(memory, layout.parts[oir::TypeTable::kSpanLength].offset),
                        module_.aligned(8));
  when(b_.CreateIsNotNull(length), [&] {
    Address first = resolve_exposed(arg(0).place, false);
    b_.CreateAlignedStore(rt(Rt::tn_make_ref, {first.ptr}), items, module_.aligned(8));
  });
  built(inst_->dst, memory);
}

void FunctionLowering::lower_ref() {
  if (args().size() == 2) return lower_span();
  oir::Place place = arg(0).place;
  Address at = resolve_exposed(place, false);
  Value* word = at.ptr;
  bool is_object = !place.is_root() && !types()[at.type].interior &&
                   function_.paths.last(place.path).kind == ProjKind::Deref;
  if (is_object) {
    retain(word, at.type);
  } else {
    word = rt(Rt::tn_make_ref, {word});
  }
  init_place(inst_->dst, word, nullptr);
}

void FunctionLowering::lower_view() {
  Address at = resolve_exposed(arg(0).place, true);
  Value* word = nullptr;
  if (types()[at.type].kind == TypeKind::View) {
    word = copy_scalar(load(at.ptr, at.type), at.type);
  } else {
    word = rt(Rt::tn_array_view, {at.ptr, module_.descriptor(at.type)});
  }
  init_place(inst_->dst, word, nullptr);
}

void FunctionLowering::lower_unique() {
  Address at = resolve(arg(0).place);
  if (types()[at.type].kind != TypeKind::Array) return;  // a view is left as it is
  Value* word = load(at.ptr, at.type);
  auto unique = [&] { rt(Rt::tn_array_unique, {at.ptr, module_.descriptor(at.type)}); };
  if (!optimising()) return when(b_.CreateIsNotNull(word), unique);
  when(b_.CreateIsNotNull(word), [&] {
    Value* place = b_.CreateInBoundsGEP(module_.i8, word, signed64(TN_COUNT_OFFSET));
    Value* count = b_.CreateAlignedLoad(module_.i32, place, llvm::Align(4));
    when(b_.CreateICmpNE(count, number32(1)), unique, false);
  });
}

}  // namespace tenure::native
