// UTF-8: what is valid, and where a text may be cut.
#pragma once

#include <cstddef>
#include <string_view>

namespace tenure {

// Bytes of the well-formed sequence that starts at `at` (1 to 4), or 0 if there is none: a stray or
// missing continuation byte, an overlong form, a surrogate, a code point above U+10FFFF.
size_t utf8_sequence(std::string_view text, size_t at);

// The offset of the first byte that is not part of a well-formed sequence; npos if all are.
size_t find_invalid_utf8(std::string_view text);

}  // namespace tenure
