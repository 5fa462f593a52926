// Text that is wrong: one error, whatever is wrong with it, and no crash.
#include <algorithm>
#include <cctype>
#include <random>

#include "everything.h"
#include "support.h"

namespace tenure::oir::test {
namespace {

constexpr size_t kMutations = 3000;

// Words, numbers, names and marks, each with the blanks before it.
std::vector<std::string> pieces(const std::string& text) {
  auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  std::vector<std::string> out;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && std::isspace(static_cast<unsigned char>(text[end]))) ++end;
    if (end < text.size() && is_word(text[end])) {
      while (end < text.size() && is_word(text[end])) ++end;
    } else if (end < text.size()) {
      ++end;
    }
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

// A piece lost, doubled, put elsewhere, exchanged, or many lost; or a byte changed.
std::string mutated(std::vector<std::string> parts, std::mt19937& random) {
  auto below = [&](size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random);
  };
  for (size_t count = 1 + below(3) / 2; count > 0; --count) {
    size_t at = below(parts.size());
    switch (below(6)) {
      case 0:
        parts[at].clear();
        break;
      case 1:
        parts[at] += parts[at];
        break;
      case 2:
        parts[at] = parts[below(parts.size())];
        break;
      case 3:
        std::swap(parts[at], parts[below(parts.size())]);
        break;
      case 4:
        for (size_t i = at; i < std::min(parts.size(), at + 1 + below(20)); ++i) parts[i].clear();
        break;
      default:
        if (!parts[at].empty()) parts[at][below(parts[at].size())] = static_cast<char>(below(256));
        break;
    }
  }
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

TEST(Text, WhatIsWrongIsOneErrorAndNoCrash) {
  const std::vector<std::string> parts = pieces(kEverything);
  std::mt19937 random(1);  // the same on every machine
  size_t read = 0;
  for (size_t i = 0; i < kMutations; ++i) {
    std::string text = mutated(parts, random);
    SCOPED_TRACE(text);
    std::string errors;
    std::optional<Program> program = parse_text(text, &errors);
    EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), program ? 0 : 1) << errors;
    if (!program) continue;
    ++read;
    // What it is may be nonsense: the verifier says so.
    verify(*program, Phase::Lowered);
    std::string printed = print_text(*program);
    std::optional<Program> again = parse_text(printed, &errors);
    ASSERT_TRUE(again.has_value()) << errors << printed;
    EXPECT_EQ(printed, print_text(*again));
  }
  EXPECT_GT(read, kMutations / 50);
}

}  // namespace
}  // namespace tenure::oir::test
