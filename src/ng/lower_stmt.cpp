// Statements.
#include "base/check.h"
#include "ng/lowering.h"

namespace tenure::ng {

using oir::RtFn;
using oir::TypeKind;

void Lowering::statement(NodeId id) {
  const Node& n = node(id);
  if ((n.flags & tree::kHarmless) != 0) return;
  switch (n.kind) {
    case NodeKind::Let:
      let(n);
      return;
    case NodeKind::LetGlobal:
      let_global(n);
      return;
    case NodeKind::LetTuple:
      let_tuple(n);
      return;
    case NodeKind::Assign:
      assign(n);
      return;
    case NodeKind::AssignOp:
      assign_op(n);
      return;
    case NodeKind::Append:
      append(n);
      return;
    case NodeKind::AppendText:
      append_text(n);
      return;
    case NodeKind::Eval:
      eval(n);
      return;
    case NodeKind::Return:
      return_value(n);
      return;
    case NodeKind::Break:
      break_loop(n);
      return;
    case NodeKind::Next:
      next_turn(n);
      return;
    case NodeKind::NextCall:
      next_call(n);
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

void Lowering::let_tuple(const Node& n) {
  oir::ScopeId block = b_.innermost();
  StatementScope scope(*this, n.span);
  bool by_move = !tree_.is_place(n.a);
  Place whole = by_move ? temp_of(n.a) : place(n.a, Access::Write);
  bind_parts(n, whole, by_move, block);
}

// The names of `n`, which are for parts of `whole` and live in `block`.
void Lowering::bind_parts(const Node& n, Place whole, bool by_move, oir::ScopeId block) {
  for (NodeId id : tree_.items(n.list)) {
    const Node& part = node(id);
    oir::TypeId whole_type = oir::place_type(out_, b_.function(), whole);
    bool fixed = types()[whole_type].kind == TypeKind::FixedArray;
    if (part.list.count != 0) {
      bind_parts(part, b_.field(whole, part.index), by_move, block);
    } else if ((part.flags & tree::kRest) != 0) {
      Place target = bind_target(part);
      oir::TypeId rest = oir::place_type(out_, b_.function(), target);
      std::vector<Operand> fields;
      size_t count = types()[rest].fields.size();
      for (size_t i = 0; i < count; i++) {
        Place field = b_.field(whole, part.index + static_cast<uint32_t>(i));
        fields.push_back(by_move && types().needs_drop(oir::place_type(out_, b_.function(), field))
                             ? Operand::move(field)
                             : Operand::copy(field));
      }
      b_.aggregate(target, fields, part.span);
    } else {
      Place source = fixed ? b_.extend(whole, {oir::ProjKind::Const, part.index})
                           : b_.field(whole, part.index);
      bind(part, source, by_move && !fixed);
    }
    if (part.local) schedule_local(block, part.local);
  }
}

void Lowering::assign(const Node& n) {
  StatementScope scope(*this, n.span);
  bool pure = changes_nothing(n.b);
  prepare(n.a, pure);
  Operand value = owned(n.b, true, true);
  Place target = find(n.a, Access::Write);
  b_.assign(target, value, n.span, origin_of(target));
  hand_over({value});
}

// `a op= b`. What `a` is found by is evaluated once; the place itself is found twice, because b may
// change what lies on the way to it.
void Lowering::assign_op(const Node& n) {
  StatementScope scope(*this, n.span);
  prepare(n.a, changes_nothing(n.b));
  auto prepared = prepared_;
  oir::TypeId type = node(n.a).type;
  Place before = Place::local(new_temp(type, node(n.a).span));
  b_.init(before, Operand::copy(find(n.a, Access::Look)), n.span);
  prepared_ = std::move(prepared);
  Operand by = owned(n.b, true, true);
  Place after = Place::local(new_temp(type, n.span));
  b_.binary(after, n.op, Operand::copy(before), by, n.span);
  Place target = find(n.a, Access::Write);
  b_.assign(target, Operand::copy(after), n.span, origin_of(target));
}

void Lowering::append(const Node& n) {
  StatementScope scope(*this, n.span);
  auto items = tree_.items(n.list);
  std::vector<NodeId> ids(items.begin(), items.end());
  prepare(n.a, all_change_nothing(ids, 0));
  std::vector<Operand> values = owned_list(ids);
  Place target = find(n.a, Access::Write);
  for (const Operand& value : values) {
    b_.runtime({}, RtFn::ArrayPush, node(n.a).type, {Operand::addr(target), value}, n.span);
    hand_over({value});
  }
}

// `s = s + e`: s is read before e is evaluated; growing s itself is right where nobody can tell.
bool Lowering::appends_in_place(const Node& n) {
  if (n.flags & tree::kImplicit) return false;
  bool pure = true;
  bool blocks = false;
  for (NodeId id : tree_.items(n.list)) {
    pure = pure && changes_nothing(id);
    blocks = blocks || has_block(id);
  }
  if (pure) return true;
  return sole_owner(n.a) && !blocks;
}

void Lowering::append_text(const Node& n) {
  StatementScope scope(*this, n.span);
  auto items = tree_.items(n.list);
  if (!appends_in_place(n)) {
    prepare(n.a, false);
    oir::LocalId sum = new_temp(types().string(), n.span);
    auto prepared = prepared_;
    b_.init(Place::local(sum), Operand::copy(find(n.a, Access::Look)), n.span);
    prepared_ = std::move(prepared);
    schedule_temp(sum);
    for (NodeId id : items) {
      Place more = look_part(id, true);
      append_part(Place::local(sum), id, more, node(id).span);
    }
    Place target = find(n.a, Access::Write);
    Operand text = whole(Place::local(sum));
    b_.assign(target, text, n.span, origin_of(target));
    hand_over({text});
    return;
  }
  prepare(n.a, true);
  std::vector<Place> parts;
  for (NodeId id : items) {
    // A place might be the string itself: a copy keeps what it is now, and costs nothing if it is
    // not.
    bool value = !tree_.is_place(id) && node(id).kind != NodeKind::Copy;
    parts.push_back(value && !shown_number(id).valid() ? temp_of(id) : look_part(id, false));
  }
  Place target = find(n.a, Access::Write);
  for (size_t i = 0; i < parts.size(); i++) append_part(target, items[i], parts[i], n.span);
}

void Lowering::eval(const Node& n) {
  StatementScope scope(*this, n.span);
  if (tree_.is_place(n.a)) {
    place(n.a, Access::Look);
    return;
  }
  const Node& value = node(n.a);
  bool unit = value.type == types().unit() || value.kind == NodeKind::Never;
  if (!unit) {
    temp_of(n.a);
  } else if (value.kind != NodeKind::Const) {
    value_into({}, n.a);
  }
}

void Lowering::return_value(const Node& n) {
  StatementScope scope(*this, n.span);
  if (n.a) {
    bool unit = node(n.a).type == types().unit();
    if (!unit) {
      value_into(Place::local(b_.result()), n.a);
    } else if (node(n.a).kind != NodeKind::Const) {
      value_into({}, n.a);
    }
  }
  b_.exit_return(n.span);
}

void Lowering::break_loop(const Node& n) {
  StatementScope scope(*this, n.span);
  if (n.a) {
    bool wanted = loops_.back().result.valid() && node(n.a).type != types().unit();
    if (wanted) {
      value_into(loops_.back().result, n.a);
    } else if (node(n.a).type == types().unit()) {
      value_into({}, n.a);
    } else {
      temp_of(n.a);
    }
  }
  b_.exit_to(loops_.back().outside, loops_.back().exit, oir::ExitKind::Break, n.span);
}

// [O-LIFE-11]: the values, then the turn's locals die, then the variables take the values.
void Lowering::next_turn(const Node& n) {
  StatementScope scope(*this, n.span);
  size_t at = loops_.size() - 1;
  auto items = tree_.items(n.list);
  if (items.empty() && loops_[at].next) {
    b_.exit_to(loops_[at].scope, loops_[at].next, oir::ExitKind::Next, n.span);
    return;
  }
  Loop::Pending pending;
  for (NodeId id : items) {
    oir::LocalId value = new_temp(node(id).type, node(id).span);
    value_into(Place::local(value), id);
    b_.schedule(loops_[at].scope, value, oir::DropReason::EndOfStatement);
    pending.values.push_back(Place::local(value));
  }
  if (!b_.reachable()) return;
  pending.block = b_.new_block();
  pending.span = n.span;
  b_.exit_to(loops_[at].scope, pending.block, oir::ExitKind::Next, n.span);
  loops_[at].pending.push_back(std::move(pending));
}

void Lowering::next_call(const Node& n) {
  StatementScope scope(*this, n.span);
  std::vector<Place> values;
  for (NodeId id : tree_.items(n.list)) {
    oir::LocalId value = new_temp(node(id).type, node(id).span);
    value_into(Place::local(value), id);
    b_.schedule(restart_scope_, value, oir::DropReason::EndOfStatement);
    values.push_back(Place::local(value));
  }
  if (!b_.reachable()) return;
  oir::BlockId again = b_.new_block();
  b_.exit_to(restart_scope_, again, oir::ExitKind::Next, n.span);
  b_.set_block(again);
  for (size_t i = 0; i < values.size(); i++) {
    Place param = places_[i];
    Operand value = whole(values[i]);
    b_.assign(param, value, n.span, origin_of(param));
    hand_over({value});
  }
  b_.jump(restart_, n.span);
}

}  // namespace tenure::ng
