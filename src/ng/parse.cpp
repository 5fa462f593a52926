// The parser's ground: tokens, errors and recovery, nodes and their depth.
#include "ng/parse.h"

#include <fmt/format.h>

#include <algorithm>

#include "ng/parser.h"

namespace tenure::ng {

ast::Tree parse(const SourceMap& sources, FileId file, Names& names, DiagnosticSink& sink) {
  return Parser(sources, file, names, sink).run();
}

std::string_view ast::node_kind_text(NodeKind kind) {
  static constexpr std::string_view kTexts[] = {
#define NODE(name, text) text,
#include "ng/nodes.def"
#undef NODE
  };
  return kTexts[static_cast<size_t>(kind)];
}

Parser::Parser(const SourceMap& sources, FileId file, Names& names, DiagnosticSink& sink)
    : sources_(sources),
      file_(file),
      names_(names),
      sink_(sink),
      source_(sources.file(file).text()) {
  Lexed lexed = lex(sources, file, sink);
  tokens_ = std::move(lexed.tokens);
  gave_up_ = !lexed.usable;
}

ast::Tree Parser::run() {
  tree_.file = file_;
  Span begin = span();
  Ids items;
  while (!gave_up_ && !at(Tok::End)) {
    size_t before = pos_;
    NodeId item_id = item();
    if (item_id) items.push_back(item_id);
    if (lost_) recover();
    if (pos_ == before && !at(Tok::End)) bump();
  }
  Node module;
  module.kind = NodeKind::Module;
  module.span = since(begin);
  module.list = list(items);
  tree_.root = tree_.add(module);
  return std::move(tree_);
}

Tok Parser::peek(size_t ahead) const {
  if (split_ge_ && ahead == 0) return Tok::Assign;
  size_t i = std::min(pos_ + ahead, tokens_.size() - 1);
  return tokens_[i].kind;
}

std::string_view Parser::text(size_t ahead) const {
  const Token& token = tokens_[std::min(pos_ + ahead, tokens_.size() - 1)];
  return source_.substr(token.begin, token.end - token.begin);
}

bool Parser::at_name(size_t ahead) const {
  return peek(ahead) == Tok::Ident || is_keyword(peek(ahead));
}

Span Parser::span(size_t ahead) const {
  const Token& token = tokens_[std::min(pos_ + ahead, tokens_.size() - 1)];
  return {file_, token.begin, token.end};
}

Span Parser::previous_span() const {
  const Token& token = tokens_[pos_ == 0 ? 0 : pos_ - 1];
  return {file_, token.begin, token.end};
}

void Parser::bump() {
  split_ge_ = false;
  if (pos_ + 1 < tokens_.size()) pos_++;
}

bool Parser::accept(Tok kind) {
  if (!at(kind)) return false;
  bump();
  return true;
}

bool Parser::accept_word(std::string_view word) {
  if (!at_word(word)) return false;
  bump();
  return true;
}

bool Parser::at_assignment() const {
  switch (peek()) {
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

bool Parser::expect(Tok kind, std::string_view where) {
  if (accept(kind)) return true;
  bool ends_expression = kind == Tok::RParen || kind == Tok::RBracket || kind == Tok::Semi;
  if (ends_expression && at_assignment()) {
    assignment_value();
    return false;
  }
  expected(fmt::format("`{}` {}", token_text(kind), where));
  return false;
}

bool Parser::expect_close_angle() {
  if (at(Tok::Ge) && !split_ge_) {
    split_ge_ = true;
    return true;
  }
  return expect(Tok::Gt, "after the type arguments");
}

void Parser::expected(std::string_view what) {
  if (lost_ || gave_up_) return;
  lost_ = true;
  last_error_ = nullptr;
  if (at(Tok::Bad)) return;  // was reported
  std::string found;
  if (at(Tok::End)) {
    found = "the end of the file";
  } else if (span().end - span().begin > 40) {
    found = "this";
  } else {
    found = fmt::format("`{}`", text());
  }
  last_error_ = &sink_.report(DiagKind::ExpectedToken, span(),
                              fmt::format("expected {}, found {}", what, found));
}

// `a = b = c`, `if (a = b)`.
void Parser::assignment_value() {
  if (lost_ || gave_up_) return;
  lost_ = true;
  last_error_ = &sink_.report(DiagKind::AssignmentValue, span(), "assignment has no value");
  last_error_->note(span(), "it is a statement of its own; `==` compares");
}

bool Parser::check_level() {
  if (gave_up_) return true;
  if (level_ <= ast::kMaxNesting) return false;
  if (!lost_) {
    sink_.report(DiagKind::NestedTooDeeply, span(),
                 fmt::format("nested too deeply; the limit is {} levels", ast::kMaxNesting));
  }
  // Nothing sensible can follow from so deep inside: one error, and the rest is passed over.
  lost_ = true;
  gave_up_ = true;
  pos_ = tokens_.size() - 1;
  return true;
}

void Parser::recover() {
  lost_ = false;
  split_ge_ = false;
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

ast::NodeId Parser::add(Node node) {
  uint32_t depth = 0;
  auto look = [&](NodeId id) {
    if (id) depth = std::max<uint32_t>(depth, depths_[id.index()]);
  };
  look(node.a);
  look(node.b);
  look(node.c);
  for (ast::List l : {node.list, node.list2, node.list3, node.d}) {
    for (NodeId id : tree_.items(l)) look(id);
  }
  depth++;
  if (depth > ast::kMaxNesting && !gave_up_) {
    if (!lost_) {
      sink_.report(DiagKind::NestedTooDeeply, {file_, node.span.begin, node.span.begin + 1},
                   fmt::format("nested too deeply; the limit is {} levels", ast::kMaxNesting));
    }
    lost_ = true;
    gave_up_ = true;
    pos_ = tokens_.size() - 1;
  }
  if (gave_up_ && depth > ast::kMaxNesting) {
    // Keeps the promise of ast.h for whoever looks at the tree in spite of the error.
    Node error;
    error.span = node.span;
    node = error;
    depth = 1;
  }
  depths_.push_back(static_cast<uint16_t>(depth));
  return tree_.add(node);
}

ast::NodeId Parser::make(NodeKind kind, Span span) {
  Node node;
  node.kind = kind;
  node.span = span;
  return add(node);
}

ast::NodeId Parser::error_node(Span span) {
  return make(NodeKind::Error, span);
}

ast::NodeId Parser::name_node() {
  Node node;
  node.kind = NodeKind::Name;
  node.span = node.name_span = span();
  if (at_name()) {
    node.name = intern_token();
    bump();
  } else {
    expected("a name");
    node.kind = NodeKind::Error;
  }
  return add(node);
}

}  // namespace tenure::ng
