// Instructions that make values out of others: init, aggregates, variants, fixed arrays.
#include "base/check.h"
#include "native/function.h"

namespace tenure::native {

using oir::Operand;
using oir::OperandKind;
using oir::TypeId;

void FunctionLowering::lower_init() {
  TypeId type = type_of(inst_->dst);
  if (module_.is_unit(type)) return;
  if (module_.is_scalar(type)) return init_place(inst_->dst, value(arg(0)), nullptr);
  if (copied_in_place()) return;
  bool moves_itself = arg(0).kind == OperandKind::Move && arg(0).place == inst_->dst;
  if (moves_itself && inst_->dst.is_local() && inst_->dst.is_root()) return;  // `x = move x`
  Value* memory = result_memory(inst_->dst);
  store_operand(arg(0), type, memory);
  built(inst_->dst, memory);
}

void FunctionLowering::lower_aggregate() {
  TypeId type = type_of(inst_->dst);
  const layout::TypeLayout& layout = module_.layouts[type];
  Value* memory = result_memory(inst_->dst);
  if (types()[type].kind == oir::TypeKind::FixedArray) {
    TypeId elem = types()[type].elem;
    for (size_t i = 0; i < args().size(); ++i) {
      store_operand(arg(i), elem, offset(memory, i * module_.layouts[elem].size));
    }
  } else {
    TN_CHECK(layout.parts.size() == args().size(), "an aggregate with too few parts");
    for (size_t i = 0; i < args().size(); ++i) {
      store_operand(arg(i), layout.parts[i].type, offset(memory, layout.parts[i].offset));
    }
  }
  built(inst_->dst, memory);
}

void FunctionLowering::lower_variant() {
  TypeId type = type_of(inst_->dst);
  const layout::TypeLayout& layout = module_.layouts[type];
  const std::vector<layout::PartLayout>& payload = layout.variants[inst_->extra];
  Value* memory = result_memory(inst_->dst);
  for (size_t i = 0; i < args().size(); ++i) {
    store_operand(arg(i), payload[i].type, offset(memory, payload[i].offset));
  }
  b_.CreateAlignedStore(number32(inst_->extra), offset(memory, layout.tag_offset),
                        module_.aligned(4));
  built(inst_->dst, memory);
}

void FunctionLowering::lower_swap() {
  Address a = resolve(arg(0).place);
  Address b = resolve(arg(1).place);
  if (module_.is_unit(a.type)) return;
  if (module_.is_scalar(a.type)) {
    Value* first = load(a.ptr, a.type);
    Value* second = load(b.ptr, a.type);
    store(second, a.ptr, a.type);
    store(first, b.ptr, a.type);
    return;
  }
  Value* first = temporary(a.type);
  Value* second = temporary(a.type);
  copy_bytes(first, a.ptr, a.type);
  copy_bytes(second, b.ptr, a.type);
  copy_bytes(a.ptr, second, a.type);
  copy_bytes(b.ptr, first, a.type);
}

// d = the value in a, which takes b.
void FunctionLowering::lower_replace() {
  TypeId type = type_of(arg(0));
  if (module_.is_unit(type)) return;
  if (module_.is_scalar(type)) {
    Value* in = value(arg(1));
    Address at = resolve(arg(0).place);
    Value* out = load(at.ptr, type);
    store(in, at.ptr, type);
    return init_place(inst_->dst, out, nullptr);
  }
  Value* in = owned_memory(arg(1), type);
  Address at = resolve(arg(0).place);
  Value* out = temporary(type);
  copy_bytes(out, at.ptr, type);
  copy_bytes(at.ptr, in, type);
  Value* memory = result_memory(inst_->dst);
  copy_bytes(memory, out, type);
  built(inst_->dst, memory);
}

}  // namespace tenure::native
