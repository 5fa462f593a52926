// Interned names: equal texts have equal ids, so names compare and hash as integers.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "base/id.h"

namespace tenure {

struct NameTag;
using NameId = Id<NameTag>;

// The bytes of a text as a number, the first one lowest; of a longer one the first eight.
inline uint64_t head_of(std::string_view text) {
  uint64_t head = 0;
  if constexpr (std::endian::native == std::endian::little) {
    const char* at = text.data();
    size_t size = text.size();
    if (size >= 8) {
      std::memcpy(&head, at, 8);
    } else if (size >= 4) {
      uint32_t low = 0, high = 0;
      std::memcpy(&low, at, 4);
      std::memcpy(&high, at + size - 4, 4);
      head = low | uint64_t{high} << (size - 4) * 8;
    } else if (size != 0) {
      auto byte = [&](size_t i) { return uint64_t{static_cast<unsigned char>(at[i])} << i * 8; };
      head = byte(0) | byte(size / 2) | byte(size - 1);
    }
  } else {
    for (size_t i = 0; i < std::min<size_t>(text.size(), 8); ++i)
      head |= uint64_t{static_cast<unsigned char>(text[i])} << i * 8;
  }
  return head;
}

class Names {
 public:
  Names() = default;
  Names(Names&&) = default;
  Names& operator=(Names&&) = default;
  // The names of `first`, which outlives it, and behind them its own.
  static Names after(const Names& first) {
    Names names;
    names.texts_ = first.texts_;
    names.slots_ = first.slots_;
    return names;
  }

  NameId intern(std::string_view text) { return intern(text, head_of(text)); }
  // For who has `head_of(text)` already.
  NameId intern(std::string_view text, uint64_t head) {
    Key key = key_of(text, head);
    if (!slots_.empty()) {
      const Slot& slot = slots_[first_slot(key.hash)];
      if (is_at(slot, text, key)) return NameId{size_t{slot.name - 1}};
    }
    return intern_slowly(text, key);
  }
  size_t size() const { return texts_.size(); }
  // Valid as long as this table lives.
  std::string_view text(NameId id) const { return texts_[id.index()]; }

 private:
  // What of a short text is all of it, of a long one enough to tell most from each other.
  struct Key {
    uint64_t head = 0;  // of a short text with its length in the highest byte
    uint32_t hash = 0;  // odd: of a long one
  };
  struct Slot {
    Key key;
    uint32_t name = 0;  // 1 + it, 0: free. At most half are taken
  };
  static constexpr size_t kShort = 7;
  static constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15u;

  static Key key_of(std::string_view text, uint64_t head) {
    if (text.size() <= kShort) {
      head |= uint64_t{text.size()} << 56;
      return {head, static_cast<uint32_t>(mixed(head * kMultiplier) >> 32) & ~1u};
    }
    return {head, static_cast<uint32_t>(hash_of_long(text, head) >> 32) | 1u};
  }
  static uint64_t mixed(uint64_t hash) { return (hash ^ hash >> 32) * kMultiplier; }
  static uint64_t hash_of_long(std::string_view text, uint64_t head);
  size_t first_slot(uint32_t hash) const { return (hash >> 1) & (slots_.size() - 1); }
  bool is_at(const Slot& slot, std::string_view text, Key key) const {
    return slot.name != 0 && slot.key.hash == key.hash && slot.key.head == key.head &&
           (text.size() <= kShort || texts_[slot.name - 1] == text);
  }
  NameId intern_slowly(std::string_view text, Key key);
  void grow();
  std::string_view keep(std::string_view text);

  std::vector<std::string_view> texts_;
  std::vector<Slot> slots_;
  std::vector<std::unique_ptr<char[]>> blocks_;  // where the texts lie
  char* next_ = nullptr;
  size_t left_ = 0;
};

}  // namespace tenure
