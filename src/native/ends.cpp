// Assignment and the ends of values.
#include "base/check.h"
#include "native/function.h"

namespace tenure::native {

using oir::Place;
using oir::TypeId;

// The drop flag of the instruction at hand says full; null if it has none and that is certain.
llvm::Value* FunctionLowering::flag_is_full() {
  if (!inst_->flag.valid()) return nullptr;
  Value* flag = b_.CreateLoad(module_.i32, slots_[inst_->flag.index()]);
  return b_.CreateICmpEQ(flag, number32(0));
}

// What is at `ptr` gives way to a new value, and dies once that is in place [O-LIFE-6]. `was_full`:
// whether there was something; null for certainly. `owner`: where that came to be owned.
void FunctionLowering::assign_at(Value* ptr, TypeId type, Value* value, Value* memory,
                                 Value* was_full, Span owner) {
  uint32_t reason = static_cast<uint32_t>(oir::DropReason::Overwritten);
  Value* origin = module_.site(owner);
  if (!owner.valid() && types()[type].watched) origin = rt(Rt::tn_origin_at, {ptr, site()});
  auto old_dies = [&](const std::function<void()>& drop) {
    if (was_full == nullptr) return drop();
    when(was_full, drop);
  };
  if (value != nullptr) {
    if (types().is_plain(type)) return store(value, ptr, type);
    Value* old = load(ptr, type);
    store(value, ptr, type);
    return old_dies([&] { drop_word(old, type, reason, origin); });
  }
  if (types().is_plain(type)) return copy_bytes(ptr, memory, type);
  Value* old = temporary(type);
  copy_bytes(old, ptr, type);
  copy_bytes(ptr, memory, type);
  old_dies([&] { drop_at(old, type, reason, origin); });
}

void FunctionLowering::lower_assign() {
  Place place = inst_->dst;
  TypeId type = type_of(place);
  if (module_.is_unit(type)) return;
  if (copied_in_place()) return;
  bool scalar = module_.is_scalar(type);
  Value* word = scalar ? value(arg(0)) : nullptr;
  Value* memory = scalar ? nullptr : owned_memory(arg(0), type);
  if (is_whole_global(place)) return write_global(place, word, memory);
  Address at = resolve(place);
  if (memory == at.ptr) return;  // assign x = move x
  // State bytes are cleared before the old value dies: its end may fail. The place's own comes with
  // the new value, whose is 0.
  Value* was_full = flag_is_full();
  for (Value* state : at.states) b_.CreateStore(llvm::ConstantInt::get(module_.i8, 0), state);
  assign_at(at.ptr, type, word, memory, was_full, inst_->origin);
}

void FunctionLowering::lower_drop() {
  Place place = inst_->dst;
  Address at = resolve(place);
  if (types().is_plain(at.type)) return;
  Value* origin = module_.site(owner());
  auto drop = [&] {
    bool boxed_local =
        place.is_local() && place.is_root() && function_.locals[place.local_id().index()].boxed;
    if (boxed_local && module_.drop_fails(at.type)) {
      // A lifted local: if it dies here, it dies as a local.
      Value* word = load(at.ptr, at.type);
      TypeId contents = types()[at.type].elem;
      check_status(
          rt(Rt::tn_release_as, {word, module_.descriptor(contents), number32(inst_->imm)}));
      return;
    }
    drop_at(at.ptr, at.type, inst_->imm, origin);
  };
  Value* full = flag_is_full();
  if (full == nullptr) return drop();
  when(full, drop);
}

}  // namespace tenure::native
