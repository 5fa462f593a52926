// The parser's class, private to parse_*.cpp: recursive descent with one token of lookahead, a few
// more where NG needs them (struct literals, type arguments in expressions).
// What it stands on, and what it does about errors, is base/parser.h.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diag.h"
#include "base/names.h"
#include "base/parser.h"
#include "ng/ast.h"
#include "ng/lex.h"

namespace tenure::ng {

struct ParserLanguage {
  using Tok = ng::Tok;
  using TokenSource = ng::TokenSource;
  using Tree = ast::Tree;
  using Node = ast::Node;
  using NodeId = ast::NodeId;
  using NodeKind = ast::NodeKind;
  using List = ast::List;
  static constexpr uint32_t kMaxNesting = ast::kMaxNesting;
  static constexpr BlockSyntax kBlockSyntax{.hash_comments = true, .nested_comments = false};
  static constexpr std::string_view kDeclares[] = {"fun ",   "type ",   "impl ",
                                                   "trait ", "export ", "newtype "};
  static bool may_be_split(std::string_view) { return true; }
  static std::string_view token_text(Tok kind) { return ng::token_text(kind); }
  static bool is_keyword(Tok kind) { return ng::is_keyword(kind); }
  static bool is_assignment(Tok kind);  // `=`, `:=`, `+=` …
  static std::string_view shown(Tok, std::string_view text) { return text; }
  // What More holds lies as deep as what else its declaration has.
  static bool is_part(NodeKind kind) { return kind == NodeKind::More; }
};

class Parser : private ParserBase<ParserLanguage> {
 public:
  // `tree`: what was parsed before of the same file.
  Parser(const SourceMap& sources, FileId file, TextPart part, Names& names, DiagnosticSink& sink,
         ast::Tree tree, Blocks blocks)
      : ParserBase(sources, file, part, names, sink, std::move(tree), blocks) {}
  // Of a file.
  ast::Tree run();
  // Of a block of a function, and nothing else; its node.
  NodeId run_block(ast::Tree& tree);

 private:
  // `>` that may be the first half of `>=`.
  bool expect_close_angle();
  // Passes over what is left of a statement: to after a `;`, or to a `}` or a word that begins a
  // statement.
  void recover();

  // ---- declarations (parse_decl.cpp)
  bool at_declaration() const;
  NodeId declaration();
  NodeId more(List list3, List list4 = {});
  NodeId fun(bool is_method);
  NodeId fun_rest(Node node, Span begin);
  Ids params();
  NodeId param();
  Ids type_params();
  NodeId type_param();
  void where_clause(Ids& params, Ids* others = nullptr);
  NodeId type_decl();
  NodeId struct_body(Node node, Span begin);
  NodeId alias_or_union(Node node, Span begin);
  bool looks_like_union() const;
  NodeId alternatives(const Ids& variants);
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

  // ---- expressions (parse_expr.cpp)
  enum class Struct : uint8_t { Allowed, Refused };
  NodeId expr(Struct mode = Struct::Allowed);
  NodeId pipe();
  NodeId chain(size_t level);
  NodeId operators(size_t level, NodeId left, Span begin);
  NodeId is_part(NodeId left);
  NodeId range();
  NodeId range_end(NodeId left, Span begin);
  NodeId cast();
  NodeId operand();
  NodeId prefix();
  NodeId postfix();
  NodeId postfix_part(NodeId left, bool& more);
  NodeId member(NodeId left);
  NodeId index(NodeId left);
  NodeId from_end();
  NodeId call(NodeId callee);
  NodeId argument();
  NodeId primary();
  NodeId name_expr();
  bool at_odd_name() const;
  NodeId number();
  NodeId paren();
  NodeId array();
  NodeId struct_literal(NodeId type);
  bool at_struct_body(size_t ahead) const;
  bool at_dotted_struct() const;
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
  Ids protocol_calls(Span where);

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

  Struct struct_mode_ = Struct::Allowed;
};

}  // namespace tenure::ng
