// Values of many parts, where they lie: fixed arrays are copied, filled, assigned and dropped by
// loops over their elements, and a whole global is written in place. Nothing of their size is put
// on the stack.
#include "base/check.h"
#include "native/function.h"

namespace tenure::native {

using oir::LocalId;
using oir::Op;
using oir::Operand;
using oir::OperandKind;
using oir::Place;
using oir::ProjKind;
using oir::TypeId;
using oir::TypeKind;

// `body` gets the place of each element, as bytes from the start of the array.
void FunctionLowering::each_element(TypeId array, const std::function<void(Value*)>& body) {
  const oir::Type& type = types()[array];
  uint64_t size = module_.layouts[type.elem].size;
  if (type.count == 0 || size == 0) return;
  llvm::BasicBlock* before = b_.GetInsertBlock();
  llvm::BasicBlock* turn = new_block("element");
  b_.CreateBr(turn);
  b_.SetInsertPoint(turn);
  llvm::PHINode* at = b_.CreatePHI(module_.i64, 2);
  at->addIncoming(number64(0), before);
  body(at);
  Value* next = b_.CreateAdd(at, number64(size), "", true);
  at->addIncoming(next, b_.GetInsertBlock());
  llvm::BasicBlock* done = new_block("elements.done");
  b_.CreateCondBr(b_.CreateICmpULT(next, number64(type.count * size)), turn, done);
  b_.SetInsertPoint(done);
}

// Whether a fixed array is copied and dropped by a loop in place: its elements are, part by part.
bool FunctionLowering::by_elements(TypeId id) const {
  const oir::Type& type = types()[id];
  if (type.kind != TypeKind::FixedArray || type.vacates || type.watched) return false;
  if (module_.drop_fails(id)) return false;
  return types().is_string(type.elem) || in_parts(type.elem, kInlineParts) ||
         by_elements(type.elem);
}

// Whether a value is put together of plain bytes and strings in few parts or in arrays of such.
bool FunctionLowering::is_simple(TypeId id) const {
  if (types()[id].watched) return false;
  return types().is_plain(id) || types().is_string(id) || in_parts(id, kInlineParts) ||
         by_elements(id);
}

// Whether the places are sure to share no byte: they lie in different locals or globals, by name.
bool FunctionLowering::are_apart(Place a, Place b) const {
  auto in_root = [&](Place place) {
    TypeId type = place.is_global() ? module_.program.globals[place.global_id().index()].type
                                    : function_.locals[place.local_id().index()].type;
    TypeKind kind = types()[type].kind;
    for (oir::Proj proj : function_.paths.projs(place.path)) {
      if (proj.kind == ProjKind::Deref || proj.kind == ProjKind::Variant) return false;
      if (proj.kind == ProjKind::Index && kind != TypeKind::FixedArray) return false;
      const oir::Type& row = types()[type];
      type = proj.kind == ProjKind::Field ? row.fields[proj.index].type : row.elem;
      kind = types()[type].kind;
    }
    return true;
  };
  return a.root != b.root && in_root(a) && in_root(b);
}

// A copy takes the place of a value, part by part. The two lie apart, and no end of a value can be
// seen.
void FunctionLowering::assign_copy(Value* dst, Value* src, TypeId id) {
  if (types().is_plain(id)) return copy_bytes(dst, src, id);
  if (by_elements(id)) {
    TypeId elem = types()[id].elem;
    return each_element(id, [&](Value* at) {
      assign_copy(b_.CreateInBoundsGEP(module_.i8, dst, at),
                  b_.CreateInBoundsGEP(module_.i8, src, at), elem);
    });
  }
  if (in_parts(id, kInlineParts)) {
    for (const layout::PartLayout& part : module_.layouts[id].parts) {
      assign_copy(offset(dst, part.offset), offset(src, part.offset), part.type);
    }
    return;
  }
  Value* fresh = temporary(id);
  copy_into(fresh, src, id);
  if (module_.is_scalar(id)) {
    assign_at(dst, id, load(fresh, id), nullptr, nullptr, {});
  } else {
    assign_at(dst, id, nullptr, fresh, nullptr, {});
  }
}

// ---- zeros

// The value has no bit that is set, padding aside: as memory that nobody has written. A local is
// looked at if it is written once and nobody gets its address.
bool FunctionLowering::is_zero(const Operand& operand) const {
  if (operand.kind == OperandKind::Const) {
    switch (operand.constant.kind) {
      case oir::ConstKind::String:
        return types().is_string(operand.constant.type) &&
               module_.program.strings[operand.constant.bits].empty();
      case oir::ConstKind::Func:
        return false;
      default:
        return operand.constant.bits == 0;
    }
  }
  if (!operand.place.is_local() || !operand.place.is_root()) return false;
  LocalId local = operand.place.local_id();
  if (function_.locals[local.index()].kind == oir::LocalKind::Param) return false;
  const oir::Inst* made = nullptr;
  for (const oir::Block& block : function_.blocks) {
    for (const oir::Inst& inst : block.insts) {
      if (inst.dst.valid() && inst.dst.root == operand.place.root && inst.op != Op::Drop) {
        if (made != nullptr || !inst.dst.is_root()) return false;
        made = &inst;
      }
      if (inst.op == Op::FillArray) continue;  // only looks
      for (const Operand& other : function_.args(inst)) {
        if (other.kind == OperandKind::Addr && other.place.root == operand.place.root) return false;
      }
    }
  }
  if (made == nullptr || (made->op == Op::MakeVariant && made->extra != 0)) return false;
  if (made->op != Op::Init && made->op != Op::Aggregate && made->op != Op::FillArray &&
      made->op != Op::MakeVariant) {
    return false;
  }
  for (const Operand& part : function_.args(*made)) {
    if (!is_zero(part)) return false;
  }
  return true;
}

// ---- instructions

// d = fixed array of copies of a.
void FunctionLowering::lower_fill() {
  TypeId type = type_of(inst_->dst);
  TypeId elem = types()[type].elem;
  Value* source = looked_at(arg(0));
  auto fill = [&](Value* memory) {
    each_element(type, [&](Value* at) {
      copy_into(b_.CreateInBoundsGEP(module_.i8, memory, at), source, elem);
    });
  };
  bool apart = !arg(0).has_place() || are_apart(inst_->dst, arg(0).place);
  if (!apart || !is_whole_global(inst_->dst) || !is_simple(type)) {
    Value* memory = result_memory(inst_->dst);
    fill(memory);
    return built(inst_->dst, memory);
  }
  GlobalWrite write;
  write.is_zero = is_zero(arg(0));
  write.put = fill;
  write.replace = [&](Value* memory) {
    each_element(type, [&](Value* at) {
      assign_copy(b_.CreateInBoundsGEP(module_.i8, memory, at), source, elem);
    });
  };
  write.die = [] {};  // nothing was made that would have to
  write_global(inst_->dst, write);
}

// d = copy a, where both lie apart and no end of a value can be seen: no copy is made first. False:
// it is not so.
bool FunctionLowering::copied_in_place() {
  const Operand& from = arg(0);
  if (from.kind != OperandKind::Copy || inst_->flag.valid()) return false;
  TypeId type = type_of(inst_->dst);
  if (module_.is_scalar(type) || !is_simple(type)) return false;
  if (inst_->op == oir::Op::Assign && inst_->dst == from.place) return true;  // `a = a`
  if (!are_apart(inst_->dst, from.place)) return false;
  Value* source = resolve(from.place).ptr;
  if (is_whole_global(inst_->dst)) {
    GlobalWrite write;
    write.put = [&](Value* memory) { copy_into(memory, source, type); };
    write.replace = [&](Value* memory) { assign_copy(memory, source, type); };
    write.die = [] {};
    write_global(inst_->dst, write);
    return true;
  }
  Address at = resolve(inst_->dst);
  for (Value* state : at.states) b_.CreateStore(llvm::ConstantInt::get(module_.i8, 0), state);
  if (inst_->op == Op::Init) {
    copy_into(at.ptr, source, type);
  } else {
    assign_copy(at.ptr, source, type);
  }
  return true;
}

}  // namespace tenure::native
