// Source text → tokens. Nothing is allocated per token: a token is where it stands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/lexer.h"
#include "base/token_source.h"

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

// What stands in a region other than `#code` and `#test` is passed over; the token of its marker is
// there.
using TokenSource = tenure::TokenSource<Tok, class Lexer>;

// The bytes that a Str, StrBegin, StrMiddle or StrEnd stands for, from its text with the quotes or
// braces around it. Escapes were checked by `lex`.
std::string string_value(std::string_view token_text);
// The byte of a Byte token.
uint8_t byte_value(std::string_view token_text);
// 0xRRGGBBAA of a Color token; opaque if it does not say.
uint32_t color_value(std::string_view token_text);

}  // namespace tenure::tape

extern template class tenure::TokenSource<tenure::tape::Tok, tenure::tape::Lexer>;
