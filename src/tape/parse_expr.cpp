// Expressions, by precedence climbing. Runs of operators of one precedence are flat.
#include <fmt/format.h>

#include <array>
#include <bit>
#include <optional>

#include "base/scan.h"
#include "tape/parser.h"

namespace tenure::tape {
namespace {

using ast::BinaryOp;

struct Operator {
  BinaryOp op;
  int level;  // the larger, the tighter; below 0: it is none
};

constexpr std::array<Operator, 256> kOperators = [] {
  std::array<Operator, 256> operators{};
  for (Operator& each : operators) each.level = -1;
  auto add = [&](Tok token, BinaryOp op, int level) { operators[size_t(token)] = {op, level}; };
  add(Tok::BarBar, BinaryOp::Or, 0);
  add(Tok::AmpAmp, BinaryOp::And, 1);
  add(Tok::Eq, BinaryOp::Eq, 2);
  add(Tok::Ne, BinaryOp::Ne, 2);
  add(Tok::Lt, BinaryOp::Lt, 2);
  add(Tok::Le, BinaryOp::Le, 2);
  add(Tok::Gt, BinaryOp::Gt, 2);
  add(Tok::Ge, BinaryOp::Ge, 2);
  add(Tok::Bar, BinaryOp::BitOr, 3);
  add(Tok::Caret, BinaryOp::BitXor, 4);
  add(Tok::Amp, BinaryOp::BitAnd, 5);
  add(Tok::Shl, BinaryOp::Shl, 6);
  add(Tok::Shr, BinaryOp::Shr, 6);
  add(Tok::Plus, BinaryOp::Add, 7);
  add(Tok::Minus, BinaryOp::Sub, 7);
  add(Tok::Star, BinaryOp::Mul, 8);
  add(Tok::Slash, BinaryOp::Div, 8);
  add(Tok::Percent, BinaryOp::Rem, 8);
  return operators;
}();

Operator binary(Tok token) {
  return kOperators[size_t(token)];
}

// What goes on after a name or a number that is an operand alone.
constexpr std::array<bool, 256> kEndsOperand = [] {
  std::array<bool, 256> ends{};
  for (size_t i = 0; i < ends.size(); ++i) ends[i] = kOperators[i].level >= 0;
  for (size_t i = size_t(Tok::Assign); i <= size_t(Tok::ShrAssign); ++i) ends[i] = true;
  for (Tok token : {Tok::Semi, Tok::Comma, Tok::RParen, Tok::RBracket, Tok::RBrace, Tok::DotDot,
                    Tok::DotDotEq, Tok::Pipe, Tok::KwAs, Tok::KwIs, Tok::KwOr})
    ends[size_t(token)] = true;
  return ends;
}();

std::optional<ast::UnaryOp> unary(Tok token) {
  switch (token) {
    case Tok::Minus:
      return ast::UnaryOp::Neg;
    case Tok::Not:
      return ast::UnaryOp::Not;
    case Tok::Tilde:
      return ast::UnaryOp::BitNot;
    case Tok::Amp:
      return ast::UnaryOp::AddressOf;
    case Tok::Star:
      return ast::UnaryOp::Deref;
    default:
      return std::nullopt;
  }
}

}  // namespace

ast::NodeId Parser::expr() {
  NodeId left = pipe();
  while (at(Tok::KwOr) && !lost_) left = or_handler(left);
  return left;
}

// `e or return`, `e or return 1`, `e or { … }`
ast::NodeId Parser::or_handler(NodeId left) {
  Level level(*this);
  if (level.too_deep()) return error_node(span());
  Node node;
  node.kind = NodeKind::Or;
  node.a = left;
  bump();
  if (accept(Tok::KwReturn)) {
    node.flags |= ast::kFlagReturn;
    bool ends = at(Tok::Semi) || at(Tok::RParen) || at(Tok::RBrace) || at(Tok::RBracket) ||
                at(Tok::Comma) || at(Tok::StrMiddle) || at(Tok::StrEnd) || at(Tok::End);
    if (!ends) node.c = expr();
  } else if (at(Tok::LBrace)) {
    node.b = block(Last::Value);
  } else {
    expected("`return` or a block after `or`");
  }
  node.span = since(tree_[left].span);
  return add(node);
}

// `a |> f` is f(a), `a |> f(b)` is f(a, b).
ast::NodeId Parser::pipe() {
  NodeId left = chain(0);
  while (at(Tok::Pipe) && !lost_) {
    bump();
    NodeId right = chain(0);
    Node node;
    node.kind = NodeKind::Call;
    node.flags = ast::kFlagPiped;
    Ids args{left};
    // In parentheses a call is what gives the function.
    bool in_parens = tree_[right].span.end != previous_span().end;
    if (tree_[right].kind == NodeKind::Call && !in_parens) {
      node.a = tree_[right].a;
      for (NodeId arg : tree_.items(tree_[right].list)) args.push_back(arg);
    } else {
      node.a = right;
    }
    node.list = list(args);
    node.span = since(tree_[left].span);
    left = add(node);
  }
  return left;
}

ast::NodeId Parser::chain(int loosest) {
  NodeId left = cast();
  for (;;) {
    Operator first = binary(peek());
    if (first.level < loosest || lost_) return left;
    Ids parts;
    for (Operator op = first; op.level == first.level && !lost_; op = binary(peek())) {
      Node part;
      part.kind = NodeKind::ChainPart;
      part.op = static_cast<uint8_t>(op.op);
      part.span = span();
      bump();
      part.a = chain(op.level + 1);
      parts.push_back(add(part));
    }
    Node node;
    node.kind = NodeKind::Chain;
    node.a = left;
    node.list = list(parts);
    node.span = since(tree_[left].span);
    left = add(node);
  }
}

// `e as T`, `e is T.A`
ast::NodeId Parser::cast() {
  NodeId left = operand();
  while ((at(Tok::KwAs) || at(Tok::KwIs)) && !lost_) {
    Node node;
    node.kind = at(Tok::KwAs) ? NodeKind::Cast : NodeKind::Is;
    node.a = left;
    bump();
    node.b = node.kind == NodeKind::Cast ? type_one() : path();
    node.span = since(tree_[left].span);
    left = add(node);
  }
  return left;
}

// Mostly a name or a number.
ast::NodeId Parser::operand() {
  Tok kind = peek();
  bool simple = (kind == Tok::Ident || kind == Tok::Int) && level_ < ast::kMaxNesting;
  if (!simple || !kEndsOperand[size_t(peek(1))]) return prefix();
  return kind == Tok::Int ? literal() : name_node();
}

ast::NodeId Parser::prefix() {
  Level level(*this);
  if (level.too_deep()) return error_node(span());
  std::optional<ast::UnaryOp> op = unary(peek());
  if (!op) return postfix();
  Span begin = span();
  bump();
  Node node;
  node.kind = NodeKind::Unary;
  node.op = static_cast<uint8_t>(*op);
  node.a = prefix();
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::postfix() {
  NodeId left = primary();
  while (!lost_) {
    if (at(Tok::LParen)) {
      left = call(left);
    } else if (at(Tok::LBracket)) {
      left = index(left);
    } else if (at(Tok::Dot)) {
      left = member(left);
    } else if (at(Tok::LBrace) && is_path(left)) {
      left = struct_literal(left);
    } else if (at(Tok::Not)) {
      bump();
      Node node;
      node.kind = NodeKind::Unwrap;
      node.a = left;
      node.span = since(tree_[left].span);
      left = add(node);
    } else {
      break;
    }
  }
  return left;
}

ast::NodeId Parser::member(NodeId left) {
  bump();
  Node node;
  node.kind = NodeKind::Member;
  node.a = left;
  node.name_is_at(span());
  if (!at_name()) {
    expected("a name after `.`");
    return left;
  }
  node.name = token_name();
  bump();
  node.span = since(tree_[left].span);
  return add(node);
}

// `a[i]`, `a[x..y]`, `a[x..]`, `a[..y]`, `a[..]`
ast::NodeId Parser::index(NodeId left) {
  bump();
  Node node;
  node.kind = NodeKind::Index;
  node.a = left;
  if (!at(Tok::DotDot) && !at(Tok::DotDotEq)) node.b = expr();
  if (!lost_ && (at(Tok::DotDot) || at(Tok::DotDotEq))) {
    node.kind = NodeKind::SliceOf;
    if (at(Tok::DotDotEq)) node.flags |= ast::kFlagInclusive;
    bump();
    if (!at(Tok::RBracket)) node.c = expr();
  }
  expect(Tok::RBracket, "after the index");
  node.span = since(tree_[left].span);
  return add(node);
}

ast::NodeId Parser::call(NodeId callee) {
  bump();
  Node node;
  node.kind = NodeKind::Call;
  node.a = callee;
  Ids args;
  while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
    args.push_back(argument());
    if (!accept(Tok::Comma)) break;
  }
  expect(Tok::RParen, "after the arguments");
  node.list = list(args);
  node.span = since(tree_[callee].span);
  return add(node);
}

ast::NodeId Parser::argument() {
  if (!at_name() || peek(1) != Tok::Colon) return expr();
  Span begin = span();
  Node node;
  node.kind = NodeKind::NamedArg;
  node.name = token_name();
  node.name_is_at(begin);
  bump();
  bump();
  node.a = expr();
  node.span = since(begin);
  return add(node);
}

// What may name a type before `{`: `S`, `geo.S`, `T.A`.
bool Parser::is_path(NodeId id) const {
  while (tree_[id].kind == NodeKind::Member) id = tree_[id].a;
  return tree_[id].kind == NodeKind::Name;
}

ast::NodeId Parser::struct_literal(NodeId type) {
  Node node;
  node.kind = NodeKind::StructLit;
  node.a = type;
  Ids fields = braced("the fields", false, [&] {
    Node field;
    field.kind = NodeKind::FieldInit;
    field.span = span();
    field.name_is_at(field.span);
    if (at_name()) {
      field.name = token_name();
      bump();
      expect(Tok::Colon, "after the name of the field");
      field.a = expr();
    } else {
      expected("the name of a field");
      field.kind = NodeKind::Error;
    }
    field.span = since(field.span);
    return add(field);
  });
  node.list = list(fields);
  node.span = since(tree_[type].span);
  return broken(fields) ? error_node(node.span) : add(node);
}

ast::NodeId Parser::primary() {
  switch (peek()) {
    case Tok::Ident:
      return name_node();
    case Tok::LParen:
      return paren();
    case Tok::LBracket:
      return array();
    case Tok::StrBegin:
      return interpolated();
    case Tok::At:
      return builtin();
    case Tok::Int:
    case Tok::Float:
    case Tok::Byte:
    case Tok::Color:
    case Tok::Str:
    case Tok::KwTrue:
    case Tok::KwFalse:
    case Tok::KwNull:
      return literal();
    default:
      return not_an_expression();
  }
}

ast::NodeId Parser::literal() {
  Node node;
  node.span = span();
  switch (peek()) {
    case Tok::Int: {
      node.kind = NodeKind::IntLit;
      IntegerValue integer = integer_value(text());
      node.value = integer.value;
      if (integer.too_large) node.flags = ast::kFlagTooLarge;
      break;
    }
    case Tok::Float:
      node.kind = NodeKind::FloatLit;
      node.value = std::bit_cast<uint64_t>(float_value(text()));
      break;
    case Tok::Byte:
      node.kind = NodeKind::ByteLit;
      node.value = byte_value(text());
      break;
    case Tok::Color:
      node.kind = NodeKind::ColorLit;
      node.value = color_value(text());
      break;
    case Tok::Str:
      node.kind = NodeKind::StringLit;
      node.name = names_.intern(string_value(text()));
      break;
    case Tok::KwNull:
      node.kind = NodeKind::NullLit;
      break;
    default:
      node.kind = NodeKind::BoolLit;
      node.value = at(Tok::KwTrue) ? 1 : 0;
      break;
  }
  bump();
  return add(node);
}

// `"a{x}b"`
ast::NodeId Parser::interpolated() {
  Span begin = span();
  Ids parts;
  auto text_part = [&] {
    Node part;
    part.kind = NodeKind::StringLit;
    part.span = span();
    std::string value = string_value(text());
    bump();
    if (value.empty()) return;
    part.name = names_.intern(value);
    parts.push_back(add(part));
  };
  bool more = true;
  while (more) {
    text_part();
    parts.push_back(expr());
    more = !lost_ && at(Tok::StrMiddle);
  }
  if (!lost_ && at(Tok::StrEnd)) {
    text_part();
  } else {
    expected("`}` after what is interpolated");
  }
  Node node;
  node.kind = NodeKind::Interpolated;
  node.list = list(parts);
  node.span = since(begin);
  return add(node);
}

// `[1, 2, 3]`, `[e; N]`
ast::NodeId Parser::array() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::ArrayLit;
  bump();
  Ids elements;
  while (!at(Tok::RBracket) && !at(Tok::End) && !lost_) {
    elements.push_back(expr());
    if (!accept(Tok::Comma)) break;
  }
  if (elements.size() == 1 && !lost_ && accept(Tok::Semi)) {
    node.flags |= ast::kFlagFill;
    elements.push_back(expr());
  }
  expect(Tok::RBracket, "after the elements");
  node.list = list(elements);
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::paren() {
  bump();
  NodeId inner = expr();
  expect(Tok::RParen, "to close the parenthesis");
  return inner;
}

// `@sizeof(T)`, `@assert(c)`
ast::NodeId Parser::builtin() {
  Span begin = span();
  std::string_view name = text().substr(1);
  bool of_type = name == "sizeof" || name == "alignof";
  Node node;
  node.kind = NodeKind::BuiltinCall;
  node.name = names_.intern(name);
  node.name_is_at(begin);
  bump();
  expect(Tok::LParen, fmt::format("after `@{}`", name));
  Ids args;
  while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
    args.push_back(of_type ? type() : expr());
    if (!accept(Tok::Comma)) break;
  }
  expect(Tok::RParen, "after the arguments");
  node.list = list(args);
  node.span = since(begin);
  return add(node);
}

// Reports what stands where an expression must; words that other languages begin one with are
// passed over, so that they do not begin a statement after the error.
ast::NodeId Parser::not_an_expression() {
  Span begin = span();
  Tok kind = peek();
  expected("an expression");
  if (kind == Tok::KwIf || kind == Tok::KwMatch || kind == Tok::LBrace) {
    note(begin, fmt::format("`{}` is a statement and has no value", token_text(kind)));
  } else if (kind == Tok::StrMiddle || kind == Tok::StrEnd) {
    note(begin, "`{{` and `}}` stand for braces");
  } else if (kind == Tok::KwFn) {
    note(begin, "functions are declared at the top of a file");
    bump();
  }
  return error_node(begin);
}

}  // namespace tenure::tape
