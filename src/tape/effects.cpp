#include "tape/effects.h"

#include <algorithm>

#include "base/parallel.h"

namespace tenure::tape {

using oir::RtFn;
using oir::TypeKind;
using tree::Node;
using tree::NodeId;
using tree::NodeKind;

tree::LocalId root_local(const tree::Nodes& nodes, const oir::TypeTable& types, NodeId place) {
  for (;;) {
    const Node& n = nodes[place];
    switch (n.kind) {
      case NodeKind::Local:
        return n.local;
      case NodeKind::Index:
        if (types[nodes[n.a].type].kind == TypeKind::Slice) return {};
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
bool changes_what_it_gets(const tree::Nodes& nodes, const oir::TypeTable& types, const Node& n) {
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
  auto items = nodes.items(n.list);
  return std::any_of(items.begin(), items.end(), [&](NodeId id) {
    TypeKind kind = types[nodes[id].type].kind;
    return kind == TypeKind::Pointer || kind == TypeKind::Slice;
  });
}

}  // namespace

bool Effects::changes_nothing(NodeId id) {
  if (!id) return true;
  uint8_t& effect = known_[id.index()];
  if (effect != 0) return effect == 1;
  const Node& n = nodes_[id];
  bool nothing = node_changes_nothing(n);
  if (nothing) {
    for_each_child(nodes_, n, [&](NodeId child) { nothing = nothing && changes_nothing(child); });
  }
  effect = nothing ? 1 : 2;
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
      return pure_.is_pure(n.func);
    case NodeKind::Runtime:
      return !changes_what_it_gets(nodes_, types_, n);
    default:
      return true;
  }
}

// Calls `visit(local, LocalUse)` for each place below the node that is written, or that an address
// is taken of which may be written through.
template <class Visit>
void Effects::for_each_use(NodeId root, Visit visit) const {
  auto use = [&](NodeId place, LocalUse use) {
    tree::LocalId local = root_local(nodes_, types_, place);
    if (local) visit(local, use);
  };
  std::vector<NodeId> todo;
  if (root) todo.push_back(root);
  while (!todo.empty()) {
    const Node& n = nodes_[todo.back()];
    todo.pop_back();
    bool slice = n.kind == NodeKind::SliceOf && nodes_.is_place(n.a);
    bool writable = slice && ((n.flags & tree::kOwnBytes) != 0 ||
                              types_[nodes_[n.a].type].kind == TypeKind::FixedArray);
    if (n.kind == NodeKind::Assign || n.kind == NodeKind::AssignOp ||
        n.kind == NodeKind::AppendText) {
      use(n.a, kWritten);
    } else if (n.kind == NodeKind::AddressOf || writable) {
      use(n.a, kAddressed);
    } else if (n.kind == NodeKind::Runtime) {
      std::string_view letters = oir::rt_info(n.rt).params;
      auto items = nodes_.items(n.list);
      for (size_t i = 0; i < items.size(); i++) {
        if (letters[i] == 'm') use(items[i], kWritten);
      }
    }
    for_each_child(nodes_, n, [&](NodeId child) { todo.push_back(child); });
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

namespace {

// Whether the node, somewhere in a function, changes what lies outside of the function's locals. An
// address alone changes nothing: what is written through it is.
bool writes_outside(const tree::Nodes& nodes, const oir::TypeTable& types, const Node& n) {
  switch (n.kind) {
    case NodeKind::CallValue:
    case NodeKind::Trapped:
    case NodeKind::LetGlobal:
      return true;
    case NodeKind::Assign:
    case NodeKind::AssignOp:
    case NodeKind::AppendText:
      return !root_local(nodes, types, n.a);
    case NodeKind::SliceOf:
      return (n.flags & tree::kOwnBytes) != 0 && !root_local(nodes, types, n.a);
    case NodeKind::Runtime: {
      if (!changes_what_it_gets(nodes, types, n)) return false;
      std::string_view letters = oir::rt_info(n.rt).params;
      auto items = nodes.items(n.list);
      bool only_locals = true;
      for (size_t i = 0; i < items.size(); i++) {
        TypeKind kind = types[nodes[items[i]].type].kind;
        bool is_local = letters[i] == 'm' && root_local(nodes, types, items[i]);
        bool is_pointer = kind == TypeKind::Pointer || kind == TypeKind::Slice;
        only_locals = only_locals && !is_pointer && (letters[i] != 'm' || is_local);
      }
      return !only_locals;
    }
    default:
      return false;
  }
}

}  // namespace

tree::OwnEffects own_effects(const tree::Nodes& nodes, const oir::TypeTable& types,
                             const tree::Function& function) {
  tree::OwnEffects found;
  if (!function.body) {
    found.impure = true;  // a foreign one
    return found;
  }
  std::vector<NodeId> todo{function.body};
  while (!todo.empty()) {
    const Node& n = nodes[todo.back()];
    todo.pop_back();
    if (writes_outside(nodes, types, n)) {
      found.impure = true;
      return found;
    }
    if (n.kind == NodeKind::Call) found.calls.push_back(n.func);
    for_each_child(nodes, n, [&](NodeId child) { todo.push_back(child); });
  }
  return found;
}

PureFunctions::PureFunctions(const tree::Program& program, const oir::TypeTable& types)
    : impure_(program.functions.size(), 0) {
  std::vector<tree::OwnEffects> own(program.functions.size());
  in_ranges(own.size(), [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      const tree::Function& function = program.functions[i];
      own[i] = function.effects ? *function.effects
                                : own_effects(program.nodes_of(function), types, function);
    }
  });
  std::vector<std::vector<uint32_t>> callers(own.size());
  std::vector<uint32_t> todo;
  for (uint32_t i = 0; i < own.size(); i++) {
    for (tree::FuncId callee : own[i].calls) callers[callee.index()].push_back(i);
    if (!own[i].impure) continue;
    impure_[i] = 1;
    todo.push_back(i);
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
