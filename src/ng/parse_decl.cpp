// Declarations: functions, types, traits, impls.
#include <algorithm>

#include "ng/parser.h"

namespace tenure::ng {
namespace {

// An alternative of `type A = i32 | string;` with such a name is a type, not a variant.
bool is_builtin_type(std::string_view name) {
  static constexpr std::string_view kNames[] = {"bool", "i8",  "i16", "i32", "i64", "u8",
                                                "u16",  "u32", "u64", "f32", "f64", "string"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

}  // namespace

bool Parser::at_declaration() const {
  switch (peek()) {
    case Tok::KwFun:
      return peek(1) != Tok::LParen;  // `fun (…) …` is a value
    case Tok::KwType:
    case Tok::KwNewtype:
    case Tok::KwTrait:
    case Tok::KwImpl:
    case Tok::KwImport:
    case Tok::KwExport:
    case Tok::KwModule:
      return true;
    case Tok::Ident:
      return (text() == "auto" && peek(1) == Tok::KwTrait) ||
             (text() == "exports" && (peek(1) == Tok::Star || peek(1) == Tok::LParen));
    default:
      return false;
  }
}

ast::NodeId Parser::declaration() {
  Level level(*this);
  if (level.too_deep()) return error_node(span());
  bool exported = accept(Tok::KwExport);
  NodeId id;
  switch (peek()) {
    case Tok::KwFun:
      id = fun(false);
      break;
    case Tok::KwType:
      id = type_decl();
      break;
    case Tok::KwNewtype:
      id = newtype();
      break;
    case Tok::KwTrait:
      id = trait();
      break;
    case Tok::KwImpl:
      id = impl();
      break;
    case Tok::KwImport:
      id = import();
      break;
    case Tok::KwModule:
      id = module();
      break;
    case Tok::KwVal:
      id = val();
      break;
    default:
      if (at_word("auto")) {
        id = trait();
      } else if (at_word("exports")) {
        id = module();
      } else {
        expected("a declaration");
        id = error_node(span());
      }
  }
  if (exported) tree_[id].flags |= ast::kFlagExported;
  return id;
}

// The further lists of a declaration, if there is anything in them.
ast::NodeId Parser::more(List list3, List list4) {
  if (list3.count == 0 && list4.count == 0) return {};
  Node node;
  node.kind = NodeKind::More;
  node.span = previous_span();
  node.list = list3;
  node.list2 = list4;
  return add(node);
}

// `fun f<T>(…)`, `fun<T> f(…)`. A method's name may be a keyword.
ast::NodeId Parser::fun(bool is_method) {
  Span begin = span();
  bump();
  Node node;
  node.kind = NodeKind::Fun;
  Ids generics;
  if (at(Tok::Lt)) generics = type_params();
  node.name_is_at(span());
  if (at(Tok::Ident) || (is_method && at_name())) {
    node.name = token_name();
    bump();
  } else {
    expected("the name of the function");
    return error_node(begin);
  }
  if (at(Tok::Lt)) {
    Ids more = type_params();
    generics.append(more.begin(), more.end());
  }
  node.list = list(params());
  if (at(Tok::Colon)) expected("`->` before the type of the result");
  if (accept(Tok::Arrow)) node.a = type();
  Ids others;
  where_clause(generics, &others);
  node.list2 = list(generics);
  node.c = more(list(others));
  if (lost_) {
    node.flags |= ast::kFlagBroken;
    node.span = since(begin);
    return add(node);
  }
  return fun_rest(node, begin);
}

ast::NodeId Parser::fun_rest(Node node, Span begin) {
  if (at(Tok::FatArrow)) {
    bump();
    node.flags |= ast::kFlagArrow;
    node.b = expr();
    end_statement();
  } else if (at(Tok::Assign)) {
    bump();
    if (accept_word("native")) {
      node.flags |= ast::kFlagNative;
    } else {
      expected("`native`");
    }
    end_statement();
  } else if (at(Tok::Semi)) {
    bump();  // a signature: in a trait
  } else {
    node.b = passed_block();
    if (!node.b) node.b = block();
  }
  node.span = since(begin);
  return add(node);
}

Parser::Ids Parser::params() {
  Ids result;
  expect(Tok::LParen, "before the parameters");
  while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
    result.push_back(param());
    if (!accept(Tok::Comma)) break;
  }
  expect(Tok::RParen, "after the parameters");
  return result;
}

ast::NodeId Parser::param() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::Param;
  if (accept(Tok::Ellipsis)) node.flags |= ast::kFlagRest;
  node.name_is_at(span());
  if (!at_name()) {
    expected("the name of a parameter");
    return error_node(begin);
  }
  node.name = token_name();
  bump();
  if (accept(Tok::Colon)) node.a = type();
  if (accept(Tok::Assign)) node.b = expr();
  node.span = since(begin);
  return add(node);
}

Parser::Ids Parser::type_params() {
  Ids result;
  bump();
  while (!at(Tok::Gt) && !at(Tok::End) && !lost_) {
    result.push_back(type_param());
    if (!accept(Tok::Comma)) break;
  }
  expect(Tok::Gt, "after the type parameters");
  return result;
}

ast::NodeId Parser::type_param() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::TypeParam;
  if (accept_word("const")) node.flags |= ast::kFlagConst;
  if (accept(Tok::Ellipsis)) node.flags |= ast::kFlagRest;
  node.name_is_at(span());
  if (!at(Tok::Ident)) {
    expected("the name of a type parameter");
    return error_node(begin);
  }
  node.name = token_name();
  bump();
  if (accept(Tok::Ellipsis)) node.flags |= ast::kFlagRest;
  if (accept(Tok::Colon)) {
    if (node.has(ast::kFlagConst)) {
      node.a = type();
    } else {
      Ids bounds;
      do {
        bounds.push_back(type());
      } while (accept(Tok::Plus) && !lost_);
      node.list = list(bounds);
    }
  }
  node.span = since(begin);
  return add(node);
}

