// Source text → tokens. Nothing is allocated per token: a token is where it stands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/lexer.h"
#include "base/token_source.h"

namespace tenure::ng {

enum class Tok : uint8_t {
#define TOKEN(name, text) name,
#include "ng/tokens.def"
#undef TOKEN
};

// As messages show it: `` `;` ``, `name`, `end of file`.
std::string_view token_text(Tok kind);
bool is_keyword(Tok kind);

using Token = LexedToken<Tok>;

using TokenSource = tenure::TokenSource<Tok, class Lexer>;

// The value of a String token's text (with its quotes). Escapes were checked by `lex`.
std::string string_value(std::string_view token_text);

}  // namespace tenure::ng

extern template class tenure::TokenSource<tenure::ng::Tok, tenure::ng::Lexer>;
