// Statements.
#include "base/check.h"
#include "tape/lowering.h"

namespace tenure::tape {

using oir::ScopeKind;

void Lowering::statement(NodeId id) {
  const Node& n = node(id);
  switch (n.kind) {
    case NodeKind::Let:
      let(n);
      return;
    case NodeKind::LetGlobal:
      let_global(n);
      return;
    case NodeKind::Assign:
      assign(n);
      return;
    case NodeKind::AssignOp:
      assign_op(n);
      return;
    case NodeKind::AppendText:
      append_text(n);
      return;
    case NodeKind::Eval:
      eval(n);
      return;
    case NodeKind::Block:
      block_into({}, id);
      return;
    case NodeKind::If:
      if_statement(n);
      return;
    case NodeKind::While:
      while_loop(n);
      return;
    case NodeKind::ForRange:
      for_range(n);
      return;
    case NodeKind::ForEach:
      for_each(n);
      return;
    case NodeKind::ForNext:
      for_next(n);
      return;
    case NodeKind::ForLoop:
      for_loop(n);
      return;
    case NodeKind::Match:
      match(n);
      return;
    case NodeKind::Break:
      b_.exit_to(loops_.back().outside, loops_.back().exit, oir::ExitKind::Break, n.span);
      return;
    case NodeKind::Continue:
      b_.exit_to(loops_.back().scope, loops_.back().next, oir::ExitKind::Next, n.span);
      return;
    case NodeKind::Return:
      return_value(n);
      return;
    case NodeKind::Defer:
      defer(n);
      return;
    case NodeKind::Fail:
      fail(n);
      return;
    default:
      TN_UNREACHABLE("lowering: not a statement");
  }
}

// The local is scheduled while the statement's temporaries still live: it is whole by then.
void Lowering::let(const Node& n) {
  oir::ScopeId block = b_.innermost();
  declare(n.local);
  StatementScope scope(*this, n.span);
  value_into(places_[n.local.index()], n.a);
  schedule_local(block, n.local);
}

void Lowering::let_global(const Node& n) {
  StatementScope scope(*this, n.span);
  value_into(Place::global(n.global), n.a);
}

void Lowering::assign(const Node& n) {
  StatementScope scope(*this, n.span);
  prepare(n.a, effects_.changes_nothing(n.b));
  Operand value = owned(n.b, true);
  Place target = find(n.a);
  check_memory(n.a, target, Access::Write);
  b_.assign(target, value, n.span, origin_of(target));
  hand_over({value});
}

// `a op= b`. What `a` is found by is evaluated once; the place itself is found twice, because b may
// change what lies on the way to it.
void Lowering::assign_op(const Node& n) {
  StatementScope scope(*this, n.span);
  prepare(n.a, effects_.changes_nothing(n.b));
  auto prepared = prepared_;
  oir::TypeId type = node(n.a).type;
  Place before = plain_temp(type, node(n.a).span);
  Place old = find(n.a);
  check_memory(n.a, old, Access::Read);
  b_.init(before, Operand::copy(old), n.span);
  prepared_ = std::move(prepared);
  Operand by = owned(n.b, true);
  Place after = plain_temp(type, n.span);
  b_.binary(after, wrapping(n.op, types().is_float(type)), Operand::copy(before), by, n.span);
  Place target = find(n.a);
  check_memory(n.a, target, Access::Write);
  b_.assign(target, Operand::copy(after), n.span, origin_of(target));
}

void Lowering::eval(const Node& n) {
  StatementScope scope(*this, n.span);
  if (nodes_.is_place(n.a)) {
    place(n.a, Access::Read);
  } else if (node(n.a).type == types().unit()) {
    value_into({}, n.a);
  } else {
    temp_of(n.a);
  }
}

// The value, then the statement's temporaries die, then deferred statements run and locals die
// [O-DEFER-2].
void Lowering::return_value(const Node& n) {
  StatementScope scope(*this, n.span);
  bool fails = (n.flags & tree::kFails) != 0;
  bool succeeds = (n.flags & tree::kSucceeds) != 0;
  Place result = Place::local(b_.result());
  if (!fails && !succeeds && is_result(function_.result)) {
    return_whole_result(n);
    return;
  }
  succeeds_ = !fails;
  bool unit = !n.a || node(n.a).type == types().unit();
  if (fails || succeeds) {
    std::vector<Operand> payload;
    if (unit) {
      if (n.a) value_into({}, n.a);
    } else {
      payload.push_back(owned(n.a, true));
    }
    b_.make_variant(result, fails ? tree::kFailed : tree::kOk, payload, n.span);
    hand_over(payload);
  } else if (n.a) {
    value_into(unit ? Place{} : result, n.a);
  }
  succeeds_ = false;
  b_.exit_return(n.span, fails);
}

// Whether it is an error shows when it is there [O-DEFER-3].
void Lowering::return_whole_result(const Node& n) {
  Place result = Place::local(b_.result());
  value_into(result, n.a);
  if (!has_open_errdefer() || !b_.reachable()) {
    b_.exit_return(n.span);
    return;
  }
  Place tag = u32_temp(n.span);
  b_.tag(tag, result, n.span);
  oir::BlockId failed = b_.new_block();
  oir::BlockId good = b_.new_block();
  b_.switch_on(Operand::copy(tag), {tree::kFailed}, {failed, good}, n.span);
  b_.set_block(failed);
  b_.exit_return(n.span, true);
  b_.set_block(good);
  b_.exit_return(n.span);
}

// ---- deferred statements

bool Lowering::has_open_errdefer() const {
  for (const Deferred& deferred : deferred_) {
    if (deferred.on_error) return true;
  }
  return false;
}

// Whether what runs when the function is left now may read the local.
bool Lowering::deferred_may_read(tree::LocalId local) const {
  for (const Deferred& deferred : deferred_) {
    if (deferred.on_error && succeeds_) continue;
    if (deferred.locals.count(local.v) != 0) return true;
  }
  return false;
}

void Lowering::defer(const Node& n) {
  Deferred deferred;
  deferred.on_error = (n.flags & tree::kOnError) != 0;
  std::vector<NodeId> todo{n.b};
  while (!todo.empty()) {
    const Node& part = node(todo.back());
    todo.pop_back();
    if (part.kind == NodeKind::Local) deferred.locals.insert(part.local.v);
    for_each_child(nodes_, part, [&](NodeId child) { todo.push_back(child); });
  }
  NodeId body = n.b;
  Span span = n.span;
  // The globals that are initialised after it die before it runs [O-LIFE-5].
  Place mark;
  if (in_top_level_) {
    mark = plain_temp(types().scalar(oir::TypeKind::I64), span);
    b_.runtime(mark, oir::RtFn::GlobalsMark, {}, {}, span);
  }
  auto run = [this, body, mark, span](oir::Builder&) {
    if (mark.valid()) b_.runtime({}, oir::RtFn::EndGlobals, {}, {Operand::copy(mark)}, span);
    run_deferred(body);
  };
  b_.schedule_deferred(b_.innermost(), run, deferred.on_error, span);
  deferred_.push_back(std::move(deferred));
}

// Lowered once for each way out, in the middle of whatever leaves.
void Lowering::run_deferred(NodeId body) {
  oir::ScopeId temp_scope = temp_scope_;
  std::vector<Loop> loops = std::move(loops_);
  std::vector<Deferred> deferred = std::move(deferred_);
  bool succeeds = succeeds_;
  loops_.clear();
  deferred_.clear();
  succeeds_ = false;
  block_into({}, body);
  temp_scope_ = temp_scope;
  loops_ = std::move(loops);
  deferred_ = std::move(deferred);
  succeeds_ = succeeds;
}

void Lowering::fail(const Node& n) {
  StatementScope scope(*this, n.span);
  std::vector<Operand> message;
  if (n.a) message.push_back(Operand::addr(look(n.a, true)));
  b_.panic(static_cast<oir::PanicKind>(n.index), message, n.span);
}

}  // namespace tenure::tape
