// Zeros, and the literals of structs, unions and arrays.
#include "base/check.h"
#include "tape/lowering.h"

namespace tenure::tape {

using oir::TypeKind;

// 0, false, "", null, no elements, and the same in all parts. A tagged union is its first variant.
// Bounded by how deep types nest.
void Lowering::zero_into(Place dst, oir::TypeId id, Span span) {
  const oir::Type type = types()[id];
  std::vector<Operand> parts;
  switch (type.kind) {
    case TypeKind::Struct:
    case TypeKind::Tuple:
      for (const oir::Field& field : type.fields) parts.push_back(zero_operand(field.type, span));
      b_.aggregate(dst, parts, span);
      break;
    case TypeKind::Union:
      for (const oir::Field& field : type.variants[0].fields) {
        parts.push_back(zero_operand(field.type, span));
      }
      b_.make_variant(dst, 0, parts, span);
      break;
    case TypeKind::FixedArray: {
      Operand element = zero_operand(type.elem, span);
      if (element.kind != oir::OperandKind::Const) element = Operand::addr(element.place);
      b_.fill_array(dst, element, span);
      return;
    }
    case TypeKind::Slice: {
      // Of no elements: of an array that has none.
      Place none = plain_temp(types().fixed_array(type.elem, 0), span);
      b_.aggregate(none, {}, span);
      b_.make_whole_slice(dst, Operand::addr(none), span);
      return;
    }
    default:
      b_.init(dst, zero_operand(id, span), span);
      return;
  }
  hand_over(parts);
}

oir::Operand Lowering::zero_operand(oir::TypeId id, Span span) {
  switch (kind_of(id)) {
    case TypeKind::Unit:
      return Operand::of(b_.const_unit());
    case TypeKind::Bool:
      return Operand::of(b_.const_bool(false));
    case TypeKind::F32:
    case TypeKind::F64:
      return Operand::of(b_.const_float(id, 0));
    case TypeKind::Text:
      return Operand::of(b_.const_text(""));
    case TypeKind::Pointer:
    case TypeKind::Function:
      return Operand::of(b_.const_null(id));
    case TypeKind::Struct:
    case TypeKind::Tuple:
    case TypeKind::Union:
    case TypeKind::FixedArray:
    case TypeKind::Slice: {
      oir::LocalId zero = new_temp(id, span);
      zero_into(Place::local(zero), id, span);
      schedule_temp(zero);
      return whole(Place::local(zero));
    }
    default:
      TN_CHECK(types().is_integer(id), "lowering: a type without a zero");
      return Operand::of(b_.const_int(id, 0));
  }
}

// Of a struct or a variant: evaluated in the order written, stored in the order declared.
void Lowering::parts_into(Place dst, NodeId id) {
  const Node& n = node(id);
  bool is_struct = n.kind == NodeKind::StructLit;
  auto items = nodes_.items(n.list);
  std::vector<Operand> written =
      owned_list(items.size(), [&](size_t i) { return node(items[i]).a; });
  std::vector<oir::Field> fields =
      is_struct ? types()[n.type].fields : types()[n.type].variants[n.index].fields;
  std::vector<Operand> parts(fields.size());
  std::vector<bool> given(fields.size(), false);
  for (size_t i = 0; i < items.size(); i++) {
    parts[node(items[i]).index] = written[i];
    given[node(items[i]).index] = true;
  }
  for (size_t i = 0; i < fields.size(); i++) {
    if (!given[i]) parts[i] = zero_operand(fields[i].type, n.span);
  }
  if (is_struct) {
    b_.aggregate(dst, parts, n.span);
  } else {
    b_.make_variant(dst, n.index, parts, n.span);
  }
  hand_over(parts);
}

void Lowering::array_into(Place dst, NodeId id) {
  const Node& n = node(id);
  if (n.kind == NodeKind::FillLit) {
    const Node& element = node(n.a);
    bool constant = element.kind == NodeKind::Const;
    Operand one = constant ? Operand::of(nodes_.constant(element)) : Operand::addr(look(n.a, true));
    b_.fill_array(dst, one, n.span);
    return;
  }
  auto items = nodes_.items(n.list);
  std::vector<Operand> parts = owned_list(items.size(), [&](size_t i) { return items[i]; });
  b_.aggregate(dst, parts, n.span);
  hand_over(parts);
}

// One field of an untagged union; the other bytes are zero.
void Lowering::union_literal_into(Place dst, NodeId id) {
  const Node& n = node(id);
  Operand value = owned(n.a, true);
  Place all = plain_temp(n.type, n.span);
  zero_into(all, n.type, n.span);
  Place bytes = plain_temp(types().pointer(n.type), n.span);
  Place field = plain_temp(types().pointer(node(n.a).type), n.span);
  b_.make_ptr(bytes, all, n.span);
  b_.convert(field, Operand::copy(bytes), n.span);
  b_.assign(b_.deref(field), value, n.span, {});
  b_.init(dst, Operand::copy(all), n.span);
}

}  // namespace tenure::tape
