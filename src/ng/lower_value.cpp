// Values: what initialises an empty place.
#include "base/check.h"
#include "ng/lowering.h"

namespace tenure::ng {

using oir::BinOp;
using oir::RtFn;
using oir::TypeKind;

// `dst` is empty, and full afterwards (of a value of type unit it may be invalid).
void Lowering::value_into(Place dst, NodeId id) {
  const Node& n = node(id);
  bool by_instruction =
      n.kind == NodeKind::Const || n.kind == NodeKind::Copy || n.kind == NodeKind::Move;
  if (by_instruction && !dst.valid()) {
    if (n.a) place(n.a, Access::Look);
    return;
  }
  if (n.type != types().unit() || by_instruction) {
    other_into(dst, id);
    return;
  }
  other_into({}, id);
  if (dst.valid()) b_.init(dst, Operand::of(b_.const_unit()), n.span);
}

void Lowering::other_into(Place dst, NodeId id) {
  const Node& n = node(id);
  switch (n.kind) {
    case NodeKind::Const:
      b_.init(dst, Operand::of(tree_.constant(n)), n.span);
      return;
    case NodeKind::Copy: {
      Place from = place(n.a, Access::Look);
      b_.init(dst, Operand::copy(from), n.span);
      return;
    }
    case NodeKind::Move:
      move_into(dst, id);
      return;
    case NodeKind::RefOf:
      ref_into(dst, id);
      return;
    case NodeKind::ToObject:
      object_into(dst, id);
      return;
    case NodeKind::SliceOf:
      slice_into(dst, id);
      return;
    case NodeKind::Neg:
    case NodeKind::Not:
    case NodeKind::Unary:
    case NodeKind::Cast:
    case NodeKind::IsVariant:
    case NodeKind::UnionIndex:
      scalar_into(dst, id);
      return;
    case NodeKind::Arith:
      arith_into(dst, id);
      return;
    case NodeKind::Concat:
      concat_into(dst, id);
      return;
    case NodeKind::And:
    case NodeKind::Or:
      logic_into(dst, id);
      return;
    case NodeKind::Compare:
      compare_into(dst, id);
      return;
    case NodeKind::UnionTag:
      union_tag_into(dst, id);
      return;
    case NodeKind::StructLit:
    case NodeKind::VariantLit:
    case NodeKind::FixedLit:
    case NodeKind::ArrayLit:
      literal_into(dst, id);
      return;
    case NodeKind::FillLit:
      b_.fill_array(dst, Operand::addr(look(n.a, true)), n.span);
      return;
    case NodeKind::ArrayWith:
      array_with_into(dst, id);
      return;
    case NodeKind::New:
    case NodeKind::BoxNew: {
      Operand value = owned(n.a, true, true);
      b_.new_object(dst, value, n.kind == NodeKind::New, n.span, n.span);
      hand_over({value});
      return;
    }
    case NodeKind::Call:
      call_into(dst, id);
      return;
    case NodeKind::CallValue:
      call_value_into(dst, id);
      return;
    case NodeKind::Runtime:
      runtime_into(dst, id);
      return;
    case NodeKind::SlotAt: {
      Operand from = owned(n.a, changes_nothing(n.b), false);
      b_.ptr_add(dst, from, owned(n.b, true, true), n.span);
      return;
    }
    case NodeKind::Replace:
      replace_into(dst, id);
      return;
    case NodeKind::Print:
      print(id);
      return;
    case NodeKind::Assert:
      assertion(id);
      return;
    case NodeKind::Swap:
      swap(id);
      return;
    case NodeKind::If:
    case NodeKind::Loop:
    case NodeKind::LoopIn:
    case NodeKind::LoopOver:
    case NodeKind::LoopRange:
    case NodeKind::LoopRangeOf:
    case NodeKind::Switch:
    case NodeKind::Block:
      control_into(dst, id);
      return;
    case NodeKind::Panic:
      b_.panic(oir::PanicKind::Message, {Operand::of(tree_.constant(node(n.a)))}, n.span);
      return;
    case NodeKind::Never:
      statement(n.a);
      return;
    default:
      TN_UNREACHABLE("lowering: not a value");
  }
}

void Lowering::move_into(Place dst, NodeId id) {
  const Node& n = node(id);
  Place from = place(n.a, Access::Look);
  b_.init(dst, Operand::move(from), n.span);
  if ((n.flags & tree::kImplicit) != 0 && b_.reachable()) {
    b_.function().blocks[b_.current().index()].insts.back().imm = 1;
  }
}

// A reference as a value: counted.
void Lowering::ref_into(Place dst, NodeId id) {
  const Node& n = node(id);
  if (!tree_.is_place(n.a)) {
    b_.make_ref(dst, temp_of(n.a), n.span);
    return;
  }
  const Node& target = node(n.a);
  if (target.kind == NodeKind::Deref && types()[node(target.a).type].kind == TypeKind::Ref) {
    // `ref *r` is r.
    prepare(n.a, true);
    Place pointer = base(target.a, Access::Look);
    b_.null_check(pointer, n.span);
    b_.init(dst, Operand::copy(pointer), n.span);
    return;
  }
  b_.make_ref(dst, place(n.a, Access::Write), n.span);
}

// An operand that what consumes it owns. `last`: nothing but constants is evaluated after it.
oir::Operand Lowering::owned(NodeId id, bool later_changes_nothing, bool last) {
  const Node& n = node(id);
  if (n.kind == NodeKind::Const) return Operand::of(tree_.constant(n));
  if (n.kind == NodeKind::Copy && later_changes_nothing) {
    return Operand::copy(place(n.a, Access::Look));
  }
  if (n.kind == NodeKind::Move && last && (n.flags & tree::kImplicit) == 0) {
    return Operand::move(place(n.a, Access::Look));
  }
  Place temp = temp_of(id);
  // Its obligation is withdrawn when it was consumed, not yet: see `hand_over`.
  return types().is_plain(n.type) ? Operand::copy(temp) : Operand::move(temp);
}

std::vector<oir::Operand> Lowering::owned_list(std::span<const NodeId> ids) {
  std::vector<Operand> operands;
  operands.reserve(ids.size());
  size_t constants = ids.size();  // from here on there are only constants
  while (constants > 0 && node(ids[constants - 1]).kind == NodeKind::Const) constants--;
  size_t tail = unchanging_tail(ids);
  for (size_t i = 0; i < ids.size(); i++) {
    operands.push_back(owned(ids[i], i + 1 >= tail, i + 1 >= constants));
  }
  return operands;
}

// The word of a reference, to be compared or asked for null.
oir::Operand Lowering::word(NodeId operand, bool later_changes_nothing) {
  const Node& n = node(operand);
  if (n.kind == NodeKind::Const) return Operand::of(tree_.constant(n));
  return Operand::borrow(look(operand, later_changes_nothing));
}

void Lowering::scalar_into(Place dst, NodeId id) {
  const Node& n = node(id);
  switch (n.kind) {
    case NodeKind::Neg:
    case NodeKind::Not:
      b_.unary(dst, n.kind == NodeKind::Neg ? oir::UnOp::Neg : oir::UnOp::Not,
               owned(n.a, true, true), n.span);
      return;
    case NodeKind::Unary:
      b_.unary(dst, static_cast<oir::UnOp>(n.index), owned(n.a, true, true), n.span);
      return;
    case NodeKind::Cast: {
      Operand from = owned(n.a, true, true);
      if ((n.flags & tree::kImplicit) != 0) {
        b_.convert(dst, from, n.span);
      } else {
        b_.cast(dst, from, n.span);
      }
      return;
    }
    case NodeKind::UnionIndex:
      b_.tag(dst, look(n.a, true), n.span);
      return;
    case NodeKind::IsVariant: {
      oir::TypeId u32 = types().scalar(TypeKind::U32);
      Place tag = Place::local(new_temp(u32, n.span));
      b_.tag(tag, look(n.a, true), n.span);
      b_.binary(dst, BinOp::Eq, Operand::copy(tag), Operand::of(b_.const_int(u32, n.index)),
                n.span);
      return;
    }
    default:
      TN_UNREACHABLE("lowering: not a scalar");
  }
}

void Lowering::arith_into(Place dst, NodeId id) {
  const Node& n = node(id);
  Ids ids{n.a};
  for (NodeId part : tree_.items(n.list)) ids.push_back(node(part).a);
  Operand left = owned(n.a, all_change_nothing(ids, 1), false);
  for (size_t i = 1; i < ids.size(); i++) {
    const Node& part = node(tree_.items(n.list)[i - 1]);
    Operand right = owned(ids[i], true, true);
    bool last = i + 1 == ids.size();
    Place sum = last ? dst : Place::local(new_temp(n.type, part.span));
    b_.binary(sum, part.op, left, right, part.span);
    left = Operand::copy(sum);
  }
}

// The operand of which `id` is the text, if that can be put at the end of a string without being
// made before (of a float other digits would stand there).
oir::TypeId Lowering::shown_number(NodeId id) {
  const Node& n = node(id);
  if (n.kind != NodeKind::Runtime || n.rt != RtFn::ShowValue) return {};
  return types().is_integer(n.targ) || types()[n.targ].kind == TypeKind::Bool ? n.targ
                                                                              : oir::TypeId{};
}

// Looks at what `append_part` takes of a part of a text.
oir::Place Lowering::look_part(NodeId id, bool later_changes_nothing) {
  return look(shown_number(id).valid() ? tree_.items(node(id).list)[0] : id, later_changes_nothing);
}

void Lowering::append_part(Place text, NodeId id, Place part, Span span) {
  oir::TypeId number = shown_number(id);
  b_.runtime({}, number.valid() ? RtFn::AppendValue : RtFn::StrAppend, number,
             {Operand::addr(text), Operand::addr(part)}, span);
}

// One buffer that grows: linear in the length of the result.
void Lowering::concat_into(Place dst, NodeId id) {
  const Node& n = node(id);
  auto ids = tree_.items(n.list);
  Place left = look(ids[0], all_change_nothing(ids, 1));
  Place right = look_part(ids[1], true);
  bool number = shown_number(ids[1]).valid();
  if (ids.size() == 2 && !number) {
    b_.runtime(dst, RtFn::StrConcat, {}, {Operand::addr(left), Operand::addr(right)}, n.span);
    return;
  }
  oir::LocalId sum = new_temp(n.type, n.span);
  if (number) {
    b_.init(Place::local(sum), Operand::copy(left), n.span);
    append_part(Place::local(sum), ids[1], right, n.span);
  } else {
    b_.runtime(Place::local(sum), RtFn::StrConcat, {}, {Operand::addr(left), Operand::addr(right)},
               n.span);
  }
  schedule_temp(sum);
  for (size_t i = 2; i < ids.size(); i++) {
    Place more = look_part(ids[i], true);
    append_part(Place::local(sum), ids[i], more, node(ids[i]).span);
  }
  Operand text = whole(Place::local(sum));
  b_.init(dst, text, n.span);
  hand_over({text});
}

void Lowering::logic_into(Place dst, NodeId id) {
  const Node& n = node(id);
  bool is_and = n.kind == NodeKind::And;
  oir::BlockId done = b_.new_block();
  oir::BlockId stopped = b_.new_block();
  auto ids = tree_.items(n.list);
  for (size_t i = 0; i < ids.size(); i++) {
    if (i + 1 == ids.size()) {
      value_into(dst, ids[i]);
      b_.jump(done, n.span);
      break;
    }
    Operand value = owned(ids[i], true, true);
    oir::BlockId more = b_.new_block();
    b_.branch(value, is_and ? more : stopped, is_and ? stopped : more, node(ids[i]).span);
    b_.set_block(more);
  }
  b_.set_block(stopped);
  b_.init(dst, Operand::of(b_.const_bool(!is_and)), n.span);
  b_.jump(done, n.span);
  b_.set_block(done);
}

void Lowering::compare_into(Place dst, NodeId id) {
  const Node& n = node(id);
  bool pure = changes_nothing(n.b);
  bool negated = n.op == BinOp::Ne;
  Place truth = negated ? Place::local(new_temp(n.type, n.span)) : dst;
  switch (static_cast<tree::CompareKind>(n.index)) {
    case tree::CompareKind::Scalar: {
      auto scalar = [&](NodeId operand, bool later) {
        return tree_.is_place(operand) ? Operand::copy(look(operand, later))
                                       : owned(operand, later, false);
      };
      Operand a = scalar(n.a, pure);
      Operand b = scalar(n.b, true);
      b_.binary(dst, n.op, a, b, n.span);
      return;
    }
    case tree::CompareKind::Text: {
      oir::TypeId i32 = types().scalar(TypeKind::I32);
      Place order = Place::local(new_temp(i32, n.span));
      Place a = look(n.a, pure);
      Place b = look(n.b, true);
      b_.runtime(order, RtFn::StrCompare, {}, {Operand::addr(a), Operand::addr(b)}, n.span);
      b_.binary(dst, n.op, Operand::copy(order), Operand::of(b_.const_int(i32, 0)), n.span);
      return;
    }
    case tree::CompareKind::Value: {
      Place a = look(n.a, pure);
      Place b = look(n.b, true);
      b_.runtime(truth, RtFn::Equal, node(n.a).type, {Operand::addr(a), Operand::addr(b)}, n.span);
      break;
    }
    case tree::CompareKind::Identity: {
      Operand a = word(n.a, pure);
      Operand b = word(n.b, true);
      b_.same_ref(truth, a, b, n.span);
      break;
    }
    case tree::CompareKind::Null:
      b_.is_null(truth, look(n.a, true), n.span);
      break;
  }
  if (negated) b_.unary(dst, oir::UnOp::Not, Operand::copy(truth), n.span);
}

// The name of the variant as text.
void Lowering::union_tag_into(Place dst, NodeId id) {
  const Node& n = node(id);
  Place value = look(n.a, true);
  Place tag = Place::local(new_temp(types().scalar(TypeKind::U32), n.span));
  b_.tag(tag, value, n.span);
  std::vector<std::string> names;
  for (const oir::Variant& variant : types()[node(n.a).type].variants)
    names.push_back(variant.name);
  oir::BlockId done = b_.new_block();
  std::vector<uint64_t> values;
  std::vector<oir::BlockId> targets;
  for (size_t i = 0; i < names.size(); i++) {
    values.push_back(i);
    targets.push_back(b_.new_block());
  }
  oir::BlockId never = b_.new_block();
  targets.push_back(never);
  b_.switch_on(Operand::copy(tag), values, targets, n.span);
  for (size_t i = 0; i < names.size(); i++) {
    b_.set_block(targets[i]);
    b_.init(dst, Operand::of(b_.const_string(names[i])), n.span);
    b_.jump(done, n.span);
  }
  b_.set_block(never);
  b_.unreachable(n.span);
  b_.set_block(done);
}

void Lowering::literal_into(Place dst, NodeId id) {
  const Node& n = node(id);
  if (n.kind == NodeKind::ArrayLit && has_spread(n)) return spread_array_into(dst, id);
  bool parts = n.kind == NodeKind::StructLit || n.kind == NodeKind::VariantLit;
  Ids ids;
  for (NodeId item : tree_.items(n.list)) ids.push_back(parts ? node(item).a : item);
  std::vector<Operand> operands = owned_list(ids);
  if (parts) {
    // Evaluated in the order written, stored in the order declared.
    std::vector<Operand> ordered(operands.size());
    auto items = tree_.items(n.list);
    for (size_t i = 0; i < operands.size(); i++) ordered[node(items[i]).index] = operands[i];
    operands = std::move(ordered);
  }
  switch (n.kind) {
    case NodeKind::VariantLit:
      b_.make_variant(dst, n.index, operands, n.span);
      break;
    case NodeKind::ArrayLit:
      b_.make_array(dst, operands, n.span);
      break;
    default:
      b_.aggregate(dst, operands, n.span);
      break;
  }
  hand_over(operands);
}

void Lowering::array_with_into(Place dst, NodeId id) {
  const Node& n = node(id);
  auto items = tree_.items(n.list);
  Ids ids{n.a};
  ids.append(items.begin(), items.end());
  std::vector<Operand> operands = owned_list(ids);
  Operand array = operands[0];
  for (size_t i = 1; i < operands.size(); i++) {
    bool last = i + 1 == operands.size();
    Place next = last ? dst : Place::local(new_temp(n.type, n.span));
    b_.runtime(next, RtFn::ArrayWith, n.type, {array, operands[i]}, n.span);
    array = Operand::move(next);
  }
  hand_over(operands);
}

}  // namespace tenure::ng
