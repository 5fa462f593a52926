// The parser's class, private to parse*.cpp: recursive descent with one token of lookahead, one or
// two more for named arguments, fields and loops. What it stands on, and what it does about errors,
// is base/parser.h.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/diag.h"
#include "base/names.h"
#include "base/parser.h"
#include "tape/ast.h"
#include "tape/lex.h"

namespace tenure::tape {

struct ParserLanguage {
  using Tok = tape::Tok;
  using TokenSource = tape::TokenSource;
  using Tree = ast::Tree;
  using Node = ast::Node;
  using NodeId = ast::NodeId;
  using NodeKind = ast::NodeKind;
  using List = ast::List;
  static constexpr uint32_t kMaxNesting = ast::kMaxNesting;
  static constexpr BlockSyntax kBlockSyntax{.hash_comments = false, .nested_comments = true};
  static constexpr std::string_view kDeclares[] = {"fn ",    "struct ", "enum ",   "tagged ",
                                                   "union ", "pub ",    "extern ", "const "};
  // What a region is decides about all that follows.
  static bool may_be_split(std::string_view text) {
    return !text.starts_with('#') && text.find("\n#") == std::string_view::npos;
  }
  static std::string_view token_text(Tok kind) { return tape::token_text(kind); }
  static bool is_keyword(Tok kind) { return tape::is_keyword(kind); }
  static bool is_assignment(Tok kind);  // `=`, `+=` …
  // Of a string that goes on after an interpolation its `}`.
  static std::string_view shown(Tok kind, std::string_view text);
  static bool is_part(NodeKind) { return false; }
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
  // ---- the file and what all parts need (parse.cpp)
  NodeId item();
  void region();
  void recover();
  NodeId string_literal(std::string_view where);
  NodeId path();  // `a`, `a.b`, `a.b.c`: Name or Member
  Ids names_in_parens();
  // The name of what is declared, and who it belongs to in words: false if there is none.
  bool declared_name(Node& node, std::string_view what);
  // `{ … }`: `part` reads one of what stands within, `;` or `,` between them (after a `}` it may be
  // left out if `brace_ends`). After an error it goes on behind the closing brace, and the list
  // ends with an Error.
  template <class Part>
  Ids braced(std::string_view what, bool brace_ends, Part part) {
    Ids parts;
    expect(Tok::LBrace, "before " + std::string(what));
    while (!at(Tok::RBrace) && !at(Tok::End) && !at(Tok::Region) && !lost_) {
      parts.push_back(part());
      bool separated = accept(Tok::Semi) || accept(Tok::Comma);
      if (!separated && !(brace_ends && ends_with_brace())) break;
    }
    close_braces(what, parts);
    return parts;
  }
  void close_braces(std::string_view what, Ids& parts);
  bool broken(const Ids& parts) const {
    return !parts.empty() && parts.back() && tree_[parts.back()].kind == NodeKind::Error;
  }
  bool ends_with_brace() const { return after(Tok::RBrace); }
  void type_parameters();  // refuses `<…>`; until the next declaration its names stand for no type

  // ---- declarations (parse_decl.cpp)
  bool at_declaration() const;
  bool at_component() const;
  NodeId component();
  NodeId declaration();
  NodeId declared(Node node, const Ids& attributes, Span begin);
  NodeId attribute();
  NodeId fn(Node node, Span begin);
  Ids params();
  NodeId param();
  NodeId structure(Node node, Span begin);  // struct and union
  NodeId field_decl();
  NodeId enumeration(Node node, Span begin);
  NodeId enum_value();
  NodeId tagged(Node node, Span begin);
  NodeId variant();
  NodeId alias(Node node, Span begin);
  NodeId import(Span begin);
  Ids import_items();
  NodeId link();
  NodeId profile();
  bool at_test() const;
  NodeId test();

  // ---- statements (parse_stmt.cpp)
  enum class Last : uint8_t { Statement, Value };  // of a block: may a value stand at its end?
  NodeId block(Last last = Last::Statement);
  NodeId block_item(Last last);
  NodeId statement(Last last);
  NodeId whole_statement(Last last);
  enum class Ending : uint8_t { Semicolon, None };
  NodeId let(Ending ending);
  NodeId simple_statement();  // an assignment or an expression, without its `;`
  NodeId assertion();
  NodeId expression_statement(Last last);
  NodeId leave();
  NodeId if_statement();
  NodeId while_statement();
  NodeId for_statement();
  NodeId for_in(Span begin);
  NodeId for_loop(Span begin);
  NodeId match();
  NodeId match_arm();
  NodeId pattern();
  NodeId pattern_field(bool& rest);
  NodeId defer();
  void condition(std::string_view word, Node& node);  // `(e)`, into `a`

  // ---- expressions (parse_expr.cpp)
  NodeId expr();
  NodeId or_handler(NodeId left);
  NodeId pipe();
  NodeId chain(int loosest);
  NodeId cast();
  NodeId operand();
  NodeId prefix();
  NodeId postfix();
  NodeId member(NodeId left);
  NodeId index(NodeId left);
  NodeId call(NodeId callee);
  NodeId argument();
  bool is_path(NodeId id) const;
  NodeId struct_literal(NodeId type);
  NodeId primary();
  NodeId literal();
  NodeId interpolated();
  NodeId array();
  NodeId paren();
  NodeId builtin();
  NodeId not_an_expression();

  // ---- types (parse_type.cpp)
  NodeId type();  // `T or E` too
  NodeId type_one();
  NodeId type_pointer();
  NodeId type_bracket();
  NodeId type_function();
  NodeId type_name();

  bool in_tests_ = false;                // in a `#test` region
  std::vector<NameId> type_parameters_;  // of the declaration at hand
  Ids misplaced_;                        // declarations in blocks; the file has them all the same
};

}  // namespace tenure::tape
