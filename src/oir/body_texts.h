// The texts of constants that one of several threads finds in bodies (oir/in_parallel.h).
//
// Nearly every body has some of its own: if each were put into the program where it is found, that
// would keep all others waiting. So a thread keeps those that it finds, and when all bodies are
// done they are numbered in the order in which one thread would have found them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "oir/oir.h"

namespace tenure::oir {

class BodyTexts {
 public:
  // So much and more in the bits of a constant of a text: what is above it is a row of a thread's.
  static constexpr uint64_t kOwn = uint64_t{1} << 32;
  // `constant` as it is in the program; `numbers`: what `number` gave for the thread.
  static Const numbered(Const constant, const std::vector<uint32_t>& numbers) {
    if (constant.kind == ConstKind::String && constant.bits >= kOwn)
      constant.bits = numbers[constant.bits - kOwn];
    return constant;
  }

  // The row of a text that stands in `body`. A thread comes to its bodies in their order.
  uint32_t add(std::string_view words, size_t body);
  std::string_view operator[](uint32_t row) const { return *found_[row].words; }

  // Puts all of them into the program. By thread and row: the index among its strings.
  static std::vector<std::vector<uint32_t>> number(std::span<const BodyTexts* const> threads,
                                                   Program& program);

 private:
  struct Found {
    const std::string* words;
    size_t body;  // the first that it stands in
  };
  std::unordered_map<std::string, uint32_t> rows_;
  std::vector<Found> found_;
};

}  // namespace tenure::oir
