// The parser of the text form, inside. parse.cpp reads programs, types and the frames of functions,
// parse_inst.cpp places, operands and instructions. The first mistake is reported and ends the
// parse: this is a form for tests and tools, not for people to write much of.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "oir/oir.h"
#include "oir/text_lex.h"

namespace tenure::oir {

class TextParser {
 public:
  TextParser(std::vector<Token> tokens, DiagnosticSink& sink)
      : tokens_(std::move(tokens)), sink_(sink) {}
  // False if something was reported.
  bool run(Program& program);

 private:
  // ---- tokens
  const Token& peek(size_t ahead = 0) const {
    size_t i = at_ + ahead;
    return i < tokens_.size() ? tokens_[i] : tokens_.back();
  }
  bool at_word(std::string_view word) const {
    return peek().kind == TokenKind::Word && peek().text == word;
  }
  bool at_punct(std::string_view punct, size_t ahead = 0) const {
    return peek(ahead).kind == TokenKind::Punct && peek(ahead).text == punct;
  }
  bool at_name() const;
  bool accept_word(std::string_view word);
  bool accept_punct(std::string_view punct);
  bool expect_punct(std::string_view punct);
  bool fail(DiagKind kind, std::string message);
  bool expected(std::string_view what) {
    return fail(DiagKind::ExpectedToken, "expected " + std::string(what));
  }
  Token next() {
    Token token = peek();
    if (token.kind != TokenKind::End) ++at_;
    return token;
  }
  // A name with its `#2`, as it is looked up; `plain`: without. Empty after a failure.
  std::string name(bool dotted, std::string* plain = nullptr);
  bool number(uint64_t& out, uint64_t limit);

  // ---- parse.cpp
  bool declare_names();
  bool top_level();
  bool skip_body();
  bool type_definition();
  bool type_facts();
  bool shown_as(TypeId id, const std::vector<Field>& parts);
  bool type_flags(TypeId type);
  bool global();
  bool signature();
  bool body(FuncId func);
  bool locals();
  bool fields(std::vector<Field>& out, std::string_view close);
  TypeId type();
  TypeId function_type();
  FuncId func_name();

  // ---- parse_inst.cpp
  bool blocks();
  bool instruction(Block& block);
  bool operation(Inst& inst, std::vector<Operand>& args);
  bool op_suffix(Inst& inst);
  bool attributes(Inst& inst);
  bool switch_cases(Inst& inst);
  bool operand_list(std::vector<Operand>& out);
  bool at_operand() const;
  bool operand(Operand& out);
  bool constant(Operand& out);
  bool place(Place& out);
  bool field(TypeId& type, const std::vector<Field>*& payload, Place& out);
  bool local(LocalId& out);
  bool block_id(BlockId& out);
  bool reason(Inst& inst);
  Function& fn() { return (*program_)[func_]; }

  std::vector<Token> tokens_;
  DiagnosticSink& sink_;
  size_t at_ = 0;
  uint32_t type_depth_ = 0;
  bool failed_ = false;
  Program* program_ = nullptr;
  FuncId func_;
  std::unordered_map<std::string, TypeId> types_;
  std::unordered_map<std::string, FuncId> funcs_;
  std::unordered_map<std::string, GlobalId> globals_;
  std::unordered_map<std::string, LocalId> locals_;  // of the function at hand
  std::vector<std::pair<FuncId, size_t>> bodies_;    // where each starts
};

}  // namespace tenure::oir
