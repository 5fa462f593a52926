// A file as a whole; recovery.
#include "ng/parse.h"

#include "base/parse_parts.h"
#include "ng/parser.h"

namespace tenure::ng {

ast::Tree parse(const SourceMap& sources, FileId file, Names& names, DiagnosticSink& sink,
                Blocks blocks) {
  return parse_file<ParserLanguage, Parser>(sources, file, names, sink, blocks);
}

ast::NodeId parse_block(const SourceMap& sources, Span block, Names& names, ast::Tree& tree,
                        DiagnosticSink& sink) {
  return parse_passed_block<ParserLanguage, Parser>(sources, block, names, tree, sink);
}

std::string_view ast::node_kind_text(NodeKind kind) {
  static constexpr std::string_view kTexts[] = {
#define NODE(name, text) text,
#include "ng/nodes.def"
#undef NODE
  };
  return kTexts[static_cast<size_t>(kind)];
}

bool ParserLanguage::is_assignment(Tok kind) {
  switch (kind) {
    case Tok::Assign:
    case Tok::ColonAssign:
    case Tok::PlusAssign:
    case Tok::MinusAssign:
    case Tok::StarAssign:
    case Tok::SlashAssign:
    case Tok::PercentAssign:
      return true;
    default:
      return false;
  }
}

ast::Tree Parser::run() {
  Span begin = span();
  Ids items;
  while (!gave_up_ && !at(Tok::End)) {
    size_t before = position();
    NodeId item_id = item();
    if (item_id) items.push_back(item_id);
    if (lost_) recover();
    if (position() == before && !at(Tok::End)) bump();
  }
  if (!finish()) items.clear();
  Node module;
  module.kind = NodeKind::Module;
  module.span = since(begin);
  module.list = list(items);
  tree_.root = tree_.add(module);
  return std::move(tree_);
}

ast::NodeId Parser::run_block(ast::Tree& tree) {
  NodeId id = whole_block([&] { return block(); });
  tree = std::move(tree_);
  return id;
}

bool Parser::expect_close_angle() {
  if (at(Tok::Ge)) {
    become(Tok::Assign);
    return true;
  }
  return expect(Tok::Gt, "after the type arguments");
}

void Parser::recover() {
  lost_ = false;
  int depth = 0;
  while (!at(Tok::End)) {
    Tok kind = peek();
    if (kind == Tok::LBrace) {
      depth++;
    } else if (kind == Tok::RBrace) {
      if (depth == 0) return;
      if (--depth == 0) {
        bump();
        return;
      }
    } else if (depth == 0) {
      if (kind == Tok::Semi) {
        bump();
        return;
      }
      if (kind == Tok::KwVal || kind == Tok::KwFun || kind == Tok::KwType ||
          kind == Tok::KwReturn || kind == Tok::KwImpl || kind == Tok::KwImport) {
        return;
      }
    }
    bump();
  }
}

}  // namespace tenure::ng
