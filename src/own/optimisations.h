// Which optimisations are on: the list is optimisations.def.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tenure::own {

enum class Optimisation : uint8_t {
#define OPTIMISATION(name, text, what) name,
#include "own/optimisations.def"
#undef OPTIMISATION
};

class Optimisations {
 public:
  static Optimisations all() { return Optimisations{~uint32_t{0}}; }
  static Optimisations none() { return Optimisations{0}; }
  bool has(Optimisation which) const { return (bits_ >> uint32_t(which) & 1) != 0; }

  bool is_none() const { return bits_ == 0; }

  // Applies words with commas between them, from the left: `none`, `all`, `-NAME`, `NAME`. Gives
  // the first word that is none of these.
  std::optional<std::string> apply(std::string_view words);
  // The names with commas between them, for messages.
  static std::string names();

 private:
  explicit Optimisations(uint32_t bits) : bits_(bits) {}
  uint32_t bits_;
};

}  // namespace tenure::own
