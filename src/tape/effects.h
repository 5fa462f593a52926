// What evaluating an expression may change: the question that decides whether an operand may stay a
// place until what stands to its right has been evaluated, and whether a text may grow in place.
#pragma once

#include <span>
#include <vector>

#include "tape/tree.h"

namespace tenure::tape {

template <class Visit>
void for_each_child(const tree::Nodes& nodes, const tree::Node& n, Visit visit) {
  if (n.a) visit(n.a);
  if (n.b) visit(n.b);
  if (n.c) visit(n.c);
  for (tree::NodeId id : nodes.items(n.list)) visit(id);
}

// The local that a place lies in; none: it is reached through a pointer or a slice, or lies in a
// global or a temporary.
tree::LocalId root_local(const tree::Nodes& nodes, const oir::TypeTable& types, tree::NodeId place);

enum LocalUse : uint8_t {
  kWritten = 1,    // written after its declaration
  kAddressed = 2,  // somebody has an address that it may be read or written through
};

// What is told by the function alone; `nodes`: where its nodes are.
tree::OwnEffects own_effects(const tree::Nodes& nodes, const oir::TypeTable& types,
                             const tree::Function& function);

// Of the functions of a program: which change nothing that their callers can see, what they get
// excepted.
class PureFunctions {
 public:
  PureFunctions(const tree::Program& program, const oir::TypeTable& types);
  bool is_pure(tree::FuncId func) const { return impure_[func.index()] == 0; }

 private:
  std::vector<uint8_t> impure_;  // by function
};

// In one function.
class Effects {
 public:
  // `known` is of the nodes: 0 not known yet, 1 changes nothing, 2 may change something.
  Effects(const tree::Nodes& nodes, const oir::TypeTable& types, const PureFunctions& pure,
          std::vector<uint8_t>& known)
      : nodes_(nodes), types_(types), pure_(pure), known_(known) {}

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

  const tree::Nodes& nodes_;
  const oir::TypeTable& types_;
  const PureFunctions& pure_;
  std::vector<uint8_t>& known_;
};

}  // namespace tenure::tape
