// Source text → tokens. Nothing is allocated per token: a token is where it stands. They are made
// as the parser comes to them, and lie in the cache then.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/diag.h"
#include "base/lexer.h"
#include "base/names.h"
#include "base/source.h"

namespace tenure::tape {

enum class Tok : uint8_t {
#define TOKEN(name, text) name,
#include "tape/tokens.def"
#undef TOKEN
};

// As messages show it: `` `;` ``, `name`, `end of file`.
std::string_view token_text(Tok kind);
bool is_keyword(Tok kind);

using Token = LexedToken<Tok>;

// The tokens of a text, a few at a time. Errors go to the sink. What begins no token is one token
// of kind Bad. What stands in a region other than `#code` and `#test` is passed over; the token of
// its marker is there.
class TokenSource {
 public:
  TokenSource(const SourceMap& sources, FileId file, TextPart part, Names& names,
              DiagnosticSink& sink);
  ~TokenSource();
  TokenSource(const TokenSource&) = delete;
  TokenSource& operator=(const TokenSource&) = delete;

  // Puts the next ones into `to`, at most `room`; how many. None behind that of kind End.
  size_t read(Token* to, size_t room);
  // Whether what was read makes sense. See LexerBase.
  bool is_usable() const;

 private:
  std::unique_ptr<class Lexer> lexer_;
};

// The bytes that a Str, StrBegin, StrMiddle or StrEnd stands for, from its text with the quotes or
// braces around it. Escapes were checked by `lex`.
std::string string_value(std::string_view token_text);
// The byte of a Byte token.
uint8_t byte_value(std::string_view token_text);
// 0xRRGGBBAA of a Color token; opaque if it does not say.
uint32_t color_value(std::string_view token_text);

}  // namespace tenure::tape
