// Programs with mistakes. What can be lowered of them is, so that the mistakes of ownership are
// found in the same run: a path ends (`unreachable`) at the first statement that holds a mistake,
// and at a call of a function that has one, because nothing is known of what such a function does
// to its arguments. Nothing is then said about what comes after. A mistake that can have changed
// nothing is passed over.
#include "ng/lowering.h"

namespace tenure::ng {

namespace {

bool is_mistake(const tree::Program& tree, tree::NodeId id) {
  return !tree[id].type.valid() || (tree[id].flags & tree::kMistake) != 0;
}

bool is_harmless(const tree::Program& tree, tree::NodeId id) {
  bool statement = tree::node_category(tree[id].kind) == tree::Category::S;
  return statement && (tree[id].flags & tree::kHarmless) != 0;
}

}  // namespace

std::vector<uint8_t> functions_with_mistakes(const tree::Program& tree) {
  std::vector<uint8_t> wrong(tree.functions.size(), 0);
  std::vector<std::vector<uint32_t>> callers(tree.functions.size());
  std::vector<uint32_t> todo;
  for (uint32_t i = 0; i < tree.functions.size(); i++) {
    if (!tree.functions[i].body) {
      wrong[i] = 1;
    } else {
      std::vector<tree::NodeId> nodes{tree.functions[i].body};
      while (!nodes.empty()) {
        tree::NodeId id = nodes.back();
        nodes.pop_back();
        const tree::Node& n = tree[id];
        if (is_harmless(tree, id)) continue;
        if (is_mistake(tree, id)) wrong[i] = 1;
        if (n.kind == tree::NodeKind::Call) callers[n.func.index()].push_back(i);
        for_each_child(tree, n, [&](tree::NodeId child) { nodes.push_back(child); });
      }
    }
    if (wrong[i] != 0) todo.push_back(i);
  }
  while (!todo.empty()) {
    uint32_t callee = todo.back();
    todo.pop_back();
    for (uint32_t caller : callers[callee]) {
      if (wrong[caller] != 0) continue;
      wrong[caller] = 1;
      todo.push_back(caller);
    }
  }
  return wrong;
}

// Statements inside of blocks below it are asked about when their block is lowered.
bool Lowering::has_mistake(NodeId root) const {
  if (wrong_.empty() || is_harmless(tree_, root)) return false;
  std::vector<NodeId> todo{root};
  while (!todo.empty()) {
    NodeId id = todo.back();
    todo.pop_back();
    const Node& n = node(id);
    if (is_mistake(tree_, id)) return true;
    if (n.kind == NodeKind::Call && wrong_[n.func.index()] != 0) return true;
    if (n.kind == NodeKind::Block && id != root) continue;
    for_each_child(tree_, n, [&](NodeId child) { todo.push_back(child); });
  }
  return false;
}

}  // namespace tenure::ng
