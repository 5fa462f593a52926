#include "base/names.h"

#include <algorithm>
#include <cstring>

namespace tenure {

namespace {

constexpr size_t kFirstSlots = 4096;
constexpr size_t kBlock = size_t{1} << 16;

uint64_t word_at(const char* from, size_t size) {
  uint64_t word = 0;
  std::memcpy(&word, from, size);
  return word;
}

uint32_t hash_of(std::string_view text) {
  constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15u;
  uint64_t hash = text.size() * kMultiplier;
  const char* at = text.data();
  size_t left = text.size();
  for (; left > 8; at += 8, left -= 8) {
    hash = (hash ^ word_at(at, 8)) * kMultiplier;
    hash ^= hash >> 32;
  }
  hash = (hash ^ word_at(at, left)) * kMultiplier;
  return static_cast<uint32_t>(hash >> 32);
}

}  // namespace

size_t Names::slot_of(std::string_view text, uint32_t hash) const {
  size_t mask = slots_.size() - 1;
  for (size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    uint32_t taken = slots_[slot];
    if (taken == 0 || (hashes_[taken - 1] == hash && texts_[taken - 1] == text)) return slot;
  }
}

void Names::grow() {
  size_t count = std::max(kFirstSlots, slots_.size() * 2);
  slots_.assign(count, 0);
  for (uint32_t i = 0; i < hashes_.size(); ++i) {
    size_t slot = hashes_[i] & (count - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (count - 1);
    slots_[slot] = i + 1;
  }
}

std::string_view Names::keep(std::string_view text) {
  if (text.size() > left_) {
    left_ = std::max(kBlock, text.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
    next_ = blocks_.back().get();
  }
  std::copy(text.begin(), text.end(), next_);
  std::string_view kept(next_, text.size());
  next_ += text.size();
  left_ -= text.size();
  return kept;
}

NameId Names::intern(std::string_view text) {
  if (texts_.size() * 2 >= slots_.size()) grow();
  uint32_t hash = hash_of(text);
  size_t slot = slot_of(text, hash);
  if (slots_[slot] != 0) return NameId{size_t{slots_[slot] - 1}};
  texts_.push_back(keep(text));
  hashes_.push_back(hash);
  slots_[slot] = static_cast<uint32_t>(texts_.size());
  return NameId{texts_.size() - 1};
}

}  // namespace tenure
