// Globals: a state byte says whether one is uninitialised, full, moved from or dead. It matters
// only for globals whose end can be seen, or that may be read while they are empty.
#include "native/function.h"

namespace tenure::native {

using llvm::BasicBlock;
using oir::Place;
using oir::ProjKind;
using oir::TypeId;

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
  oir::GlobalId id = place.global_id();
  Value* state_place = module_.global_state(id);
  Value* full = llvm::ConstantInt::get(module_.i8, TN_G_FULL);
  TypeId type = type_of(place);
  bool behind_box = !place.is_root();
  if (!types().needs_drop(type) && !behind_box) {
    if (value != nullptr) {
      store(value, module_.global_place(id), type);
    } else {
      copy_bytes(module_.global_place(id), memory, type);
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
  auto put = [&] {
    Address at = resolve(place);
    if (value != nullptr) {
      store(value, at.ptr, type);
    } else {
      copy_bytes(at.ptr, memory, type);
    }
    clear_states(at);
    b_.CreateStore(full, state_place);
  };

  b_.SetInsertPoint(uninit);
  if (behind_box) prepare_boxed_global(id);
  put();
  if (types().needs_drop(module_.program.globals[id.index()].type)) {
    rt(Rt::tn_global_born, {module_.global_record(id)});
  }
  b_.CreateBr(done);

  b_.SetInsertPoint(moved);
  put();
  b_.CreateBr(done);

  b_.SetInsertPoint(is_full);
  Address at = resolve(place);
  const oir::Global& global = module_.program.globals[id.index()];
  assign_at(at.ptr, type, value, memory, nullptr, global.span);
  b_.CreateBr(done);

  b_.SetInsertPoint(dead);
  uint32_t reason = static_cast<uint32_t>(oir::DropReason::Overwritten);
  if (value != nullptr) {
    drop_word(value, type, reason, site());
  } else {
    drop_at(memory, type, reason, site());
  }
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
}

}  // namespace tenure::native
