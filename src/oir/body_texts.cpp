#include "oir/body_texts.h"

#include <algorithm>

namespace tenure::oir {

uint32_t BodyTexts::add(std::string_view words, size_t body) {
  auto [it, fresh] = rows_.try_emplace(std::string(words), uint32_t(found_.size()));
  if (fresh) found_.push_back({&it->first, body});
  return it->second;
}

std::vector<std::vector<uint32_t>> BodyTexts::number(std::span<const BodyTexts* const> threads,
                                                     Program& program) {
  struct Row {
    size_t body;
    uint32_t thread;
    uint32_t row;
  };
  std::vector<Row> rows;
  std::vector<std::vector<uint32_t>> numbers;
  for (const BodyTexts* texts : threads) {
    auto thread = uint32_t(numbers.size());
    for (const Found& found : texts->found_)
      rows.push_back({found.body, thread, uint32_t(&found - texts->found_.data())});
    numbers.emplace_back(texts->found_.size());
  }
  // Those of a body are of one thread, in their order.
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.body < b.body; });
  for (const Row& row : rows)
    numbers[row.thread][row.row] = program.add_string((*threads[row.thread])[row.row]);
  return numbers;
}

}  // namespace tenure::oir
