// Where the block of a function ends, found without lexing it.
//
// What a block is made of is looked at by who parses it. A guess that is wrong shows then: what was
// passed over is no whole block.
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <array>
#include <bit>
#include <cstddef>
#include <string_view>

namespace tenure {

// What braces may stand in that are none.
struct BlockSyntax {
  bool hash_comments = false;    // `#` to the end of the line; `//` always
  bool nested_comments = false;  // `/* /* */ */`
};

namespace block_end_detail {

constexpr char kStopBytes[] = {'\0', '{', '}', '"', '\'', '/', '#'};
constexpr std::array<bool, 256> kStops = [] {
  std::array<bool, 256> stops{};
  for (char c : kStopBytes) stops[static_cast<unsigned char>(c)] = true;
  return stops;
}();

// The first byte from `at` on that is a brace, or that may begin what braces may stand in; else the
// end of the text.
inline size_t next_stop(std::string_view text, size_t at) {
#ifdef __SSE2__
  constexpr size_t kWide = sizeof(__m128i);
  for (; at + kWide <= text.size(); at += kWide) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    __m128i stops = _mm_setzero_si128();
    for (char c : kStopBytes) stops = _mm_or_si128(stops, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
    auto found = static_cast<unsigned>(_mm_movemask_epi8(stops));
    if (found != 0) return at + static_cast<size_t>(std::countr_zero(found));
  }
#endif
  while (at < text.size() && !kStops[static_cast<unsigned char>(text[at])]) at++;
  return at;
}

// Behind the quote that closes the string at `at`; 0: it is not closed on its line.
inline size_t string_end(const char* text, size_t at) {
  char quote = text[at++];
  while (text[at] != quote) {
    if (text[at] == '\\') at++;
    if (text[at] == '\n' || text[at] == '\0') return 0;
    at++;
  }
  return at + 1;
}

// Behind the comment that begins at `at`; 0: it is not closed.
inline size_t comment_end(std::string_view text, size_t at, bool nested) {
  size_t depth = 1;
  for (at += 2; depth != 0;) {
    at = text.find_first_of("*/", at);
    if (at == text.npos) return 0;
    if (text.substr(at, 2) == "*/") {
      depth--;
      at += 2;
    } else if (nested && text.substr(at, 2) == "/*") {
      depth++;
      at += 2;
    } else {
      at++;
    }
  }
  return at;
}

}  // namespace block_end_detail

// Behind the `}` that closes the `{` at `begin`; 0: none does, or something in between is not
// closed. Behind the text, or what it is a part of, stands a zero byte.
inline size_t block_end(std::string_view text, size_t begin, BlockSyntax syntax) {
  using namespace block_end_detail;
  const char* bytes = text.data();
  size_t depth = 0;
  for (size_t at = begin;;) {
    at = next_stop(text, at);
    if (at >= text.size()) return 0;
    switch (bytes[at]) {
      case '{':
        depth++;
        at++;
        break;
      case '}':
        at++;
        if (--depth == 0) return at;
        break;
      case '"':
      case '\'':
        at = string_end(bytes, at);
        break;
      case '/':
      case '#': {
        bool line = bytes[at] == '#' ? syntax.hash_comments : bytes[at + 1] == '/';
        if (line) {
          at = text.find('\n', at);
          if (at == text.npos) return 0;
        } else if (bytes[at] == '/' && bytes[at + 1] == '*') {
          at = comment_end(text, at, syntax.nested_comments);
        } else {
          at++;
        }
        break;
      }
      default:
        return 0;  // a zero byte
    }
    if (at == 0) return 0;
  }
}

}  // namespace tenure
