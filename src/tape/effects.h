// What evaluating an expression may change: the question that decides whether an operand may stay a
// place until what stands to its right has been evaluated, and whether a text may grow in place.
#pragma once

#include <span>
#include <vector>

#include "tape/tree.h"

namespace tenure::tape {

template <class Visit>
void for_each_child(const tree::Program& tree, const tree::Node& n, Visit visit) {
  if (n.a) visit(n.a);
  if (n.b) visit(n.b);
  if (n.c) visit(n.c);
  for (tree::NodeId id : tree.items(n.list)) visit(id);
}

// The local that a place lies in; none: it is reached through a pointer or a slice, or lies in a
// global or a temporary.
tree::LocalId root_local(const tree::Program& tree, const oir::TypeTable& types,
                         tree::NodeId place);

enum LocalUse : uint8_t {
  kWritten = 1,    // written after its declaration
  kAddressed = 2,  // somebody has an address that it may be read or written through
};

class Effects {
 public:
  Effects(const tree::Program& tree, const oir::TypeTable& types);

  // A call of the function changes nothing that its caller can see, what it gets excepted.
  bool is_pure(tree::FuncId func) const { return impure_[func.index()] == 0; }
  // Every place that exists before keeps its value, whoever can name it. (It may fail, allocate,
  // print, or leave the block.) Bounded by the depth of the tree.
  bool changes_nothing(tree::NodeId id);
  // Of a list of `size` nodes: from which index on all of them change nothing.
  template <class NodeOf>
  size_t unchanging_tail(size_t size, NodeOf node_of) {
    size_t from = size;
    while (from > 0 && changes_nothing(node_of(from - 1))) from--;
    return from;
  }
  // By local of the function: LocalUse, of it or a part of it.
  std::vector<uint8_t> uses_of_locals(const tree::Function& function) const;
  // Somewhere below the node the local, or a part of it, is written.
  bool writes_local(tree::NodeId root, tree::LocalId local) const;

 private:
  bool node_changes_nothing(const tree::Node& n) const;
  template <class Visit>
  void for_each_use(tree::NodeId root, Visit visit) const;
  bool writes_outside(const tree::Node& n) const;
  void find_pure_functions();

  const tree::Program& tree_;
  const oir::TypeTable& types_;
  std::vector<uint8_t>
      known_;  // by node: 0 not known yet, 1 changes nothing, 2 may change something
  std::vector<uint8_t> impure_;  // by function: it may change what its caller can see
};

}  // namespace tenure::tape
