// Expressions that write a value down: numbers, structs, tuples, arrays, what is made with `new`.
#include <bit>

#include "base/scan.h"
#include "ng/parser.h"

namespace tenure::ng {
namespace {

ast::LitSuffix suffix_of(std::string_view text) {
  static constexpr std::pair<std::string_view, ast::LitSuffix> kTable[] = {
      {"i8", ast::LitSuffix::I8},   {"i16", ast::LitSuffix::I16}, {"i32", ast::LitSuffix::I32},
      {"i64", ast::LitSuffix::I64}, {"u8", ast::LitSuffix::U8},   {"u16", ast::LitSuffix::U16},
      {"u32", ast::LitSuffix::U32}, {"u64", ast::LitSuffix::U64}, {"f32", ast::LitSuffix::F32},
      {"f64", ast::LitSuffix::F64}};
  for (const auto& [name, suffix] : kTable) {
    if (text == name) return suffix;
  }
  return ast::LitSuffix::None;
}

}  // namespace

ast::NodeId Parser::struct_literal(NodeId type) {
  Node node;
  node.kind = NodeKind::StructLit;
  node.a = type;
  bump();
  Ids fields;
  while (!at(Tok::RBrace) && !at(Tok::End) && !lost_) {
    Span begin = span();
    Node field;
    field.kind = NodeKind::FieldInit;
    field.name_is_at(begin);
    if (!at_name()) {
      expected("the name of a field");
      break;
    }
    field.name = token_name();
    bump();
    expect(Tok::Colon, "after the field's name");
    field.a = expr();
    field.span = since(begin);
    fields.push_back(add(field));
    if (!accept(Tok::Comma) && !accept(Tok::Semi)) break;
  }
  expect(Tok::RBrace, "after the fields");
  node.list = list(fields);
  node.span = since(tree_[type].span);
  return add(node);
}

ast::NodeId Parser::new_expr() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::New;
  bump();
  Struct saved = struct_mode_;
  struct_mode_ = Struct::Allowed;
  node.a = primary();
  // What is made is named, then given its parts; what follows is done with the object.
  auto named = [&] {
    NodeKind kind = tree_[node.a].kind;
    return kind == NodeKind::Name || kind == NodeKind::Path || kind == NodeKind::Member;
  };
  bool more = true;
  while (named() && more && !lost_) node.a = postfix_part(node.a, more);
  struct_mode_ = saved;
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::cast_call() {
  Span begin = span();
  bump();
  Node node;
  node.kind = NodeKind::Cast;
  Ids args = type_args();
  if (args.size() == 1) {
    node.b = args[0];
  } else {
    expected("one type for `cast`");
  }
  expect(Tok::LParen, "after `cast<T>`");
  node.a = expr();
  expect(Tok::RParen, "after what is cast");
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::number() {
  Node node;
  node.span = span();
  std::string_view number = text();
  if (uint64_t value = 0; at(Tok::Int) && plain_value(number, value)) {
    node.kind = NodeKind::IntLit;
    node.value = value;
    bump();
    return add_leaf(node);
  }
  bool hex = number.starts_with("0x") || number.starts_with("0X");
  size_t suffix = number.find_first_of(hex ? "iu" : "iuf");
  if (suffix != std::string_view::npos) {
    node.op = static_cast<uint8_t>(suffix_of(number.substr(suffix)));
    number = number.substr(0, suffix);
  }
  if (at(Tok::Float)) {
    node.kind = NodeKind::FloatLit;
    node.value = std::bit_cast<uint64_t>(float_value(number));
  } else {
    node.kind = NodeKind::IntLit;
    IntegerValue integer = integer_value(number);
    node.value = integer.value;
    if (integer.too_large) node.flags = ast::kFlagTooLarge;
  }
  bump();
  return add(node);
}

// `()`, `(e)`, `(a, b)`, `(name: a, age: b)`.
ast::NodeId Parser::paren() {
  Span begin = span();
  bump();
  Ids parts;
  bool comma = false;
  while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
    Struct saved = struct_mode_;
    struct_mode_ = Struct::Allowed;
    parts.push_back(argument());
    struct_mode_ = saved;
    if (!accept(Tok::Comma)) break;
    comma = true;
  }
  expect(Tok::RParen, "to close the parenthesis");
  if (parts.empty()) return make(NodeKind::UnitLit, since(begin));
  NodeKind first = tree_[parts[0]].kind;
  if (parts.size() == 1 && !comma && first != NodeKind::NamedArg && first != NodeKind::Spread) {
    return parts[0];
  }
  Node node;
  node.kind = NodeKind::Tuple;
  node.list = list(parts);
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::array() {
  Span begin = span();
  bump();
  Ids elements;
  while (!at(Tok::RBracket) && !at(Tok::End) && !lost_) {
    Node spread;
    spread.span = span();
    if (accept(Tok::Ellipsis)) {
      spread.kind = NodeKind::Spread;
      spread.a = expr();
      spread.span = since(spread.span);
      elements.push_back(add(spread));
    } else {
      elements.push_back(expr());
    }
    if (!accept(Tok::Comma)) break;
  }
  Node node;
  node.kind = NodeKind::ArrayLit;
  if (elements.size() == 1 && tree_[elements[0]].kind != NodeKind::Spread && accept(Tok::Semi)) {
    node.kind = NodeKind::FillLit;
    node.a = elements[0];
    node.b = expr();
  } else {
    node.list = list(elements);
  }
  expect(Tok::RBracket, "after the elements");
  node.span = since(begin);
  return add(node);
}

}  // namespace tenure::ng
