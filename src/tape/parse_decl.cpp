// Declarations: functions, types, imports, directives, tests.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "tape/parser.h"

namespace tenure::tape {
namespace {

template <size_t N>
bool one_of(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

constexpr std::string_view kAttributes[] = {"export", "inline", "packed", "align", "opaque"};
constexpr std::string_view kDirectives[] = {"link", "profile"};

bool begins_declaration(Tok kind) {
  return kind == Tok::KwFn || kind == Tok::KwType || kind == Tok::KwStruct || kind == Tok::KwEnum ||
         kind == Tok::KwTagged || kind == Tok::KwUnion || kind == Tok::KwImport ||
         kind == Tok::KwPub || kind == Tok::KwExtern;
}

}  // namespace

// An unknown `@name` is one if a declaration follows, else a call.
bool Parser::at_declaration() const {
  if (!at(Tok::At)) return begins_declaration(peek());
  std::string_view name = text().substr(1);
  return one_of(kAttributes, name) || one_of(kDirectives, name) || begins_declaration(peek(1));
}

bool Parser::at_component() const {
  size_t word = at(Tok::KwPub) ? 1 : 0;
  return peek(word) == Tok::Ident && text(word) == "component" && peek(word + 1) == Tok::Ident;
}

ast::NodeId Parser::component() {
  accept(Tok::KwPub);
  Span begin = span();
  lose(DiagKind::NotSupported, begin, "a `component` is not part of this implementation");
  bump();
  return error_node(begin);
}

ast::NodeId Parser::declaration() {
  Span begin = span();
  if (at(Tok::At) && text() == "@link") return link();
  if (at(Tok::At) && text() == "@profile") return profile();
  Node node;
  Ids attributes;
  type_parameters_.clear();
  for (;;) {
    if (at(Tok::At)) {
      NodeId id = attribute();
      if (tree_[id].kind != NodeKind::Error) attributes.push_back(id);
    } else if (accept(Tok::KwPub)) {
      node.flags |= ast::kFlagPub;
    } else if (accept(Tok::KwExtern)) {
      node.flags |= ast::kFlagExtern;
      if (accept(Tok::LParen)) {
        attributes.push_back(string_literal("that names the symbol"));
        expect(Tok::RParen, "after the symbol");
      }
    } else {
      break;
    }
    if (lost_) return error_node(since(begin));
  }
  return declared(node, attributes, begin);
}

ast::NodeId Parser::declared(Node node, const Ids& attributes, Span begin) {
  bool is_function = at(Tok::KwFn);
  bool takes_attributes = is_function || at(Tok::KwStruct) || at(Tok::KwTagged) || at(Tok::KwUnion);
  if (node.has(ast::kFlagExtern) && !is_function) {
    expected("`fn` after `extern`");
    return error_node(begin);
  }
  if (takes_attributes) {
    node.list2 = list(attributes);
  } else if (!attributes.empty()) {
    lose(DiagKind::Misplaced, tree_[attributes[0]].span,
         fmt::format("`@{}` belongs before a function, a struct or a union",
                     names_.text(tree_[attributes[0]].name)));
    return error_node(begin);
  }
  switch (peek()) {
    case Tok::KwFn:
      return fn(node, begin);
    case Tok::KwStruct:
    case Tok::KwUnion:
      return structure(node, begin);
    case Tok::KwEnum:
      return enumeration(node, begin);
    case Tok::KwTagged:
      return tagged(node, begin);
    case Tok::KwType:
      return alias(node, begin);
    case Tok::KwLet:
    case Tok::KwVar:
    case Tok::KwConst: {
      NodeId id = whole_statement(Last::Statement);
      if (tree_[id].kind == NodeKind::Let) tree_[id].flags |= ast::kFlagPub;
      return id;
    }
    case Tok::KwImport:
      if (!node.has(ast::kFlagPub)) return import(begin);
      [[fallthrough]];
    default:
      expected("a declaration");
      return error_node(begin);
  }
}

// `@packed`, `@align(16)`
ast::NodeId Parser::attribute() {
  Node node;
  node.kind = NodeKind::Attribute;
  node.span = span();
  node.name_is_at(node.span);
  std::string_view name = text().substr(1);
  bool known = one_of(kAttributes, name);
  if (!known) {
    sink_.report(DiagKind::UnknownName, span(), fmt::format("unknown attribute `@{}`", name))
        .suggest(closest_name(name, {std::begin(kAttributes), std::end(kAttributes)}));
    node.kind = NodeKind::Error;
  }
  node.name = names_.intern(name);
  bump();
  if (accept(Tok::LParen)) {
    Ids args;
    while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
      args.push_back(expr());
      if (!accept(Tok::Comma)) break;
    }
    expect(Tok::RParen, "after the arguments");
    node.list = list(args);
  }
  node.span = since(node.span);
  return add(node);
}

// `fn f(a: T) -> R { … }`, `fn T.m(self) { … }`
ast::NodeId Parser::fn(Node node, Span begin) {
  node.kind = NodeKind::Fn;
  bump();
  if (!declared_name(node, "function")) return error_node(begin);
  if (at(Tok::Dot)) {
    Node owner;
    owner.kind = NodeKind::Name;
    owner.name = node.name;
    owner.span = node.name_span();
    owner.name_is_at(owner.span);
    node.c = add(owner);
    bump();
    node.name_is_at(span());
    node.name = token_name();
    if (!at_name()) expected("the name of the method");
    bump();
  } else if (names_.text(node.name) == "assert") {
    sink_.report(DiagKind::Redeclared, node.name_span(), "`assert` cannot be declared");
  }
  type_parameters();
  Ids parameters = params();
  if (at(Tok::Colon)) expected("`->` before the type of the result");
  if (!lost_ && accept(Tok::Arrow)) node.a = type();
  if (lost_) {
    parameters.push_back(error_node(span()));
  } else if (node.has(ast::kFlagExtern)) {
    end_statement();
  } else {
    node.b = passed_block();
    if (!node.b) node.b = block();
  }
  node.list = list(parameters);
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

// `a: T`, `a: T = d`, `self`, `*self`, `*const self`
ast::NodeId Parser::param() {
  Node node;
  node.kind = NodeKind::Param;
  node.span = span();
  if (accept(Tok::Star)) {
    node.flags |= ast::kFlagSelf | ast::kFlagPointer;
    if (accept(Tok::KwConst)) node.flags |= ast::kFlagConst;
    if (!at_word("self")) expected("`self`");
  } else if (at_word("self")) {
    node.flags |= ast::kFlagSelf;
  } else if (!at(Tok::Ident)) {
    expected("the name of a parameter");
    return error_node(node.span);
  }
  node.name = token_name();
  node.name_is_at(span());
  bump();
  if (!node.has(ast::kFlagSelf)) {
    expect(Tok::Colon, "after the name of the parameter");
    if (!lost_) node.a = type();
    if (!lost_ && accept(Tok::Assign)) node.b = expr();
  }
  node.span = since(node.span);
  return add(node);
}

ast::NodeId Parser::structure(Node node, Span begin) {
  bool is_union = at(Tok::KwUnion);
  node.kind = is_union ? NodeKind::Union : NodeKind::Struct;
  bump();
  if (!declared_name(node, is_union ? "union" : "struct")) return error_node(begin);
  type_parameters();
  bool opaque = std::any_of(tree_.items(node.list2).begin(), tree_.items(node.list2).end(),
                            [&](NodeId id) { return names_.text(tree_[id].name) == "opaque"; });
  if (!opaque || !accept(Tok::Semi)) {
    node.list = list(braced("the fields", false, [&] { return field_decl(); }));
  }
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::field_decl() {
  Node node;
  node.kind = NodeKind::FieldDecl;
  node.span = span();
  node.name_is_at(node.span);
  if (!at_name() || at(Tok::KwFn)) {
    bool method = at(Tok::KwFn);
    Span fn_span = span();
    expected("the name of a field");
    if (method) note(fn_span, "a method is declared outside: `fn T.m(self) { … }`");
    return error_node(node.span);
  }
  node.name = token_name();
  bump();
  expect(Tok::Colon, "after the name of the field");
  if (!lost_) node.a = type();
  if (!lost_ && accept(Tok::Assign)) node.b = expr();
  node.span = since(node.span);
  return add(node);
}

// `enum E : u8 { A = 1: "text"; B; }`
ast::NodeId Parser::enumeration(Node node, Span begin) {
  node.kind = NodeKind::Enum;
  bump();
  if (!declared_name(node, "enum")) return error_node(begin);
  type_parameters();
  if (accept(Tok::Colon)) node.a = type_one();
  node.list = list(braced("the values", false, [&] { return enum_value(); }));
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::enum_value() {
  Node node;
  node.kind = NodeKind::EnumValue;
  node.span = span();
  if (!declared_name(node, "value")) return error_node(node.span);
  if (accept(Tok::Assign)) node.a = expr();
  if (!lost_ && accept(Tok::Colon)) node.b = string_literal("that describes the value");
  node.span = since(node.span);
  return add(node);
}

// `tagged T { A { f: f64 } B; }`
ast::NodeId Parser::tagged(Node node, Span begin) {
  node.kind = NodeKind::Tagged;
  bump();
  if (!declared_name(node, "tagged union")) return error_node(begin);
  type_parameters();
  bool all_read = true;
  Ids variants = braced("the variants", true, [&] {
    NodeId id = variant();
    std::span<const NodeId> fields = tree_.items(tree_[id].list);
    all_read &= !broken({fields.begin(), fields.end()});
    return id;
  });
  if (!all_read) variants.push_back(error_node(span()));
  node.list = list(variants);
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::variant() {
  Node node;
  node.kind = NodeKind::VariantDecl;
  node.span = span();
  if (!declared_name(node, "variant")) return error_node(node.span);
  if (at(Tok::LBrace)) {
    node.list = list(braced("the fields", false, [&] { return field_decl(); }));
  }
  node.span = since(node.span);
  return add(node);
}

ast::NodeId Parser::alias(Node node, Span begin) {
  node.kind = NodeKind::Alias;
  bump();
  if (!declared_name(node, "type")) return error_node(begin);
  type_parameters();
  expect(Tok::Assign, "after the name of the type");
  if (!lost_) node.a = type();
  end_statement();
  node.span = since(begin);
  if (lost_) node.a = error_node(node.span);
  return add(node);
}

// `import m from "…";`, `import { a, b as c } from "…";`, `import "…" as m;`, `import * from "…";`
ast::NodeId Parser::import(Span begin) {
  Node node;
  node.kind = NodeKind::Import;
  bump();
  if (at(Tok::Str)) {
    node.c = string_literal("that names the module");
    expect(Tok::KwAs, "after the module");
    if (!lost_) declared_name(node, "module");
  } else {
    if (accept(Tok::Star)) {
      node.flags |= ast::kFlagAll;
      if (accept(Tok::KwAs)) declared_name(node, "module");
    } else if (at(Tok::LBrace)) {
      node.list = list(import_items());
    } else {
      declared_name(node, "module");
    }
    if (!lost_ && !accept_word("from")) expected("`from` before the module");
    node.c = string_literal("that names the module");
  }
  end_statement();
  node.span = since(begin);
  return lost_ ? error_node(node.span) : add(node);
}

Parser::Ids Parser::import_items() {
  Ids items;
  bump();
  while (!at(Tok::RBrace) && !at(Tok::End) && !lost_) {
    Node item;
    item.kind = NodeKind::ImportItem;
    item.span = span();
    if (declared_name(item, "import") && accept(Tok::KwAs)) item.a = name_node();
    item.span = since(item.span);
    items.push_back(add(item));
    if (!accept(Tok::Comma)) break;
  }
  expect(Tok::RBrace, "after the imported names");
  return items;
}

// `@link("lib");`
ast::NodeId Parser::link() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::Link;
  bump();
  expect(Tok::LParen, "after `@link`");
  node.c = string_literal("that names the library");
  expect(Tok::RParen, "after the library");
  end_statement();
  node.span = since(begin);
  return lost_ ? error_node(node.span) : add(node);
}

// `@profile(t1);`
ast::NodeId Parser::profile() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::Profile;
  bump();
  expect(Tok::LParen, "after `@profile`");
  static constexpr std::string_view kProfiles[] = {"t0", "t1", "t2"};
  node.name_is_at(span());
  if (!at(Tok::Ident) || !one_of(kProfiles, text())) expected("`t0`, `t1` or `t2`");
  node.name = token_name();
  bump();
  expect(Tok::RParen, "after the profile");
  end_statement();
  node.span = since(begin);
  return lost_ ? error_node(node.span) : add(node);
}

bool Parser::at_test() const {
  if (at_word("test")) return peek(1) == Tok::Str || peek(1) == Tok::StrBegin;
  return (at_word("setup") || at_word("teardown")) && peek(1) == Tok::LBrace;
}

// `test "name" { … }`, `test "name" with [1, 2], [3, 4] as (a, b) { … }`, `setup { … }`, `teardown
// { … }`
ast::NodeId Parser::test() {
  Span begin = span();
  Node node;
  node.kind = at_word("test")    ? NodeKind::Test
              : at_word("setup") ? NodeKind::Setup
                                 : NodeKind::Teardown;
  bump();
  if (node.kind == NodeKind::Test) {
    node.c = string_literal("that names the test");
    if (!lost_ && accept_word("with")) {
      Ids rows;
      do {
        if (!at(Tok::LBracket)) expected("a row in brackets");
        if (!lost_) rows.push_back(array());
      } while (!lost_ && accept(Tok::Comma));
      expect(Tok::KwAs, "after the rows");
      node.list = list(rows);
      node.list2 = list(names_in_parens());
    }
  }
  if (!lost_) node.b = block();
  node.span = since(begin);
  if (lost_) return error_node(node.span);
  if (!in_tests_) {
    sink_.report(DiagKind::Misplaced, begin, "tests belong in a `#test` region");
    return error_node(node.span);
  }
  return add(node);
}

}  // namespace tenure::tape
