// Loops. Each turn has a scope of its own, which `continue` leaves; `break` leaves the loop's too.
#include <utility>

#include "tape/lowering.h"

namespace tenure::tape {

using oir::BinOp;
using oir::BlockKind;
using oir::DropReason;
using oir::ExitKind;
using oir::RtFn;
using oir::ScopeKind;
using oir::TypeKind;

// Opens the scope of what lives as long as the loop.
Lowering::Loop Lowering::open_loop(const Node& n) {
  Loop loop;
  loop.outside = b_.innermost();
  loop.scope = b_.open(ScopeKind::Block, n.span);
  loop.exit = b_.new_block();
  loop.next = b_.new_block();
  return loop;
}

// The block that every turn starts with.
oir::BlockId Lowering::start_loop(const Loop& loop, const Node& n) {
  loops_.push_back(loop);
  oir::BlockId head = b_.new_block(BlockKind::LoopHead);
  b_.jump(head, n.span);
  b_.set_block(head);
  return head;
}

// In the block where the loop ends by itself.
void Lowering::close_loop(const Loop& loop, const Node& n) {
  loops_.pop_back();
  b_.close(loop.scope, oir::last_byte(n.span));
  b_.jump(loop.exit, n.span);
  b_.set_block(loop.exit);
}

// The rest of a turn whose scope is open: the body, and on to where `continue` goes too.
void Lowering::turn(const Loop& loop, NodeId body) {
  oir::ScopeId turn = b_.innermost();
  block_into({}, body);
  b_.close(turn, oir::last_byte(node(body).span));
  b_.jump(loop.next, node(body).span);
  b_.set_block(loop.next);
}

// One further, and the next turn.
void Lowering::step(Place counter, oir::TypeId type, oir::BlockId head, Span span) {
  Place sum = plain_temp(type, span);
  b_.binary(sum, BinOp::WrapAdd, Operand::copy(counter), Operand::of(b_.const_int(type, 1)), span);
  b_.assign(counter, Operand::copy(sum), span, span);
  b_.jump(head, span);
}

void Lowering::while_loop(const Node& n) {
  Loop loop = open_loop(n);
  oir::BlockId head = start_loop(loop, n);
  Place truth = condition(n.a);
  oir::BlockId body = b_.new_block();
  oir::BlockId done = b_.new_block();
  b_.branch(Operand::copy(truth), body, done, node(n.a).span);
  b_.set_block(body);
  b_.open(ScopeKind::Turn, node(n.b).span);
  turn(loop, n.b);
  b_.jump(head, n.span);
  b_.set_block(done);
  close_loop(loop, n);
}

void Lowering::for_range(const Node& n) {
  bool inclusive = (n.flags & tree::kInclusive) != 0;
  Loop loop = open_loop(n);
  oir::TypeId type = node(n.a).type;
  Place at = plain_temp(type, n.span);
  Place end = plain_temp(type, n.span);
  {
    StatementScope scope(*this, n.span);
    value_into(at, n.a);
    value_into(end, n.b);
  }
  oir::BlockId head = start_loop(loop, n);
  oir::BlockId body = b_.new_block();
  oir::BlockId done = b_.new_block();
  Place more = plain_temp(types().boolean(), n.span);
  b_.binary(more, inclusive ? BinOp::Le : BinOp::Lt, Operand::copy(at), Operand::copy(end), n.span);
  b_.branch(Operand::copy(more), body, done, n.span);
  b_.set_block(body);
  b_.open(ScopeKind::Turn, node(n.c).span);
  declare(n.local);
  b_.init(places_[n.local.index()], Operand::copy(at), n.span);
  turn(loop, n.c);
  if (inclusive) {
    // The end may be the last number of its type: no step beyond it.
    oir::BlockId further = b_.new_block();
    Place last = plain_temp(types().boolean(), n.span);
    b_.binary(last, BinOp::Eq, Operand::copy(at), Operand::copy(end), n.span);
    b_.branch(Operand::copy(last), done, further, n.span);
    b_.set_block(further);
  }
  step(at, type, head, n.span);
  b_.set_block(done);
  close_loop(loop, n);
}

// What `for` runs over, fixed at the start: of a slice the pointer and the length, of an array its
// value [O-LIFE-12]. `stable`: the elements cannot change while the loop runs. What a slice views
// may be a temporary, which lives until the loop is left [O-LIFE-2].
oir::Place Lowering::each_source(const Node& n, bool& stable) {
  oir::ScopeId loop_scope = b_.innermost();
  stable = kind_of(node(n.a).type) != TypeKind::Slice;
  if (stable) {
    StatementScope scope(*this, node(n.a).span);
    return each_source_in(loop_scope, n);
  }
  oir::ScopeId statement = std::exchange(temp_scope_, loop_scope);
  Place source = each_source_in(loop_scope, n);
  temp_scope_ = statement;
  return source;
}

oir::Place Lowering::each_source_in(oir::ScopeId loop_scope, const Node& n) {
  const Node& operand = node(n.a);
  NodeId from = operand.kind == NodeKind::Copy ? operand.a : n.a;
  if (is_stable(from)) {
    Place found = place(from, Access::Read);
    if (is_path_of_local(from)) return found;
  }
  oir::LocalId source = new_temp(operand.type, operand.span);
  if (nodes_.is_place(from)) {
    Place found = place(from, Access::Read);
    b_.init(Place::local(source), Operand::copy(found), operand.span);
  } else {
    value_into(Place::local(source), n.a);
  }
  b_.schedule(loop_scope, source, DropReason::EndOfStatement);
  return Place::local(source);
}

void Lowering::for_each(const Node& n) {
  Loop loop = open_loop(n);
  bool stable = false;
  Place source = each_source(n, stable);
  oir::TypeId i64 = types().scalar(TypeKind::I64);
  Place length = plain_temp(i64, n.span);
  const oir::Type type = types()[node(n.a).type];
  if (type.kind == TypeKind::FixedArray) {
    b_.init(length, Operand::of(b_.const_int(i64, type.count)), n.span);
  } else {
    b_.runtime(length, RtFn::SliceLen, node(n.a).type, {Operand::addr(source)}, n.span);
  }
  Place index = plain_temp(i64, n.span);
  b_.init(index, Operand::of(b_.const_int(i64, 0)), n.span);
  oir::BlockId head = start_loop(loop, n);
  oir::BlockId body = b_.new_block();
  oir::BlockId done = b_.new_block();
  Place more = plain_temp(types().boolean(), n.span);
  b_.binary(more, BinOp::Lt, Operand::copy(index), Operand::copy(length), n.span);
  b_.branch(Operand::copy(more), body, done, n.span);
  b_.set_block(body);
  oir::ScopeId turn_scope = b_.open(ScopeKind::Turn, node(n.b).span);
  Place element = b_.index(source, index.local_id());
  if (stable && uses_[n.local.index()] == 0 && types().needs_drop(type.elem)) {
    bind_to_place(n.local, element);
  } else {
    declare(n.local);
    Span span = function_.locals[n.local.index()].span;
    if (options_.check_pointers && type.kind == TypeKind::Slice) {
      Place pointer = plain_temp(types().pointer(type.elem), span);
      b_.make_ptr(pointer, element, span);
      b_.mem_check(Operand::copy(pointer), {}, oir::MemAccess::Read, span);
    }
    b_.init(places_[n.local.index()], Operand::copy(element), span);
    schedule_local(turn_scope, n.local);
  }
  turn(loop, n.b);
  step(index, i64, head, n.span);
  b_.set_block(done);
  close_loop(loop, n);
}

// The iterator protocol: an optional is asked for before each turn.
void Lowering::for_next(const Node& n) {
  Loop loop = open_loop(n);
  oir::BlockId head = start_loop(loop, n);
  oir::ScopeId turn_scope = b_.open(ScopeKind::Turn, node(n.b).span);
  oir::LocalId next = new_temp(node(n.a).type, node(n.a).span);
  {
    StatementScope scope(*this, node(n.a).span);
    value_into(Place::local(next), n.a);
    b_.schedule(turn_scope, next, DropReason::EndOfStatement);
  }
  Place tag = u32_temp(n.span);
  b_.tag(tag, Place::local(next), n.span);
  oir::BlockId body = b_.new_block();
  oir::BlockId ended = b_.new_block();
  oir::BlockId done = b_.new_block();
  b_.switch_on(Operand::copy(tag), {tree::kSome}, {body, ended}, n.span);
  b_.set_block(ended);
  b_.exit_to(loop.scope, done, ExitKind::Break, n.span);
  b_.set_block(body);
  declare(n.local);
  take_payload(places_[n.local.index()], Place::local(next), tree::kSome, true, n.span);
  schedule_local(turn_scope, n.local);
  turn(loop, n.b);
  b_.jump(head, n.span);
  b_.set_block(done);
  close_loop(loop, n);
}

void Lowering::for_loop(const Node& n) {
  Loop loop = open_loop(n);
  for (NodeId first : nodes_.items(n.list)) statement(first);
  oir::BlockId head = start_loop(loop, n);
  oir::BlockId done = b_.new_block();
  if (n.a) {
    Place truth = condition(n.a);
    oir::BlockId body = b_.new_block();
    b_.branch(Operand::copy(truth), body, done, node(n.a).span);
    b_.set_block(body);
  }
  b_.open(ScopeKind::Turn, node(n.b).span);
  turn(loop, n.b);
  if (n.c) statement(n.c);
  b_.jump(head, n.span);
  b_.set_block(done);
  close_loop(loop, n);
}

}  // namespace tenure::tape
