// Imports, and what a module says of itself.
#include "ng/parser.h"

namespace tenure::ng {

Parser::Ids Parser::dotted_path() {
  Ids path{name_node()};
  while (at(Tok::Dot) || at(Tok::ColonColon)) {
    bump();
    path.push_back(name_node());
    if (lost_) break;
  }
  return path;
}

ast::NodeId Parser::import() {
  Span begin = span();
  bump();
  Node node;
  node.kind = NodeKind::Import;
  if (at(Tok::String)) {
    node.a = primary();
  } else {
    node.list = list(dotted_path());
  }
  if (accept(Tok::LParen)) {
    Ids items;
    if (accept(Tok::Star)) {
      node.flags |= ast::kFlagAll;
    } else {
      while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
        Node item;
        item.kind = NodeKind::ImportItem;
        item.span = span();
        item.name_is_at(item.span);
        if (!at_name()) {
          expected("a name to import");
          break;
        }
        item.name = token_name();
        bump();
        if (accept(Tok::KwAs)) item.a = name_node();
        item.span = since(item.span);
        items.push_back(add(item));
        if (!accept(Tok::Comma)) break;
      }
    }
    expect(Tok::RParen, "after the names");
    node.list2 = list(items);
  }
  if (accept(Tok::KwAs)) {
    node.name_is_at(span());
    if (at(Tok::Ident)) {
      node.name = token_name();
      bump();
    } else {
      expected("a name after `as`");
    }
  }
  end_statement();
  node.span = since(begin);
  return add(node);
}

// `module a.b;`, `module a.b exports *;`, `exports (x, y);`
ast::NodeId Parser::module() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::ModuleDecl;
  if (accept(Tok::KwModule)) node.list = list(dotted_path());
  if (accept_word("exports")) {
    if (accept(Tok::Star)) {
      node.flags |= ast::kFlagAll;
    } else {
      Ids names;
      expect(Tok::LParen, "before the exported names");
      while (!at(Tok::RParen) && !at(Tok::End) && !lost_) {
        names.push_back(name_node());
        if (!accept(Tok::Comma)) break;
      }
      expect(Tok::RParen, "after the exported names");
      node.list2 = list(names);
    }
  }
  end_statement();
  node.span = since(begin);
  return add(node);
}

}  // namespace tenure::ng
