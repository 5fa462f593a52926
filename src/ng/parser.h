// The parser's class, private to parse_*.cpp: recursive descent with one token of lookahead, a few
// more where NG needs them (struct literals, type arguments in expressions).
//
// Errors: the first one in a statement is reported, then the parser is `lost` and reports nothing
// until it has found the end of the statement again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diag.h"
#include "base/names.h"
#include "ng/ast.h"
#include "ng/lex.h"

namespace tenure::ng {

class Parser {
 public:
  Parser(const SourceMap& sources, FileId file, Names& names, DiagnosticSink& sink);
  ast::Tree run();

 private:
  using Node = ast::Node;
  using NodeId = ast::NodeId;
  using NodeKind = ast::NodeKind;
  using Ids = std::vector<NodeId>;

  // One level of recursion; reports and gives up when there are too many.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) { parser_.level_++; }
    ~Level() { parser_.level_--; }
    bool too_deep() { return parser_.check_level(); }

   private:
    Parser& parser_;
  };
  friend class Level;

  // ---- tokens (parse.cpp)
  Tok peek(size_t ahead = 0) const;
  std::string_view text(size_t ahead = 0) const;
  bool at(Tok kind) const { return peek() == kind; }
  bool at_assignment() const;  // `=`, `:=`, `+=` …
  bool at_word(std::string_view word) const { return at(Tok::Ident) && text() == word; }
  bool at_name(size_t ahead = 0) const;  // a name, or a keyword where a name must stand
  Span span(size_t ahead = 0) const;
  Span previous_span() const;
  Span since(Span begin) const { return Span::join(begin, previous_span()); }
  void bump();
  bool accept(Tok kind);
  bool accept_word(std::string_view word);
  bool expect(Tok kind, std::string_view where);
  // `>` that may be the first half of `>=`.
  bool expect_close_angle();
  void expected(std::string_view what);
  void assignment_value();
  bool check_level();
  // Passes over what is left of a statement: to after a `;`, or to a `}` or a word that begins a
  // statement.
  void recover();

  // ---- nodes (parse.cpp)
  NodeId add(Node node);
  NodeId make(NodeKind kind, Span span);
  NodeId error_node(Span span);
  NodeId name_node();  // a Name; keywords too
  ast::List list(const Ids& ids) { return tree_.add_list(ids); }
  NameId intern_token() { return names_.intern(text()); }

  // ---- declarations (parse_decl.cpp)
  bool at_declaration() const;
  NodeId declaration();
  NodeId fun(bool is_method);
  NodeId fun_rest(Node node, Span begin);
  Ids params();
  NodeId param();
  Ids type_params();
  NodeId type_param();
  void where_clause(Ids& params);
  NodeId type_decl();
  NodeId struct_body(Node node, Span begin);
  NodeId alias_or_union(Node node, Span begin);
  bool looks_like_union() const;
  NodeId variant_decl();
  NodeId field_decl();
  Ids derives();
  NodeId newtype();
  NodeId trait();
  NodeId impl();
  Ids methods();
  NodeId import();
  NodeId module();
  Ids dotted_path();

  // ---- statements (parse_stmt.cpp)
  NodeId item();
  NodeId statement();
  NodeId whole_statement();
  NodeId block();
  NodeId val();
  NodeId next_statement();
  void suggest_word(Span begin);
  NodeId expression_statement();
  NodeId binder();
  bool block_like(NodeId expr) const;
  void end_statement();

  // ---- expressions (parse_expr.cpp)
  enum class Struct : uint8_t { Allowed, Refused };
  NodeId expr(Struct mode = Struct::Allowed);
  NodeId pipe();
  NodeId chain(size_t level);
  NodeId is_part(NodeId left);
  NodeId range();
  NodeId cast();
  NodeId prefix();
  NodeId postfix();
  NodeId postfix_part(NodeId left, bool& more);
  NodeId member(NodeId left);
  NodeId index(NodeId left);
  NodeId call(NodeId callee);
  NodeId argument();
  NodeId primary();
  NodeId name_expr();
  NodeId number();
  NodeId paren();
  NodeId array();
  NodeId struct_literal(NodeId type);
  bool at_struct_body(size_t ahead) const;
  NodeId new_expr();
  NodeId cast_call();

  // ---- expressions with blocks (parse_control.cpp)
  NodeId if_expr();
  NodeId loop_expr();
  NodeId switch_expr();
  NodeId case_arm();
  NodeId pattern();
  NodeId pattern_payload(Node node, Span begin);
  NodeId lambda();
  Ids names_in_parens();

  // ---- types (parse_type.cpp)
  NodeId type();
  NodeId type_one();
  NodeId type_postfix();
  NodeId type_name();
  NodeId type_paren();
  NodeId type_bracket();
  Ids type_args();
  // The index of the token after a type that begins `ahead` tokens from here; 0 if none begins
  // there.
  size_t skip_type(size_t ahead, int depth) const;
  size_t skip_type_args(size_t ahead, int depth) const;

  const SourceMap& sources_;
  FileId file_;
  Names& names_;
  DiagnosticSink& sink_;
  std::string_view source_;
  std::vector<Token> tokens_;
  size_t pos_ = 0;
  bool split_ge_ = false;  // the `>` of a `>=` was taken
  uint32_t level_ = 0;
  bool lost_ = false;
  bool gave_up_ = false;
  Diagnostic* last_error_ = nullptr;  // of `expected`; until the next report
  Struct struct_mode_ = Struct::Allowed;
  ast::Tree tree_;
  std::vector<uint16_t> depths_;  // of each node, itself included
};

}  // namespace tenure::ng
