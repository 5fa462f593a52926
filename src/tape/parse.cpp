// A file as a whole: regions, recovery, and what declarations, statements and expressions all need.
#include "tape/parse.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/parse_parts.h"
#include "tape/parser.h"

namespace tenure::tape {

ast::Tree parse(const SourceMap& sources, FileId file, Names& names, DiagnosticSink& sink,
                Blocks blocks) {
  return parse_file<ParserLanguage, Parser>(sources, file, names, sink, blocks);
}

ast::NodeId parse_block(const SourceMap& sources, Span block, Names& names, ast::Tree& tree,
                        DiagnosticSink& sink) {
  return parse_passed_block<ParserLanguage, Parser>(sources, block, names, tree, sink);
}

bool ParserLanguage::is_assignment(Tok kind) {
  return kind >= Tok::Assign && kind <= Tok::ShrAssign;
}

std::string_view ParserLanguage::shown(Tok kind, std::string_view text) {
  bool goes_on = kind == Tok::StrMiddle || kind == Tok::StrEnd;
  return goes_on ? text.substr(0, 1) : text;
}

ast::Tree Parser::run() {
  Span begin = span();
  Ids items;
  while (!gave_up_ && !at(Tok::End)) {
    size_t before = position();
    NodeId id = item();
    if (id) items.push_back(id);
    if (lost_) recover();
    if (position() == before && !at(Tok::End)) bump();
  }
  items.append(misplaced_.begin(), misplaced_.end());
  if (!finish()) items.clear();
  Node file;
  file.kind = NodeKind::File;
  file.span = since(begin);
  file.list = list(items);
  tree_.root = tree_.add(file);
  return std::move(tree_);
}

ast::NodeId Parser::run_block(ast::Tree& tree) {
  NodeId id = whole_block([&] { return block(); });
  tree = std::move(tree_);
  return id;
}

// A declaration or a statement; none for a lone `;` and for the marker of a region.
ast::NodeId Parser::item() {
  if (accept(Tok::Semi)) return {};
  if (at(Tok::Region)) {
    region();
    return {};
  }
  if (at(Tok::RBrace)) {
    expected("a statement");
    while (accept(Tok::RBrace)) {
    }
    lost_ = false;
    return {};
  }
  if (at_test()) return test();
  if (at_component()) return component();
  return at_declaration() ? declaration() : statement(Last::Statement);
}

void Parser::region() {
  std::string_view word = text().substr(1);
  static constexpr std::string_view kRefused[] = {"view", "style", "localization", "resource",
                                                  "bytecode"};
  if (std::find(std::begin(kRefused), std::end(kRefused), word) != std::end(kRefused)) {
    sink_.report(DiagKind::NotSupported, span(),
                 fmt::format("a `#{}` region is not part of this implementation", word));
  } else if (word != "code" && word != "test") {
    sink_.report(DiagKind::UnknownName, span(), fmt::format("unknown region `#{}`", word));
  }
  in_tests_ = word == "test";
  bump();
}

// Passes over what is left of a statement: to after a `;`, to after the block that it holds, or to
// a
// `}`, a region, or a word that begins a declaration.
void Parser::recover() {
  lost_ = false;
  int depth = 0;
  while (!at(Tok::End) && !at(Tok::Region)) {
    Tok kind = peek();
    if (kind == Tok::LBrace) depth++;
    if (kind == Tok::RBrace && depth-- == 0) return;
    bool begins = kind == Tok::KwFn || kind == Tok::KwLet || kind == Tok::KwVar ||
                  kind == Tok::KwConst || kind == Tok::KwStruct || kind == Tok::KwEnum ||
                  kind == Tok::KwTagged || kind == Tok::KwUnion || kind == Tok::KwImport ||
                  kind == Tok::KwPub || kind == Tok::KwExtern || kind == Tok::KwReturn;
    if (depth == 0 && begins) return;
    bump();
    if (depth != 0) continue;
    if (kind == Tok::Semi) return;
    bool goes_on = at(Tok::KwElse) || at(Tok::Comma) || at(Tok::RParen) || at(Tok::RBracket) ||
                   at(Tok::Dot) || at(Tok::Semi) || at(Tok::KwOr);
    if (kind == Tok::RBrace && !goes_on) return;
  }
}

ast::NodeId Parser::string_literal(std::string_view where) {
  Node node;
  node.kind = NodeKind::StringLit;
  node.span = span();
  if (at(Tok::Str)) {
    node.name = names_.intern(string_value(text()));
    bump();
  } else {
    expected(fmt::format("a string {}", where));
    node.kind = NodeKind::Error;
  }
  return add(node);
}

ast::NodeId Parser::path() {
  NodeId left = name_node();
  while (at(Tok::Dot) && !lost_) left = member(left);
  return left;
}

Parser::Ids Parser::names_in_parens() {
  Ids names;
  expect(Tok::LParen, "before the names");
  while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
    names.push_back(name_node());
    if (!accept(Tok::Comma)) break;
  }
  expect(Tok::RParen, "after the names");
  return names;
}

bool Parser::declared_name(Node& node, std::string_view what) {
  node.name_is_at(span());
  if (!at(Tok::Ident)) {
    expected(fmt::format("the name of the {}", what));
    return false;
  }
  node.name = token_name();
  bump();
  return true;
}

void Parser::close_braces(std::string_view what, Ids& parts) {
  bool opened = !lost_ || !parts.empty();  // else the `{` itself was missing
  if (!lost_ && expect(Tok::RBrace, fmt::format("after {}", what))) return;
  parts.push_back(error_node(span()));
  if (!opened) return;
  size_t depth = 0;
  while (!at(Tok::End) && !at(Tok::Region)) {
    Tok kind = peek();
    bump();
    if (kind == Tok::LBrace) depth++;
    if (kind == Tok::RBrace && depth-- == 0) break;
  }
  lost_ = false;
}

// `<…>` after the name of a function or a type.
void Parser::type_parameters() {
  if (!at(Tok::Lt) || lost_) return;
  sink_.report(DiagKind::NotSupported, span(),
               "type parameters are not part of this implementation");
  int depth = 0;
  do {
    Tok kind = peek();
    bool ends = kind == Tok::LParen || kind == Tok::LBrace || kind == Tok::RBrace ||
                kind == Tok::Semi || kind == Tok::End;
    if (ends) return;
    if (kind == Tok::Lt) depth++;
    if (kind == Tok::Gt) depth--;
    if (kind == Tok::Shr) depth -= 2;
    if (kind == Tok::Ident) type_parameters_.push_back(token_name());
    bump();
  } while (depth > 0);
}

}  // namespace tenure::tape
