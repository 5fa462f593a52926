#include "own/optimisations.h"

#include <algorithm>

namespace tenure::own {

namespace {

constexpr std::string_view kNames[] = {
#define OPTIMISATION(name, text, what) text,
#include "own/optimisations.def"
#undef OPTIMISATION
};

}  // namespace

std::optional<std::string> Optimisations::apply(std::string_view words) {
  while (!words.empty()) {
    size_t comma = std::min(words.find(','), words.size());
    std::string_view word = words.substr(0, comma);
    words.remove_prefix(std::min(comma + 1, words.size()));
    if (word == "none" || word == "all") {
      bits_ = word == "none" ? 0 : ~uint32_t{0};
      continue;
    }
    bool off = word.starts_with("-");
    std::string_view name = off ? word.substr(1) : word;
    const auto* at = std::find(std::begin(kNames), std::end(kNames), name);
    if (at == std::end(kNames)) return std::string(word);
    uint32_t bit = uint32_t{1} << (at - std::begin(kNames));
    bits_ = off ? bits_ & ~bit : bits_ | bit;
  }
  return std::nullopt;
}

std::string Optimisations::names() {
  std::string out;
  for (std::string_view name : kNames) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

}  // namespace tenure::own
