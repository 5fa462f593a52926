// if, loop and blocks, as statements and as expressions.
#include <algorithm>

#include "base/check.h"
#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

Checker::Flow Checker::control(ast::NodeId id, TypeId expected, bool wants_value) {
  switch (at(id).kind) {
    case NodeKind::If:
      return if_node(id, expected, wants_value);
    case NodeKind::Loop:
      return loop_node(id, expected, wants_value);
    case NodeKind::LoopIn:
      return loop_in_node(id, wants_value);
    case NodeKind::Switch:
      return switch_node(id, expected, wants_value);
    default: {
      bool wrong = false;
      TypeId type = expected;
      return arm(id, type, wants_value, wrong);
    }
  }
}

NodeId Checker::control_value(ast::NodeId id, TypeId expected) {
  return control(id, expected, true).node;
}

NodeId Checker::condition(ast::NodeId id) {
  NodeId node = expr(id, types_.boolean());
  if (is_bad(node)) return node;
  if (type_of(node) != types_.boolean()) {
    error(DiagKind::TypeMismatch, at(id).span,
          "expected `bool`, found " + quoted(type_of(node)) + ": a condition is a `bool`");
    return bad(at(id).span);
  }
  return to_value(node);
}

Checker::Flow Checker::arm(ast::NodeId id, TypeId& type, bool wants_value, bool& wrong) {
  if (!wants_value || at(id).kind != NodeKind::Block) return block(id);
  const ast::Node& node = at(id);
  auto list = items(node.list);
  ScopeMark scope = push_scope();
  ++block_depth_;
  size_t first_local = function().locals.size();
  Statements out;
  bool falls = true;
  ast::NodeId last;
  if (!list.empty()) {
    const ast::Node& end = at(list.back());
    if (end.kind == NodeKind::ExprStmt) {
      NodeKind inner = at(end.a).kind;
      bool control_flow = inner == NodeKind::If || inner == NodeKind::Switch ||
                          inner == NodeKind::Loop || inner == NodeKind::Block;
      if (end.has(ast::kFlagNoSemicolon) || control_flow) last = end.a;
    } else if (end.kind == NodeKind::If || end.kind == NodeKind::Switch ||
               end.kind == NodeKind::Loop || end.kind == NodeKind::Block) {
      last = list.back();
    } else if (end.kind == NodeKind::Error) {
      wrong = true;
    }
  }
  statements(last ? list.first(list.size() - 1) : list, out, falls);
  NodeId result;
  if (last) {
    if (!falls) error(DiagKind::UnreachableCode, at(last).span, "unreachable code");
    NodeKind inner = at(last).kind;
    bool control_flow = inner == NodeKind::If || inner == NodeKind::Switch ||
                        inner == NodeKind::Loop || inner == NodeKind::Block;
    bool comes_out = true;
    if (control_flow) {
      Flow flow = control(last, type, true);
      result = flow.node;
      comes_out = flow.falls;
      if (!comes_out && !is_bad(result)) {
        out.push_back(eval(result, at(last).span));
        result = NodeId{};
      } else if (!coerce(result, type, last)) {
        result = bad(at(last).span);
      }
    } else {
      result = leaving_value(last, type, first_local);
      comes_out = !exits(last, result);
      if (!comes_out) {
        out.push_back(eval(result, at(last).span));
        result = NodeId{};
      }
    }
    falls &= comes_out;
    if (result.valid()) {
      if (is_bad(result)) {
        wrong = true;
      } else if (!type.valid() && !wrong) {
        type = type_of(result);
      }
    }
  } else if (falls && !wrong) {
    error(DiagKind::MissingValue,
          {node.span.file, node.span.end == 0 ? 0 : node.span.end - 1, node.span.end},
          "this block has no value, and one is wanted");
    wrong = true;
  }
  --block_depth_;
  pop_scope(scope);
  return {block_node(out, result, node.span), falls};
}

Checker::Flow Checker::if_node(ast::NodeId id, TypeId expected, bool wants_value) {
  const ast::Node& node = at(id);
  bool wrong = false;
  if (wants_value && !node.c) {
    error(DiagKind::MissingValue, node.span, "an `if` without `else` has no value");
    wrong = true;
    wants_value = false;
  }
  TypeId type = expected;
  std::vector<Test> left;  // what the tests of all arms leave for the `else`
  bool last_falls = true;
  bool falls = !node.c;
  std::vector<NodeId> arms;
  for (ast::NodeId arm_id : items(node.list)) {
    const ast::Node arm_node = at(arm_id);
    tree::Node made = make(T::Part, types_.unit(), arm_node.span);
    made.a = condition(arm_node.a);
    Flow flow = narrowed_arm(tests_in(arm_node.a), arm_node.b, type, wants_value, wrong);
    made.b = flow.node;
    falls |= flow.falls;
    last_falls = flow.falls;
    arms.push_back(add(made));
    if (node.c) exclude(arm_node.a, left);
  }
  tree::Node made = make(T::If, types_.unit(), node.span);
  if (node.c) {
    Flow flow = narrowed_arm(left, node.c, type, wants_value, wrong);
    made.c = flow.node;
    falls |= flow.falls;
  }
  arm_leaves_ = !node.c && arms.size() == 1 && !last_falls;
  if (wrong) return {bad(node.span), falls};
  made.list = add_list(arms);
  if (wants_value && type.valid()) made.type = type;
  return {add(made), falls};
}

