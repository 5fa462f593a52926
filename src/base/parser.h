// The ground of the recursive-descent parsers: tokens, errors, nodes and how deep they lie. A
// language derives its own from it and says what its syntax is.
//
// Errors: the first one in a statement is reported, then the parser is `lost` and reports nothing
// until it has found the end of the statement again (`recover`, which is the language's). When it
// has given up, the position is the end of the file and stays there.
//
// Depth: `add` knows how deep each tree is, `Level` how deep the parser is in itself. Both are
// bounded by kMaxNesting; beyond it there is one error, and the rest of the file is passed over.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/block_end.h"
#include "base/diag.h"
#include "base/few.h"
#include "base/lexer.h"
#include "base/names.h"
#include "base/source.h"
#include "base/token_window.h"

namespace tenure {

// What a parser does with the blocks of functions.
enum class Blocks : uint8_t {
  Parsed,
  Passed,  // leaves them to who needs them (`passed_block`, `whole_block`)
};

// `Language` gives: types Tok, TokenSource, Tree, Node, NodeId, NodeKind, List; kMaxNesting;
// token_text(Tok), is_keyword(Tok), is_assignment(Tok), shown(Tok, text): a token in a message;
// is_part(NodeKind): whether such a node lies as deep as what it is a part of; kBlockSyntax. For
// parse_parts.h: kDeclares: what a line that declares something may begin with; may_be_split(text):
// whether such a line means the same whatever stands before it. A block that was passed over is a
// node of kind Later.
template <class Language>
class ParserBase {
 protected:
  using Tok = typename Language::Tok;
  using Node = typename Language::Node;
  using NodeId = typename Language::NodeId;
  using NodeKind = typename Language::NodeKind;
  using List = typename Language::List;
  using Ids = Few<NodeId, 6>;

  // One level of recursion; reports and gives up when there are too many.
  class Level {
   public:
    explicit Level(ParserBase& parser) : parser_(parser) { parser_.level_++; }
    ~Level() { parser_.level_--; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    bool too_deep() { return parser_.check_level(); }

   private:
    ParserBase& parser_;
  };
  friend class Level;

  // `tree`: has what was parsed before, and gets what is parsed now.
  ParserBase(const SourceMap& sources, FileId file, TextPart part, Names& names,
             DiagnosticSink& sink, typename Language::Tree tree = {},
             Blocks blocks = Blocks::Parsed)
      : file_(file),
        names_(names),
        source_(sources.file(file).text()),
        part_end_(part.end),
        tree_(std::move(tree)),
        blocks_(blocks),
        first_node_(tree_.nodes.size()),
        tokens_(sources, file, part, names, sink),
        all_sink_(sink) {
    tree_.file = file;
    // Most of what is lexed ahead of a block that is passed over is lexed for nothing.
    if (blocks == Blocks::Passed) tokens_.look_ahead(16);
    // A node for four bytes is much; of what is no program there are far fewer.
    constexpr size_t kMostReserved = 8'000'000;
    depths_.reserve(std::min((part.end - part.begin) / 4, kMostReserved));
  }

  // At the end: what is reported of this file is the lexer's and, if it makes sense, the parser's.
  // False: it makes none.
  bool finish() {
    tokens_.advance_to_end();
    if (!tokens_.source().is_usable()) return false;
    all_sink_.append(sink_);
    return true;
  }

  // ---- tokens
  const LexedToken<Tok>& token() const { return tokens_.now(); }
  const LexedToken<Tok>& token(size_t ahead) const { return tokens_.ahead(ahead); }
  Tok peek() const { return tokens_.now().kind; }
  Tok peek(size_t ahead) const { return token(ahead).kind; }
  std::string_view text() const { return text_of(token()); }
  std::string_view text(size_t ahead) const { return text_of(token(ahead)); }
  std::string_view text_of(const LexedToken<Tok>& token) const {
    return source_.substr(token.begin, token.end - token.begin);
  }
  // The token where the parser stands is the rest of what it was.
  void become(Tok kind) {
    tokens_.now().begin++;
    tokens_.now().kind = kind;
  }
  bool at(Tok kind) const { return peek() == kind; }
  bool at_word(std::string_view word) const { return at(Tok::Ident) && text() == word; }
  // A name, or a keyword where a name must stand.
  bool at_name() const { return is_name(peek()); }
  bool at_name(size_t ahead) const { return is_name(peek(ahead)); }
  static bool is_name(Tok kind) { return kind == Tok::Ident || Language::is_keyword(kind); }
  bool at_assignment() const { return Language::is_assignment(peek()); }
  Span span() const { return {file_, token().begin, token().end}; }
  // What began there and was passed.
  Span since(Span begin) const {
    const LexedToken<Tok>& before = tokens_.before();
    return {file_, std::min(begin.begin, before.begin), std::max(begin.end, before.end)};
  }
  Span previous_span() const {
    const LexedToken<Tok>& before = tokens_.before();
    return {file_, before.begin, before.end};
  }
  // Whether the token before is of this kind.
  bool after(Tok kind) const { return !tokens_.is_first() && tokens_.before().kind == kind; }
  void bump() { tokens_.advance(); }
  size_t position() const { return tokens_.position(); }
  bool accept(Tok kind) {
    if (!at(kind)) return false;
    bump();
    return true;
  }
  bool accept_word(std::string_view word) {
    if (!at_word(word)) return false;
    bump();
    return true;
  }
  NameId token_name() { return token().name ? token().name : names_.intern(text()); }

