// Tokens of the text form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diag.h"

namespace tenure::oir {

enum class TokenKind : uint8_t {
  Word,     // a plain or reserved word
  Quoted,   // a name between backquotes; text: without them
  String,   // text: decoded
  Number,   // text: as written, perhaps with a sign, a fraction, an exponent
  Percent,  // %5; text: the digits
  Punct,    // one character, or ->
  End,
};

struct Token {
  TokenKind kind;
  std::string text;
  Span span;
};

// Always ends with an End token. What cannot be read is reported once and ends the list.
std::vector<Token> lex_text(const SourceMap& sources, FileId file, DiagnosticSink& sink);

}  // namespace tenure::oir
