// Types.
#include <algorithm>

#include "tape/parser.h"

namespace tenure::tape {

ast::NodeId Parser::type() {
  Span begin = span();
  NodeId left = type_one();
  type_parameters();
  if (lost_ || !accept(Tok::KwOr)) return left;
  Node node;
  node.kind = NodeKind::TypeResult;
  node.a = left;
  node.b = type_one();
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::type_one() {
  Level level(*this);
  if (level.too_deep()) return error_node(span());
  Span begin = span();
  switch (peek()) {
    case Tok::Ident:
      return type_name();
    case Tok::Star:
      return type_pointer();
    case Tok::LBracket:
      return type_bracket();
    case Tok::KwFn:
      return type_function();
    case Tok::Question: {
      bump();
      Node node;
      node.kind = NodeKind::TypeOptional;
      node.a = type_one();
      node.span = since(begin);
      return add(node);
    }
    case Tok::LParen: {
      bump();
      NodeId inner = type();
      expect(Tok::RParen, "after the type");
      return inner;
    }
    default:
      expected("a type");
      return error_node(begin);
  }
}

// `geo.Point`
ast::NodeId Parser::type_name() {
  Span begin = span();
  Ids qualifiers;
  while (peek(1) == Tok::Dot && at_name(2)) {
    qualifiers.push_back(name_node());
    bump();
  }
  Node node;
  node.kind = NodeKind::TypeName;
  node.name = token_name();
  node.name_is_at(span());
  bump();
  bool refused = qualifiers.empty() && std::find(type_parameters_.begin(), type_parameters_.end(),
                                                 node.name) != type_parameters_.end();
  if (refused) return error_node(begin);
  node.list = list(qualifiers);
  node.span = since(begin);
  return add(node);
}

// `*T`, `*const T`, `*!T`
ast::NodeId Parser::type_pointer() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::TypePointer;
  bump();
  if (accept(Tok::Not)) node.flags |= ast::kFlagNonNull;
  if (accept(Tok::KwConst)) node.flags |= ast::kFlagConst;
  node.a = type_one();
  node.span = since(begin);
  return add(node);
}

// `[]T`, `[]const T`, `[N]T`
ast::NodeId Parser::type_bracket() {
  Span begin = span();
  Node node;
  bump();
  if (accept(Tok::RBracket)) {
    node.kind = NodeKind::TypeSlice;
    if (accept(Tok::KwConst)) node.flags |= ast::kFlagConst;
  } else {
    node.kind = NodeKind::TypeArray;
    node.b = expr();
    expect(Tok::RBracket, "after the number of elements");
  }
  node.a = type_one();
  node.span = since(begin);
  return add(node);
}

// `fn(T, U) -> R`
ast::NodeId Parser::type_function() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::TypeFunction;
  bump();
  expect(Tok::LParen, "before the types of the parameters");
  Ids types;
  while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
    types.push_back(type());
    if (!accept(Tok::Comma)) break;
  }
  expect(Tok::RParen, "after the types of the parameters");
  if (accept(Tok::Arrow)) node.a = type();
  node.list = list(types);
  node.span = since(begin);
  return add(node);
}

}  // namespace tenure::tape
