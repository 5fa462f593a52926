// Checks whose failing is a run-time error: bounds, emptiness, panics.
#include "base/check.h"
#include "native/function.h"

namespace tenure::native {

using oir::TypeId;
using oir::TypeKind;

namespace {
// Room for the path that `use after move` shows: the place, and the part of it that is empty.
constexpr uint64_t kPathRoom = 512;
}  // namespace

// Of the array at an address, or the length that is given itself.
llvm::Value* FunctionLowering::length_of(const oir::Operand& array) {
  if (array.kind != oir::OperandKind::Addr) return value(array);
  Address at = resolve(array.place);
  const oir::Type& type = types()[at.type];
  if (type.kind == TypeKind::FixedArray) return number64(type.count);
  if (type.kind != TypeKind::Slice) return array_length(load(at.ptr, at.type));
  return b_.CreateAlignedLoad(module_.i64, offset(at.ptr, kStringLength), module_.aligned(8));
}

void FunctionLowering::lower_bounds_check() {
  Value* length = length_of(arg(0));
  Value* index = wide(arg(1));  // a negative one is a large one
  fail_if(b_.CreateICmpUGE(index, length),
          [&] { rt(Rt::tn_report_index, {index, is_signed(arg(1)), length, site()}); });
}

void FunctionLowering::lower_range_check() {
  Value* length = length_of(arg(0));
  Value* from = wide(arg(1));
  Value* to = wide(arg(2));
  Value* behind = b_.CreateICmpUGT(to, length);
  fail_if(b_.CreateOr(behind, b_.CreateICmpUGT(from, to)), [&] {
    Value* last = b_.CreateSub(to, number64(inst_->imm));
    Value* shown = b_.CreateSelect(behind, last, from);
    Value* shown_signed = b_.CreateSelect(behind, is_signed(arg(2)), is_signed(arg(1)));
    rt(Rt::tn_report_index, {shown, shown_signed, length, site()});
  });
}

void FunctionLowering::lower_full_check() {
  oir::Place place = arg(0).place;
  std::string name = inst_->extra != 0 ? module_.program.strings[inst_->extra - 1]
                                       : oir::place_text(module_.program, function_, place);
  if (name.size() > kPathRoom / 2) name.resize(kPathRoom / 2);
  Value* shown = module_.c_string(name);
  if (inst_->flag.valid()) {
    Value* flag = b_.CreateLoad(module_.i32, slots_[inst_->flag.index()]);
    fail_if(b_.CreateICmpNE(flag, number32(0)), [&] {
      Value* row = b_.CreateSub(b_.CreateZExt(flag, module_.i64), number64(1));
      Value* bytes = b_.CreateMul(row, number64(sizeof(TnSite)));
      Value* moved = b_.CreateInBoundsGEP(module_.i8, module_.move_sites(), bytes);
      rt(Rt::tn_report_moved, {shown, site(), moved});
    });
    return;
  }
  if (place.is_global() && !module_.program.globals[place.global_id().index()].always_full) {
    check_global(place.global_id());
  }
  Address at = resolve(place);
  // Of the aggregates around a plain part the innermost one knows whether it is there.
  if (types().is_plain(at.type) && !at.states.empty()) {
    Value* byte = b_.CreateLoad(module_.i8, at.states.back());
    fail_if(b_.CreateIsNotNull(byte),
            [&] { rt(Rt::tn_report_moved, {shown, site(), null_pointer()}); });
  }
  if (oir::CheckDepth(inst_->imm) == oir::CheckDepth::Printed) {
    return check_printed(at, shown, name.size());
  }
  if (oir::CheckDepth(inst_->imm) == oir::CheckDepth::Enclosing) {
    return fail_if(rt(Rt::tn_find_enclosing_hole, {at.ptr}),
                   [&] { rt(Rt::tn_report_moved, {shown, site(), null_pointer()}); });
  }
  bool head_only = oir::CheckDepth(inst_->imm) == oir::CheckDepth::Itself;
  if (head_only ? !types()[at.type].vacates : !module_.holds_holes(at.type)) return;
  fail_if(is_hole(at.ptr, at.type, !head_only),
          [&] { report_hole(Rt::tn_find_hole, at, shown, name.size()); });
}

// All that a print of the place reads, behind references too.
void FunctionLowering::check_printed(const Address& at, Value* shown, size_t length) {
  Value* type = module_.descriptor(at.type);
  Value* empty = rt(Rt::tn_find_printed_hole, {at.ptr, type, null_pointer(), number64(0)});
  fail_if(empty, [&] { report_hole(Rt::tn_find_printed_hole, at, shown, length); });
}

// `find` tells where in the place the hole is: `shown`, and the path from there.
void FunctionLowering::report_hole(Rt find, const Address& at, Value* shown, size_t length) {
  auto* room = entry_.CreateAlloca(llvm::ArrayType::get(module_.i8, kPathRoom));
  b_.CreateMemCpy(room, llvm::Align(1), shown, llvm::Align(1), length + 1);
  rt(find, {at.ptr, module_.descriptor(at.type), room, number64(kPathRoom)});
  rt(Rt::tn_report_moved, {room, site(), null_pointer()});
}

// A global that is not full: not yet initialised, moved from, or dead. It is the global that is
// named, whatever part of it was wanted.
void FunctionLowering::check_global(oir::GlobalId id) {
  Value* state = b_.CreateLoad(module_.i8, module_.global_state(id));
  auto is = [&](uint8_t which) {
    return b_.CreateICmpEQ(state, llvm::ConstantInt::get(module_.i8, which));
  };
  fail_if(b_.CreateNot(is(TN_G_FULL)), [&] {
    llvm::BasicBlock* moved = new_block("moved");
    llvm::BasicBlock* uninit = new_block("uninit");
    llvm::BasicBlock* next = new_block("reported");
    b_.CreateCondBr(is(TN_G_UNINIT), uninit, moved);
    Value* name = module_.c_string(module_.program.globals[id.index()].name);
    b_.SetInsertPoint(moved);
    rt(Rt::tn_report_moved, {name, site(), null_pointer()});
    b_.CreateBr(next);
    b_.SetInsertPoint(uninit);
    rt(Rt::tn_report_uninit, {name, site()});
    b_.CreateBr(next);
    b_.SetInsertPoint(next);
  });
}

void FunctionLowering::lower_panic() {
  Value* message = args().empty() ? nullptr : looked_at(arg(0));
  Value* nothing = module_.c_string("");
  switch (static_cast<oir::PanicKind>(inst_->imm)) {
    case oir::PanicKind::AssertionFailed:
      if (message == nullptr) {
        rt(Rt::tn_report, {number32(TN_E_ASSERTION), site()});
      } else {
        rt(Rt::tn_report_message, {module_.c_string("assertion failed: "), message, site()});
      }
      break;
    case oir::PanicKind::UnwrapOfNull:
      rt(Rt::tn_report, {number32(TN_E_UNWRAP_OF_NULL), site()});
      break;
    case oir::PanicKind::ValueOutOfRange:
      rt(Rt::tn_report, {number32(TN_E_VALUE_OUT_OF_RANGE), site()});
      break;
    case oir::PanicKind::Message:
      rt(Rt::tn_report_message, {nothing, message ? message : null_pointer(), site()});
      break;
  }
  raise();
}

}  // namespace tenure::native
