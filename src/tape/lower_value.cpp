// Values: what initialises an empty place.
#include "base/check.h"
#include "tape/lowering.h"

namespace tenure::tape {

using oir::BinOp;
using oir::RtFn;
using oir::TypeKind;

// `dst` is empty, and full afterwards (of a value of type unit it may be invalid).
void Lowering::value_into(Place dst, NodeId id) {
  const Node& n = node(id);
  if (n.type != types().unit()) {
    other_into(dst, id);
    return;
  }
  if (n.kind == NodeKind::Copy) {
    place(n.a, Access::Read);
  } else if (n.kind != NodeKind::Const && n.kind != NodeKind::Zero) {
    other_into({}, id);
  }
  if (dst.valid()) b_.init(dst, Operand::of(b_.const_unit()), n.span);
}

void Lowering::other_into(Place dst, NodeId id) {
  const Node& n = node(id);
  switch (n.kind) {
    case NodeKind::Const:
      b_.init(dst, Operand::of(nodes_.constant(n)), n.span);
      return;
    case NodeKind::Zero:
      zero_into(dst, n.type, n.span);
      return;
    case NodeKind::FuncRef:
      b_.init(dst, Operand::of(b_.const_func(n.type, n.func)), n.span);
      return;
    case NodeKind::Copy: {
      Place from = place(n.a, Access::Read);
      b_.init(dst, Operand::copy(from), n.span);
      return;
    }
    case NodeKind::MoveOut:
      move_out_into(dst, id);
      return;
    case NodeKind::AddressOf: {
      Place of = place(n.a, Access::Address);
      b_.make_ptr(dst, of, n.span);
      return;
    }
    case NodeKind::SliceOf:
      slice_into(dst, id);
      return;
    case NodeKind::Neg:
    case NodeKind::Not:
    case NodeKind::BitNot:
    case NodeKind::Cast:
      unary_into(dst, id);
      return;
    case NodeKind::Arith:
      arith_into(dst, id);
      return;
    case NodeKind::Concat:
      concat_into(dst, id);
      return;
    case NodeKind::Interpolate:
      interpolate_into(dst, id);
      return;
    case NodeKind::And:
    case NodeKind::Or:
      logic_into(dst, id);
      return;
    case NodeKind::Compare:
      compare_into(dst, id);
      return;
    case NodeKind::EnumCast:
      enum_cast_into(dst, id);
      return;
    case NodeKind::SwitchText:
      switch_text_into(dst, id);
      return;
    case NodeKind::IsVariant:
      is_variant_into(dst, id);
      return;
    case NodeKind::StructLit:
    case NodeKind::VariantLit:
      parts_into(dst, id);
      return;
    case NodeKind::UnionLit:
      union_literal_into(dst, id);
      return;
    case NodeKind::ArrayLit:
    case NodeKind::FillLit:
      array_into(dst, id);
      return;
    case NodeKind::Call:
      call_into(dst, id);
      return;
    case NodeKind::CallValue:
      call_value_into(dst, id);
      return;
    case NodeKind::Runtime:
      runtime_into(dst, id);
      return;
    case NodeKind::Unwrap:
      unwrap_into(dst, id);
      return;
    case NodeKind::OrElse:
      or_else_into(dst, id);
      return;
    case NodeKind::Block:
      block_value_into(dst, id);
      return;
    case NodeKind::Trapped:
      trapped_into(dst, id);
      return;
    default:
      TN_UNREACHABLE("lowering: not a value");
  }
}

// `return x`: moved, unless somebody has its address or a deferred body that is still to run reads
// it [O-LIFE-4].
void Lowering::move_out_into(Place dst, NodeId id) {
  const Node& n = node(id);
  tree::LocalId local = node(n.a).local;
  Place from = places_[local.index()];
  bool by_move = is_part_[local.index()] == 0 && types().needs_drop(n.type) &&
                 (uses_[local.index()] & kAddressed) == 0 && !deferred_may_read(local);
  b_.init(dst, by_move ? Operand::move(from) : Operand::copy(from), n.span);
  if (by_move && b_.reachable()) {
    b_.function().blocks[b_.current().index()].insts.back().imm = 1;
  }
}

// The end of a slice, one more if it is inclusive. What is negative or has the highest bit stays as
// it is: it is out of range, which one more than -1 would not be.
oir::Operand Lowering::slice_end(NodeId id, bool inclusive, Span span) {
  Operand end = owned(id, true);
  if (!inclusive) return end;
  bool is_signed = types().is_signed(node(id).type);
  oir::TypeId type = types().scalar(is_signed ? TypeKind::I64 : TypeKind::U64);
  auto number = [&](uint64_t value) { return Operand::of(b_.const_int(type, value)); };
  Place wide = plain_temp(type, span);
  Place after = plain_temp(type, span);
  Place highest = plain_temp(type, span);  // 0, or what is all bits or one
  Place result = plain_temp(type, span);
  b_.convert(wide, end, span);
  b_.binary(after, BinOp::WrapAdd, Operand::copy(wide), number(1), span);
  b_.binary(highest, BinOp::Shr, Operand::copy(wide), number(63), span);
  b_.binary(result, is_signed ? BinOp::WrapAdd : BinOp::WrapSub, Operand::copy(after),
            Operand::copy(highest), span);
  return Operand::copy(result);
}

void Lowering::slice_into(Place dst, NodeId id) {
  const Node& n = node(id);
  bool pure = effects_.changes_nothing(n.b) && effects_.changes_nothing(n.c);
  if (node(n.a).kind == NodeKind::Const && !n.b && !n.c) {
    b_.make_whole_slice(dst, Operand::of(nodes_.constant(node(n.a))), n.span);
    return;
  }
  TypeKind kind = kind_of(node(n.a).type);
  Place whole;
  if (kind == TypeKind::Slice) {
    whole = word(n.a, pure);
  } else if (!nodes_.is_place(n.a)) {
    whole = temp_of(n.a);
  } else {
    // It is a view of the place itself: of what the bounds may change there too.
    prepare(n.a, pure);
  }
  oir::TypeId i64 = types().scalar(TypeKind::I64);
  Operand from = Operand::of(b_.const_int(i64, 0));
  Operand to;
  if (n.b) from = owned(n.b, effects_.changes_nothing(n.c));
  if (n.c) to = slice_end(n.c, (n.flags & tree::kInclusive) != 0, n.span);
  if (!whole.valid()) {
    whole = find(n.a);
    check_memory(n.a, whole, kind == TypeKind::Text ? Access::Read : Access::Address);
  }
  if ((n.flags & tree::kOwnBytes) != 0) {
    b_.runtime({}, RtFn::TextOwn, {}, {Operand::addr(whole)}, n.span);
  }
  if (!n.b && !n.c) {
    b_.make_whole_slice(dst, Operand::addr(whole), n.span);
    return;
  }
  if (!n.c) {
    Place length = plain_temp(i64, n.span);
    RtFn fn = kind == TypeKind::Text ? RtFn::TextLen : RtFn::SliceLen;
    b_.runtime(length, fn, node(n.a).type, {Operand::addr(whole)}, n.span);
    to = Operand::copy(length);
  }
  b_.make_slice(dst, Operand::addr(whole), from, to, n.span);
}

// An operand that what consumes it owns.
oir::Operand Lowering::owned(NodeId id, bool later_changes_nothing) {
  const Node& n = node(id);
  if (n.kind == NodeKind::Const) return Operand::of(nodes_.constant(n));
  if (n.kind == NodeKind::FuncRef) return Operand::of(b_.const_func(n.type, n.func));
  if (n.kind == NodeKind::Copy && (later_changes_nothing || is_stable(n.a))) {
    return Operand::copy(place(n.a, Access::Read));
  }
  // Its obligation is withdrawn when it was consumed, not yet: see `hand_over`.
  return whole(temp_of(id));
}

void Lowering::unary_into(Place dst, NodeId id) {
  const Node& n = node(id);
  Operand a = owned(n.a, true);
  if (n.kind == NodeKind::Cast) {
    b_.convert(dst, a, n.span);
    return;
  }
  oir::UnOp op = oir::UnOp::Not;
  if (n.kind == NodeKind::BitNot) op = oir::UnOp::BitNot;
  if (n.kind == NodeKind::Neg) {
    op = types().is_float(n.type) ? oir::UnOp::Neg : oir::UnOp::WrapNeg;
  }
  b_.unary(dst, op, a, n.span);
}

// Integer arithmetic wraps.
oir::BinOp wrapping(BinOp op, bool is_float) {
  return is_float ? op : oir::wrapping(op);
}

void Lowering::arith_into(Place dst, NodeId id) {
  const Node& n = node(id);
  bool is_float = types().is_float(n.type);
  auto parts = nodes_.items(n.list);
  Operand left = owned(n.a, parts.empty() || effects_.changes_nothing(node(parts[0]).a));
  for (size_t i = 0; i < parts.size(); i++) {
    const Node& part = node(parts[i]);
    Operand right = owned(part.a, true);
    bool last = i + 1 == parts.size();
    Place sum = last ? dst : plain_temp(n.type, part.span);
    b_.binary(sum, wrapping(part.op, is_float), left, right, part.span);
    left = Operand::copy(sum);
  }
}

void Lowering::logic_into(Place dst, NodeId id) {
  const Node& n = node(id);
  bool is_and = n.kind == NodeKind::And;
  oir::BlockId done = b_.new_block();
  oir::BlockId stopped = b_.new_block();
  auto ids = nodes_.items(n.list);
  for (size_t i = 0; i < ids.size(); i++) {
    if (i + 1 == ids.size()) {
      value_into(dst, ids[i]);
      b_.jump(done, n.span);
      break;
    }
    Operand value = owned(ids[i], true);
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
  bool pure = effects_.changes_nothing(n.b);
  auto scalar = [&](NodeId operand, bool later) {
    if (nodes_.is_place(operand)) return Operand::copy(look(operand, later));
    return owned(operand, later);
  };
  switch (static_cast<tree::CompareKind>(n.index)) {
    case tree::CompareKind::Scalar: {
      Operand a = scalar(n.a, pure);
      Operand b = scalar(n.b, true);
      b_.binary(dst, n.op, a, b, n.span);
      return;
    }
    case tree::CompareKind::Text: {
      oir::TypeId i32 = types().scalar(TypeKind::I32);
      Place order = plain_temp(i32, n.span);
      Place a = look(n.a, pure);
      Place b = look(n.b, true);
      b_.runtime(order, RtFn::StrCompare, {}, {Operand::addr(a), Operand::addr(b)}, n.span);
      b_.binary(dst, n.op, Operand::copy(order), Operand::of(b_.const_int(i32, 0)), n.span);
      return;
    }
    case tree::CompareKind::Value: {
      bool negated = n.op == BinOp::Ne;
      Place truth = negated ? plain_temp(n.type, n.span) : dst;
      Place a = look(n.a, pure);
      Place b = look(n.b, true);
      b_.runtime(truth, RtFn::Equal, node(n.a).type, {Operand::addr(a), Operand::addr(b)}, n.span);
      if (negated) b_.unary(dst, oir::UnOp::Not, Operand::copy(truth), n.span);
      return;
    }
  }
}

namespace {

// Whether the value of an integer type is one of another integer type too: what both are extended
// to is the same number.
bool is_value_of(const oir::TypeTable& types, oir::Const value, oir::TypeId type) {
  static constexpr uint32_t kBits[] = {8, 16, 32, 64};
  auto bits_of = [](TypeKind kind, TypeKind first) {
    return kBits[static_cast<size_t>(kind) - static_cast<size_t>(first)];
  };
  TypeKind kind = types[type].kind;
  bool is_signed = types.is_signed(type);
  bool negative = types.is_signed(value.type) && static_cast<int64_t>(value.bits) < 0;
  if (negative && !is_signed) return false;
  uint32_t bits = bits_of(kind, is_signed ? TypeKind::I8 : TypeKind::U8);
  if (negative)
    return bits == 64 || static_cast<int64_t>(value.bits) >= -(int64_t{1} << (bits - 1));
  uint32_t positive = is_signed ? bits - 1 : bits;
  return positive == 64 || value.bits >> positive == 0;
}

}  // namespace

void Lowering::enum_cast_into(Place dst, NodeId id) {
  const Node& n = node(id);
  oir::TypeId from = node(n.a).type;
  Place value = word(n.a, true);
  oir::BlockId good = b_.new_block();
  oir::BlockId bad = b_.new_block();
  std::vector<uint64_t> values;
  for (NodeId part : nodes_.items(n.list)) {
    if (is_value_of(types(), node(part).constant(), from))
      values.push_back(node(part).constant().bits);
  }
  std::vector<oir::BlockId> targets(values.size(), good);
  targets.push_back(bad);
  b_.switch_on(Operand::copy(value), values, targets, n.span);
  b_.set_block(bad);
  b_.panic(oir::PanicKind::ValueOutOfRange, {}, n.span);
  b_.set_block(good);
  b_.convert(dst, Operand::copy(value), n.span);
}

void Lowering::is_variant_into(Place dst, NodeId id) {
  const Node& n = node(id);
  Place tag = u32_temp(n.span);
  b_.tag(tag, look(n.a, true), n.span);
  oir::Const variant = b_.const_int(types().scalar(TypeKind::U32), n.index);
  b_.binary(dst, BinOp::Eq, Operand::copy(tag), Operand::of(variant), n.span);
}

}  // namespace tenure::tape
