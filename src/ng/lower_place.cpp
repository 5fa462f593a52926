// Finding places: prepare (operands), find (checks, own buffers, holds).
#include "base/check.h"
#include "ng/lowering.h"

namespace tenure::ng {

using oir::LocalKind;
using oir::TypeKind;

// A local that owns (or borrows) one reference from its declaration to its end: what it refers to
// stays alive as long as it is in scope.
bool Lowering::stable_reference(NodeId id) const {
  const Node& n = node(id);
  if (n.kind != NodeKind::Local) return false;
  if (places_[n.local.index()].path.v != 0) return false;  // an alias of a part
  return !function_.locals[n.local.index()].assigned && moved_.count(n.local.v) == 0;
}

// An array in a local, to which nobody else has a reference: nobody can give it other elements
// before the statement ends.
bool Lowering::sole_owner(NodeId array) const {
  if (block_follows_) return false;
  const Node* n = &node(array);
  while (n->kind == NodeKind::Field) n = &node(n->a);
  if (n->kind != NodeKind::Local) return false;
  return places_[n->local.index()].path.v == 0 && array_referred_.count(n->local.v) == 0;
}

// Evaluates the operands of a place: indexes, temporaries that it lies in, and references on the
// way that something evaluated before the place is found might change.
void Lowering::prepare(NodeId id, bool later_changes_nothing) {
  const Node& n = node(id);
  switch (n.kind) {
    case NodeKind::Local:
    case NodeKind::Global:
      return;
    case NodeKind::Field:
    case NodeKind::Index:
      if (n.kind == NodeKind::Index && types().is_span(node(n.a).type)) {
        prepare_span(n.a, later_changes_nothing && changes_nothing(n.b));
      } else if (tree_.is_place(n.a)) {
        prepare(n.a, later_changes_nothing && (!n.b || changes_nothing(n.b)));
      } else {
        prepared_[n.a.v] = temp_of(n.a);
      }
      if (n.b) {
        // In a local of its own: an index is a local, and what it is now counts.
        oir::LocalId index = new_temp(node(n.b).type, node(n.b).span);
        value_into(Place::local(index), n.b);
        prepared_[n.b.v] = Place::local(index);
      }
      return;
    case NodeKind::Deref: {
      if (!tree_.is_place(n.a)) {
        prepared_[n.a.v] = temp_of(n.a);
        return;
      }
      TypeKind kind = types()[node(n.a).type].kind;
      prepare(n.a, later_changes_nothing);
      if (kind == TypeKind::Box || kind == TypeKind::Pointer || later_changes_nothing ||
          stable_reference(n.a))
        return;
      Place from = find(n.a, Access::Look);
      oir::LocalId hold = new_temp(node(n.a).type, n.span, LocalKind::Hold);
      b_.init(Place::local(hold), Operand::copy(from), node(n.a).span);
      schedule_temp(hold);
      prepared_[n.a.v] = Place::local(hold);
      return;
    }
    default:
      TN_UNREACHABLE("lowering: not a place");
  }
}

// The place of an operand: itself if it is a place, else the temporary that `prepare` made of it.
oir::Place Lowering::base(NodeId operand, Access access) {
  auto prepared = prepared_.find(operand.v);
  if (prepared != prepared_.end()) {
    Place found = prepared->second;
    prepared_.erase(prepared);
    return found;
  }
  return find(operand, access);
}

oir::Place Lowering::find(NodeId id, Access access) {
  const Node& n = node(id);
  switch (n.kind) {
    case NodeKind::Local:
      return places_[n.local.index()];
    case NodeKind::Global:
      return Place::global(n.global);
    case NodeKind::Field:
      return b_.field(base(n.a, access), n.index);
    case NodeKind::Deref:
      return find_deref(id, access);
    case NodeKind::Index:
      return find_index(id, access);
    default:
      TN_UNREACHABLE("lowering: not a place");
  }
}

oir::Place Lowering::find_deref(NodeId id, Access access) {
  const Node& n = node(id);
  if (types()[node(n.a).type].kind == TypeKind::Pointer) {
    return b_.deref(base(n.a, Access::Look));
  }
  bool box = types()[node(n.a).type].kind == TypeKind::Box;
  bool was_prepared = prepared_.count(n.a.v) != 0;
  // A box owns what it holds, so what is on the way to it matters; a reference ends the way. What
  // the box holds is an object, so it can be held by itself, and then the way to it need not be.
  bool holds_content = box && access == Access::Hold && !(sole_owner(n.a) && stable_reference(n.a));
  Place pointer = base(n.a, box && !holds_content ? access : Access::Look);
  bool is_self = node(n.a).kind == NodeKind::Local && node(n.a).local.v < function_.params &&
                 unassigned_borrow_[node(n.a).local.index()] &&
                 function_.locals[node(n.a).local.index()].name == "self";
  if (!box && access == Access::Hold && !was_prepared && !stable_reference(n.a)) {
    oir::LocalId hold = new_temp(node(n.a).type, n.span, LocalKind::Hold);
    b_.init(Place::local(hold), Operand::copy(pointer), node(n.a).span);
    schedule_temp(hold);
    pointer = Place::local(hold);
  }
  if (holds_content) {
    // The box may get other contents meanwhile; what is lent now stays.
    oir::LocalId hold = new_temp(types().ref(n.type), n.span, LocalKind::Hold);
    b_.make_ref(Place::local(hold), b_.deref(pointer), n.span);
    schedule_temp(hold);
    return b_.deref(Place::local(hold));
  }
  if (!box && !is_self) b_.null_check(pointer, n.span);
  return b_.deref(pointer);
}

oir::Place Lowering::find_index(NodeId id, Access access) {
  const Node& n = node(id);
  if (types().is_span(node(n.a).type)) return find_span_index(id, access);
  Place array = base(n.a, access);
  Place index = index_local(n, array);
  bool growable = types()[node(n.a).type].kind == TypeKind::Array;
  if (growable && access == Access::Hold && !sole_owner(n.a)) {
    oir::TypeId view = types().view(types()[node(n.a).type].elem);
    oir::LocalId hold = new_temp(view, n.span, LocalKind::Hold);
    b_.make_view(Place::local(hold), array, node(n.a).span);
    schedule_temp(hold);
    array = Place::local(hold);
  } else if (growable && access != Access::Look) {
    b_.unique_array(array, n.span);
  }
  b_.bounds_check(array, Operand::copy(index), n.span);
  return b_.index(array, index.local_id());
}

oir::Place Lowering::place(NodeId id, Access access) {
  prepare(id, true);
  return find(id, access);
}

// Where an operand that is only looked at lies. If what is evaluated before the look may change it,
// its value (or, of a move-only type, what it lies in) is held.
oir::Place Lowering::look(NodeId operand, bool later_changes_nothing) {
  if (!tree_.is_place(operand)) {
    // A copy that would only be looked at is not made.
    const Node& n = node(operand);
    if (n.kind == NodeKind::Copy && later_changes_nothing) return place(n.a, Access::Look);
    return temp_of(operand);
  }
  if (later_changes_nothing) return place(operand, Access::Look);
  const Node& n = node(operand);
  if (types().is_move_only(n.type)) return place(operand, Access::Hold);
  oir::LocalId copy = new_temp(n.type, n.span);
  Place from = place(operand, Access::Look);
  b_.init(Place::local(copy), Operand::copy(from), n.span);
  schedule_temp(copy);
  return Place::local(copy);
}

// What a borrowed argument refers to, as a place.
oir::Place Lowering::referent(NodeId id) {
  const Node& n = node(id);
  if (n.kind == NodeKind::RefOf) {
    return tree_.is_place(n.a) ? place(n.a, Access::Hold) : temp_of(n.a);
  }
  Place pointer;
  if (n.kind == NodeKind::Copy && stable_reference(n.a)) {
    pointer = place(n.a, Access::Look);
  } else {
    pointer = temp_of(id);
  }
  b_.null_check(pointer, n.span);
  return b_.deref(pointer);
}

// Where the value in a place came to be owned, as far as the text tells [O-SEE-2]: behind a
// reference the object itself knows; a name for a part is owned with the whole.
Span Lowering::origin_of(Place place) {
  auto projs = b_.function().paths.projs(place.path);
  auto alias = place.is_global() ? owners_of_aliases_.end()
                                 : owners_of_aliases_.find(place.local_id().index());
  bool is_alias = alias != owners_of_aliases_.end();
  for (size_t i = is_alias ? 1 : 0; i < projs.size(); ++i) {
    if (projs[i].kind == oir::ProjKind::Deref) return {};
  }
  if (is_alias) return alias->second;
  if (place.is_global()) return out_.globals[place.global_id().index()].span;
  return b_.function().locals[place.local_id().index()].span;
}

}  // namespace tenure::ng
