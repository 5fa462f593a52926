// Statements and blocks.
#include <fmt/format.h>

#include "tape/parser.h"

namespace tenure::tape {

ast::NodeId Parser::block(Last last) {
  Level level(*this);
  if (level.too_deep()) return error_node(span());
  Span begin = span();
  if (!expect(Tok::LBrace, "to begin a block")) return error_node(begin);
  Ids statements;
  while (!at(Tok::RBrace) && !at(Tok::End) && !at(Tok::Region) && !gave_up_) {
    size_t before = position();
    NodeId id = accept(Tok::Semi) ? NodeId{} : block_item(last);
    if (id) statements.push_back(id);
    if (lost_) recover();
    if (position() == before && !at(Tok::Region)) bump();
  }
  expect(Tok::RBrace, "to end the block");
  Node node;
  node.kind = NodeKind::Block;
  node.list = list(statements);
  node.span = since(begin);
  return add(node);
}

// A declaration is read, so that it makes one error.
ast::NodeId Parser::block_item(Last last) {
  if (!at_declaration()) return statement(last);
  Span begin = span();
  std::string word(text());
  NodeId id = declaration();
  if (lost_) return error_node(since(begin));
  if (tree_[id].kind != NodeKind::Error) {
    sink_.report(DiagKind::Misplaced, begin,
                 fmt::format("`{}` belongs at the top of a file", word));
    // What names it makes no second error.
    if (tree_[id].kind != NodeKind::Let) misplaced_.push_back(id);
  }
  return error_node(since(begin));
}

// What could not be read to its end is an error as a whole: what the checker would say about the
// pieces that were read would follow from the one mistake.
ast::NodeId Parser::statement(Last last) {
  Span begin = span();
  NodeId id = whole_statement(last);
  return lost_ && tree_[id].kind != NodeKind::Let ? error_node(since(begin)) : id;
}

ast::NodeId Parser::whole_statement(Last last) {
  switch (peek()) {
    case Tok::KwLet:
    case Tok::KwVar:
    case Tok::KwConst:
      return let(Ending::Semicolon);
    case Tok::KwReturn:
    case Tok::KwBreak:
    case Tok::KwContinue:
      return leave();
    case Tok::LBrace:
      return block();
    case Tok::KwIf:
      return if_statement();
    case Tok::KwWhile:
      return while_statement();
    case Tok::KwFor:
      return for_statement();
    case Tok::KwMatch:
      return match();
    case Tok::KwDefer:
    case Tok::KwErrdefer:
      return defer();
    default:
      return expression_statement(last);
  }
}

ast::NodeId Parser::let(Ending ending) {
  Span begin = span();
  Node node;
  node.kind = NodeKind::Let;
  if (at(Tok::KwVar)) node.flags |= ast::kFlagVar;
  if (at(Tok::KwConst)) node.flags |= ast::kFlagConst;
  std::string_view word = text();
  bump();
  node.name_is_at(span());
  if (!at(Tok::Ident)) {
    expected(fmt::format("a name after `{}`", word));
    return error_node(begin);
  }
  node.name = token_name();
  bump();
  if (accept(Tok::Colon)) node.b = type();
  if (!lost_ && accept(Tok::Assign)) node.a = expr();
  if (ending == Ending::Semicolon) end_statement();
  node.span = since(begin);
  if (lost_) {
    // The name is declared all the same, of a type that nothing is said about.
    node.a = error_node(node.span);
    node.b = {};
  }
  return add(node);
}

ast::NodeId Parser::simple_statement() {
  Tok next = peek(1);
  bool other_use = next == Tok::Dot || next == Tok::LBracket || next == Tok::Pipe ||
                   next == Tok::Semi || ParserLanguage::is_assignment(next);
  if (at_word("assert") && !other_use) return assertion();
  Span begin = span();
  Node node;
  node.a = expr();
  if (!lost_ && at_assignment()) {
    static constexpr ast::BinaryOp kOps[] = {
        ast::BinaryOp::Add, ast::BinaryOp::Sub,    ast::BinaryOp::Mul,   ast::BinaryOp::Div,
        ast::BinaryOp::Rem, ast::BinaryOp::BitAnd, ast::BinaryOp::BitOr, ast::BinaryOp::BitXor,
        ast::BinaryOp::Shl, ast::BinaryOp::Shr};
    static_assert(static_cast<int>(Tok::ShrAssign) - static_cast<int>(Tok::PlusAssign) + 1 ==
                  std::size(kOps));
    node.kind = at(Tok::Assign) ? NodeKind::Assign : NodeKind::AssignOp;
    if (!at(Tok::Assign)) {
      size_t op = static_cast<size_t>(peek()) - static_cast<size_t>(Tok::PlusAssign);
      node.op = static_cast<uint8_t>(kOps[op]);
    }
    node.name_is_at(span());
    bump();
    node.b = expr();
  } else {
    node.kind = NodeKind::ExprStmt;
  }
  node.span = since(begin);
  return add(node);
}

// `assert c`, which is `@assert(c)`
ast::NodeId Parser::assertion() {
  Span begin = span();
  Node call;
  call.kind = NodeKind::BuiltinCall;
  call.name = token_name();
  call.name_is_at(begin);
  bump();
  call.list = list({expr()});
  call.span = since(begin);
  Node node;
  node.kind = NodeKind::ExprStmt;
  node.a = add(call);
  node.span = call.span;
  return add(node);
}

ast::NodeId Parser::expression_statement(Last last) {
  NodeId id = simple_statement();
  if (lost_ || accept(Tok::Semi)) {
    tree_[id].span = since(tree_[id].span);
    return id;
  }
  if (tree_[id].kind == NodeKind::ExprStmt) {
    if (last == Last::Value && at(Tok::RBrace)) {
      tree_[id].flags |= ast::kFlagNoSemicolon;
      return id;
    }
    const Node& value = tree_[tree_[id].a];
    if (value.kind == NodeKind::Or && value.b && ends_with_brace()) return id;
  }
  end_statement();
  return id;
}

// return, break, continue
ast::NodeId Parser::leave() {
  Span begin = span();
  Node node;
  node.kind = at(Tok::KwReturn)  ? NodeKind::Return
              : at(Tok::KwBreak) ? NodeKind::Break
                                 : NodeKind::Continue;
  bump();
  bool value = node.kind == NodeKind::Return && !at(Tok::Semi) && !at(Tok::RBrace);
  if (value) node.a = expr();
  end_statement();
  node.span = since(begin);
  return add(node);
}

void Parser::condition(std::string_view word, Node& node) {
  if (!expect(Tok::LParen, fmt::format("after `{}`", word))) return;
  node.a = expr();
  expect(Tok::RParen, fmt::format("to close the parenthesis after `{}`", word));
}

ast::NodeId Parser::if_statement() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::If;
  Ids arms;
  do {
    Node arm;
    arm.kind = NodeKind::IfArm;
    arm.span = span();
    bump();
    condition("if", arm);
    if (!lost_) arm.b = block();
    arm.span = since(arm.span);
    arms.push_back(add(arm));
    if (lost_ || !accept(Tok::KwElse)) break;
    if (!at(Tok::KwIf)) node.c = block();
  } while (!node.c);
  node.list = list(arms);
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::while_statement() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::While;
  bump();
  condition("while", node);
  if (!lost_) node.b = block();
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::for_statement() {
  Span begin = span();
  bump();
  if (!expect(Tok::LParen, "after `for`")) return error_node(begin);
  return at(Tok::Ident) && peek(1) == Tok::KwIn ? for_in(begin) : for_loop(begin);
}

// `for (x in e)`, `for (i in a..b)`
ast::NodeId Parser::for_in(Span begin) {
  Node node;
  node.kind = NodeKind::ForIn;
  node.name = token_name();
  node.name_is_at(span());
  bump();
  bump();
  node.a = expr();
  if (!lost_ && (at(Tok::DotDot) || at(Tok::DotDotEq))) {
    node.kind = NodeKind::ForRange;
    if (at(Tok::DotDotEq)) node.flags |= ast::kFlagInclusive;
    bump();
    node.c = expr();
  }
  expect(Tok::RParen, "to close the parenthesis after `for`");
  if (!lost_) node.b = block();
  node.span = since(begin);
  return add(node);
}

// `for (var i: i64 = 0; i < n; i = i + 1)`; each part may be left out.
ast::NodeId Parser::for_loop(Span begin) {
  Node node;
  node.kind = NodeKind::ForLoop;
  Ids first;
  Ids step;
  if (!at(Tok::Semi)) {
    bool declares = at(Tok::KwVar) || at(Tok::KwLet) || at(Tok::KwConst);
    first.push_back(declares ? let(Ending::None) : simple_statement());
  }
  expect(Tok::Semi, "after the first part of `for`");
  if (!lost_ && !at(Tok::Semi)) node.a = expr();
  expect(Tok::Semi, "after the condition");
  if (!lost_ && !at(Tok::RParen)) step.push_back(simple_statement());
  expect(Tok::RParen, "to close the parenthesis after `for`");
  if (!lost_) node.b = block();
  node.list = list(first);
  node.list2 = list(step);
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::match() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::Match;
  bump();
  condition("match", node);
  Ids arms;
  if (!lost_ && expect(Tok::LBrace, "before the arms")) {
    while (!at(Tok::RBrace) && !at(Tok::End) && !at(Tok::Region) && !lost_) {
      arms.push_back(match_arm());
      accept(Tok::Comma);
    }
    close_braces("the arms", arms);
  }
  node.list = list(arms);
  node.span = since(begin);
  return broken(arms) ? error_node(node.span) : add(node);
}

ast::NodeId Parser::match_arm() {
  Node node;
  node.kind = NodeKind::MatchArm;
  node.span = span();
  node.a = pattern();
  expect(Tok::FatArrow, "after the pattern");
  if (!lost_) node.b = block();
  node.span = since(node.span);
  return add(node);
}

ast::NodeId Parser::pattern() {
  Span begin = span();
  Node node;
  if (at_word("_")) {
    bump();
    return make(NodeKind::PatAny, begin);
  }
  if (at(Tok::Ident)) {
    node.kind = NodeKind::PatName;
    node.a = path();
    if (at(Tok::LBrace) && !lost_) {
      node.flags |= ast::kFlagCall;
      bool rest = false;
      Ids fields;
      for (NodeId field : braced("the fields", false, [&] { return pattern_field(rest); })) {
        if (field) fields.push_back(field);
      }
      lost_ = broken(fields);  // and with the pattern the arm
      if (rest) node.flags |= ast::kFlagRest;
      node.list = list(fields);
    }
    node.span = since(begin);
    return add(node);
  }
  Tok literal_kind = peek(at(Tok::Minus) ? 1 : 0);
  bool number = literal_kind == Tok::Int || literal_kind == Tok::Float;
  bool other = at(Tok::Byte) || at(Tok::Color) || at(Tok::Str) || at(Tok::KwTrue) ||
               at(Tok::KwFalse) || at(Tok::KwNull);
  if (!number && !other) {
    expected("a pattern");
    return error_node(begin);
  }
  node.kind = NodeKind::PatLiteral;
  node.a = prefix();
  node.span = since(begin);
  return add(node);
}

// `f`, `g: alias`; none for `..`.
ast::NodeId Parser::pattern_field(bool& rest) {
  if (accept(Tok::DotDot)) {
    rest = true;
    if (!at(Tok::Semi) && !at(Tok::Comma)) return {};
    if (peek(1) != Tok::RBrace) expected("`}` after `..`");
    return {};
  }
  Node node;
  node.kind = NodeKind::PatField;
  node.span = span();
  node.name_is_at(node.span);
  if (!at_name() || (!at(Tok::Ident) && peek(1) != Tok::Colon)) {
    expected("the name of a field");
    return error_node(node.span);
  }
  node.name = token_name();
  bump();
  if (accept(Tok::Colon)) {
    if (!at(Tok::Ident)) expected("a name for the field");
    node.c = name_node();
  }
  node.span = since(node.span);
  return add(node);
}

ast::NodeId Parser::defer() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::Defer;
  if (at(Tok::KwErrdefer)) node.flags |= ast::kFlagError;
  bump();
  if (at(Tok::LBrace)) {
    node.a = block();
  } else {
    node.a = simple_statement();
    end_statement();
  }
  node.span = since(begin);
  return add(node);
}

}  // namespace tenure::tape
