// Statements and blocks.
#include <optional>

#include "ng/parser.h"

namespace tenure::ng {

// A declaration or a statement; none for a lone `;`.
ast::NodeId Parser::item() {
  if (accept(Tok::Semi)) return {};
  if (at(Tok::RBrace)) {
    expected("a statement");
    while (accept(Tok::RBrace)) {
    }
    lost_ = false;
    return {};
  }
  return at_declaration() ? declaration() : statement();
}

ast::NodeId Parser::block() {
  Level level(*this);
  if (level.too_deep()) return error_node(span());
  Span begin = span();
  Node node;
  node.kind = NodeKind::Block;
  if (!expect(Tok::LBrace, "to begin a block")) return error_node(begin);
  Struct saved = struct_mode_;
  struct_mode_ = Struct::Allowed;
  Ids statements;
  while (!at(Tok::RBrace) && !at(Tok::End) && !gave_up_) {
    size_t before = position();
    NodeId id = accept(Tok::Semi) ? NodeId{} : at_declaration() ? declaration() : statement();
    if (id) statements.push_back(id);
    if (lost_) recover();
    if (position() == before) bump();
  }
  struct_mode_ = saved;
  expect(Tok::RBrace, "to end the block");
  node.list = list(statements);
  node.span = since(begin);
  return add(node);
}

// What could not be read to its end is an error as a whole: what the checker would say about the
// pieces that were read would follow from the one mistake.
ast::NodeId Parser::statement() {
  Span begin = span();
  NodeId id = whole_statement();
  return lost_ && tree_[id].kind != NodeKind::Val && tree_[id].kind != NodeKind::ValTuple
             ? error_node(since(begin))
             : id;
}

ast::NodeId Parser::whole_statement() {
  Span begin = span();
  Node node;
  switch (peek()) {
    case Tok::KwVal:
      return val();
    case Tok::KwReturn:
    case Tok::KwBreak:
      node.kind = at(Tok::KwReturn) ? NodeKind::Return : NodeKind::Break;
      bump();
      if (!at(Tok::Semi) && !at(Tok::RBrace)) node.a = expr();
      end_statement();
      node.span = since(begin);
      return add(node);
    case Tok::KwNext:
      return next_statement();
    default:
      return expression_statement();
  }
}

// A statement that began with a word of another language.
void Parser::suggest_word(Span begin) {
  static constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"let", "val x = …;"},
      {"var", "val x = …;"},
      {"const", "val x = …;"},
      {"mut", "val x = …;"},
      {"while", "loop { if (…) { …; next; } }"},
      {"for", "loop x in xs { … }"},
      {"match", "switch (e) { case … { … } }"},
      {"struct", "type T { … }"},
      {"class", "type T { … }"},
      {"enum", "type T = A | B;"},
      {"fn", "fun f(…) { … }"},
      {"func", "fun f(…) { … }"},
      {"def", "fun f(…) { … }"},
      {"function", "fun f(…) { … }"},
  };
  std::string_view rest = source_.substr(begin.begin, 16);
  for (const auto& [word, instead] : kWords) {
    if (!rest.starts_with(word) || rest.size() <= word.size() || rest[word.size()] != ' ') continue;
    last_error_->suggest(std::string(instead));
    return;
  }
}

ast::NodeId Parser::next_statement() {
  Span begin = span();
  Node node;
  node.kind = NodeKind::Next;
  bump();
  Ids values;
  while (!at(Tok::Semi) && !at(Tok::RBrace) && !at(Tok::End) && !lost_) {
    values.push_back(expr());
    if (!accept(Tok::Comma)) break;
  }
  end_statement();
  node.list = list(values);
  node.span = since(begin);
  return add(node);
}

ast::NodeId Parser::binder() {
  Level level(*this);
  if (level.too_deep()) return error_node(span());
  Node node;
  node.kind = NodeKind::Binder;
  node.span = span();
  if (at(Tok::LParen)) {
    node.list = list(names_in_parens());
    node.span = since(node.span);
    return add(node);
  }
  if (accept(Tok::Ellipsis)) node.flags = ast::kFlagRest;
  node.name_is_at(span());
  if (at(Tok::Ident)) {
    node.name = token_name();
    bump();
  } else {
    expected("a name");
  }
  node.span = since(node.span);
  return add(node);
}

ast::NodeId Parser::val() {
  Span begin = span();
  bump();
  Node node;
  if (at(Tok::LParen)) {
    node.kind = NodeKind::ValTuple;
    node.list = list(names_in_parens());
  } else {
    node.kind = NodeKind::Val;
    node.name_is_at(span());
    if (!at(Tok::Ident)) {
      expected("a name after `val`");
      return error_node(begin);
    }
    node.name = token_name();
    bump();
  }
  if (accept(Tok::Colon)) node.b = type();
  if (accept(Tok::Assign) || accept(Tok::ColonAssign)) node.a = expr();
  end_statement();
  node.span = since(begin);
  if (lost_) {
    // The name is declared all the same, of a type that nothing is said about.
    node.a = error_node(node.span);
    node.b = {};
  }
  return add(node);
}

bool Parser::block_like(NodeId id) const {
  NodeKind kind = tree_[id].kind;
  return kind == NodeKind::If || kind == NodeKind::Loop || kind == NodeKind::LoopIn ||
         kind == NodeKind::Switch || kind == NodeKind::Block;
}

// Of `a op= b`; none: `a = b`.
static std::optional<ast::BinaryOp> operator_of(Tok assignment) {
  switch (assignment) {
    case Tok::PlusAssign:
      return ast::BinaryOp::Add;
    case Tok::MinusAssign:
      return ast::BinaryOp::Sub;
    case Tok::StarAssign:
      return ast::BinaryOp::Mul;
    case Tok::SlashAssign:
      return ast::BinaryOp::Div;
    case Tok::PercentAssign:
      return ast::BinaryOp::Rem;
    default:
      return std::nullopt;
  }
}

ast::NodeId Parser::expression_statement() {
  Span begin = span();
  Node node;
  bool starts_block = at(Tok::KwIf) || at(Tok::KwLoop) || at(Tok::KwSwitch) || at(Tok::LBrace);
  // What begins with a block ends with it: `if (c) { … } -x;` is two statements.
  NodeId first = starts_block ? primary() : expr();
  if (!lost_ && at_assignment()) {
    std::optional<ast::BinaryOp> op = operator_of(peek());
    bump();
    node.kind = op ? NodeKind::AssignOp : NodeKind::Assign;
    if (op) node.op = static_cast<uint8_t>(*op);
    node.a = first;
    node.b = expr();
    end_statement();
  } else {
    node.kind = NodeKind::ExprStmt;
    node.a = first;
    bool ends = at(Tok::RBrace) || (starts_block && block_like(first));
    if (lost_ || !accept(Tok::Semi)) {
      node.flags = ast::kFlagNoSemicolon;
      if (!ends) {
        bool was_lost = lost_;
        end_statement();
        if (lost_ && !was_lost && last_error_ != nullptr) suggest_word(begin);
      }
    }
  }
  node.span = since(begin);
  return add(node);
}

}  // namespace tenure::ng
