// Blocks, conditions, optionals and results, caught errors.
#include <utility>

#include "tape/lowering.h"

namespace tenure::tape {

using oir::ScopeKind;

// `dst` invalid: the block has no value.
void Lowering::block_into(Place dst, NodeId id) {
  const Node& n = node(id);
  oir::ScopeId scope = b_.open(ScopeKind::Block, n.span);
  size_t deferred = deferred_.size();
  bool top_level = b_.func() == tree_.start && id == function_.body;
  bool around = std::exchange(in_top_level_, top_level);
  for (NodeId statement_id : nodes_.items(n.list)) {
    if (!b_.reachable()) break;
    statement(statement_id);
  }
  if (n.a && b_.reachable()) {
    StatementScope value(*this, node(n.a).span);
    if (dst.valid() || node(n.a).type == types().unit()) {
      value_into(dst, n.a);
    } else {
      temp_of(n.a);
    }
  }
  if (top_level) after_top_level();
  deferred_.resize(deferred);
  b_.close(scope, oir::last_byte(n.span));
  in_top_level_ = around;
}

// What has blocks in it gives its value before the block's deferred statements run, and one of them
// may fail: so the value lies in a scheduled temporary until control is back here. (The result
// local is scheduled anyway.)
template <class Lower>
void Lowering::through_temp(Place dst, const Node& n, Lower lower) {
  if (types().is_plain(n.type) || dst == Place::local(b_.result())) {
    lower(dst);
    return;
  }
  oir::LocalId value = new_temp(n.type, n.span);
  schedule_temp(value);
  lower(Place::local(value));
  Operand result = whole(Place::local(value));
  b_.init(dst, result, n.span);
  hand_over({result});
}

void Lowering::block_value_into(Place dst, NodeId id) {
  through_temp(dst, node(id), [&](Place to) { block_into(to, id); });
}

// What the condition made dies when it has been decided [O-LIFE-2].
oir::Place Lowering::condition(NodeId id) {
  Place truth = plain_temp(types().boolean(), node(id).span);
  StatementScope scope(*this, node(id).span);
  value_into(truth, id);
  return truth;
}

void Lowering::if_statement(const Node& n) {
  oir::BlockId done = b_.new_block();
  for (NodeId part_id : nodes_.items(n.list)) {
    const Node& part = node(part_id);
    Place truth = condition(part.a);
    oir::BlockId then = b_.new_block();
    oir::BlockId otherwise = b_.new_block();
    b_.branch(Operand::copy(truth), then, otherwise, node(part.a).span);
    b_.set_block(then);
    block_into({}, part.b);
    b_.jump(done, n.span);
    b_.set_block(otherwise);
  }
  if (n.c) block_into({}, n.c);
  b_.jump(done, n.span);
  b_.set_block(done);
}

// ---- optionals and results

// The payload of a union that is certain to be of this variant; of one that dies, the union is
// empty then. A payload of type unit has no field.
void Lowering::take_payload(Place dst, Place of_union, uint32_t variant, bool by_move, Span span) {
  oir::TypeId type = oir::place_type(out_, b_.function(), of_union);
  if (!types()[type].variants[variant].fields.empty()) {
    Place part = b_.field(b_.extend(of_union, {oir::ProjKind::Variant, variant}), 0);
    bool moved = by_move && types().needs_drop(oir::place_type(out_, b_.function(), part));
    b_.init(dst, moved ? Operand::move(part) : Operand::copy(part), span);
  }
  if (by_move) b_.forget(of_union, span);
}

void Lowering::unwrap_into(Place dst, NodeId id) {
  const Node& n = node(id);
  NodeId from = node(n.a).kind == NodeKind::Copy ? node(n.a).a : n.a;
  bool by_move = !nodes_.is_place(from);
  Place optional = look(n.a, true);
  Place tag = u32_temp(n.span);
  b_.tag(tag, optional, n.span);
  oir::BlockId some = b_.new_block();
  oir::BlockId null = b_.new_block();
  b_.switch_on(Operand::copy(tag), {tree::kSome}, {some, null}, n.span);
  b_.set_block(null);
  b_.panic(oir::PanicKind::UnwrapOfNull, {}, n.span);
  b_.set_block(some);
  take_payload(dst, optional, tree::kSome, by_move, n.span);
}

void Lowering::or_else_into(Place dst, NodeId id) {
  const Node& n = node(id);
  NodeId from = node(n.a).kind == NodeKind::Copy ? node(n.a).a : n.a;
  bool by_move = !nodes_.is_place(from);
  Place value = look(n.a, true);
  if (node(n.b).a && n.type != types().unit()) {
    through_temp(dst, n, [&](Place to) { or_else_arms(to, n, value, by_move); });
  } else {
    or_else_arms(dst, n, value, by_move);
  }
}

void Lowering::or_else_arms(Place dst, const Node& n, Place from, bool by_move) {
  bool result = is_result(node(n.a).type);
  uint32_t good_variant = result ? tree::kOk : tree::kSome;
  Place tag = u32_temp(n.span);
  b_.tag(tag, from, n.span);
  oir::BlockId good = b_.new_block();
  oir::BlockId bad = b_.new_block();
  oir::BlockId done = b_.new_block();
  b_.switch_on(Operand::copy(tag), {good_variant}, {good, bad}, n.span);
  b_.set_block(bad);
  oir::ScopeId scope = b_.open(ScopeKind::Block, node(n.b).span);
  if (n.local && result) {
    declare(n.local);
    take_payload(places_[n.local.index()], from, tree::kFailed, by_move, n.span);
    schedule_local(scope, n.local);
  }
  block_into(node(n.b).a ? dst : Place{}, n.b);
  b_.close(scope, oir::last_byte(node(n.b).span));
  b_.jump(done, n.span);
  b_.set_block(good);
  take_payload(dst, from, good_variant, by_move, n.span);
  b_.jump(done, n.span);
  b_.set_block(done);
}

// ---- caught errors

void Lowering::trapped_into(Place dst, NodeId id) {
  const Node& n = node(id);
  guarded(
      n.span,
      [&] {
        block_into({}, n.b);
        b_.init(dst, Operand::of(b_.const_bool(false)), n.span);
      },
      [&] { b_.init(dst, Operand::of(b_.const_bool(true)), n.span); });
}

}  // namespace tenure::tape
