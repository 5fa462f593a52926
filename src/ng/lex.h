// Source text → tokens. Eight bytes a token, nothing allocated per token: a token is where it
// stands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/diag.h"
#include "base/source.h"

namespace tenure::ng {

enum class Tok : uint8_t {
#define TOKEN(name, text) name,
#include "ng/tokens.def"
#undef TOKEN
};

// As messages show it: `` `;` ``, `name`, `end of file`.
std::string_view token_text(Tok kind);
bool is_keyword(Tok kind);

struct Token {
  // A longer token is an error; nobody writes one by hand.
  static constexpr uint32_t kMaxLength = (1u << 24) - 1;

  uint32_t begin;
  uint32_t kind_and_length;

  Tok kind() const { return static_cast<Tok>(kind_and_length & 0xFF); }
  uint32_t length() const { return kind_and_length >> 8; }
  uint32_t end() const { return begin + length(); }
};
static_assert(sizeof(Token) == 8);

// The tokens of a file, the last one of kind End. Errors go to the sink (at most kMaxLexErrors,
// then the rest of the file is passed over); the tokens are usable in any case.
std::vector<Token> lex(const SourceMap& sources, FileId file, DiagnosticSink& sink);

// The value of a String token's text (with its quotes). Escapes were checked by `lex`.
std::string string_value(std::string_view token_text);

}  // namespace tenure::ng
