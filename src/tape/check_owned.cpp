// Functions that say that they give a slice of bytes and give a string of their own [T-VIEW-3].
//
// Which functions these are is known when all bodies have been checked: one that returns a managed
// local or a temporary does, and so does one that returns what such a function gave. The tree is
// then put right: the result of such a function is a string, a call of it is a string that somebody
// owns, and what the program has is a view.
#include <algorithm>

#include "tape/checker.h"

namespace tenure::tape {

using T = tree::NodeKind;

// `return s;` of a string where bytes are to be given. What it becomes is known later.
NodeId Checker::return_bytes(NodeId given, Span span) {
  Made made = make(T::Return, void_type(), span);
  NodeId left = leaving(given);
  made.n.a = tree_[left].kind == T::Copy ? given : left;
  NodeId done = add(made);
  bytes_returns_.push_back({current_id_, done, !row(result_).is_const});
  saw_view_ = true;  // perhaps it becomes one
  return done;
}

void Checker::note_bytes_binding(BytesBinding binding, std::vector<NodeId>& before) {
  if (!binding.declares && !bytes_callee(binding.given).valid()) return;
  binding.before = block_node({}, NodeId{}, tree_[binding.given].span);
  before.push_back(binding.before);
  bytes_bindings_.push_back(binding);
}

// The function that a call of which `value` is; none: it is something else.
tree::FuncId Checker::bytes_callee(NodeId value) const {
  return tree_[value].kind == T::Call ? tree_[value].func : tree::FuncId{};
}

// Whether what is returned is a string that nobody else owns. Nor does anybody own a literal, but
// it cannot be written: where the bytes that are given can, it has to be copied.
bool Checker::owns_itself(const BytesReturn& done) const {
  NodeId returned = tree_[done.node].a;
  if (!is(type_of(returned), TyKind::String) || is_place(returned)) return false;
  return !is_const(returned) || done.writable;
}

void Checker::find_owners() {
  shared_.owned.assign(all_.program.functions.size(), false);
  // By callee: who gives on what it gives.
  std::unordered_map<uint32_t, std::vector<tree::FuncId>> givers;
  std::unordered_map<uint64_t, std::vector<tree::FuncId>> callees;
  std::vector<tree::FuncId> work;
  auto add_owner = [&](tree::FuncId func) {
    if (all_.owned[func.index()]) return;
    shared_.owned[func.index()] = true;
    work.push_back(func);
  };
  for_each_checker([&](Checker& checker) {
    for (const BytesBinding& binding : checker.bytes_bindings_) {
      tree::FuncId callee = checker.bytes_callee(binding.given);
      if (callee.valid())
        callees[binding_key(binding.func, binding.local, binding.global)].push_back(callee);
    }
  });
  for_each_checker([&](Checker& checker) {
    const TypedNodes& nodes = checker.tree_;
    for (const BytesReturn& done : checker.bytes_returns_) {
      NodeId given = nodes[done.node].a;
      if (checker.owns_itself(done)) add_owner(done.func);
      if (tree::FuncId callee = checker.bytes_callee(given); callee.valid())
        givers[callee.v].push_back(done.func);
      NodeId place = nodes[given].kind == T::Copy ? nodes[given].a : NodeId{};
      if (!place.valid() || nodes[place].kind != T::Local) continue;
      auto found = callees.find(binding_key(done.func, nodes[place].local, {}));
      if (found == callees.end()) continue;
      for (tree::FuncId callee : found->second) givers[callee.v].push_back(done.func);
    }
  });
  while (!work.empty()) {
    tree::FuncId func = work.back();
    work.pop_back();
    for (tree::FuncId giver : givers[func.v]) add_owner(giver);
  }
}

void Checker::settle_owned() {
  find_owners();
  std::vector<std::pair<BytesRef, const tree::Node*>> refs;
  for_each_checker([&](Checker& checker) {
    for (const BytesRef& ref : checker.bytes_refs_)
      refs.emplace_back(ref, &checker.tree_[ref.node]);
  });
  std::stable_sort(refs.begin(), refs.end(),
                   [](const auto& a, const auto& b) { return a.first.body < b.first.body; });
  for (const auto& [ref, node] : refs) {
    if (!is_owned(node->func)) continue;
    error(DiagKind::NotAValue, node->span,
          "`" + all_.program.functions[node->func.index()].shown_name +
              "` gives a string of its own: it is no function value");
  }
  for (size_t i = 0; i < all_.owned.size(); ++i) {
    if (all_.owned[i]) shared_.program.functions[i].result = types_.oir(string_type());
  }
  for_each_checker([&](Checker& checker) {
    for (const BytesBinding& binding : checker.bytes_bindings_) {
      Shared::Given& given =
          shared_.given[binding_key(binding.func, binding.local, binding.global)];
      given.owned |= is_owned(checker.bytes_callee(binding.given));
      ++given.count;
    }
  });
  // Globals are declared by this checker, and given to by the others too.
  for_each_checker([](Checker& checker) { checker.settle_mine(); });
}

void Checker::settle_mine() {
  for (const BytesBinding& binding : bytes_bindings_) settle_binding(binding);
  for (const BytesReturn& done : bytes_returns_) settle_return(done);
  for (NodeId call : bytes_calls_) settle_call(call);
}

// The call at `call` as what it is: a string. What was there is free for something else.
NodeId Checker::string_call(NodeId call) {
  Made made{tree_[call], string_type()};
  made.n.type = types_.oir(string_type());
  return add(made);
}

NodeId Checker::owner_place(const Shared::Owner& owner, Span span) {
  if (owner.local.valid()) return local_node(owner.local, string_type(), span);
  Made made = make(T::Global, string_type(), span);
  made.n.global = owner.global;
  return add(made);
}

// A hidden string before a binding owns what calls give to it.
void Checker::settle_binding(const BytesBinding& binding) {
  uint64_t key = binding_key(binding.func, binding.local, binding.global);
  bool owned = is_owned(bytes_callee(binding.given));
  Span span = tree_[binding.given].span;
  if (binding.declares) {
    const Shared::Given& given = all_.given.at(key);
    if (!given.owned) return;
    Shared::Owner owner;
    owner.alone = given.count == 1;
    if (binding.local.valid()) {
      tree::Function& function = shared_.program.functions[binding.func.index()];
      owner.alone &= !function.locals[binding.local.index()].assigned;
      tree::Local hidden;
      hidden.type = types_.oir(string_type());
      hidden.span = function.locals[binding.local.index()].span;
      hidden.assigned = !owner.alone;
      hidden.pointed = true;
      function.locals.push_back(std::move(hidden));
      owner.local = tree::LocalId{function.locals.size() - 1};
    } else {
      owner.global = oir::GlobalId{all_.program.globals.size()};
      shared_.program.globals.push_back({"", types_.oir(string_type()), span});
      shared_.global_rows.push_back(nullptr);
    }
    shared_.owners.emplace(key, owner);
    NodeId value = owned ? string_call(binding.given) : zero(string_type(), span);
    Made let = make(binding.local.valid() ? T::Let : T::LetGlobal, void_type(), span);
    let.n.flags = tree::kOwner;
    let.n.local = owner.local;
    let.n.global = owner.global;
    let.n.a = value;
    tree_[binding.before] = let.n;
  } else if (owned) {
    auto found = all_.owners.find(key);
    if (found == all_.owners.end()) return;
    NodeId place = owner_place(found->second, span);
    NodeId set = assign_node(place, string_call(binding.given), span);
    tree_[binding.before] = tree_[set];
  }
  if (owned) view_owner(binding.given, owner_place(all_.owners.at(key), span));
}

// `node` becomes a view of the string at `place`.
void Checker::view_owner(NodeId node, NodeId place) {
  Ty type = type_of(node);
  tree::Node view = make(T::SliceOf, type, tree_[node].span).n;
  view.a = place;
  if (!row(type).is_const) view.flags = tree::kOwnBytes;
  tree_[node] = view;
}

void Checker::settle_return(const BytesReturn& done) {
  NodeId given = tree_[done.node].a;
  bool text = is(type_of(given), TyKind::String);
  Span span = tree_[given].span;
  if (!is_owned(done.func)) {
    if (!text) return;
    if (is_place(given) && root_of(given).kind != Root::Kind::Local) given = to_value(given);
    Made view = make(T::SliceOf, types_.slice(scalar(TyKind::U8), true), span);
    view.n.a = given;
    tree_[done.node].a = add(view);
    return;
  }
  if (text) {
    tree_[done.node].a = to_value(given);
    return;
  }
  if (is_owned(bytes_callee(given))) {
    tree_[done.node].a = string_call(given);
    return;
  }
  NodeId place = tree_[given].kind == T::Copy ? tree_[given].a : NodeId{};
  if (place.valid() && tree_[place].kind == T::Local) {
    auto found = all_.owners.find(binding_key(done.func, tree_[place].local, {}));
    if (found != all_.owners.end() && found->second.alone) {
      NodeId owner = owner_place(found->second, span);
      tree_[done.node].a = unary(T::MoveOut, string_type(), owner, span);
      return;
    }
  }
  tree_[done.node].a = runtime(oir::RtFn::TextOfBytes, string_type(), {given}, span);
}

// A call that nothing binds: the string is a temporary.
void Checker::settle_call(NodeId call) {
  if (tree_[call].kind != T::Call || !is_owned(tree_[call].func)) return;
  Ty type = type_of(call);
  NodeId given = string_call(call);
  tree::Node view = make(T::SliceOf, type, tree_[call].span).n;
  view.a = given;
  tree_[call] = view;
}

}  // namespace tenure::tape
