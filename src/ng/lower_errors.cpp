// Programs with mistakes. What can be lowered of them is, so that the mistakes of ownership are
// found in the same run: a path ends (`unreachable`) at the innermost statement that holds a
// mistake, and nothing is then said about what comes after. A mistake that can have changed nothing
// is passed over.
//
// A call of a function with a mistake is lowered, unless the program moves what such a call could
// fill again unseen: a part of a global, or what lies behind a reference.
#include "ng/lowering.h"

namespace tenure::ng {

namespace {

bool is_mistake(const tree::Nodes& tree, tree::NodeId id) {
  return !tree[id].type.valid() || (tree[id].flags & tree::kMistake) != 0;
}

bool is_harmless(const tree::Nodes& tree, tree::NodeId id) {
  bool statement = tree::node_category(tree[id].kind) == tree::Category::S;
  return statement && (tree[id].flags & tree::kHarmless) != 0;
}

// A local or a part of it, reached through no reference.
bool is_in_local(const tree::Nodes& tree, tree::NodeId place) {
  while (tree[place].kind == tree::NodeKind::Field) place = tree[place].a;
  return tree[place].kind == tree::NodeKind::Local;
}

}  // namespace

std::vector<uint8_t> unknown_functions(const tree::Program& program) {
  // The last stands for whatever a value of a function type may be.
  uint32_t any = static_cast<uint32_t>(program.functions.size());
  std::vector<uint8_t> unknown(any + 1, 0);
  std::vector<std::vector<uint32_t>> callers(any + 1);
  std::vector<uint32_t> todo;
  bool moves_elsewhere = false;
  for (uint32_t i = 0; i < any; i++) {
    if (program.functions[i].made != tree::Made::Body) {
      for (oir::FuncId callee : program.functions[i].callees) {
        if (callee.valid()) callers[callee.index()].push_back(i);
      }
    } else if (!program.functions[i].body) {
      unknown[i] = program.functions[i].foreign ? 0 : 1;
    } else {
      const tree::Nodes& tree = program.nodes_of(program.functions[i]);
      std::vector<tree::NodeId> nodes{program.functions[i].body};
      while (!nodes.empty()) {
        tree::NodeId id = nodes.back();
        nodes.pop_back();
        const tree::Node& n = tree[id];
        if (is_harmless(tree, id)) continue;
        if (is_mistake(tree, id)) unknown[i] = 1;
        if (n.kind == tree::NodeKind::Call) callers[n.func.index()].push_back(i);
        if (n.kind == tree::NodeKind::CallValue) callers[any].push_back(i);
        bool taken = n.kind == tree::NodeKind::Const && n.constant().kind == oir::ConstKind::Func;
        if (taken) callers[n.constant().bits].push_back(any);
        if (n.kind == tree::NodeKind::Move) moves_elsewhere |= !is_in_local(tree, n.a);
        for_each_child(tree, n, [&](tree::NodeId child) { nodes.push_back(child); });
      }
    }
    if (unknown[i] != 0) todo.push_back(i);
  }
  if (!moves_elsewhere) return std::vector<uint8_t>(any + 1, 0);
  while (!todo.empty()) {
    uint32_t callee = todo.back();
    todo.pop_back();
    for (uint32_t caller : callers[callee]) {
      if (unknown[caller] != 0) continue;
      unknown[caller] = 1;
      todo.push_back(caller);
    }
  }
  return unknown;
}

// Statements inside of blocks below it are asked about when their block is lowered.
bool Lowering::has_mistake(NodeId root) const {
  if (unknown_.empty() || is_harmless(tree_, root)) return false;
  std::vector<NodeId> todo{root};
  while (!todo.empty()) {
    NodeId id = todo.back();
    todo.pop_back();
    const Node& n = node(id);
    if (is_mistake(tree_, id)) return true;
    if (n.kind == NodeKind::Call && unknown_[n.func.index()] != 0) return true;
    if (n.kind == NodeKind::CallValue && unknown_.back() != 0) return true;
    if (n.kind == NodeKind::Block && id != root) continue;
    for_each_child(tree_, n, [&](NodeId child) { todo.push_back(child); });
  }
  return false;
}

}  // namespace tenure::ng
