// Expressions that hold blocks: if, loop, switch, function literals; patterns.
#include "ng/parser.h"

namespace tenure::ng {

ast::NodeId Parser::if_expr() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::If;
  Ids arms;
  for (;;) {
    Node arm;
    arm.kind = NodeKind::IfArm;
    Span arm_begin = span();
    bump();
    expect(Tok::LParen, "after `if`");
    arm.a = expr();
    expect(Tok::RParen, "after the condition");
    arm.b = block();
    arm.span = since(arm_begin);
    arms.push_back(add(arm));
    if (lost_ || !accept(Tok::KwElse)) break;
    if (at(Tok::KwIf)) continue;
    node.c = block();
    break;
  }
  node.list = list(arms);
  node.span = since(begin);
  return add(node);
}

Parser::Ids Parser::names_in_parens() {
  Ids names;
  expect(Tok::LParen, "before the names");
  while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
    names.push_back(binder());
    if (!accept(Tok::Comma)) break;
  }
  expect(Tok::RParen, "after the names");
  return names;
}

// The calls that a loop over a value makes, which nobody writes.
Parser::Ids Parser::protocol_calls(Span where) {
  Ids calls;
  for (const char* name : {"iterator", "hasNext", "next"}) {
    Node member;
    member.kind = NodeKind::Member;
    member.name = names_.intern(name);
    member.span = where;
    member.name_is_at(member.span);
    Node call;
    call.kind = NodeKind::Call;
    call.a = add(member);
    call.span = where;
    calls.push_back(add(call));
  }
  return calls;
}

ast::NodeId Parser::loop_expr() {
  Span begin = span();
  bump();
  Node node;
  bool in = (at(Tok::Ident) && peek(1) == Tok::KwIn) || at(Tok::LParen);
  if (in) {
    node.kind = NodeKind::LoopIn;
    if (at(Tok::LParen)) {
      node.list = list(names_in_parens());
    } else {
      node.name = token_name();
      node.name_is_at(span());
      bump();
    }
    expect(Tok::KwIn, "after the name");
    node.a = expr(Struct::Refused);
    node.list2 = list(protocol_calls(tree_[node.a].span));
  } else {
    node.kind = NodeKind::Loop;
    Ids vars;
    while (at(Tok::Ident) && !lost_) {
      Node var = named(NodeKind::LoopVar);
      if (accept(Tok::Colon)) var.b = type();
      if (!at(Tok::ColonAssign)) {
        expect(Tok::Assign, "after the loop's variable");
      } else {
        bump();
      }
      var.a = expr(Struct::Refused);
      var.span = since(var.span);
      vars.push_back(add(var));
      if (!accept(Tok::Comma)) break;
    }
    node.list = list(vars);
  }
  node.b = block();
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::switch_expr() {
  Span begin = span();
  bump();
  Node node;
  node.kind = NodeKind::Switch;
  expect(Tok::LParen, "after `switch`");
  node.a = expr();
  expect(Tok::RParen, "after what is switched on");
  expect(Tok::LBrace, "before the cases");
  Ids cases;
  while (!at(Tok::RBrace) && !at(Tok::End) && !lost_) {
    if (at(Tok::KwOtherwise)) {
      bump();
      node.c = block();
      if (at(Tok::KwCase)) expected("`}` after `otherwise`");
      break;
    }
    if (!at(Tok::KwCase)) {
      expected("`case` or `otherwise`");
      break;
    }
    cases.push_back(case_arm());
  }
  expect(Tok::RBrace, "after the cases");
  node.list = list(cases);
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::case_arm() {
  Span begin = span();
  bump();
  Node node;
  node.kind = NodeKind::Case;
  Ids patterns;
  do {
    patterns.push_back(pattern());
  } while (!lost_ && (accept(Tok::Comma) || accept(Tok::Bar)));
  node.list = list(patterns);
  node.b = block();
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::pattern() {
  Level level(*this);
  if (level.too_deep()) return error_node(span());
  Span begin = span();
  Node node;
  switch (peek()) {
    case Tok::Int:
    case Tok::Float:
    case Tok::String:
    case Tok::KwTrue:
    case Tok::KwFalse:
    case Tok::KwNull:
    case Tok::Minus:
      node.kind = NodeKind::PatLiteral;
      node.a = prefix();
      node.span = since(begin);
      return add(node);
    case Tok::LParen:
      // A tuple pattern: a payload without a name.
      node.kind = NodeKind::PatName;
      node.span = begin;
      return pattern_payload(node, begin);
    default:
      break;
  }
  bool generic = at(Tok::Ident) && peek(1) == Tok::Lt && skip_type_args(1, 0) != 0;
  if (generic || at(Tok::LBracket) || at(Tok::KwRef)) {
    node.kind = NodeKind::PatType;
    node.a = type_one();
    return pattern_payload(node, begin);
  }
  if (!at_name() && !at(Tok::KwUnit)) {
    expected("a pattern");
    return error_node(begin);
  }
  node.kind = NodeKind::PatName;
  Ids qualifiers;
  while ((peek(1) == Tok::Dot || peek(1) == Tok::ColonColon) && at_name(2)) {
    qualifiers.push_back(name_node());
    bump();
  }
  node.name = token_name();
  node.name_is_at(span());
  node.list2 = list(qualifiers);
  bump();
  Node type;
  type.kind = NodeKind::TypeName;
  type.name = node.name;
  type.name_is_at(node.name_span());
  type.list2 = node.list2;
  type.span = since(begin);
  node.a = add(type);
  return pattern_payload(node, begin);
}

ast::NodeId Parser::pattern_payload(Node node, Span begin) {
  if (accept(Tok::LParen)) {
    node.flags |= ast::kFlagCall;
    Ids payload;
    while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
      if (at_name() && peek(1) == Tok::Colon) {
        Node field = named(NodeKind::PatField);
        bump();
        field.a = pattern();
        field.span = since(field.span);
        payload.push_back(add(field));
      } else {
        payload.push_back(pattern());
      }
      if (!accept(Tok::Comma)) break;
    }
    expect(Tok::RParen, "after the payload");
    node.list = list(payload);
  }
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::lambda() {
  Span begin = span();
  bump();
  Node node;
  node.kind = NodeKind::Lambda;
  node.list = list(params());
  if (accept(Tok::Arrow)) node.a = type();
  if (accept(Tok::FatArrow)) {
    node.b = expr();
  } else {
    node.b = block();
  }
  node.span = since(begin);
  return add(node);
}

}  // namespace tenure::ng
