// Rows of nodes that name one another by id, and lists of them as runs of one vector: what the
// syntax trees and the typed trees of every language are made of.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/table.h"

namespace tenure {

// A run of Rows::lists.
struct List {
  uint32_t begin = 0;
  uint32_t count = 0;
};

// Id is an Id<...> of these rows.
template <class Node, class Id>
struct Rows {
  Table<Node> nodes;
  std::vector<Id> lists;

  Node& operator[](Id id) { return nodes[id.index()]; }
  const Node& operator[](Id id) const { return nodes[id.index()]; }
  // Valid until the next add_list.
  std::span<const Id> items(List list) const { return {lists.data() + list.begin, list.count}; }

  Id add(const Node& node) {
    Id id{nodes.size()};
    nodes.push_back(node);
    return id;
  }
  List add_list(std::span<const Id> ids) {
    List list{static_cast<uint32_t>(lists.size()), static_cast<uint32_t>(ids.size())};
    for (Id id : ids) lists.push_back(id);  // nearly always a few
    return list;
  }

  // What is added to it stands behind what `first` has, which outlives it and gets no more.
  void begin_after(const Rows& first) {
    nodes = Table<Node>::after(first.nodes);
    lists = first.lists;
  }
  // What is added after a mark can be forgotten.
  struct Mark {
    size_t nodes = 0, lists = 0;
  };
  Mark mark() const { return {nodes.size(), lists.size()}; }
  void forget(Mark since) {
    nodes.cut(since.nodes);
    lists.resize(since.lists);
  }
};

}  // namespace tenure
