// Spans: making them, and the places that they lead to. See `Spans` in docs/internals.md.
#include "base/check.h"
#include "ng/lowering.h"

namespace tenure::ng {

using oir::BinOp;
using oir::LocalKind;
using oir::RtFn;
using oir::TypeKind;
using oir::TypeTable;

namespace {
constexpr uint32_t kItems = TypeTable::kSpanItems, kLength = TypeTable::kSpanLength;
}  // namespace

// The operand that is a span, whose elements are wanted later: what could change it meanwhile finds
// it copied.
void Lowering::prepare_span(NodeId id, bool later_changes_nothing) {
  if (!tree_.is_place(id)) {
    prepared_[id.v] = temp_of(id);
    return;
  }
  prepare(id, later_changes_nothing);
  if (later_changes_nothing || stable_reference(id)) return;
  Place from = find(id, Access::Look);
  oir::LocalId copy = new_temp(node(id).type, node(id).span);
  b_.init(Place::local(copy), Operand::copy(from), node(id).span);
  schedule_temp(copy);
  prepared_[id.v] = Place::local(copy);
}

oir::Place Lowering::element_of_span(Place span, Place index) {
  return b_.index(b_.deref(b_.field(span, kItems)), index.local_id());
}

oir::Place Lowering::find_span_index(NodeId id, Access access) {
  const Node& n = node(id);
  bool was_prepared = prepared_.count(n.a.v) != 0;
  Place span = base(n.a, Access::Look);
  Place index = index_local(n, span);
  Place length = b_.field(span, kLength);
  b_.bounds_check(Operand::copy(length), Operand::copy(index), n.span);
  if (access != Access::Hold || was_prepared || stable_reference(n.a))
    return element_of_span(span, index);
  Place items = b_.field(span, kItems);
  oir::LocalId hold =
      new_temp(oir::place_type(out_, b_.function(), items), n.span, LocalKind::Hold);
  b_.init(Place::local(hold), Operand::copy(items), node(n.a).span);
  schedule_temp(hold);
  return b_.index(b_.deref(Place::local(hold)), index.local_id());
}

// How many elements there are now, as a value of `type` (i64 or u64).
oir::Place Lowering::length_of(Place sequence, oir::TypeId type, Span span) {
  oir::TypeId whole = oir::place_type(out_, b_.function(), sequence);
  const oir::Type& row = types()[whole];
  Place length = Place::local(new_temp(type, span));
  if (row.kind == TypeKind::FixedArray) {
    b_.init(length, Operand::of(b_.const_int(type, row.count)), span);
  } else if (row.kind == TypeKind::Array) {
    Place narrow = Place::local(new_temp(types().scalar(TypeKind::U32), span));
    b_.runtime(narrow, RtFn::ArrayLen, whole, {Operand::addr(sequence)}, span);
    b_.cast(length, Operand::copy(narrow), span);
  } else {
    b_.convert(length, Operand::copy(b_.field(sequence, kLength)), span);
  }
  return length;
}

// `^n` of a sequence of so many elements.
oir::Place Lowering::from_end(Place sequence, Place n, Span span) {
  oir::TypeId i64 = types().scalar(TypeKind::I64);
  Place back = Place::local(new_temp(i64, span));
  b_.convert(back, Operand::copy(n), span);
  Place length = length_of(sequence, i64, span);
  Place index = Place::local(new_temp(i64, span));
  b_.binary(index, BinOp::WrapSub, Operand::copy(length), Operand::copy(back), span);
  return index;
}

// The local that holds the index of an Index, which was prepared. What counts from the end counts
// from the end of what is there when the place is found.
oir::Place Lowering::index_local(const Node& n, Place sequence) {
  Place index = base(n.b, Access::Look);
  TN_CHECK(index.is_root() && index.is_local(), "lowering: an index is not a local");
  return (n.index & tree::kFromEnd) != 0 ? from_end(sequence, index, node(n.b).span) : index;
}

// A bound of a slice as a local: what is written, or what stands for nothing.
Lowering::Bound Lowering::slice_bound(NodeId id, bool counts_from_end, Place sequence) {
  if (!id) return {};
  Place bound = base(id, Access::Look);
  if (counts_from_end) bound = from_end(sequence, bound, node(id).span);
  return {bound, true};
}

void Lowering::slice_into(Place dst, NodeId id) {
  const Node& n = node(id);
  bool bounds_change_nothing = changes_nothing(n.b) && changes_nothing(n.c);
  bool of_span = types().is_span(node(n.a).type);
  if (of_span) {
    prepare_span(n.a, bounds_change_nothing);
  } else if (tree_.is_place(n.a)) {
    prepare(n.a, bounds_change_nothing);
  } else {
    prepared_[n.a.v] = temp_of(n.a);
  }
  for (NodeId bound : {n.b, n.c}) {
    if (!bound) continue;
    oir::LocalId local = new_temp(node(bound).type, node(bound).span);
    value_into(Place::local(local), bound);
    prepared_[bound.v] = Place::local(local);
  }
  Place sequence = base(n.a, of_span ? Access::Look : Access::Write);
  if (types()[node(n.a).type].kind == TypeKind::Array) b_.unique_array(sequence, n.span);
  Bound from = slice_bound(n.b, (n.index & tree::kFromEnd) != 0, sequence);
  Bound to = slice_bound(n.c, (n.index & tree::kToFromEnd) != 0, sequence);
  span_into(dst, sequence, from, to, (n.flags & tree::kInclusive) != 0, n.span);
}

void Lowering::span_into(Place dst, Place sequence, Bound from, Bound to, bool inclusive,
                         Span span) {
  oir::TypeId u64 = types().scalar(TypeKind::U64);
  oir::TypeId i64 = types().scalar(TypeKind::I64);
  bool checked = from.given || to.given;
  if (!from.given) {
    from.local = Place::local(new_temp(u64, span));
    b_.init(from.local, Operand::of(b_.const_int(u64, 0)), span);
  }
  if (!to.given) to.local = length_of(sequence, u64, span);
  if (inclusive) {
    // Checked: what is no i64 is no index either. The last i64 comes out negative: no index.
    Place last = Place::local(new_temp(i64, span));
    b_.cast(last, Operand::copy(to.local), span);
    to.local = Place::local(new_temp(i64, span));
    b_.binary(to.local, BinOp::WrapAdd, Operand::copy(last), Operand::of(b_.const_int(i64, 1)),
              span);
  }
  bool of_span = types().is_span(oir::place_type(out_, b_.function(), sequence));
  if (checked) {
    Operand of = of_span ? Operand::copy(b_.field(sequence, kLength)) : Operand::addr(sequence);
    b_.range_check(of, Operand::copy(from.local), Operand::copy(to.local), inclusive, span);
  }
  Place begin = Place::local(new_temp(u64, span));
  Place end = Place::local(new_temp(u64, span));
  Place length = Place::local(new_temp(u64, span));
  b_.convert(begin, Operand::copy(from.local), span);
  b_.convert(end, Operand::copy(to.local), span);
  b_.binary(length, BinOp::WrapSub, Operand::copy(end), Operand::copy(begin), span);
  Place first = of_span ? element_of_span(sequence, begin) : b_.index(sequence, begin.local_id());
  b_.make_span(dst, first, Operand::copy(length), span);
}

}  // namespace tenure::ng
