// What may be absent or have failed: `or`; and the builtins `@name(…)`.
#include <utility>

#include "tape/checker.h"

namespace tenure::tape {

using ast::NodeKind;
using T = tree::NodeKind;

NodeId Checker::or_expr(ast::NodeId id, Ty hint) {
  const ast::Node node = at(id);
  NodeId subject = expr(node.a, Ty{});
  Ty type = type_of(subject);
  bool known = type.valid();
  bool failed = known && is(type, TyKind::Result);
  if (known && !failed && !is(type, TyKind::Optional)) {
    error(DiagKind::BadOperand, at(node.a).span,
          "`or` handles a result or an optional, not " + quoted(type));
    known = false;
  }
  Ty elem = known ? row(type).elem : hint;
  Ty err_type = failed ? row(type).error : Ty{};
  ScopeMark mark = push_scope();
  tree::LocalId err;
  if (failed) err = add_local("err", err_type, at(node.a).span);
  NodeId handler;
  Span span = node.span;
  if (node.has(ast::kFlagReturn)) {
    handler = or_return(node, known ? subject : NodeId{}, err, err_type);
  } else {
    const ast::Node body = at(node.b);
    span = body.span;
    if (failed || !known)
      bind(all_.err, {err, err_type, Mutability::Bound, {}, at(node.a).span, 0});
    handler = or_block(body, known ? elem : Ty{}, known);
  }
  pop_scope(mark);
  if (!known || is_bad(handler)) return bad(node.span);
  Made made = make(T::OrElse, elem, node.span);
  made.n.a = to_value(subject);
  made.n.local = err;
  made.n.b = handler;
  return add(made);
}

// The block of `or { … }`: it leaves, or ends with a value of type `elem`.
NodeId Checker::or_block(const ast::Node& body, Ty elem, bool known) {
  auto list = items(body.list);
  ScopeMark mark = push_scope();
  ++block_depth_;
  std::vector<NodeId> outer = std::exchange(before_, {});
  std::vector<NodeId> out;
  bool falls = true;
  bool has_value = !list.empty() && at(list.back()).kind == NodeKind::ExprStmt &&
                   at(list.back()).has(ast::kFlagNoSemicolon);
  bool wants_value = elem.valid() && !is(elem, TyKind::Void);
  statements(has_value ? list.first(list.size() - 1) : list, out, falls);
  NodeId result;
  bool ok = true;
  if (has_value) {
    ast::NodeId source = at(list.back()).a;
    if (wants_value) {
      result = value(source, elem);
    } else {
      result = to_value(expr(source, Ty{}));
      bool is_void = known && !is_bad(result) && is(type_of(result), TyKind::Void);
      if (known && !is_bad(result) && !is_void) mismatch(at(source).span, elem, found_text(result));
      if (is_void) {
        out.push_back(eval(result, at(source).span));
        result = NodeId{};
      }
    }
    ok = !result.valid() || !is_bad(result);
  } else if (falls && known && wants_value) {
    error(DiagKind::MissingValue, body.span,
          "this block must leave or end with a value of " + quoted(elem));
    ok = false;
  }
  // What the value wants before itself.
  out.insert(out.end(), before_.begin(), before_.end());
  before_ = std::move(outer);
  --block_depth_;
  pop_scope(mark);
  if (!ok) return bad(body.span);
  return block_node(out, result, body.span);
}

// `or return;` passes an error on; `or return e;` returns.
NodeId Checker::or_return(const ast::Node& node, NodeId subject, tree::LocalId err, Ty err_type) {
  Span span = node.span;
  if (defer_depth_ > 0) {
    error(DiagKind::LeavesDefer, span, "cannot leave a `defer`");
    return bad(span);
  }
  if (!subject.valid() && !node.c.valid()) return bad(span);  // what it would pass on is not known
  if (node.c.valid() || !subject.valid() || !err_type.valid()) {
    NodeId made = return_node(node.c, span);
    return is_bad(made) ? made : block_node({made}, NodeId{}, span);
  }
  if (!is(result_, TyKind::Result)) {
    if (result_.valid()) {
      error(DiagKind::MustHandle, span,
            "`or return;` passes the error on, and this function gives no `… or " +
                types_.text(err_type) + "`")
          .note(span, "`or { … }` handles it");
    }
    return bad(span);
  }
  if (row(result_).error != err_type) {
    mismatch(span, row(result_).error, quoted(err_type));
    return bad(span);
  }
  Made made = make(T::Return, void_type(), span);
  made.n.flags = tree::kFails;
  made.n.a = to_value(local_node(err, err_type, span));
  return block_node({add(made)}, NodeId{}, span);
}

// ---- builtins

NodeId Checker::builtin_expr(ast::NodeId id, Ty hint) {
  const ast::Node node = at(id);
  std::string_view name = text(node.name);
  if (name == "sizeof" || name == "alignof") return size_builtin(node, hint);
  if (name == "assert") return assert_builtin(node);
  if (name == "assert_err") return assert_err(node);
  if (name == "assert_trap") return assert_trap(node);
  if (name == "skip") return skip_builtin(node);
  if (name == "fail") {
    NodeId message;
    if (node.list.count > 1) {
      error(DiagKind::WrongArguments, node.span, "`@fail` takes a message");
      return bad(node.span);
    }
    if (node.list.count == 1) {
      message = operand(items(node.list)[0], string_type());
      if (is_bad(message)) return message;
    } else {
      message = text_const("failed", node.span);
    }
    return block_node({fail_node(oir::PanicKind::Message, message, node.span)}, NodeId{},
                      node.span);
  }
  unknown(DiagKind::UnknownName, "builtin", node.name,
          node.name_span().valid() ? node.name_span() : node.span,
          {"sizeof", "alignof", "assert", "assert_err", "assert_trap", "fail", "skip"});
  return bad(node.span);
}

// `@sizeof(T)`, `@alignof(T)`: of a type, or of the type of an expression.
NodeId Checker::size_builtin(const ast::Node& node, Ty hint) {
  if (node.list.count != 1) {
    error(DiagKind::WrongArguments, node.span, quoted(node.name) + " takes a type");
    return bad(node.span);
  }
  ast::NodeId of = items(node.list)[0];
  NodeKind form = at(of).kind;
  Ty type =
      form >= NodeKind::TypeName && form <= NodeKind::TypeResult ? resolve(of) : type_named(of);
  if (!type.valid() && form > NodeKind::TypeResult) {
    NodeId made = plain(of, Ty{});
    if (!is_bad(made)) type = type_of(made);
  }
  if (!type.valid()) return bad(node.span);
  if (!row(type).computed) {
    error(DiagKind::NotConstant, node.span,
          "the size of " + quoted(type) + " is not known here yet");
    return bad(node.span);
  }
  uint64_t bytes = text(node.name) == "sizeof" ? row(type).size : row(type).alignment;
  Ty want = types_.is_integer(hint) ? hint : scalar(TyKind::U64);
  if (normal(want, bytes) != bytes) {
    error(DiagKind::LiteralRange, node.span,
          "`" + std::to_string(bytes) + "` does not fit in " + quoted(want));
    return bad(node.span);
  }
  return int_const(want, bytes, node.span);
}

}  // namespace tenure::tape
