#include "base/names.h"

#include <algorithm>

namespace tenure {

namespace {

constexpr size_t kFirstSlots = 1024;
constexpr size_t kBlock = size_t{1} << 16;

}  // namespace

uint64_t Names::hash_of_long(std::string_view text, uint64_t head) {
  uint64_t hash = mixed(head ^ text.size() * kMultiplier);
  for (size_t at = 8; at < text.size(); at += 8) hash = mixed(hash ^ head_of(text.substr(at)));
  return hash;
}

void Names::grow() {
  std::vector<Slot> before(std::max(kFirstSlots, slots_.size() * 2));
  before.swap(slots_);
  for (const Slot& slot : before) {
    if (slot.name == 0) continue;
    size_t at = first_slot(slot.key.hash);
    while (slots_[at].name != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
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

NameId Names::intern_slowly(std::string_view text, Key key) {
  if (texts_.size() * 2 >= slots_.size()) grow();
  size_t at = first_slot(key.hash);
  while (slots_[at].name != 0) {
    if (is_at(slots_[at], text, key)) return NameId{size_t{slots_[at].name - 1}};
    at = (at + 1) & (slots_.size() - 1);
  }
  texts_.push_back(keep(text));
  slots_[at] = {key, static_cast<uint32_t>(texts_.size())};
  return NameId{texts_.size() - 1};
}

}  // namespace tenure
