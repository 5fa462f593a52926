// What the fuzz targets of the languages share: any bytes give a tree that keeps what ast.h
// promises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/diag.h"
#include "base/names.h"
#include "base/source.h"

namespace tenure::fuzz {

// The input as the driver gives it to a front end: well-formed UTF-8 or not (some come from tools).
inline FileId add_input(SourceMap& sources, const uint8_t* data, size_t size) {
  return sources.add("input", std::string(reinterpret_cast<const char*>(data), size));
}

// Every id names a row, every span lies in the text, nothing lies deeper than `max_depth`. What
// `is_part` lies as deep as what it is a part of.
template <class Tree, class IsPart>
void check_tree(const Tree& tree, const SourceMap& sources, uint32_t max_depth, IsPart is_part) {
  size_t text_size = sources.file(tree.file).text().size();
  std::vector<uint32_t> depths(tree.nodes.size(), 1);
  // Children are made before what holds them.
  for (size_t i = 0; i < tree.nodes.size(); i++) {
    const auto& node = tree.nodes[i];
    TN_CHECK(node.span.begin <= node.span.end && node.span.end <= text_size,
             "a span out of the text");
    auto look = [&](auto id) {
      TN_CHECK(id.index() < i, "a node that names none before it");
      uint32_t depth = depths[id.index()] + (is_part(node.kind) ? 0 : 1);
      if (depth > depths[i]) depths[i] = depth;
    };
    for (auto id : {node.a, node.b, node.c}) {
      if (id) look(id);
    }
    for (auto list : {node.list, node.list2}) {
      for (auto id : tree.items(list)) look(id);
    }
    // The root lies above what is counted.
    TN_CHECK(depths[i] <= max_depth + (i + 1 == tree.nodes.size() ? 1 : 0), "a node too deep");
  }
}

}  // namespace tenure::fuzz
