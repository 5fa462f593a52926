// Types, and the lookahead that tells type arguments in an expression from `<`.
#include <fmt/format.h>

#include "ng/parser.h"

namespace tenure::ng {
namespace {
// How far the lookahead goes before it says "not type arguments".
constexpr size_t kMaxLookahead = 256;
constexpr int kMaxLookaheadDepth = 16;
}  // namespace

ast::NodeId Parser::type() {
  Span begin = span();
  NodeId first = type_one();
  if (!at(Tok::Bar)) return first;
  Ids parts{first};
  while (accept(Tok::Bar)) parts.push_back(type_one());
  Node node;
  node.kind = NodeKind::TypeOr;
  node.span = since(begin);
  node.list = list(parts);
  return add(node);
}

ast::NodeId Parser::type_one() {
  Level level(*this);
  if (level.too_deep()) return error_node(span());
  return type_postfix();
}

// `T ref`, any number of times.
ast::NodeId Parser::type_postfix() {
  Span begin = span();
  NodeId result;
  if (at(Tok::KwRef)) {
    bump();
    bool angle = accept(Tok::Lt);
    bool dyn = accept(Tok::KwDyn);
    Node node;
    node.kind = dyn ? NodeKind::TypeDyn : NodeKind::TypeRef;
    node.a = angle ? type() : type_one();
    if (angle) expect_close_angle();
    node.span = since(begin);
    result = add(node);
  } else if (at(Tok::LParen)) {
    result = type_paren();
  } else if (at(Tok::LBracket)) {
    result = type_bracket();
  } else if (at(Tok::Ident) || at(Tok::KwUnit)) {
    result = type_name();
  } else if (accept(Tok::KwDyn)) {
    Node node;
    node.kind = NodeKind::TypeDyn;
    node.op = 1;
    node.a = at(Tok::Ident) ? type_name() : type_one();
    node.span = since(begin);
    result = add(node);
  } else {
    expected("a type");
    return error_node(begin);
  }
  while (at(Tok::KwRef)) {
    bump();
    Node node;
    node.kind = NodeKind::TypeRef;
    node.a = result;
    node.span = since(begin);
    result = add(node);
  }
  return result;
}

ast::NodeId Parser::type_name() {
  Span begin = span();
  Ids qualifiers;
  while ((peek(1) == Tok::Dot || peek(1) == Tok::ColonColon) && at_name(2)) {
    qualifiers.push_back(name_node());
    bump();
  }
  Node node;
  node.kind = NodeKind::TypeName;
  node.name = token_name();
  node.name_is_at(span());
  bump();
  node.list2 = list(qualifiers);
  if (at(Tok::Lt)) node.list = list(type_args());
  node.span = since(begin);
  return add(node);
}

Parser::Ids Parser::type_args() {
  Ids args;
  expect(Tok::Lt, "before the type arguments");
  do {
    if (at(Tok::Int)) {
      args.push_back(number());
    } else {
      args.push_back(type());
    }
  } while (accept(Tok::Comma) && !lost_);
  expect_close_angle();
  return args;
}

// `()`, `(A)` (A itself), `(A,)`, `(A, B)`, `(name: A, age: B)`, `(A, B) -> R`.
ast::NodeId Parser::type_paren() {
  Span begin = span();
  bump();
  Ids parts;
  bool comma = false;
  while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
    Node part;
    part.kind = NodeKind::Param;
    Span part_begin = span();
    if (at_name() && peek(1) == Tok::Colon) {
      part.name = token_name();
      part.name_is_at(span());
      bump();
      bump();
    }
    part.a = type();
    part.span = since(part_begin);
    parts.push_back(add(part));
    if (!accept(Tok::Comma)) break;
    comma = true;
  }
  expect(Tok::RParen, "after the types");
  Node node;
  if (accept(Tok::Arrow)) {
    node.kind = NodeKind::TypeFunction;
    Ids types;
    for (NodeId part : parts) types.push_back(tree_[part].a);
    node.list = list(types);
    node.a = type_one();
  } else if (parts.size() == 1 && !comma && !tree_[parts[0]].name) {
    return tree_[parts[0]].a;
  } else {
    node.kind = NodeKind::TypeTuple;
    node.list = list(parts);
  }
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::type_bracket() {
  Span begin = span();
  bump();
  Node node;
  node.kind = NodeKind::TypeArray;
  node.a = type();
  if (accept(Tok::Semi)) {
    node.kind = NodeKind::TypeFixed;
    node.b = expr();
  }
  expect(Tok::RBracket, "after the element type");
  node.span = since(begin);
  return add(node);
}

size_t Parser::skip_type_args(size_t ahead, int depth) const {
  if (peek(ahead) != Tok::Lt) return ahead;
  ahead++;
  for (;;) {
    if (peek(ahead) == Tok::Int) {
      ahead++;
    } else {
      ahead = skip_type(ahead, depth + 1);
      if (ahead == 0) return 0;
    }
    if (peek(ahead) == Tok::Gt) return ahead + 1;
    if (peek(ahead) != Tok::Comma) return 0;
    ahead++;
  }
}

size_t Parser::skip_type(size_t ahead, int depth) const {
  if (ahead > kMaxLookahead || depth > kMaxLookaheadDepth) return 0;
  Tok kind = peek(ahead);
  size_t next = 0;
  if (kind == Tok::KwRef) {
    ahead++;
    if (peek(ahead) == Tok::Lt) {
      ahead++;
      if (peek(ahead) == Tok::KwDyn) ahead++;
      next = skip_type(ahead, depth + 1);
      if (next == 0 || peek(next) != Tok::Gt) return 0;
      next++;
    } else {
      if (peek(ahead) == Tok::KwDyn) ahead++;
      next = skip_type(ahead, depth + 1);
    }
  } else if (kind == Tok::Ident || kind == Tok::KwUnit) {
    next = ahead + 1;
    while ((peek(next) == Tok::Dot || peek(next) == Tok::ColonColon) &&
           peek(next + 1) == Tok::Ident) {
      next += 2;
    }
    next = skip_type_args(next, depth);
  } else if (kind == Tok::LBracket) {
    next = skip_type(ahead + 1, depth + 1);
    if (next == 0) return 0;
    if (peek(next) == Tok::Semi && peek(next + 1) == Tok::Int) next += 2;
    if (peek(next) != Tok::RBracket) return 0;
    next++;
  } else if (kind == Tok::LParen) {
    next = ahead + 1;
    while (peek(next) != Tok::RParen) {
      if (at_name(next) && peek(next + 1) == Tok::Colon) next += 2;
      next = skip_type(next, depth + 1);
      if (next == 0) return 0;
      if (peek(next) == Tok::Comma) next++;
    }
    next++;
    if (peek(next) == Tok::Arrow) next = skip_type(next + 1, depth + 1);
  }
  while (next != 0 && peek(next) == Tok::KwRef) next++;
  return next;
}

}  // namespace tenure::ng