// `where T: A + B, U: C`: the bounds join those of the parameters. `others`: for those of
// parameters that are declared outside (a method's type has them); none: there are no such.
void Parser::where_clause(Ids& generics, Ids* others) {
  if (!accept_word("where")) return;
  do {
    if (!at(Tok::Ident)) {
      expected("the name of a type parameter");
      return;
    }
    NameId name = token_name();
    Span at_span = span();
    bump();
    expect(Tok::Colon, "after the type parameter");
    Ids bounds;
    do {
      bounds.push_back(type());
    } while (accept(Tok::Plus) && !lost_);
    auto found = std::find_if(generics.begin(), generics.end(),
                              [&](NodeId id) { return tree_[id].name == name; });
    if (found == generics.end() && others != nullptr) {
      Node outer;
      outer.kind = NodeKind::TypeParam;
      outer.name = name;
      outer.span = at_span;
      outer.name_is_at(outer.span);
      outer.list = list(bounds);
      others->push_back(add(outer));
      continue;
    }
    if (found == generics.end()) {
      if (!lost_) {
        sink_.report(DiagKind::UnknownType, at_span,
                     "this is not a type parameter of the declaration");
      }
      continue;
    }
    Ids all(tree_.items(tree_[*found].list).begin(), tree_.items(tree_[*found].list).end());
    all.append(bounds.begin(), bounds.end());
    tree_[*found].list = list(all);
  } while (accept(Tok::Comma) && !lost_);
}

Parser::Ids Parser::derives() {
  Ids result;
  bump();  // `derive`
  expect(Tok::LParen, "after `derive`");
  while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
    result.push_back(name_node());
    if (!accept(Tok::Plus) && !accept(Tok::Comma)) break;
  }
  expect(Tok::RParen, "after what is derived");
  return result;
}

