// A file is parsed without the blocks of its functions, which are parsed later, each by itself; a
// large one in two parts at the same time.
//
// The second part begins with a line that looks like the beginning of a declaration. Whether it is
// one shows afterwards: if both parts are whole lists of items, without a word to say about either,
// then the file is the one list followed by the other, since nothing that ends with `;` or `}` goes
// on with such a word. If not, the file is parsed again as a whole: mistakes are told as ever.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/diag.h"
#include "base/names.h"
#include "base/parser.h"
#include "base/source.h"
#include "base/text_part.h"

namespace tenure {

// Where the second part of a text begins; none: it is too small, or there is no such line.
template <class Language>
std::optional<size_t> split_text(std::string_view text) {
  constexpr size_t kLarge = size_t{256} << 10;
  if (text.size() < kLarge || std::thread::hardware_concurrency() < 2) return std::nullopt;
  if (!Language::may_be_split(text)) return std::nullopt;
  size_t at = text.size() / 2, last = at + text.size() / 4;
  while ((at = text.find('\n', at)) < last) {
    std::string_view line = text.substr(++at, 16);
    bool declares = std::any_of(std::begin(Language::kDeclares), std::end(Language::kDeclares),
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

// The tree of a file, in which its blocks are nodes of kind Later. None: something is to be
// reported of it. `Parser`: derived from ParserBase<Language>.
template <class Language, class Parser>
std::optional<typename Language::Tree> parse_without_blocks(const SourceMap& sources, FileId file,
                                                            Names& names) {
  using Tree = typename Language::Tree;
  std::string_view text = sources.file(file).text();
  auto parse = [&](TextPart part, Names& its_names) {
    DiagnosticSink sink;
    Tree tree = Parser(sources, file, part, its_names, sink, Tree{}, Blocks::Passed).run();
    tree.has_later = true;
    return sink.all().empty() ? std::optional<Tree>(std::move(tree)) : std::nullopt;
  };
  std::optional<size_t> split = split_text<Language>(text);
  if (!split) return parse({0, text.size()}, names);
  std::optional<Tree> second;
  Names second_names;
  std::thread other([&] { second = parse({*split, text.size()}, second_names); });
  std::optional<Tree> first = parse({0, *split}, names);
  other.join();
  auto is_whole = [&](const Tree& tree) {
    auto items = tree.items(tree[tree.root].list);
    uint32_t end = items.empty() ? 0 : tree[items.back()].span.end;
    return end != 0 && (text[end - 1] == ';' || text[end - 1] == '}');
  };
  if (!first || !second || !is_whole(*first)) return parse({0, text.size()}, names);
  append_tree<Language>(*first, names, *second, second_names);
  return first;
}

// The tree of a file as the languages' `parse` give it.
template <class Language, class Parser>
typename Language::Tree parse_file(const SourceMap& sources, FileId file, Names& names,
                                   DiagnosticSink& sink, Blocks blocks) {
  using Tree = typename Language::Tree;
  if (blocks == Blocks::Passed) {
    if (auto tree = parse_without_blocks<Language, Parser>(sources, file, names))
      return std::move(*tree);
  }
  TextPart all{0, sources.file(file).text().size()};
  return Parser(sources, file, all, names, sink, Tree{}, Blocks::Parsed).run();
}

// Parses a block that was passed over, behind what `tree` has; its node.
template <class Language, class Parser>
typename Language::NodeId parse_passed_block(const SourceMap& sources, Span block, Names& names,
                                             typename Language::Tree& tree, DiagnosticSink& sink) {
  TextPart part{block.begin, block.end};
  Parser parser(sources, block.file, part, names, sink, std::move(tree), Blocks::Parsed);
  return parser.run_block(tree);
}

}  // namespace tenure
