// Conditions and loops.
#include "tape/checker.h"

namespace tenure::tape {

using ast::NodeKind;
using T = tree::NodeKind;

NodeId Checker::condition(ast::NodeId id) {
  return value(id, scalar(TyKind::Bool));
}

// The node and all below it, until `visit` says that it has seen enough.
template <class Visit>
void Checker::each_node(ast::NodeId root, Visit visit) const {
  std::vector<ast::NodeId> left{root};
  while (!left.empty()) {
    const ast::Node& node = at(left.back());
    left.pop_back();
    if (!visit(node)) return;
    for (ast::NodeId child : {node.a, node.b, node.c}) {
      if (child.valid()) left.push_back(child);
    }
    for (ast::List list : {node.list, node.list2}) {
      for (ast::NodeId child : items(list)) left.push_back(child);
    }
  }
}

// Whether something in `body` assigns `name`. Bodies of loops too: names are compared.
bool Checker::assigns(ast::NodeId body, NameId name) const {
  bool found = false;
  each_node(body, [&](const ast::Node& node) {
    bool changes = node.kind == NodeKind::Assign || node.kind == NodeKind::AssignOp;
    found = changes && at(node.a).kind == NodeKind::Name && at(node.a).name == name;
    return !found;
  });
  return found;
}

// Whether the function takes the address of what has the name, wherever: it may be assigned through
// that at any time.
bool Checker::is_addressed(NameId name) {
  if (!addressed_) {
    addressed_.emplace();
    each_node(source_, [&](const ast::Node& node) {
      bool takes =
          node.kind == NodeKind::Unary && node.op == static_cast<uint8_t>(ast::UnaryOp::AddressOf);
      if (takes && at(node.a).kind == NodeKind::Name) addressed_->insert(at(node.a).name);
      return true;
    });
  }
  return addressed_->count(name) != 0;
}

void Checker::narrow(ast::NodeId id, ast::NodeId body, std::vector<tree::LocalId>& out) {
  const ast::Node& node = at(id);
  if (node.kind != NodeKind::Chain || node.list.count == 0) return;
  auto op = static_cast<ast::BinaryOp>(at(items(node.list)[0]).op);
  if (op == ast::BinaryOp::And) {
    narrow(node.a, body, out);
    for (ast::NodeId part : items(node.list)) narrow(at(part).a, body, out);
    return;
  }
  if (op != ast::BinaryOp::Ne || node.list.count != 1) return;
  const ast::Node* name = &at(node.a);
  const ast::Node* null = &at(at(items(node.list)[0]).a);
  if (name->kind == NodeKind::NullLit) std::swap(name, null);
  if (name->kind != NodeKind::Name || null->kind != NodeKind::NullLit) return;
  const Binding* binding = find_binding(name->name);
  if (binding == nullptr || !is(binding->type, TyKind::Pointer) || !binding->local.valid()) return;
  if ((body.valid() && assigns(body, name->name)) || is_addressed(name->name)) return;
  out.push_back(binding->local);
}

Checker::Flow Checker::if_stmt(ast::NodeId id) {
  const ast::Node node = at(id);
  std::vector<NodeId> arms;
  bool falls = false;
  bool ok = true;
  for (ast::NodeId arm_id : items(node.list)) {
    const ast::Node arm = at(arm_id);
    Made made = make(T::Part, void_type(), arm.span);
    made.n.a = condition(arm.a);
    size_t narrowed = non_null_.size();
    narrow(arm.a, arm.b, non_null_);
    Flow flow = block(arm.b);
    non_null_.resize(narrowed);
    made.n.b = flow.node;
    falls |= flow.falls;
    ok &= !is_bad(made.n.a);
    arms.push_back(add(made));
  }
  Made made = make(T::If, void_type(), node.span);
  if (node.c.valid()) {
    Flow flow = block(node.c);
    made.n.c = flow.node;
    falls |= flow.falls;
  } else {
    falls = true;
  }
  made.n.list = add_list(arms);
  return {ok ? add(made) : NodeId{}, falls};
}

Checker::Flow Checker::while_stmt(ast::NodeId id) {
  const ast::Node node = at(id);
  NodeId on = condition(node.a);
  loops_.emplace_back();
  size_t narrowed = non_null_.size();
  narrow(node.a, node.b, non_null_);
  Flow body = block(node.b);
  non_null_.resize(narrowed);
  bool has_break = loops_.back().has_break;
  loops_.pop_back();
  if (is_bad(on)) return {};
  bool forever = is_const(on) && tree_[on].constant().bits != 0;
  Made made = make(T::While, void_type(), node.span);
  made.n.a = on;
  made.n.b = body.node;
  return {add(made), !forever || has_break};
}

// The body of a loop over something, with its name bound.
NodeId Checker::loop_body(NameId name, Span span, Ty type, ast::NodeId body, tree::LocalId& local) {
  ScopeMark mark = push_scope();
  local = add_local(std::string(text(name)), type, span);
  if (name.valid()) declare_local(name, {local, type, Mutability::Bound, {}, span, 0});
  loops_.emplace_back();
  Flow flow = block(body);
  loops_.pop_back();
  pop_scope(mark);
  return flow.node;
}

Checker::Flow Checker::for_in(ast::NodeId id) {
  const ast::Node node = at(id);
  NodeId over = plain(node.a, Ty{});
  if (!is_bad(over)) {
    Ty type = type_of(over);
    if (types_.is_integer(type)) return for_count(node, over);
    Ty whole = is(type, TyKind::Pointer) ? row(type).elem : type;
    if (const FunDecl* next = find_method(whole, all_.next)) return for_next(node, over, *next);
    if (is(type, TyKind::Array) || is(type, TyKind::Slice)) return for_each(node, over);
    if (is(type, TyKind::String)) return for_bytes(node, over);
    error(DiagKind::BadOperand, at(node.a).span,
          "`for` goes over numbers, arrays, slices, strings and what has a `next`, not " +
              quoted(type));
  }
  tree::LocalId local;
  loop_body(node.name, node.name_span(), Ty{}, node.b, local);
  return {};
}

// `for (i in n)`: from 0 up to n.
Checker::Flow Checker::for_count(const ast::Node& node, NodeId count) {
  Ty type = type_of(count);
  Made made = make(T::ForRange, void_type(), node.span);
  made.n.a = int_const(type, 0, node.span);
  made.n.b = to_value(count);
  made.n.c = loop_body(node.name, node.name_span(), type, node.b, made.n.local);
  return {add(made)};
}

Checker::Flow Checker::for_each(const ast::Node& node, NodeId items) {
  Made made = make(T::ForEach, void_type(), node.span);
  made.n.a = items;
  made.n.b = loop_body(node.name, node.name_span(), row(type_of(items)).elem, node.b, made.n.local);
  return {add(made)};
}

// The bytes of a string, as it was at the start: a copy where it may be changed meanwhile.
Checker::Flow Checker::for_bytes(const ast::Node& node, NodeId text) {
  Span span = at(node.a).span;
  bool stays = is_place(text) && root_of(text).kind == Root::Kind::Local && fixed_because(text);
  NodeId let;
  if (!stays) {
    tree::LocalId held = add_local("", string_type(), span);
    let = let_node(held, to_value(text), span);
    text = local_node(held, string_type(), span);
  }
  Made view = make(T::SliceOf, types_.slice(scalar(TyKind::U8), true), span);
  view.n.a = text;
  NodeId loop = for_each(node, add(view)).node;
  return {stays ? loop : block_node({let, loop}, NodeId{}, node.span)};
}

// What has `fn T.next(*self) -> ?V`. A value of such a type lives, under no name, until the loop is
// left.
Checker::Flow Checker::for_next(const ast::Node& node, NodeId iterator, const FunDecl& next) {
  Ty elem;
  NodeId call;
  NodeId let;
  bool is_value = !is_place(iterator) || root_of(iterator).kind == Root::Kind::Temporary;
  if (is_value && !is(type_of(iterator), TyKind::Pointer)) {
    Ty type = type_of(iterator);
    tree::LocalId held = add_local("", type, at(node.a).span);
    let = let_node(held, to_value(iterator), at(node.a).span);
    iterator = local_node(held, type, at(node.a).span);
  }
  if (!next.refused) {
    if (next.params.size() != 1 || !next.has_self || !is(next.result, TyKind::Optional)) {
      error(DiagKind::BadOperand, at(node.a).span,
            "`next` of what `for` goes over is `fn T.next(*self) -> ?V`");
    } else {
      NodeId self = receiver_arg(next, iterator, at(node.a).span);
      if (!is_bad(self)) {
        Made made = make(T::Call, next.result, at(node.a).span);
        made.n.func = next.id;
        made.n.list = add_list({part(0, self, at(node.a).span)});
        call = add(made);
        elem = row(next.result).elem;
      }
    }
  }
  Made made = make(T::ForNext, void_type(), node.span);
  made.n.a = call;
  made.n.b = loop_body(node.name, node.name_span(), elem, node.b, made.n.local);
  if (!call.valid()) return {};
  NodeId loop = add(made);
  return {let.valid() ? block_node({let, loop}, NodeId{}, node.span) : loop};
}

Checker::Flow Checker::for_range(ast::NodeId id) {
  const ast::Node node = at(id);
  NodeId from;
  NodeId to;
  if (needs_context(node.a) && !needs_context(node.c)) {
    to = to_value(plain(node.c, Ty{}));
    from = is_bad(to) ? to : value(node.a, type_of(to));
  } else {
    from = to_value(plain(node.a, Ty{}));
    to = is_bad(from) ? to_value(plain(node.c, Ty{})) : value(node.c, type_of(from));
  }
  Ty type = is_bad(from) || is_bad(to) ? Ty{} : type_of(from);
  if (type.valid() && !types_.is_integer(type)) {
    error(DiagKind::BadOperand, at(node.a).span, "a range goes over integers, not " + quoted(type));
    type = Ty{};
  }
  Made made = make(T::ForRange, void_type(), node.span);
  made.n.a = from;
  made.n.b = to;
  if (node.has(ast::kFlagInclusive)) made.n.flags = tree::kInclusive;
  made.n.c = loop_body(node.name, node.name_span(), type, node.b, made.n.local);
  return {type.valid() ? add(made) : NodeId{}};
}

Checker::Flow Checker::for_loop(ast::NodeId id) {
  const ast::Node node = at(id);
  ScopeMark mark = push_scope();
  std::vector<NodeId> outer = std::move(before_);
  before_.clear();
  std::vector<NodeId> first;
  bool falls = true;
  statements(items(node.list), first, falls);
  Made made = make(T::ForLoop, void_type(), node.span);
  made.n.list = add_list(first);
  bool ok = true;
  bool forever = true;
  if (node.a.valid()) {
    made.n.a = condition(node.a);
    ok = !is_bad(made.n.a);
    forever = ok && is_const(made.n.a) && tree_[made.n.a].constant().bits != 0;
  }
  loops_.emplace_back();
  made.n.b = block(node.b).node;
  bool has_break = loops_.back().has_break;
  loops_.pop_back();
  std::vector<NodeId> step;
  statements(items(node.list2), step, falls);
  if (step.size() == 1) made.n.c = step[0];
  if (step.size() > 1) made.n.c = block_node(step, NodeId{}, node.span);
  before_ = std::move(outer);
  pop_scope(mark);
  return {ok ? add(made) : NodeId{}, !forever || has_break};
}

Checker::Flow Checker::jump(ast::NodeId id, T kind) {
  const ast::Node node = at(id);
  const char* word = kind == T::Break ? "break" : "continue";
  if (defer_depth_ > 0 && loops_.size() == defer_loops_) {
    error(DiagKind::LeavesDefer, node.span, "cannot leave a `defer`");
    return {{}, false};
  }
  if (loops_.empty()) {
    error(DiagKind::Misplaced, node.span, "`" + std::string(word) + "` stands in a loop only");
    return {{}, false};
  }
  if (kind == T::Break) loops_.back().has_break = true;
  return {add(make(kind, void_type(), node.span)), false};
}

}  // namespace tenure::tape
