// Statements.
#include <algorithm>
#include <utility>

#include "tape/checker.h"

namespace tenure::tape {

using ast::NodeKind;
using T = tree::NodeKind;

void Checker::statements(std::span<const ast::NodeId> list, std::vector<NodeId>& out, bool& falls) {
  bool reported = false;
  for (ast::NodeId id : list) {
    if (!falls && !reported && at(id).kind != NodeKind::Error) {
      error(DiagKind::UnreachableCode, at(id).span, "this is never reached");
      reported = true;
    }
    Flow flow = statement(id);
    out.insert(out.end(), before_.begin(), before_.end());
    before_.clear();
    if (flow.node.valid()) out.push_back(flow.node);
    falls &= flow.falls;
  }
}

Checker::Flow Checker::block(ast::NodeId id) {
  const ast::Node& node = at(id);
  if (node.kind != NodeKind::Block) return {block_node({}, NodeId{}, node.span), true};
  Span span = node.span;
  ScopeMark mark = push_scope();
  ++block_depth_;
  std::vector<NodeId> before = std::move(before_);
  before_.clear();
  std::vector<NodeId> out;
  bool falls = true;
  statements(items(node.list), out, falls);
  before_ = std::move(before);
  --block_depth_;
  pop_scope(mark);
  return {block_node(out, NodeId{}, span), falls};
}

Checker::Flow Checker::statement(ast::NodeId id) {
  pause();
  const ast::Node& node = at(id);
  switch (node.kind) {
    case NodeKind::Block:
      return block(id);
    case NodeKind::Let:
      return node.has(ast::kFlagConst) ? let_const(id) : let_stmt(id);
    case NodeKind::Assign:
      return assign_stmt(id);
    case NodeKind::AssignOp:
      return assign_op_stmt(id);
    case NodeKind::ExprStmt:
      return expr_stmt(id);
    case NodeKind::If:
      return if_stmt(id);
    case NodeKind::While:
      return while_stmt(id);
    case NodeKind::ForIn:
      return for_in(id);
    case NodeKind::ForRange:
      return for_range(id);
    case NodeKind::ForLoop:
      return for_loop(id);
    case NodeKind::Break:
      return jump(id, T::Break);
    case NodeKind::Continue:
      return jump(id, T::Continue);
    case NodeKind::Return:
      return return_stmt(id);
    case NodeKind::Match:
      return match_stmt(id);
    case NodeKind::Defer:
      return defer_stmt(id);
    case NodeKind::Error:
      broken_ = true;
      return {};
    default:
      error(DiagKind::Misplaced, node.span, "this stands at the top of a file only");
      return {};
  }
}

// ---- declarations

// The value of a `let` or `var`; `type` is what was written, and becomes what it is.
NodeId Checker::initial_value(const ast::Node& node, Ty& type) {
  bool written = node.b.valid();
  if (written && !type.valid()) {
    if (node.a.valid() && !needs_context(node.a)) expr(node.a, Ty{});
    return bad(node.span);
  }
  if (!node.a.valid()) {
    if (!written) {
      error(DiagKind::MissingValue, node.span, quoted(node.name) + " needs a type or a value");
      return bad(node.span);
    }
    if (!row(type).zero) {
      error(DiagKind::MissingValue, node.span,
            quoted(node.name) + " needs a value: " + quoted(type) + " has no zero");
      return bad(node.span);
    }
    return zero(type, node.span);
  }
  if (written) return value(node.a, type);
  NodeId made = to_value(plain(node.a, Ty{}));
  if (is_bad(made)) return made;
  type = type_of(made);
  return refuses_strings(type, at(node.a).span) ? bad(node.span) : made;
}

// `@profile(t0)` has no strings: reports one.
bool Checker::refuses_strings(Ty type, Span span) {
  if (!all_.modules[module_].is_t0 || !row(type).managed) return false;
  error(DiagKind::NotAType, span, "`@profile(t0)` has no `string`");
  return true;
}

Checker::Flow Checker::let_stmt(ast::NodeId id) {
  const ast::Node node = at(id);
  Ty type = node.b.valid() ? resolve_part(node.b, "a variable") : Ty{};
  NodeId made = initial_value(node, type);
  Binding binding;
  binding.type = is_bad(made) && !node.b.valid() ? Ty{} : type;
  binding.mutability = node.has(ast::kFlagVar) ? Mutability::Var : Mutability::Let;
  binding.span = node.name_span();
  binding.local = add_local(std::string(text(node.name)), binding.type, node.name_span());
  declare_local(node.name, binding);
  if (is_bad(made)) return {};
  if (types_.is_bytes(type))
    note_bytes_binding({current_id_, binding.local, {}, {}, made, true}, before_);
  return {let_node(binding.local, made, node.span)};
}

Checker::Flow Checker::let_const(ast::NodeId id) {
  const ast::Node node = at(id);
  Ty type = node.b.valid() ? resolve_part(node.b, "a constant") : Ty{};
  NodeId made;
  if (!node.a.valid()) {
    error(DiagKind::MissingValue, node.span, quoted(node.name) + " needs a value");
    made = bad(node.span);
  } else if (node.b.valid() && !type.valid()) {
    made = bad(node.span);
  } else {
    made = constant_value(node.a, type);
  }
  Binding binding;
  binding.mutability = Mutability::Const;
  binding.span = node.name_span();
  if (!is_bad(made)) {
    binding.type = type_of(made);
    binding.constant = made;
  }
  // What is no single value has a place, so that it can be indexed, sliced and pointed to.
  bool inlined = !is_bad(made) && is_const(made);
  if (!inlined)
    binding.local = add_local(std::string(text(node.name)), binding.type, node.name_span());
  declare_local(node.name, binding);
  if (is_bad(made) || inlined) return {};
  return {let_node(binding.local, made, node.span)};
}

// ---- assignments

// Of places that are named without computing anything.
bool Checker::same_place(NodeId a, NodeId b) const {
  while (true) {
    const tree::Node& x = tree_[a];
    const tree::Node& y = tree_[b];
    if (x.kind != y.kind) return false;
    if (x.kind == T::Local) return x.local == y.local;
    if (x.kind == T::Global) return x.global == y.global;
    if (x.kind != T::Field || x.index != y.index) return false;
    a = x.a;
    b = y.a;
  }
}

Checker::Flow Checker::assign_stmt(ast::NodeId id) {
  const ast::Node node = at(id);
  NodeId target = place(node.a);
  if (is_bad(target) || cannot_assign(target, at(node.a).span)) {
    if (!needs_context(node.b)) {
      Ty type = type_of(target);
      expr(node.b, type);
    }
    return {};
  }
  Ty type = type_of(target);
  NodeId made = operand(node.b, type);
  if (is_bad(made)) return {};
  note_assigned(target, node.span);
  // `s = s + x`
  if (tree_[made].kind == T::Concat && same_place(tree_.items(tree_[made].list)[0], target)) {
    auto parts = tree_.items(tree_[made].list);
    return {append_stmt(target, {parts.begin() + 1, parts.end()}, node.span)};
  }
  bool binds = tree_[target].kind == T::Local || tree_[target].kind == T::Global;
  if (types_.is_bytes(type) && binds)
    note_bytes_binding({current_id_, tree_[target].local, tree_[target].global, {}, made, false},
                       before_);
  return {assign_node(target, to_value(made), node.span)};
}

NodeId Checker::append_stmt(NodeId target, const std::vector<NodeId>& parts, Span span) {
  Made made = make(T::AppendText, void_type(), span);
  made.n.a = target;
  made.n.list = add_list(parts);
  return add(made);
}

Checker::Flow Checker::assign_op_stmt(ast::NodeId id) {
  const ast::Node node = at(id);
  NodeId target = place(node.a);
  if (is_bad(target) || cannot_assign(target, at(node.a).span)) {
    if (!needs_context(node.b)) expr(node.b, type_of(target));
    return {};
  }
  auto op = static_cast<ast::BinaryOp>(node.op);
  Ty type = type_of(target);
  bool appends = is(type, TyKind::String) && op == ast::BinaryOp::Add;
  bool fits =
      appends || types_.is_integer(type) || (types_.is_float(type) && op <= ast::BinaryOp::Rem);
  if (!fits) {
    error(DiagKind::BadOperand, node.span,
          "`" + std::string(ast::binary_op_text(op)) + "=` is not for " + quoted(type));
    if (!needs_context(node.b)) expr(node.b, type);
    return {};
  }
  NodeId given = operand(node.b, type);
  if (is_bad(given)) return {};
  note_assigned(target, node.span);
  if (appends) {
    // `s += a + b` makes `a + b` first.
    return {append_stmt(target, {given}, node.span)};
  }
  Made made = make(T::AssignOp, void_type(), node.span);
  made.n.op = arithmetic_op(op);
  made.n.a = target;
  made.n.b = to_value(given);
  return {add(made)};
}

// ---- expressions as statements

NodeId Checker::eval(NodeId value, Span span) {
  return unary(T::Eval, void_type(), value, span);
}

Checker::Flow Checker::expr_stmt(ast::NodeId id) {
  const ast::Node node = at(id);
  NodeId made = expr(node.a, void_type());
  if (is_bad(made)) return {};
  if (must_handle(made, at(node.a).span)) return {};
  if (node.has(ast::kFlagNoSemicolon)) {
    error(DiagKind::ExpectedToken, node.span,
          "expected `;`: only the block of an `or` ends with a value");
    return {};
  }
  bool fails = at(node.a).kind == NodeKind::BuiltinCall && text(at(node.a).name) == "fail";
  return {eval(to_value(made), node.span), !fails};
}

// ---- leaving

Checker::Flow Checker::return_stmt(ast::NodeId id) {
  const ast::Node node = at(id);
  if (defer_depth_ > 0) {
    error(DiagKind::LeavesDefer, node.span, "cannot leave a `defer`");
    return {{}, false};
  }
  NodeId made = return_node(node.a, node.span);
  return {is_bad(made) ? NodeId{} : made, false};
}

// What is returned by its plain name is moved out [O-LIFE-4].
NodeId Checker::leaving(NodeId node) {
  if (is_bad(node) || tree_[node].kind != T::Local || !row(type_of(node)).managed)
    return to_value(node);
  const Binding* binding = binding_of(tree_[node].local);
  if (binding == nullptr || binding->mutability == Mutability::Param) return to_value(node);
  return unary(T::MoveOut, type_of(node), node, tree_[node].span);
}

NodeId Checker::return_node(ast::NodeId value_id, Span span) {
  Made made = make(T::Return, void_type(), span);
  if (in_test_) {
    if (value_id.valid()) {
      error(DiagKind::TypeMismatch, at(value_id).span, "a test gives no value");
      return bad(span);
    }
    if (test_result_.valid()) made.n.a = int_const(test_result_, 0, span);
    return add(made);
  }
  if (!result_.valid()) {
    if (value_id.valid() && !needs_context(value_id)) expr(value_id, Ty{});
    return bad(span);
  }
  bool fallible = is(result_, TyKind::Result);
  Ty wanted = fallible ? row(result_).elem : result_;
  if (!value_id.valid()) {
    if (!is(wanted, TyKind::Void)) {
      error(DiagKind::MissingValue, span, "a value of " + quoted(result_) + " is missing here");
      return bad(span);
    }
    if (fallible) made.n.flags = tree::kSucceeds;
    return add(made);
  }
  NodeId given = expr(value_id, result_);
  Span at_value = at(value_id).span;
  if (is_bad(given)) return bad(span);
  Ty type = type_of(given);
  if (fallible && type == result_) {
    made.n.a = leaving(given);
    return add(made);
  }
  if (fallible && type == row(result_).error) {
    made.n.flags = tree::kFails;
    made.n.a = to_value(given);
    return add(made);
  }
  if (is(wanted, TyKind::Void)) {
    if (is(type, TyKind::Void)) {
      if (fallible) made.n.flags = tree::kSucceeds;
      return block_node({eval(given, at_value), add(made)}, NodeId{}, span);
    }
    if (!must_handle(given, at_value)) {
      error(DiagKind::TypeMismatch, at_value,
            fallible
                ? "expected an error of " + quoted(row(result_).error) + ", found " + quoted(type)
                : "this function gives no value");
    }
    return bad(span);
  }
  if (fallible) made.n.flags = tree::kSucceeds;
  if (types_.is_bytes(result_) && is(type, TyKind::String)) return return_bytes(given, span);
  given = convert(leaving(given), wanted, at_value);
  if (is_bad(given)) return bad(span);
  made.n.a = to_value(given);
  NodeId done = add(made);
  if (types_.is_bytes(result_))
    bytes_returns_.push_back({current_id_, done, !row(result_).is_const});
  return done;
}

// ---- defer

// A deferred statement is lowered for each way out of its block, and so, inside of one, for each
// way out of that: twice as often with each level.
constexpr uint32_t kMaxDeferNesting = 6;

Checker::Flow Checker::defer_stmt(ast::NodeId id) {
  const ast::Node node = at(id);
  const ast::Node body = at(node.a);
  size_t loops = std::exchange(defer_loops_, loops_.size());
  ++defer_depth_;
  if (defer_depth_ == kMaxDeferNesting + 1) {
    error(DiagKind::NestedTooDeeply, node.span, "`defer` in `defer` is nested too deeply");
  }
  Flow flow;
  if (body.kind == NodeKind::Block) {
    flow = block(node.a);
  } else {
    ScopeMark mark = push_scope();
    std::vector<NodeId> before = std::move(before_);
    before_.clear();
    std::vector<NodeId> out;
    bool falls = true;
    statements(std::span<const ast::NodeId>(&node.a, 1), out, falls);
    before_ = std::move(before);
    pop_scope(mark);
    flow.node = block_node(out, NodeId{}, body.span);
  }
  --defer_depth_;
  defer_loops_ = loops;
  if (body.kind == NodeKind::ExprStmt) note_defer(body);
  Made made = make(T::Defer, void_type(), node.span);
  made.n.b = flow.node;
  if (node.has(ast::kFlagError)) made.n.flags = tree::kOnError;
  return {add(made)};
}

// What a deferred call will read when it runs [O-DEFER-5].
void Checker::note_defer(const ast::Node& statement) {
  const ast::Node call = at(statement.a);
  if (call.kind != NodeKind::Call) return;
  ActiveDefer active;
  active.span = statement.span;
  const ast::Node& callee = at(call.a);
  active.what = callee.kind == NodeKind::Member && at(callee.a).kind == NodeKind::Name
                    ? std::string(text(at(callee.a).name)) + "." + std::string(text(callee.name))
                    : std::string(text(callee.name));
  auto note = [&](ast::NodeId source) {
    const ast::Node* node = &at(source);
    if (node->kind == NodeKind::NamedArg) node = &at(node->a);
    if (node->kind != NodeKind::Name) return;
    const Binding* binding = find_binding(node->name);
    if (binding != nullptr && binding->local.valid()) active.locals.push_back(binding->local.v);
  };
  for (ast::NodeId arg : items(call.list)) note(arg);
  if (!active.locals.empty()) defers_.push_back(std::move(active));
}

}  // namespace tenure::tape
