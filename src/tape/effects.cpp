#include "tape/effects.h"

#include <algorithm>
#include <atomic>

namespace tenure::tape {

using oir::RtFn;
using oir::TypeKind;
using tree::Node;
using tree::NodeId;
using tree::NodeKind;

tree::LocalId root_local(const tree::Program& tree, const oir::TypeTable& types, NodeId place) {
  for (;;) {
    const Node& n = tree[place];
    switch (n.kind) {
      case NodeKind::Local:
        return n.local;
      case NodeKind::Index:
        if (types[tree[n.a].type].kind == TypeKind::Slice) return {};
        break;
      case NodeKind::Field:
      case NodeKind::UnionField:
        break;
      default:
        return {};
    }
    place = n.a;
  }
}

namespace {

// It changes nothing but what it gets the address of (`m`), or a pointer to.
bool changes_what_it_gets(const tree::Program& tree, const oir::TypeTable& types, const Node& n) {
  switch (n.rt) {
    case RtFn::TextOfBytes:
    case RtFn::TextOfCStr:
    case RtFn::MemCompare:
    case RtFn::MemEqual:
      return false;
    default:
      break;
  }
  if (oir::rt_info(n.rt).params.find('m') != std::string_view::npos) return true;
  auto items = tree.items(n.list);
  return std::any_of(items.begin(), items.end(), [&](NodeId id) {
    TypeKind kind = types[tree[id].type].kind;
    return kind == TypeKind::Pointer || kind == TypeKind::Slice;
  });
}

}  // namespace

Effects::Effects(const tree::Program& tree, const oir::TypeTable& types)
    : tree_(tree), types_(types), known_(tree.nodes.size(), 0), impure_(tree.functions.size(), 0) {
  find_pure_functions();
}

bool Effects::changes_nothing(NodeId id) {
  if (!id) return true;
  // Threads may share a node: they find the same.
  std::atomic_ref<uint8_t> effect(known_[id.index()]);
  if (uint8_t known = effect.load(std::memory_order_relaxed); known != 0) return known == 1;
  const Node& n = tree_[id];
  bool nothing = node_changes_nothing(n);
  if (nothing) {
    for_each_child(tree_, n, [&](NodeId child) { nothing = nothing && changes_nothing(child); });
  }
  effect.store(nothing ? 1 : 2, std::memory_order_relaxed);
  return nothing;
}

// Judged by the node alone.
bool Effects::node_changes_nothing(const Node& n) const {
  switch (n.kind) {
    case NodeKind::MoveOut:
    case NodeKind::CallValue:
    case NodeKind::Trapped:
    case NodeKind::LetGlobal:
    case NodeKind::Assign:
    case NodeKind::AssignOp:
    case NodeKind::AppendText:
    case NodeKind::While:
    case NodeKind::ForRange:
    case NodeKind::ForEach:
    case NodeKind::ForNext:
    case NodeKind::ForLoop:
    case NodeKind::Defer:
      return false;
    case NodeKind::SliceOf:
      return (n.flags & tree::kOwnBytes) == 0;
    case NodeKind::Call:
      return impure_[n.func.index()] == 0;
    case NodeKind::Runtime:
      return !changes_what_it_gets(tree_, types_, n);
    default:
      return true;
  }
}

// Calls `visit(local, LocalUse)` for each place below the node that is written, or that an address
// is taken of which may be written through.
template <class Visit>
void Effects::for_each_use(NodeId root, Visit visit) const {
  auto use = [&](NodeId place, LocalUse use) {
    tree::LocalId local = root_local(tree_, types_, place);
    if (local) visit(local, use);
  };
  std::vector<NodeId> todo;
  if (root) todo.push_back(root);
  while (!todo.empty()) {
    const Node& n = tree_[todo.back()];
    todo.pop_back();
    bool slice = n.kind == NodeKind::SliceOf && tree_.is_place(n.a);
    bool writable = slice && ((n.flags & tree::kOwnBytes) != 0 ||
                              types_[tree_[n.a].type].kind == TypeKind::FixedArray);
    if (n.kind == NodeKind::Assign || n.kind == NodeKind::AssignOp ||
        n.kind == NodeKind::AppendText) {
      use(n.a, kWritten);
    } else if (n.kind == NodeKind::AddressOf || writable) {
      use(n.a, kAddressed);
    } else if (n.kind == NodeKind::Runtime) {
      std::string_view letters = oir::rt_info(n.rt).params;
      auto items = tree_.items(n.list);
      for (size_t i = 0; i < items.size(); i++) {
        if (letters[i] == 'm') use(items[i], kWritten);
      }
    }
    for_each_child(tree_, n, [&](NodeId child) { todo.push_back(child); });
  }
}

std::vector<uint8_t> Effects::uses_of_locals(const tree::Function& function) const {
  std::vector<uint8_t> uses(function.locals.size(), 0);
  for_each_use(function.body,
               [&](tree::LocalId local, LocalUse use) { uses[local.index()] |= use; });
  return uses;
}

bool Effects::writes_local(NodeId root, tree::LocalId local) const {
  bool written = false;
  for_each_use(root, [&](tree::LocalId used, LocalUse) { written = written || used == local; });
  return written;
}

// Whether the node, somewhere in a function, changes what lies outside of the function's locals. An
// address alone changes nothing: what is written through it is.
bool Effects::writes_outside(const Node& n) const {
  switch (n.kind) {
    case NodeKind::CallValue:
    case NodeKind::Trapped:
    case NodeKind::LetGlobal:
      return true;
    case NodeKind::Assign:
    case NodeKind::AssignOp:
    case NodeKind::AppendText:
      return !root_local(tree_, types_, n.a);
    case NodeKind::SliceOf:
      return (n.flags & tree::kOwnBytes) != 0 && !root_local(tree_, types_, n.a);
    case NodeKind::Runtime: {
      if (!changes_what_it_gets(tree_, types_, n)) return false;
      std::string_view letters = oir::rt_info(n.rt).params;
      auto items = tree_.items(n.list);
      bool only_locals = true;
      for (size_t i = 0; i < items.size(); i++) {
        TypeKind kind = types_[tree_[items[i]].type].kind;
        bool is_local = letters[i] == 'm' && root_local(tree_, types_, items[i]);
        bool is_pointer = kind == TypeKind::Pointer || kind == TypeKind::Slice;
        only_locals = only_locals && !is_pointer && (letters[i] != 'm' || is_local);
      }
      return !only_locals;
    }
    default:
      return false;
  }
}

void Effects::find_pure_functions() {
  std::vector<std::vector<uint32_t>> callers(tree_.functions.size());
  std::vector<uint32_t> todo;
  for (uint32_t i = 0; i < tree_.functions.size(); i++) {
    std::vector<NodeId> nodes;
    if (tree_.functions[i].body) {
      nodes.push_back(tree_.functions[i].body);
    } else {
      impure_[i] = 1;  // a foreign one
    }
    while (!nodes.empty()) {
      const Node& n = tree_[nodes.back()];
      nodes.pop_back();
      if (writes_outside(n)) impure_[i] = 1;
      if (n.kind == NodeKind::Call) callers[n.func.index()].push_back(i);
      for_each_child(tree_, n, [&](NodeId child) { nodes.push_back(child); });
    }
    if (impure_[i] != 0) todo.push_back(i);
  }
  while (!todo.empty()) {
    uint32_t callee = todo.back();
    todo.pop_back();
    for (uint32_t caller : callers[callee]) {
      if (impure_[caller] != 0) continue;
      impure_[caller] = 1;
      todo.push_back(caller);
    }
  }
}

}  // namespace tenure::tape
