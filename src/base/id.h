// Ids: 32-bit indexes that name rows of a table, typed so that a block is never taken for a local.
// Ids are used instead of pointers throughout: they survive a vector growing, they are half the
// size, and they print as the small numbers that the text forms show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace tenure {

template <class Tag>
struct Id {
  static constexpr uint32_t kNone = 0xFFFFFFFFu;
  uint32_t v = kNone;

  constexpr Id() = default;
  constexpr explicit Id(size_t index) : v(static_cast<uint32_t>(index)) {}
  constexpr bool valid() const { return v != kNone; }
  constexpr explicit operator bool() const { return valid(); }
  constexpr size_t index() const { return v; }
  friend constexpr bool operator==(Id a, Id b) { return a.v == b.v; }
  friend constexpr bool operator!=(Id a, Id b) { return a.v != b.v; }
  friend constexpr bool operator<(Id a, Id b) { return a.v < b.v; }
};

}  // namespace tenure

template <class Tag>
struct std::hash<tenure::Id<Tag>> {
  size_t operator()(tenure::Id<Tag> id) const noexcept { return std::hash<uint32_t>()(id.v); }
};
