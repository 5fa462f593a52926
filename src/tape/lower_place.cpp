// Finding places: prepare (operands), find (checks).
#include "base/check.h"
#include "tape/lowering.h"

namespace tenure::tape {

using oir::TypeKind;

// A local, or a field in one: naming it evaluates nothing.
bool Lowering::is_path_of_local(NodeId id) {
  while (node(id).kind == NodeKind::Field) id = node(id).a;
  return node(id).kind == NodeKind::Local;
}

// A place whose value nobody can change as long as it is in scope: in a borrowed parameter, which
// the caller keeps whole, or in a local that nothing writes and nobody points to.
bool Lowering::is_stable(NodeId id) {
  if (!nodes_.is_place(id)) return false;
  tree::LocalId root = root_local(nodes_, types(), id);
  if (!root) return false;
  bool borrowed =
      root.index() < function_.params && function_.modes[root.index()] == oir::ParamMode::Borrow;
  return borrowed || uses_[root.index()] == 0;
}

// Where the value of a pointer, slice or number may be read until the place that it leads to was
// used.
oir::Place Lowering::word(NodeId id, bool later_changes_nothing) {
  const Node& n = node(id);
  NodeId from = n.kind == NodeKind::Copy ? n.a : id;
  bool named = nodes_.is_place(from) && is_path_of_local(from);
  if (named && (later_changes_nothing || is_stable(from))) return find(from);
  if (!nodes_.is_place(id)) return temp_of(id);
  Place temp = plain_temp(n.type, n.span);
  b_.init(temp, Operand::copy(place(id, Access::Read)), n.span);
  return temp;
}

// The same, as a local of its own: a projection names a local.
oir::Place Lowering::index_local(NodeId id, bool later_changes_nothing) {
  Place index = word(id, later_changes_nothing);
  if (index.is_local() && index.is_root()) return index;
  Place temp = plain_temp(node(id).type, node(id).span);
  b_.init(temp, Operand::copy(index), node(id).span);
  return temp;
}

// Evaluates the operands of a place: pointers, slices, indexes, and temporaries that it lies in.
void Lowering::prepare(NodeId id, bool later_changes_nothing) {
  const Node& n = node(id);
  switch (n.kind) {
    case NodeKind::Local:
    case NodeKind::Global:
      return;
    case NodeKind::Field:
    case NodeKind::UnionField:
      if (nodes_.is_place(n.a)) {
        prepare(n.a, later_changes_nothing);
      } else {
        prepared_[n.a.v] = temp_of(n.a);
      }
      return;
    case NodeKind::Deref:
      prepared_[n.a.v] = word(n.a, later_changes_nothing);
      return;
    case NodeKind::Index:
    case NodeKind::PtrIndex:
      prepare_index(n, later_changes_nothing);
      return;
    default:
      TN_UNREACHABLE("lowering: not a place");
  }
}

void Lowering::prepare_index(const Node& n, bool later_changes_nothing) {
  bool pure = later_changes_nothing && effects_.changes_nothing(n.b);
  TypeKind kind = kind_of(node(n.a).type);
  if (kind == TypeKind::Slice || kind == TypeKind::Pointer) {
    prepared_[n.a.v] = word(n.a, pure);
  } else if (nodes_.is_place(n.a)) {
    prepare(n.a, pure);
  } else {
    prepared_[n.a.v] = temp_of(n.a);
  }
  bool is_constant = kind == TypeKind::FixedArray && node(n.b).kind == NodeKind::Const;
  if (!is_constant) prepared_[n.b.v] = index_local(n.b, later_changes_nothing);
}

// The place of an operand: itself if it is a place, else what `prepare` made of it.
oir::Place Lowering::base(NodeId operand) {
  auto prepared = prepared_.find(operand.v);
  if (prepared == prepared_.end()) return find(operand);
  Place found = prepared->second;
  prepared_.erase(prepared);
  return found;
}

oir::Place Lowering::find(NodeId id) {
  const Node& n = node(id);
  switch (n.kind) {
    case NodeKind::Local:
      return places_[n.local.index()];
    case NodeKind::Global:
      return Place::global(n.global);
    case NodeKind::Field:
      return b_.field(base(n.a), n.index);
    case NodeKind::UnionField:
      return union_field(id, base(n.a));
    case NodeKind::Deref: {
      Place pointer = base(n.a);
      bool known = (n.flags & tree::kNoNull) != 0 || node(n.a).kind == NodeKind::AddressOf;
      if (!known) b_.null_check(pointer, n.span);
      return b_.deref(pointer);
    }
    case NodeKind::Index:
      return find_index(id);
    case NodeKind::PtrIndex:
      return find_element(id);
    default:
      TN_UNREACHABLE("lowering: not a place");
  }
}

oir::Place Lowering::find_index(NodeId id) {
  const Node& n = node(id);
  Place whole = base(n.a);
  const oir::Type& type = types()[node(n.a).type];
  const Node& index = node(n.b);
  if (type.kind == TypeKind::FixedArray && index.kind == NodeKind::Const) {
    if (index.constant().bits < type.count) {
      return b_.extend(whole, {oir::ProjKind::Const, static_cast<uint32_t>(index.constant().bits)});
    }
    prepared_[n.b.v] = index_local(n.b, true);
  }
  Place at = base(n.b);
  b_.bounds_check(whole, Operand::copy(at), n.span);
  return b_.index(whole, at.local_id());
}

// `p[i]`
oir::Place Lowering::find_element(NodeId id) {
  const Node& n = node(id);
  Place pointer = base(n.a);
  Place index = base(n.b);
  if ((n.flags & tree::kNoNull) == 0) b_.null_check(pointer, n.span);
  Place element = plain_temp(node(n.a).type, n.span);
  b_.ptr_add(element, Operand::copy(pointer), Operand::copy(index), n.span);
  counted_from_ = pointer;
  return b_.deref(element);
}

// The bytes of an untagged union, seen as one of its fields.
oir::Place Lowering::union_field(NodeId id, Place whole) {
  const Node& n = node(id);
  Place bytes = plain_temp(types().pointer(oir::place_type(out_, b_.function(), whole)), n.span);
  Place field = plain_temp(types().pointer(n.type), n.span);
  b_.make_ptr(bytes, whole, n.span);
  b_.convert(field, Operand::copy(bytes), n.span);
  return b_.deref(field);
}

oir::Place Lowering::place(NodeId id, Access access) {
  prepare(id, true);
  Place found = find(id);
  check_memory(id, found, access);
  return found;
}

// What is read or written through a pointer is checked where manual memory is; what is written, for
// being a literal, in any case. (A slice that can be written never views a literal.)
void Lowering::check_memory(NodeId id, Place found, Access access) {
  bool write = access == Access::Write;
  bool looks = options_.check_pointers || (write && tree_.literals_exposed);
  if (!looks || access == Access::Address) return;
  bool slice = false, pointer = false;
  Place from;
  for (NodeId at = id; at && nodes_.is_place(at) && !slice && !pointer; at = node(at).a) {
    const Node& n = node(at);
    slice = n.kind == NodeKind::Index && kind_of(node(n.a).type) == TypeKind::Slice;
    pointer = n.kind == NodeKind::Deref || n.kind == NodeKind::PtrIndex;
    if (n.kind == NodeKind::PtrIndex) from = counted_from_;
  }
  if (!pointer && !(slice && options_.check_pointers)) return;
  oir::MemAccess kind = write ? oir::MemAccess::Write : oir::MemAccess::Read;
  if (!options_.check_pointers) {
    kind = oir::MemAccess::WriteLiteral;
    from = {};
  }
  const Node& n = node(id);
  Place address = plain_temp(types().pointer(n.type), n.span);
  b_.make_ptr(address, found, n.span);
  b_.mem_check(Operand::copy(address), from, kind, n.span);
}

// Where an operand that is only looked at lies. If what is evaluated before the look may change it,
// its value goes to a temporary.
oir::Place Lowering::look(NodeId operand, bool later_changes_nothing) {
  NodeId from = node(operand).kind == NodeKind::Copy ? node(operand).a : operand;
  if (!nodes_.is_place(from)) return temp_of(operand);
  // A copy that would only be looked at is not made.
  if (later_changes_nothing || is_stable(from)) return place(from, Access::Read);
  const Node& n = node(operand);
  oir::LocalId copy = new_temp(n.type, n.span);
  Place found = place(from, Access::Read);
  b_.init(Place::local(copy), Operand::copy(found), n.span);
  schedule_temp(copy);
  return Place::local(copy);
}

// Where the value in a place came to be owned, as far as the text tells [O-SEE-2].
Span Lowering::origin_of(Place place) {
  for (const oir::Proj& proj : b_.function().paths.projs(place.path)) {
    if (proj.kind == oir::ProjKind::Deref) return {};
  }
  if (place.is_global()) return out_.globals[place.global_id().index()].span;
  return b_.function().locals[place.local_id().index()].span;
}

}  // namespace tenure::tape
