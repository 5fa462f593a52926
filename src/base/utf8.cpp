#include "base/utf8.h"

#include <cstdint>
#include <cstring>

namespace tenure {

size_t utf8_sequence(std::string_view text, size_t at) {
  auto byte = [&](size_t i) -> uint8_t {
    return at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : 0;
  };
  auto continues = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  uint8_t first = byte(0);
  if (first < 0x80) return at < text.size() ? 1 : 0;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return continues(1) ? 2 : 0;
  if (first < 0xF0) {
    if (!continues(1) || !continues(2)) return 0;
    bool overlong = first == 0xE0 && byte(1) < 0xA0;
    bool surrogate = first == 0xED && byte(1) >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  if (first > 0xF4 || !continues(1) || !continues(2) || !continues(3)) return 0;
  bool overlong = first == 0xF0 && byte(1) < 0x90;
  bool too_large = first == 0xF4 && byte(1) >= 0x90;
  return overlong || too_large ? 0 : 4;
}

size_t find_invalid_utf8(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080u;
  for (size_t at = 0; at < text.size();) {
    // Source text is mostly ASCII: eight bytes at a time.
    uint64_t word = 0;
    if (at + sizeof word <= text.size()) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & kHighBits) == 0) {
        at += sizeof word;
        continue;
      }
    }
    size_t bytes = utf8_sequence(text, at);
    if (bytes == 0) return at;
    at += bytes;
  }
  return std::string_view::npos;
}

}  // namespace tenure
