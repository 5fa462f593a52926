// Assignment, and what changes a place by what is in it: `a = b`, `a += b`, `xs << e`.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

bool Checker::same_place(NodeId a, NodeId b) const {
  for (;;) {
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

// Whether none of what is appended to the string `target` can look at it or change it.
bool Checker::lets_alone(NodeId target, std::span<const NodeId> appended) const {
  NodeId root = target;
  while (tree_[root].kind == T::Field) root = tree_[root].a;
  return std::all_of(appended.begin(), appended.end(), [&](NodeId walk) {
    while (tree_[walk].kind == T::Field) walk = tree_[walk].a;
    if (tree_[walk].kind == T::Const) return true;
    if (tree_[walk].kind != T::Local) return false;
    if (tree_[root].kind == T::Local) return tree_[root].local != tree_[walk].local;
    return tree_[root].kind == T::Global;  // what is behind a reference may be any local
  });
}

// The place that the statement writes to; none, and the rest was looked at, if it is no such place.
NodeId Checker::assigned_place(ast::NodeId id) {
  const ast::Node& node = at(id);
  const ast::Node left = at(node.a);
  NodeId target = expr(node.a, TypeId{});
  if (!is_bad(target) && is_lvalue(target)) return target;
  if (!is_bad(target)) {
    Diagnostic& diagnostic =
        error(DiagKind::NotAssignable, left.span, "this is not a place that can be assigned to");
    if (left.kind == NodeKind::Chain &&
        ast::BinaryOp(at(items(left.list)[0]).op) == ast::BinaryOp::Append)
      diagnostic.note(left.span, "`xs << e;` appends by itself");
  }
  without_context(node.b);
  return {};
}

NodeId Checker::append_text(NodeId target, std::span<const NodeId> appended, Span span) {
  tree::Node made = make(T::AppendText, types_.unit(), span);
  made.a = target;
  made.list = add_list({appended.begin(), appended.end()});
  if (!lets_alone(target, appended)) made.flags = tree::kImplicit;
  return add(made);
}

Checker::Flow Checker::assign_stmt(ast::NodeId id) {
  const ast::Node& node = at(id);
  NodeId target = assigned_place(id);
  if (!target.valid()) return {eval(bad(node.span), node.span), true};
  NodeId source = expr(node.b, type_of(target));
  if (!coerce(source, type_of(target), node.b)) return {eval(bad(node.span), node.span), true};
  mark_assigned(target);
  if (tree_[source].kind == T::Concat) {
    auto operands = tree_.items(tree_[source].list);
    std::vector<NodeId> rest(operands.begin() + 1, operands.end());
    if (is_place(operands[0]) && same_place(target, operands[0]) && lets_alone(target, rest))
      return {append_text(target, rest, node.span), true};
  }
  tree::Node made = make(T::Assign, types_.unit(), node.span);
  made.a = target;
  made.b = to_value(source);
  return {add(made), true};
}

// `a += b` is `a = a + b`, but that the operands of `a` are evaluated once [O-LIFE-6].
Checker::Flow Checker::assign_op_stmt(ast::NodeId id) {
  const ast::Node& node = at(id);
  Flow failed = {eval(bad(node.span), node.span), true};
  NodeId target = assigned_place(id);
  if (!target.valid()) return failed;
  TypeId type = type_of(target);
  bool adds = ast::BinaryOp(node.op) == ast::BinaryOp::Add;
  bool text_type = adds && kind(type) == TypeKind::String;
  if (!text_type && !is_numeric(type)) {
    Diagnostic& diagnostic = error(DiagKind::BadOperand, at(node.a).span,
                                   std::string("this assignment needs a number") +
                                       (adds ? " or a string" : "") + ", found " + quoted(type));
    if (adds && kind(type) == TypeKind::Array)
      diagnostic.note(at(node.a).span, "`xs << e;` appends to an array");
    without_context(node.b);
    return failed;
  }
  NodeId operand = expr(node.b, type);
  if (!coerce(operand, type, node.b)) return failed;
  mark_assigned(target);
  if (text_type) return {append_text(target, std::span(&operand, 1), node.span), true};
  tree::Node made = make(T::AssignOp, types_.unit(), node.span);
  made.op = arithmetic_op(ast::BinaryOp(node.op));
  made.a = target;
  made.b = to_value(operand);
  return {add(made), true};
}

// `xs << e;` appends in place.
Checker::Flow Checker::append_stmt(ast::NodeId id) {
  const ast::Node& node = at(id);
  NodeId target = expr(node.a, TypeId{});
  if (is_bad(target)) {
    for (ast::NodeId part_id : items(node.list)) without_context(at(part_id).a);
    return {eval(target, node.span), true};
  }
  TypeId type = type_of(target);
  if (kind(type) != TypeKind::Array || !is_lvalue(target)) {
    Diagnostic* diagnostic = nullptr;
    if (kind(type) != TypeKind::Array) {
      diagnostic = &error(DiagKind::BadOperand, at(node.a).span,
                          "`<<` appends to a growable array, found " + quoted(type));
      if ((kind(type) == TypeKind::Ref || kind(type) == TypeKind::Box) &&
          kind(row(type).elem) == TypeKind::Array && is_place(target))
        diagnostic->suggest("*" + place_text(target) + " << …");
    } else {
      error(DiagKind::NotAssignable, at(node.a).span,
            "this array lies nowhere: what is appended would be lost");
    }
    for (ast::NodeId part_id : items(node.list)) without_context(at(part_id).a);
    return {eval(bad(node.span), node.span), true};
  }
  std::vector<NodeId> values;
  for (ast::NodeId part_id : items(node.list))
    values.push_back(value(at(part_id).a, row(type).elem));
  mark_assigned(target);
  tree::Node made = make(T::Append, types_.unit(), node.span);
  made.a = target;
  made.list = add_list(values);
  return {add(made), true};
}

}  // namespace tenure::ng