ast::NodeId Parser::type_decl() {
  Span begin = span();
  bump();
  Node node;
  node.name_is_at(span());
  if (!at(Tok::Ident)) {
    expected("the name of the type");
    return error_node(begin);
  }
  node.name = token_name();
  bump();
  if (at(Tok::Lt)) node.list2 = list(type_params());
  if (accept(Tok::Colon)) {
    if (at_word("derive")) {
      node.c = more(list(derives()));
    } else {
      expected("`derive(…)`");
    }
  }
  if (at_word("where") && node.list2.count != 0) {
    Ids generics(tree_.items(node.list2).begin(), tree_.items(node.list2).end());
    where_clause(generics);
  }
  if (at(Tok::LBrace)) return struct_body(node, begin);
  if (accept_word("wraps")) {
    node.kind = NodeKind::Newtype;
    node.a = type();
    end_statement();
    node.span = since(begin);
    return add(node);
  }
  if (!accept(Tok::Assign)) {
    expected("`{` or `=` after the name of the type");
    return error_node(begin);
  }
  if (at_word("native") && peek(1) == Tok::Semi) {
    bump();
    node.kind = NodeKind::NativeType;
    end_statement();
    node.span = since(begin);
    return add(node);
  }
  return alias_or_union(node, begin);
}

ast::NodeId Parser::struct_body(Node node, Span begin) {
  node.kind = NodeKind::Struct;
  bump();
  Ids members;
  while (!at(Tok::RBrace) && !at(Tok::End) && !gave_up_) {
    size_t before = position();
    if (accept(Tok::Semi)) continue;
    if (at(Tok::KwFun) && peek(1) != Tok::Colon) {
      members.push_back(fun(true));
    } else {
      members.push_back(field_decl());
    }
    if (lost_) recover();
    if (position() == before) bump();
  }
  expect(Tok::RBrace, "to end the type");
  node.list = list(members);
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::field_decl() {
  Span begin = span();
  if (at_word("property") && at_name(1)) bump();
  Node node;
  node.kind = NodeKind::FieldDecl;
  node.name_is_at(span());
  if (!at_name()) {
    expected("a field or a method");
    return error_node(begin);
  }
  node.name = token_name();
  bump();
  expect(Tok::Colon, "after the field's name");
  node.a = type();
  if (accept(Tok::Assign)) node.b = expr();
  node.span = since(begin);
  if (!accept(Tok::Comma) && !at(Tok::RBrace)) expect(Tok::Semi, "after the field");
  return add(node);
}

// Every alternative a name, perhaps with a payload, and there is a `|` or a payload.
bool Parser::looks_like_union() const {
  size_t i = at(Tok::Bar) ? 1 : 0;
  bool payload = false;
  bool several = i == 1;
  for (;;) {
    if (peek(i) != Tok::Ident || is_builtin_type(text(i))) return false;
    i++;
    if (peek(i) == Tok::LParen) {
      payload = true;
      int depth = 0;
      do {
        if (peek(i) == Tok::LParen) depth++;
        if (peek(i) == Tok::RParen) depth--;
        if (peek(i) == Tok::End) return true;
        i++;
      } while (depth > 0);
    }
    if (peek(i) == Tok::Semi || peek(i) == Tok::LBrace || peek(i) == Tok::End) {
      return several || payload;
    }
    if (peek(i) != Tok::Bar) return payload;
    several = true;
    i++;
  }
}

ast::NodeId Parser::alias_or_union(Node node, Span begin) {
  if (!looks_like_union()) {
    node.kind = NodeKind::Alias;
    node.a = type();
    end_statement();
    node.span = since(begin);
    return add(node);
  }
  node.kind = NodeKind::Union;
  accept(Tok::Bar);
  Ids variants;
  do {
    variants.push_back(variant_decl());
  } while (accept(Tok::Bar) && !lost_);
  node.list = list(variants);
  node.a = alternatives(variants);
  if (at(Tok::LBrace)) {
    node.a = {};
    node.c = more(tree_.list3(node), list(methods()));
  } else {
    end_statement();
  }
  node.span = since(begin);
  return add(node);
}

// The same as types, if none has a payload: what they are is found when all names are known.
ast::NodeId Parser::alternatives(const Ids& variants) {
  Ids types;
  for (NodeId id : variants) {
    const Node variant = tree_[id];
    if (variant.kind != NodeKind::VariantDecl || variant.has(ast::kFlagCall)) return {};
    Node type;
    type.kind = NodeKind::TypeName;
    type.name = variant.name;
    type.span = variant.name_span();
    type.name_is_at(type.span);
    types.push_back(add(type));
  }
  Node node;
  node.kind = NodeKind::TypeOr;
  node.list = list(types);
  node.span = types.empty() ? span() : since(tree_[types[0]].span);
  return add(node);
}

ast::NodeId Parser::variant_decl() {
  Node node;
  node.kind = NodeKind::VariantDecl;
  node.span = span();
  node.name_is_at(node.span);
  if (!at(Tok::Ident)) {
    expected("the name of a variant");
    return error_node(span());
  }
  node.name = token_name();
  bump();
  if (accept(Tok::LParen)) {
    node.flags = ast::kFlagCall;
    Ids parts;
    while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
      Node part;
      part.kind = NodeKind::Param;
      part.span = span();
      if (at_name() && peek(1) == Tok::Colon) {
        part.name = token_name();
        part.name_is_at(span());
        bump();
        bump();
      }
      part.a = type();
      part.span = since(part.span);
      parts.push_back(add(part));
      if (!accept(Tok::Comma)) break;
    }
    expect(Tok::RParen, "after the payload");
    node.list = list(parts);
  }
  node.span = since(node.span);
  return add(node);
}

