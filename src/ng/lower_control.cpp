// Expressions that hold blocks, but for loops and switches.
#include "base/check.h"
#include "ng/lowering.h"

namespace tenure::ng {

using oir::ScopeKind;

// The value of a block is there before the block's locals die, and a drop of these may fail: so it
// lies in a scheduled temporary until control is back here. (The result local is scheduled anyway.)
void Lowering::control_into(Place dst, NodeId id) {
  const Node& n = node(id);
  auto lower = [&](Place to) {
    switch (n.kind) {
      case NodeKind::If:
        if_into(to, id);
        return;
      case NodeKind::Loop:
        loop_into(to, id);
        return;
      case NodeKind::LoopOver:
        loop_over(id);
        return;
      case NodeKind::LoopIn:
        loop_in(id);
        return;
      case NodeKind::LoopRange:
        loop_range(id);
        return;
      case NodeKind::LoopRangeOf:
        loop_range_of(id);
        return;
      case NodeKind::Switch:
        switch_into(to, id);
        return;
      default:
        block_into(to, id);
        return;
    }
  };
  if (n.type == types().unit()) {
    lower({});
  } else if (types().is_plain(n.type) || dst == Place::local(b_.result())) {
    lower(dst);
  } else {
    oir::LocalId value = new_temp(n.type, n.span);
    schedule_temp(value);
    lower(Place::local(value));
    Operand result = whole(Place::local(value));
    b_.init(dst, result, n.span);
    hand_over({result});
  }
}

// `dst` invalid: the block has no value, or nobody wants it.
void Lowering::block_into(Place dst, NodeId id) {
  const Node& n = node(id);
  oir::ScopeId scope = b_.open(ScopeKind::Block, n.span);
  bool goes_on = true;
  for (NodeId statement_id : tree_.items(n.list)) {
    if (!goes_on) break;
    goes_on = !has_mistake(statement_id);
    if (goes_on) statement(statement_id);
  }
  if (n.a) goes_on = goes_on && !has_mistake(n.a);
  if (!goes_on) {
    b_.unreachable(n.span);
  } else if (n.a) {
    StatementScope value(*this, node(n.a).span);
    if (dst.valid() || node(n.a).type == types().unit() || node(n.a).kind == NodeKind::Never) {
      value_into(dst, n.a);
    } else {
      temp_of(n.a);
    }
  }
  b_.close(scope, oir::last_byte(n.span));
}

// What the condition made dies when it has been decided [O-LIFE-2].
oir::Place Lowering::condition(NodeId id) {
  Place truth = Place::local(new_temp(types().boolean(), node(id).span));
  StatementScope scope(*this, node(id).span);
  value_into(truth, id);
  return truth;
}

void Lowering::if_into(Place dst, NodeId id) {
  const Node& n = node(id);
  oir::BlockId done = b_.new_block();
  for (NodeId part_id : tree_.items(n.list)) {
    const Node& part = node(part_id);
    Place truth = condition(part.a);
    oir::BlockId then = b_.new_block();
    oir::BlockId otherwise = b_.new_block();
    b_.branch(Operand::copy(truth), then, otherwise, node(part.a).span);
    b_.set_block(then);
    block_into(dst, part.b);
    b_.jump(done, n.span);
    b_.set_block(otherwise);
  }
  if (n.c) block_into(dst, n.c);
  b_.jump(done, n.span);
  b_.set_block(done);
}

}  // namespace tenure::ng