Checker::Flow Checker::loop_node(ast::NodeId id, TypeId expected, bool wants_value) {
  const ast::Node& node = at(id);
  ScopeMark scope = push_scope();
  ++block_depth_;
  LoopContext loop;
  loop.wants_value = wants_value;
  loop.value_type = expected;
  loop.first_local = function().locals.size();
  std::vector<NodeId> vars;
  for (ast::NodeId var_id : items(node.list)) {
    const ast::Node var = at(var_id);
    TypeId type = var.b ? resolve(var.b) : TypeId{};
    NodeId init = !var.a                   ? bad(var.span)
                  : var.b && !type.valid() ? without_context(var.a)
                                           : value(var.a, type);
    if (!type.valid() && !var.b && !is_bad(init)) type = type_of(init);
    LocalName what;
    what.type = type;
    what.span = var.name_span().valid() ? var.name_span() : var.span;
    what.local =
        add_local(std::string(text(var.name)), type.valid() ? type : types_.unit(), what.span);
    bind_name(var.name, what);
    loop.vars.push_back(what.local);
    vars.push_back(part(what.local.v, init, var.span));
  }
  loops_.push_back(loop);
  Flow body = block(node.b);
  loop = loops_.back();
  loops_.pop_back();
  --block_depth_;
  pop_scope(scope);
  bool falls = body.falls || loop.has_break;
  if (wants_value && body.falls && !loop.wrong) {
    error(
        DiagKind::MissingValue, node.span,
        "this loop may end without a value: it is left by `break e` only where its value is used");
    loop.wrong = true;
  }
  if (loop.wrong) return {bad(node.span), falls};
  tree::Node made = make(
      T::Loop, wants_value && loop.value_type.valid() ? loop.value_type : types_.unit(), node.span);
  made.list = add_list(vars);
  made.b = body.node;
  return {add(made), falls};
}

Checker::Flow Checker::loop_in_node(ast::NodeId id, bool wants_value) {
  const ast::Node& node = at(id);
  if (wants_value) {
    error(DiagKind::MissingValue, node.span, "`loop in` has no value");
  }
  if (at(node.a).kind == NodeKind::Range) return loop_range(id);
  NodeId subject = expr(node.a, TypeId{});
  if (!is_bad(subject) && types_.is_range(type_of(subject)) && !wants_value)
    return loop_range_value(id, subject);
  TypeId elem;
  if (!is_bad(subject)) {
    TypeKind k = kind(type_of(subject));
    if (is_sequence(type_of(subject))) {
      elem = row(type_of(subject)).elem;
    } else if (wants_value) {
      return {bad(node.span), true};
    } else if (k == TypeKind::String) {
      return loop_bytes(id, subject);
    } else if (is_iterable(id, type_of(subject))) {
      return loop_over(id, subject);
    } else {
      Diagnostic& diagnostic = error(DiagKind::TypeMismatch, at(node.a).span,
                                     "expected an array, found " + quoted(type_of(subject)));
      if ((k == TypeKind::Ref || k == TypeKind::Box) && is_place(subject))
        diagnostic.suggest("*" + place_text(subject));
    }
  }
  ScopeMark scope = push_scope();
  ++block_depth_;
  LocalName what;
  what.type = elem;
  what.span = node.name_span().valid() ? node.name_span() : node.span;
  bool of_span = elem.valid() && types_.is_span(type_of(subject));
  if (elem.valid() && (is_place(subject) || of_span) && types_.is_move_only(elem)) {
    what.alias = !of_span && rooted_in_local(subject);
    what.subject = subject;
    if (!what.alias) {
      Diagnostic& diagnostic = error(
          DiagKind::CannotCopy, what.span,
          node.name.valid() ? "cannot copy " + quoted(node.name) : "cannot copy the elements");
      explain_move_only(diagnostic, elem);
      if (of_span) {
        diagnostic.note(at(node.a).span, "what a span views is reached by its index");
      } else {
        diagnostic.suggest("move " + place_text(subject));
      }
    }
  }
  if (node.list.count != 0) {
    what.local = add_hidden(what);
  } else {
    what.local =
        add_local(std::string(text(node.name)), elem.valid() ? elem : types_.unit(), what.span);
    bind_name(node.name, what);
  }
  NodeId names;
  if (node.list.count != 0) {
    NodeId element = elem.valid() ? local_node(what.local, node.span) : bad(node.span);
    if (elem.valid() && !is_place(subject)) {
      // Of a temporary the parts are the turn's.
      tree::Node move = make(T::Move, elem, node.span);
      move.a = element;
      element = add(move);
    }
    names = let_tuple(node.list, element, node.span);
  }
  LoopContext loop;
  loop.kind = LoopContext::Kind::In;
  loop.first_local = function().locals.size();
  loops_.push_back(loop);
  Flow body = block(node.b);
  loops_.pop_back();
  --block_depth_;
  pop_scope(scope);
  if (!elem.valid() || wants_value) return {bad(node.span), true};
  tree::Node made = make(T::LoopIn, types_.unit(), node.span);
  made.a = subject;
  made.index = what.local.v;
  made.local = what.local;
  made.b = body.node;
  if (names.valid())
    made.b = block_node({names, eval(body.node, at(node.b).span)}, {}, at(node.b).span);
  return {add(made), true};
}

}  // namespace tenure::ng