ast::NodeId Parser::newtype() {
  Span begin = span();
  bump();
  Node node;
  node.kind = NodeKind::Newtype;
  node.name_is_at(span());
  if (!at(Tok::Ident)) {
    expected("the name of the type");
    return error_node(begin);
  }
  node.name = token_name();
  bump();
  if (at(Tok::Lt)) node.list2 = list(type_params());
  if (accept(Tok::Colon)) {
    if (at_word("derive")) {
      node.c = more(list(derives()));
    } else {
      expected("`derive(…)`");
    }
  }
  expect(Tok::Assign, "after the name of the type");
  node.a = type();
  end_statement();
  node.span = since(begin);
  return add(node);
}

// `{ fun … fun … }`
Parser::Ids Parser::methods() {
  Ids result;
  expect(Tok::LBrace, "before the methods");
  if (lost_) return result;
  while (!at(Tok::RBrace) && !at(Tok::End) && !gave_up_) {
    size_t before = position();
    if (accept(Tok::Semi)) continue;
    if (at_declaration() && !at(Tok::KwFun)) break;  // the brace is missing
    if (at(Tok::KwFun)) {
      result.push_back(fun(true));
    } else {
      expected("a method");
    }
    if (lost_) recover();
    if (position() == before) bump();
  }
  expect(Tok::RBrace, "after the methods");
  return result;
}

ast::NodeId Parser::trait() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::Trait;
  if (accept_word("auto")) node.flags = ast::kFlagAuto;
  expect(Tok::KwTrait, "after `auto`");
  node.name_is_at(span());
  if (!at(Tok::Ident)) {
    expected("the name of the trait");
    return error_node(begin);
  }
  node.name = token_name();
  bump();
  if (at(Tok::Lt)) node.list2 = list(type_params());
  if (accept(Tok::Colon)) {
    Ids supers;
    do {
      supers.push_back(type());
    } while (accept(Tok::Plus) && !lost_);
    node.c = more(list(supers));
  }
  if (!accept(Tok::Semi)) node.list = list(methods());
  node.span = since(begin);
  return add(node);
}

// `impl T { … }`, `impl Trait for T { … }`, `impl<T> Trait for Box<T> { … }`, `auto` bodies: `;`.
ast::NodeId Parser::impl() {
  Span begin = span();
  bump();
  Node node;
  node.kind = NodeKind::Impl;
  Ids generics;
  if (at(Tok::Lt)) generics = type_params();
  if (accept(Tok::Not)) node.op = 1;
  node.b = type();
  if (accept_word("for")) {
    node.a = node.b;
    node.b = type();
  }
  where_clause(generics);
  node.list2 = list(generics);
  if (!accept(Tok::Semi)) node.list = list(methods());
  if (lost_) node.flags |= ast::kFlagBroken;
  node.span = since(begin);
  return add(node);
}

}  // namespace tenure::ng
