// Trait objects: a union of references, the first of which is null. Whoever calls a method asks
// first whether the object is null; the function that is called then asks what it is, and lends the
// reference in it to the method of that type. Nothing is counted on the way.
#include "base/check.h"
#include "ng/lowering.h"

namespace tenure::ng {

using oir::BinOp;
using oir::ExitKind;

// The reference in an object, which is of the given variant.
oir::Place Lowering::referred(Place object, uint32_t variant) {
  return b_.field(b_.extend(object, {oir::ProjKind::Variant, variant}), 0);
}

oir::Place Lowering::object_tag(Place object, Span span) {
  Place tag = Place::local(new_temp(types().scalar(oir::TypeKind::U32), span));
  b_.tag(tag, object, span);
  return tag;
}

void Lowering::made_for_objects() {
  prologue();
  Place object = places_[0];
  Place tag = object_tag(object, function_.span);
  if (function_.made == tree::Made::Dispatch) {
    dispatch_method(object, tag);
  } else {
    upcast(object, tag);
  }
  b_.finish(function_.end);
}

void Lowering::dispatch_method(Place object, Place tag) {
  Span span = function_.span;
  std::vector<uint64_t> values;
  std::vector<oir::BlockId> arms;
  for (uint32_t v = 1; v < function_.callees.size(); v++) {
    values.push_back(v);
    arms.push_back(b_.new_block());
  }
  std::vector<oir::BlockId> targets = arms;
  targets.push_back(b_.new_block());
  b_.switch_on(Operand::copy(tag), values, targets, span);
  for (uint32_t v = 1; v < function_.callees.size(); v++) {
    b_.set_block(arms[v - 1]);
    if (!function_.callees[v].valid()) {  // was a mistake
      b_.unreachable(span);
      continue;
    }
    std::vector<Operand> args{Operand::borrow(referred(object, v))};
    for (uint32_t i = 1; i < function_.params; i++) {
      Place param = Place::local(b_.param(i));
      if (function_.modes[i] == oir::ParamMode::Borrow) {
        args.push_back(Operand::borrow(param));
      } else {
        args.push_back(whole(param));
      }
    }
    Place dst = function_.result == types().unit() ? Place{} : Place::local(b_.result());
    b_.call(dst, function_.callees[v], args, span);
    b_.exit_return(span);
  }
  b_.set_block(targets.back());
  b_.unreachable(span);  // null: the caller has looked
}

void Lowering::upcast(Place object, Place tag) {
  Span span = function_.span;
  std::vector<uint64_t> values;
  std::vector<oir::BlockId> targets;
  for (uint32_t v = 0; v < function_.variants.size(); v++) {
    values.push_back(v);
    targets.push_back(b_.new_block());
  }
  targets.push_back(b_.new_block());
  b_.switch_on(Operand::copy(tag), values, targets, span);
  for (uint32_t v = 0; v < function_.variants.size(); v++) {
    b_.set_block(targets[v]);
    b_.make_variant(Place::local(b_.result()), function_.variants[v],
                    {Operand::copy(referred(object, v))}, span);
    b_.exit_return(span);
  }
  b_.set_block(targets.back());
  b_.unreachable(span);
}

// An argument that is an object: the address of where it lies, as long as it lies there.
oir::Operand Lowering::lent_object(NodeId id, bool is_self) {
  const Node& n = node(id);
  Place object;
  bool lies = n.kind == NodeKind::Copy && node(n.a).kind == NodeKind::Local &&
              (stable_reference(n.a) || unassigned_borrow_[node(n.a).local.index()] != 0);
  if (lies) {
    object = place(n.a, Access::Look);
  } else if (n.kind == NodeKind::Copy) {
    Place from = place(n.a, Access::Look);
    oir::LocalId hold = new_temp(n.type, n.span, oir::LocalKind::Hold);
    b_.init(Place::local(hold), Operand::copy(from), n.span);
    schedule_temp(hold);
    object = Place::local(hold);
  } else {
    object = temp_of(id);
  }
  bool known = n.kind == NodeKind::ToObject && (n.flags & tree::kImplicit) != 0;
  if (is_self && !known) {
    Place null = Place::local(new_temp(types().boolean(), n.span));
    Place tag = object_tag(object, n.span);
    b_.binary(null, BinOp::Eq, Operand::copy(tag),
              Operand::of(b_.const_int(types().scalar(oir::TypeKind::U32), 0)), n.span);
    oir::BlockId bad = b_.new_block();
    oir::BlockId good = b_.new_block();
    b_.branch(Operand::copy(null), bad, good, n.span);
    b_.set_block(bad);
    b_.null_check(referred(object, 0), n.span);
    b_.unreachable(n.span);
    b_.set_block(good);
  }
  return Operand::addr(object);
}

// A reference becomes an object; null becomes the object that is null, whatever it would refer to.
void Lowering::object_into(Place dst, NodeId id) {
  const Node& n = node(id);
  if ((n.flags & tree::kImplicit) != 0) {
    Operand value = owned(n.a, true, true);
    b_.make_variant(dst, n.index, {value}, n.span);
    hand_over({value});
    return;
  }
  oir::TypeId ref = node(n.a).type;
  oir::LocalId given = new_temp(ref, n.span);
  value_into(Place::local(given), n.a);
  Place null = Place::local(new_temp(types().boolean(), n.span));
  b_.is_null(null, Place::local(given), n.span);
  oir::BlockId nothing = b_.new_block();
  oir::BlockId something = b_.new_block();
  oir::BlockId done = b_.new_block();
  b_.branch(Operand::copy(null), nothing, something, n.span);
  b_.set_block(nothing);
  b_.forget(Place::local(given), n.span);
  oir::TypeId none = types()[n.type].variants[0].fields[0].type;
  b_.make_variant(dst, 0, {Operand::of(b_.const_null(none))}, n.span);
  b_.jump(done, n.span);
  b_.set_block(something);
  b_.make_variant(dst, n.index, {Operand::move(Place::local(given))}, n.span);
  b_.jump(done, n.span);
  b_.set_block(done);
}

}  // namespace tenure::ng
