// A large file is parsed in two parts at the same time.
//
// The second part begins with a line that looks like the beginning of a declaration. Whether it is
// one shows afterwards: if both parts are whole lists of items, without a word to say about either,
// then the file is the one list followed by the other, since nothing that ends with `;` or `}` goes
// on with such a word. If not, the file is parsed again as a whole: mistakes are told as ever.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "base/diag.h"
#include "base/names.h"
#include "base/source.h"
#include "base/text_part.h"

namespace tenure {

// Where the second part of a text begins; none: it is too small, or there is no such line. `words`:
// what declarations begin with, and a blank.
inline std::optional<size_t> split_text(std::string_view text,
                                        std::span<const std::string_view> words) {
  constexpr size_t kLarge = size_t{256} << 10;
  if (text.size() < kLarge || std::thread::hardware_concurrency() < 2) return std::nullopt;
  size_t at = text.size() / 2, last = at + text.size() / 4;
  while ((at = text.find('\n', at)) < last) {
    std::string_view line = text.substr(++at, 16);
    bool declares = std::any_of(words.begin(), words.end(),
                                [&](std::string_view word) { return line.starts_with(word); });
    if (declares) return at;
  }
  return std::nullopt;
}

// Appends the items of `second`, which was parsed with names of its own.
template <class Language>
void append_tree(typename Language::Tree& first, Names& names, typename Language::Tree& second,
                 const Names& second_names) {
  using Node = typename Language::Node;
  using NodeId = typename Language::NodeId;
  std::vector<NameId> renamed;
  for (size_t i = 0; i < second_names.size(); ++i) {
    renamed.push_back(names.intern(second_names.text(NameId{i})));
  }
  auto lists_before = static_cast<uint32_t>(first.lists.size());
  auto nodes_before = static_cast<uint32_t>(first.nodes.size_with_room());
  auto shift = [&](NodeId& id) {
    if (id.valid()) id.v += nodes_before;
  };
  auto adapt = [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      Node& node = second.nodes[i];
      if (node.name.valid()) node.name = renamed[node.name.index()];
      shift(node.a);
      shift(node.b);
      shift(node.c);
      node.list.begin += lists_before;
      node.list2.begin += lists_before;
    }
  };
  size_t half = second.nodes.size() / 2;
  std::thread other(adapt, half, second.nodes.size());
  adapt(0, half);
  for (NodeId& id : second.lists) shift(id);
  other.join();
  Node root = first[first.root];
  const Node& rest = second[second.root];
  root.span = Span::join(root.span, rest.span);
  first.lists.insert(first.lists.end(), second.lists.begin(), second.lists.end());
  first.nodes.append(std::move(second.nodes));
  std::vector<NodeId> items;
  for (NodeId id : first.items(root.list)) items.push_back(id);
  for (NodeId id : first.items(first[NodeId{nodes_before + second.root.index()}].list)) {
    items.push_back(id);
  }
  root.list = first.add_list(items);
  first.root = first.add(root);
}

// `parse(part, names, sink)` gives the tree of a part. Nothing: the file has to be parsed as a
// whole.
template <class Language, class Parse>
std::optional<typename Language::Tree> parse_in_parts(std::string_view text, size_t split,
                                                      Names& names, Parse parse) {
  typename Language::Tree second;
  Names second_names;
  DiagnosticSink first_sink, second_sink;
  std::thread other(
      [&] { second = parse(TextPart{split, text.size()}, second_names, second_sink); });
  typename Language::Tree first = parse(TextPart{0, split}, names, first_sink);
  other.join();
  if (!first_sink.all().empty() || !second_sink.all().empty()) return std::nullopt;
  auto items = first.items(first[first.root].list);
  uint32_t end = items.empty() ? 0 : first[items.back()].span.end;
  if (end == 0 || (text[end - 1] != ';' && text[end - 1] != '}')) return std::nullopt;
  append_tree<Language>(first, names, second, second_names);
  return first;
}

}  // namespace tenure
