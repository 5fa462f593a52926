// Globals: a state byte says whether one is uninitialised, full, moved from or dead. It matters
// only for globals whose end can be seen, or that may be read while they are empty.
#include "native/function.h"

namespace tenure::native {

using llvm::BasicBlock;
using oir::Place;
using oir::ProjKind;
using oir::TypeId;

namespace {
// From how many bytes on the system is told that a place will be written.
constexpr uint64_t kLargePlace = 4u << 20;
}  // namespace

// A global, or the contents of the box that it was moved to.
bool FunctionLowering::is_whole_global(Place place) const {
  if (!place.valid() || !place.is_global()) return false;
  if (place.is_root()) return true;
  return module_.program.globals[place.global_id().index()].boxed &&
         function_.paths.depth(place.path) == 1 &&
         function_.paths.last(place.path).kind == ProjKind::Deref;
}

// A boxed global that is written before its declaration has run gets its box now.
void FunctionLowering::prepare_boxed_global(oir::GlobalId id) {
  const oir::Global& global = module_.program.globals[id.index()];
  Value* place = module_.global_place(id);
  Value* body =
      rt(Rt::tn_new, {module_.descriptor(types()[global.type].elem), module_.site(global.span)});
  b_.CreateStore(body, place);
}

// `init` and `assign` of a whole global are one thing: what is there dies if there is something,
// and a global that has died lets the new value die at once [O-LIFE-5].
void FunctionLowering::write_global(Place place, Value* value, Value* memory) {
  TypeId type = type_of(place);
  uint32_t reason = static_cast<uint32_t>(oir::DropReason::Overwritten);
  Span declared = module_.program.globals[place.global_id().index()].span;
  GlobalWrite write;
  write.put = [&](Value* ptr) {
    if (value != nullptr) {
      store(value, ptr, type);
    } else {
      copy_bytes(ptr, memory, type);
    }
  };
  write.replace = [&](Value* ptr) { assign_at(ptr, type, value, memory, nullptr, declared); };
  write.die = [&] {
    if (value != nullptr) {
      drop_word(value, type, reason, site());
    } else {
      drop_at(memory, type, reason, site());
    }
  };
  write_global(place, write);
}

// Memory that nobody has written: of much of it the system is told that somebody will. It is zero
// already.
void FunctionLowering::put_fresh(Value* ptr, TypeId type, const GlobalWrite& write) {
  uint64_t size = module_.layouts[type].size;
  if (size >= kLargePlace) rt(Rt::tn_large_place, {ptr, number64(size)});
  if (!write.is_zero) write.put(ptr);
}

void FunctionLowering::write_global(Place place, const GlobalWrite& write) {
  oir::GlobalId id = place.global_id();
  Value* state_place = module_.global_state(id);
  Value* full = llvm::ConstantInt::get(module_.i8, TN_G_FULL);
  TypeId type = type_of(place);
  bool behind_box = !place.is_root();
  if (!types().needs_drop(type) && !behind_box) {
    Value* ptr = module_.global_place(id);
    if (write.is_zero) {
      Value* state = b_.CreateLoad(module_.i8, state_place);
      Value* fresh = b_.CreateICmpEQ(state, llvm::ConstantInt::get(module_.i8, TN_G_UNINIT));
      either(fresh, [&] { put_fresh(ptr, type, write); }, [&] { write.put(ptr); });
    } else {
      write.put(ptr);
    }
    b_.CreateStore(full, state_place);
    return;
  }
  BasicBlock* uninit = new_block("uninit");
  BasicBlock* moved = new_block("moved");
  BasicBlock* is_full = new_block("full");
  BasicBlock* dead = new_block("dead");
  BasicBlock* done = new_block("done");
  auto* by_state = b_.CreateSwitch(b_.CreateLoad(module_.i8, state_place), is_full, 3);
  auto state = [&](uint8_t which) {
    return llvm::cast<llvm::ConstantInt>(llvm::ConstantInt::get(module_.i8, which));
  };
  by_state->addCase(state(TN_G_UNINIT), uninit);
  by_state->addCase(state(TN_G_MOVED), moved);
  by_state->addCase(state(TN_G_DEAD), dead);

  b_.SetInsertPoint(uninit);
  if (behind_box) prepare_boxed_global(id);
  Address fresh = resolve(place);
  put_fresh(fresh.ptr, type, write);
  clear_states(fresh);
  b_.CreateStore(full, state_place);
  if (types().needs_drop(module_.program.globals[id.index()].type)) {
    rt(Rt::tn_global_born, {module_.global_record(id)});
  }
  b_.CreateBr(done);

  b_.SetInsertPoint(moved);
  Address empty = resolve(place);
  write.put(empty.ptr);
  clear_states(empty);
  b_.CreateStore(full, state_place);
  b_.CreateBr(done);

  b_.SetInsertPoint(is_full);
  write.replace(resolve(place).ptr);
  b_.CreateBr(done);

  b_.SetInsertPoint(dead);
  write.die();
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
}

}  // namespace tenure::native
