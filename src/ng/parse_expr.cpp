// Expressions without blocks, by precedence climbing. Runs of operators of one precedence are flat.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "ng/parser.h"

namespace tenure::ng {
namespace {

struct Operator {
  Tok token;
  ast::BinaryOp op;
};
using ast::BinaryOp;

constexpr Operator kOr[] = {{Tok::BarBar, BinaryOp::Or}};
constexpr Operator kAnd[] = {{Tok::AmpAmp, BinaryOp::And}};
constexpr Operator kCompare[] = {{Tok::Eq, BinaryOp::Eq}, {Tok::Ne, BinaryOp::Ne},
                                 {Tok::Lt, BinaryOp::Lt}, {Tok::Le, BinaryOp::Le},
                                 {Tok::Gt, BinaryOp::Gt}, {Tok::Ge, BinaryOp::Ge}};
constexpr Operator kAppend[] = {{Tok::Shl, BinaryOp::Append}};
constexpr Operator kSum[] = {{Tok::Plus, BinaryOp::Add}, {Tok::Minus, BinaryOp::Sub}};
constexpr Operator kProduct[] = {
    {Tok::Star, BinaryOp::Mul}, {Tok::Slash, BinaryOp::Div}, {Tok::Percent, BinaryOp::Rem}};

// Loosest first; the range stands between comparisons and appending.
constexpr std::span<const Operator> kLevels[] = {kOr, kAnd, kCompare, kAppend, kSum, kProduct};
constexpr size_t kCompareLevel = 2;
constexpr size_t kAppendLevel = 3;

// What goes on after an operand: an operator of a level, or a range or `is` besides.
constexpr uint8_t kOtherRest = 0xFE;
constexpr uint8_t kNoRest = 0xFF;
struct Rest {
  uint8_t level;
  ast::BinaryOp op;
};
constexpr std::array<Rest, 256> kRests = [] {
  std::array<Rest, 256> rests{};
  for (Rest& rest : rests) rest.level = kNoRest;
  for (size_t level = 0; level < std::size(kLevels); ++level) {
    for (const Operator& op : kLevels[level])
      rests[size_t(op.token)] = {static_cast<uint8_t>(level), op.op};
  }
  for (Tok token : {Tok::KwIs, Tok::DotDot, Tok::DotDotEq}) rests[size_t(token)].level = kOtherRest;
  return rests;
}();

Rest rest_of(Tok token) {
  return kRests[size_t(token)];
}

// The level of what goes on there; kNoRest: nothing does.
size_t first_level(Tok token) {
  if (token == Tok::KwIs) return kCompareLevel;
  if (token == Tok::DotDot || token == Tok::DotDotEq) return kAppendLevel;
  return rest_of(token).level;
}

// What goes on after a name or a number that is an operand alone: no call, no type arguments, no
// block, nothing that `not` stands before.
constexpr std::array<bool, 256> kEndsOperand = [] {
  std::array<bool, 256> ends{};
  for (Tok token : {Tok::Semi,        Tok::Comma,       Tok::RParen,
                    Tok::RBracket,    Tok::RBrace,      Tok::Plus,
                    Tok::Minus,       Tok::Slash,       Tok::Percent,
                    Tok::Eq,          Tok::Ne,          Tok::Le,
                    Tok::Gt,          Tok::Ge,          Tok::Shl,
                    Tok::AmpAmp,      Tok::BarBar,      Tok::Pipe,
                    Tok::DotDot,      Tok::DotDotEq,    Tok::Assign,
                    Tok::ColonAssign, Tok::PlusAssign,  Tok::MinusAssign,
                    Tok::StarAssign,  Tok::SlashAssign, Tok::PercentAssign,
                    Tok::KwAs,        Tok::KwIs})
    ends[size_t(token)] = true;
  return ends;
}();

// What no operand begins with: the `>` before it closed type arguments.
bool ends_value(Tok token) {
  return token == Tok::Semi || token == Tok::Comma || token == Tok::RParen ||
         token == Tok::RBracket || token == Tok::RBrace || token == Tok::Pipe || token == Tok::Eq ||
         token == Tok::Ne;
}

}  // namespace

ast::NodeId Parser::expr(Struct mode) {
  Level level(*this);
  if (level.too_deep()) return error_node(span());
  Struct saved = struct_mode_;
  struct_mode_ = mode;
  NodeId result = pipe();
  struct_mode_ = saved;
  return result;
}

// `a |> f` is f(a), `a |> f(b)` is f(a, b).
ast::NodeId Parser::pipe() {
  Span begin = span();
  NodeId left = chain(0);
  while (at(Tok::Pipe) && !lost_) {
    bump();
    NodeId right = chain(0);
    Node node;
    node.kind = NodeKind::Call;
    node.flags = ast::kFlagPiped;
    Ids args{left};
    if (tree_[right].kind == NodeKind::Call) {
      node.a = tree_[right].a;
      for (NodeId arg : tree_.items(tree_[right].list)) args.push_back(arg);
    } else {
      node.a = right;
    }
    node.list = list(args);
    node.span = since(begin);
    left = add(node);
  }
  return left;
}

// What stands between operators looser than those of `level`.
ast::NodeId Parser::chain(size_t level) {
  Span begin = span();
  NodeId left = cast();
  // Nothing that is tighter than the first operator comes behind its operands.
  for (size_t at = first_level(peek()); at >= level && at != kNoRest; --at) {
    left = operators(at, left, begin);
    if (at == kAppendLevel && level < kAppendLevel) left = range_end(left, begin);
    if (rest_of(peek()).level == kNoRest || at == 0) break;
  }
  return left;
}

// The operators of one level behind their first operand, if there are any.
ast::NodeId Parser::operators(size_t level, NodeId left, Span begin) {
  for (;;) {
    if (level == kCompareLevel && at(Tok::KwIs)) {
      left = is_part(left);
      continue;
    }
    if (rest_of(peek()).level != level || lost_) return left;
    Ids parts;
    while (rest_of(peek()).level == level) {
      Node part;
      part.kind = NodeKind::ChainPart;
      part.op = static_cast<uint8_t>(rest_of(peek()).op);
      part.span = span();
      bump();
      part.a = level + 1 == kAppendLevel ? range() : chain(level + 1);
      parts.push_back(add(part));
      if (lost_) break;
    }
    Node node;
    node.kind = NodeKind::Chain;
    node.a = left;
    node.list = list(parts);
    node.span = since(begin);
    left = add(node);
  }
}

ast::NodeId Parser::is_part(NodeId left) {
  Node node;
  node.kind = NodeKind::Is;
  node.a = left;
  bump();
  node.b = type_one();
  node.span = since(tree_[left].span);
  return add(node);
}

ast::NodeId Parser::range() {
  Span begin = span();
  return range_end(chain(kAppendLevel), begin);
}

ast::NodeId Parser::range_end(NodeId left, Span begin) {
  if (!at(Tok::DotDot) && !at(Tok::DotDotEq)) return left;
  Node node;
  node.kind = NodeKind::Range;
  if (at(Tok::DotDotEq)) node.flags = ast::kFlagInclusive;
  bump();
  node.a = left;
  // `a[x..]`: without an end in an index only; `index` makes a Slice of it.
  if (!at(Tok::RBracket)) node.b = at(Tok::Caret) ? from_end() : chain(kAppendLevel);
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::cast() {
  Span begin = span();
  NodeId left = operand();
  while (at(Tok::KwAs) && !lost_) {
    bump();
    Node node;
    node.kind = NodeKind::Cast;
    node.a = left;
    node.b = type_one();
    node.span = since(begin);
    left = add(node);
  }
  return left;
}

// Mostly a name or a number.
ast::NodeId Parser::operand() {
  Tok kind = peek();
  bool simple = (kind == Tok::Ident || kind == Tok::Int) && level_ < ast::kMaxNesting;
  if (!simple) return prefix();
  Tok next = peek(1);
  bool multiplied = next == Tok::Star && (kind == Tok::Int || text() != "not");
  if (!multiplied && !kEndsOperand[size_t(next)]) return prefix();
  if (kind == Tok::Int) return number();
  return add_leaf(named(NodeKind::Name));
}

ast::NodeId Parser::prefix() {
  Level level(*this);
  if (level.too_deep()) return error_node(span());
  Span begin = span();
  Node node;
  switch (peek()) {
    case Tok::Minus:
      node.kind = NodeKind::Unary;
      node.op = static_cast<uint8_t>(ast::UnaryOp::Neg);
      break;
    case Tok::Not:
      node.kind = NodeKind::Unary;
      node.op = static_cast<uint8_t>(ast::UnaryOp::Not);
      break;
    case Tok::Star:
      node.kind = NodeKind::Deref;
      break;
    case Tok::Amp:
    case Tok::KwRef:
      node.kind = NodeKind::RefOf;
      break;
    case Tok::KwMove:
      node.kind = NodeKind::Move;
      break;
    case Tok::Ident: {
      Tok next = peek(1);
      bool operand = next == Tok::LParen || next == Tok::Ident || next == Tok::KwTrue ||
                     next == Tok::KwFalse || next == Tok::Not || next == Tok::Star;
      if (text() != "not" || !operand) return postfix();
      node.kind = NodeKind::Unary;
      node.op = static_cast<uint8_t>(ast::UnaryOp::Not);
      break;
    }
    default:
      return postfix();
  }
  bump();
  node.a = prefix();
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::postfix() {
  NodeId left = primary();
  bool more = true;
  while (more && !lost_) left = postfix_part(left, more);
  return left;
}

ast::NodeId Parser::postfix_part(NodeId left, bool& more) {
  switch (peek()) {
    case Tok::LParen:
      return call(left);
    case Tok::LBracket:
      return index(left);
    case Tok::Dot:
      return member(left);
    default:
      more = false;
      return left;
  }
}

ast::NodeId Parser::member(NodeId left) {
  Node node;
  node.kind = NodeKind::Member;
  node.a = left;
  bump();
  node.name_is_at(span());
  if (at(Tok::Int)) {
    node.flags = ast::kFlagTuple;
    std::string_view digits = text();
    uint64_t number = 0;
    auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (code != std::errc() || end != digits.data() + digits.size())
      expected("the number of a part");
    node.name = token_name();
    bump();
  } else if (at_name()) {
    // `p.Show::show()` names the trait first.
    size_t trait_end = peek(1) == Tok::Lt ? skip_type_args(1, 0) : 1;
    if (trait_end != 0 && peek(trait_end) == Tok::ColonColon && at_name(trait_end + 1)) {
      Node trait = named(NodeKind::TypeName);
      if (at(Tok::Lt)) trait.list = list(type_args());
      trait.span = since(trait.name_span());
      node.b = add(trait);
      bump();
      node.name_is_at(span());
    }
    node.name = token_name();
    bump();
    size_t after = at(Tok::Lt) ? skip_type_args(0, 0) : 0;
    if (after != 0 && (peek(after) == Tok::LParen || ends_value(peek(after))))
      node.list = list(type_args());
  } else {
    expected("the name of a field or method after `.`");
    return left;
  }
  node.span = since(tree_[left].span);
  return add(node);
}

ast::NodeId Parser::from_end() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::FromEnd;
  bump();
  node.a = chain(kAppendLevel);
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::index(NodeId left) {
  Node node;
  node.kind = NodeKind::Index;
  node.a = left;
  bump();
  if (at(Tok::Caret)) node.b = from_end();
  if (at(Tok::DotDot) || at(Tok::DotDotEq)) {
    node.kind = NodeKind::Slice;
    if (at(Tok::DotDotEq)) node.flags = ast::kFlagInclusive;
    bump();
    if (!at(Tok::RBracket)) node.c = at(Tok::Caret) ? from_end() : expr();
  } else if (!node.b) {
    node.b = expr();
    if (tree_[node.b].kind == NodeKind::Range) {
      const Node& range = tree_[node.b];
      node.kind = NodeKind::Slice;
      node.flags = range.flags;
      node.c = range.b;
      node.b = range.a;
    }
  }
  expect(Tok::RBracket, "after the index");
  node.span = since(tree_[left].span);
  return add(node);
}

ast::NodeId Parser::argument() {
  Span begin = span();
  Node node;
  if (accept(Tok::Ellipsis)) {
    node.kind = NodeKind::Spread;
  } else if (at_name() && peek(1) == Tok::Colon) {
    node.kind = NodeKind::NamedArg;
    node.name = token_name();
    node.name_is_at(span());
    bump();
    bump();
  } else {
    return expr();
  }
  node.a = expr();
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::call(NodeId callee) {
  Node node;
  node.kind = NodeKind::Call;
  node.a = callee;
  bump();
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

ast::NodeId Parser::primary() {
  Span begin = span();
  Node node;
  node.span = begin;
  switch (peek()) {
    case Tok::Int:
    case Tok::Float:
      return number();
    case Tok::String:
      node.kind = NodeKind::StringLit;
      node.name = names_.intern(string_value(text()));
      bump();
      return add(node);
    case Tok::KwTrue:
    case Tok::KwFalse:
      node.kind = NodeKind::BoolLit;
      node.value = at(Tok::KwTrue) ? 1 : 0;
      bump();
      return add(node);
    case Tok::KwNull:
      bump();
      return make(NodeKind::NullLit, begin);
    case Tok::KwUnit:
      bump();
      return make(NodeKind::UnitLit, begin);
    case Tok::LParen:
      return paren();
    case Tok::LBracket:
      return array();
    case Tok::LBrace:
      return block();
    case Tok::KwNew:
      return new_expr();
    case Tok::KwIf:
      return if_expr();
    case Tok::KwLoop:
      return loop_expr();
    case Tok::KwSwitch:
      return switch_expr();
    case Tok::KwFun:
      return lambda();
    case Tok::Ident:
      if (text() == "cast" && peek(1) == Tok::Lt && skip_type_args(1, 0) != 0) return cast_call();
      return name_expr();
    default:
      if (at_odd_name()) return name_expr();
      expected("an expression");
      return error_node(begin);
  }
}

// A keyword that begins no expression is a name here (of a parameter) if what follows it goes on as
// after one.
bool Parser::at_odd_name() const {
  switch (peek()) {
    case Tok::KwType:
    case Tok::KwModule:
    case Tok::KwTrait:
    case Tok::KwImpl:
    case Tok::KwImport:
    case Tok::KwExport:
    case Tok::KwNewtype:
    case Tok::KwIn:
    case Tok::KwDyn:
    case Tok::KwCase:
    case Tok::KwOtherwise:
      break;
    default:
      return false;
  }
  switch (peek(1)) {
    case Tok::RParen:
    case Tok::RBracket:
    case Tok::Comma:
    case Tok::Semi:
    case Tok::Dot:
    case Tok::LBracket:
      return true;
    default:
      return rest_of(peek(1)).level < std::size(kLevels);
  }
}

// A name, a path, either with type arguments, perhaps the beginning of a struct literal.
ast::NodeId Parser::name_expr() {
  Span begin = span();
  if (at_dotted_struct()) return struct_literal(type_name());
  Ids segments;
  for (;;) {
    Node node = named(NodeKind::Name);
    if (at(Tok::Lt)) {
      size_t after = skip_type_args(0, 0);
      bool goes_on =
          peek(after) == Tok::LParen || peek(after) == Tok::ColonColon || ends_value(peek(after));
      if (after != 0 && (goes_on || at_struct_body(after))) {
        node.list = list(type_args());
        node.span = since(node.name_span());
      }
    }
    segments.push_back(add(node));
    if (!at(Tok::ColonColon)) break;
    bump();
    if (!at_name()) {
      expected("a name after `::`");
      break;
    }
  }
  NodeId result = segments[0];
  if (segments.size() > 1) {
    Node node;
    node.kind = NodeKind::Path;
    node.list = list(segments);
    node.span = since(begin);
    result = add(node);
  }
  if (!at_struct_body(0)) return result;
  Node type;
  const Node last = tree_[segments.back()];
  type.kind = NodeKind::TypeName;
  type.name = last.name;
  type.name_is_at(last.name_span());
  type.list = last.list;
  segments.pop_back();
  type.list2 = list(segments);
  type.span = since(begin);
  return struct_literal(add(type));
}

// `geo.Point { x: 1 }`: a struct literal whose name has a dot in it.
bool Parser::at_dotted_struct() const {
  bool dotted = false;
  size_t ahead = 1;
  while ((peek(ahead) == Tok::Dot || peek(ahead) == Tok::ColonColon) && at_name(ahead + 1)) {
    dotted |= peek(ahead) == Tok::Dot;
    ahead += 2;
  }
  if (!dotted) return false;
  if (peek(ahead) == Tok::Lt) {
    ahead = skip_type_args(ahead, 0);
    if (ahead == 0) return false;
  }
  return at_struct_body(ahead);
}

// `{ }` or `{ name:` — elsewhere a brace begins a block.
bool Parser::at_struct_body(size_t ahead) const {
  if (peek(ahead) != Tok::LBrace) return false;
  if (peek(ahead + 1) == Tok::RBrace) return struct_mode_ == Struct::Allowed;
  return at_name(ahead + 1) && peek(ahead + 2) == Tok::Colon;
}

}  // namespace tenure::ng
