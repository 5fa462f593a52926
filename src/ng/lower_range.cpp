// Loops over ranges: whose ends are written in the loop, and ranges that are values.
#include "ng/lowering.h"

namespace tenure::ng {

using oir::BinOp;
using oir::BlockKind;
using oir::ScopeKind;

void Lowering::loop_range(NodeId id) {
  const Node& n = node(id);
  bool inclusive = (n.flags & tree::kInclusive) != 0;
  bool descending = (n.flags & tree::kDescending) != 0;
  Loop loop = open_loop(n.span);
  loop.next = b_.new_block();
  oir::TypeId type = node(n.a).type;
  Place at = Place::local(new_temp(type, n.span));
  Place end = Place::local(new_temp(type, n.span));
  {
    StatementScope scope(*this, n.span);
    value_into(at, n.a);
    value_into(end, n.b);
  }
  oir::BlockId head = b_.new_block(BlockKind::LoopHead);
  oir::BlockId body = b_.new_block();
  oir::BlockId done = b_.new_block();
  b_.jump(head, n.span);
  b_.set_block(head);
  Place truth = Place::local(new_temp(types().boolean(), n.span));
  BinOp in_range =
      descending ? (inclusive ? BinOp::Ge : BinOp::Gt) : (inclusive ? BinOp::Le : BinOp::Lt);
  b_.binary(truth, in_range, Operand::copy(at), Operand::copy(end), n.span);
  b_.branch(Operand::copy(truth), body, done, n.span);
  b_.set_block(body);
  loops_.push_back(loop);
  oir::ScopeId turn = b_.open(ScopeKind::Turn, node(n.c).span);
  tree::LocalId name{size_t{n.index}};
  declare(name);
  b_.init(places_[name.index()], Operand::copy(at), n.span);
  block_into({}, n.c);
  b_.close(turn, oir::last_byte(n.span));
  b_.jump(loop.next, n.span);
  loops_.pop_back();
  b_.set_block(loop.next);
  if (inclusive) {
    // The end may be the last number of its type: no step beyond it.
    oir::BlockId step = b_.new_block();
    Place last = Place::local(new_temp(types().boolean(), n.span));
    b_.binary(last, BinOp::Eq, Operand::copy(at), Operand::copy(end), n.span);
    b_.branch(Operand::copy(last), done, step, n.span);
    b_.set_block(step);
  }
  Place sum = Place::local(new_temp(type, n.span));
  b_.binary(sum, descending ? BinOp::Sub : BinOp::Add, Operand::copy(at),
            Operand::of(b_.const_int(type, 1)), n.span);
  b_.assign(at, Operand::copy(sum), n.span, n.span);
  b_.jump(head, n.span);
  b_.set_block(done);
  b_.close(loop.scope, oir::last_byte(n.span));
  b_.jump(loop.exit, n.span);
  b_.set_block(loop.exit);
}

// The first and the last number, and the step between: `at` and `last` are set, `step` is 1 or -1.
// Goes to `done` if there are none.
void Lowering::find_range_ends(Place range, Place at, Place last, Place step, oir::BlockId done,
                               Span span) {
  oir::TypeId type = oir::place_type(out_, b_.function(), at);
  Operand one = Operand::of(b_.const_int(type, 1));
  auto flag = [&](uint32_t field) { return Operand::copy(b_.field(range, field)); };
  b_.init(at, Operand::copy(b_.field(range, 0)), span);
  b_.init(last, Operand::copy(b_.field(range, 1)), span);
  oir::BlockId begin = b_.new_block();
  oir::BlockId up = b_.new_block();
  oir::BlockId down = b_.new_block();
  b_.branch(flag(3), down, up, span);
  for (bool descends : {false, true}) {
    b_.set_block(descends ? down : up);
    if (descends) {
      b_.unary(step, oir::UnOp::WrapNeg, one, span);
    } else {
      b_.init(step, one, span);
    }
    oir::BlockId with_end = b_.new_block();
    oir::BlockId without_end = b_.new_block();
    b_.branch(flag(2), with_end, without_end, span);
    for (bool inclusive : {false, true}) {
      b_.set_block(inclusive ? with_end : without_end);
      BinOp in_range =
          descends ? (inclusive ? BinOp::Ge : BinOp::Gt) : (inclusive ? BinOp::Le : BinOp::Lt);
      Place any = Place::local(new_temp(types().boolean(), span));
      b_.binary(any, in_range, Operand::copy(at), Operand::copy(last), span);
      oir::BlockId some = inclusive ? begin : b_.new_block();
      b_.branch(Operand::copy(any), some, done, span);
      if (inclusive) continue;
      b_.set_block(some);
      Place before = Place::local(new_temp(type, span));
      b_.binary(before, BinOp::WrapSub, Operand::copy(last), Operand::copy(step), span);
      b_.assign(last, Operand::copy(before), span, span);
      b_.jump(begin, span);
    }
  }
  b_.set_block(begin);
}

void Lowering::loop_range_of(NodeId id) {
  const Node& n = node(id);
  Loop loop = open_loop(n.span);
  loop.next = b_.new_block();
  tree::LocalId name{size_t{n.index}};
  oir::TypeId type = function_.locals[name.index()].type;
  Place at = Place::local(new_temp(type, n.span));
  Place last = Place::local(new_temp(type, n.span));
  Place step = Place::local(new_temp(type, n.span));
  oir::BlockId done = b_.new_block();
  oir::LocalId range = new_temp(node(n.a).type, n.span);
  {
    StatementScope scope(*this, n.span);
    if (tree_.is_place(n.a)) {
      Place from = place(n.a, Access::Look);
      b_.init(Place::local(range), Operand::copy(from), n.span);
    } else {
      value_into(Place::local(range), n.a);
    }
  }
  find_range_ends(Place::local(range), at, last, step, done, n.span);
  oir::BlockId head = b_.new_block(BlockKind::LoopHead);
  b_.jump(head, n.span);
  b_.set_block(head);
  loops_.push_back(loop);
  oir::ScopeId turn = b_.open(ScopeKind::Turn, node(n.b).span);
  declare(name);
  b_.init(places_[name.index()], Operand::copy(at), n.span);
  block_into({}, n.b);
  b_.close(turn, oir::last_byte(n.span));
  b_.jump(loop.next, n.span);
  loops_.pop_back();
  b_.set_block(loop.next);
  Place ends = Place::local(new_temp(types().boolean(), n.span));
  b_.binary(ends, BinOp::Eq, Operand::copy(at), Operand::copy(last), n.span);
  oir::BlockId more = b_.new_block();
  b_.branch(Operand::copy(ends), done, more, n.span);
  b_.set_block(more);
  Place sum = Place::local(new_temp(type, n.span));
  b_.binary(sum, BinOp::WrapAdd, Operand::copy(at), Operand::copy(step), n.span);
  b_.assign(at, Operand::copy(sum), n.span, n.span);
  b_.jump(head, n.span);
  b_.set_block(done);
  b_.close(loop.scope, oir::last_byte(n.span));
  b_.jump(loop.exit, n.span);
  b_.set_block(loop.exit);
}

}  // namespace tenure::ng