  // ---- errors
  bool expect(Tok kind, std::string_view where) {
    if (accept(kind)) return true;
    bool ends_expression = kind == Tok::RParen || kind == Tok::RBracket || kind == Tok::Semi;
    if (ends_expression && at_assignment()) {
      assignment_value();
      return false;
    }
    expected(fmt::format("`{}` {}", Language::token_text(kind), where));
    return false;
  }
  void end_statement() {
    if (lost_) return;  // `recover` looks for the end
    expect(Tok::Semi, "at the end of the statement");
  }

  void expected(std::string_view what) {
    if (lost_ || gave_up_) return;
    if (at(Tok::Bad)) {  // was reported
      lost_ = true;
      last_error_ = nullptr;
      return;
    }
    std::string_view shown = Language::shown(peek(), text());
    std::string found = at(Tok::End)        ? "the end of the file"
                        : shown.size() > 40 ? "this"
                                            : fmt::format("`{}`", shown);
    lose(DiagKind::ExpectedToken, span(), fmt::format("expected {}, found {}", what, found));
  }
  // Reports, if nothing was yet, and is lost.
  void lose(DiagKind kind, Span at, std::string message) {
    last_error_ = nullptr;
    if (lost_ || gave_up_) return;
    lost_ = true;
    last_error_ = &sink_.report(kind, at, std::move(message));
  }
  // Hangs a note on what was just reported, if anything was.
  void note(Span at, std::string message) {
    if (last_error_ != nullptr) last_error_->note(at, std::move(message));
    last_error_ = nullptr;
  }

  // `a = b = c`, `if (a = b)`.
  void assignment_value() {
    if (lost_ || gave_up_) return;
    lose(DiagKind::AssignmentValue, span(), "assignment has no value");
    last_error_->note(span(), "it is a statement of its own; `==` compares");
  }

  bool check_level() {
    if (gave_up_) return true;
    if (level_ <= Language::kMaxNesting) return false;
    give_up(span());
    return true;
  }

  // ---- blocks of functions
  // A node for the block that begins here, which is passed over; none: it has to be parsed now.
  NodeId passed_block() {
    if (blocks_ == Blocks::Parsed || lost_ || !at(Tok::LBrace)) return {};
    uint32_t begin = token().begin;
    size_t end = block_end(source_.substr(0, part_end_), begin, Language::kBlockSyntax);
    if (end == 0) return {};
    LexedToken<Tok> last{static_cast<uint32_t>(end - 1), static_cast<uint32_t>(end), NameId{},
                         Tok::RBrace};
    tokens_.pass_over(last);
    return make(NodeKind::Later, {file_, begin, last.end});
  }
  // `parse` parses a block, which has to be all that there is, and not so deep that what it stands
  // in could be too deep for it. Then nobody can tell that it was not parsed with the file.
  template <class Parse>
  NodeId whole_block(Parse parse) {
    constexpr uint32_t kAround = 16;
    level_ = kAround;
    NodeId block = parse();
    bool deep = depth_of(block) + kAround > Language::kMaxNesting;
    if (!at(Tok::End) || deep) expected("the end of the block");
    finish();
    return block;
  }

  // ---- nodes
  // Of a node that names no others.
  NodeId add_leaf(const Node& node) {
    depths_.push_back(1);
    return tree_.add(node);
  }
  NodeId add(const Node& node) {
    uint32_t depth = 0;
    auto look = [&](NodeId id) {
      if (id) depth = std::max(depth, depth_of(id));
    };
    look(node.a);
    look(node.b);
    look(node.c);
    for (List list : {node.list, node.list2}) {
      if (list.count == 0) continue;
      for (NodeId id : tree_.items(list)) look(id);
    }
    if (!Language::is_part(node.kind)) depth++;
    if (depth > Language::kMaxNesting) {
      if (!gave_up_) give_up({file_, node.span.begin, node.span.begin + 1});
      // Keeps the promise for whoever looks at the tree in spite of the error.
      Node error;
      error.span = node.span;
      return add_leaf(error);
    }
    depths_.push_back(static_cast<uint16_t>(depth));
    return tree_.add(node);
  }
  NodeId make(NodeKind kind, Span span) {
    Node node;
    node.kind = kind;
    node.span = span;
    return add_leaf(node);
  }
  NodeId error_node(Span span) { return make(NodeKind::Error, span); }
  // The name that stands here, which is passed over.
  Node named(NodeKind kind) {
    Node node;
    node.kind = kind;
    node.name = token_name();
    node.span = span();
    node.name_is_at(node.span);
    bump();
    return node;
  }
  NodeId name_node() {
    if (at_name()) return add_leaf(named(NodeKind::Name));
    expected("a name");
    return error_node(span());
  }
  List list(const Ids& ids) { return tree_.add_list(ids); }
  uint32_t depth_of(NodeId id) const { return depths_[id.index() - first_node_]; }

  FileId file_;
  Names& names_;
  DiagnosticSink sink_;
  std::string_view source_;
  size_t part_end_;  // of what is parsed of it
  uint32_t level_ = 0;
  bool lost_ = false;
  bool gave_up_ = false;
  Diagnostic* last_error_ = nullptr;  // of `lose`; until the next report
  typename Language::Tree tree_;
  Blocks blocks_;

 private:
  // Nothing sensible can follow from so deep inside: one error, and the rest is passed over.
  void give_up(Span at) {
    if (!lost_) {
      sink_.report(DiagKind::NestedTooDeeply, at,
                   fmt::format("nested too deeply; the limit is {} levels", Language::kMaxNesting));
    }
    lost_ = true;
    gave_up_ = true;
    tokens_.advance_to_end();
  }

  size_t first_node_;  // of those that are parsed now
  mutable TokenWindow<LexedToken<Tok>, typename Language::TokenSource> tokens_;
  DiagnosticSink& all_sink_;
  std::vector<uint16_t> depths_;  // of each node, itself included
};

}  // namespace tenure
