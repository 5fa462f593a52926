// Narrowing: where a test has shown which member of an untagged union a variable is, its name
// stands for that member, as if `switch` had bound it [O-LIFE-12]. That holds in the branch of an
// `if`, in its `else` where one member is left, behind `&&`, and behind an `if` that leaves the
// block. Code that assigns, moves or refers to the variable sees the union.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

namespace {

// How much code is looked through for uses of a name; what is longer sees the union.
constexpr size_t kMostLookedAt = 20'000;
// Tests in one `&&` after which names are no longer narrowed.
constexpr size_t kMostTests = 32;

}  // namespace

// What a condition says of a variable, if it is nothing but a test.
std::optional<Checker::Test> Checker::test_of(ast::NodeId condition) {
  const ast::Node* node = &at(condition);
  bool negated = false;
  for (; node->kind == NodeKind::Unary && ast::UnaryOp(node->op) == ast::UnaryOp::Not;
       node = &at(node->a)) {
    negated = !negated;
  }
  if (node->kind != NodeKind::Is || at(node->a).kind != NodeKind::Name) return std::nullopt;
  const ast::Node& variable = at(node->a);
  const LocalName* local = variable.list.count == 0 ? find_local(variable.name) : nullptr;
  if (local == nullptr || !is_untagged(local->type)) return std::nullopt;
  if (local->kind == LocalName::Kind::Local && local->owner != current_->id) return std::nullopt;
  auto index = named_member(node->b, local->type, true);
  if (!index) return std::nullopt;
  Test test;
  test.name = variable.name;
  test.type = local->type;
  test.place = local->kind == LocalName::Kind::Local ? local_node(local->local, variable.span)
                                                     : global_node(*local, variable.span);
  test.span = variable.span;
  test.members.resize(row(local->type).variants.size(), negated);
  test.members[*index] = !negated;
  return test;
}

std::optional<uint32_t> Checker::only_member(const Test& test) const {
  if (std::count(test.members.begin(), test.members.end(), true) != 1) return std::nullopt;
  auto it = std::find(test.members.begin(), test.members.end(), true);
  return static_cast<uint32_t>(it - test.members.begin());
}

// Whether code names a variable and does nothing with it that needs the variable itself.
bool Checker::only_looks_at(std::span<const ast::NodeId> code, NameId name) const {
  std::vector<ast::NodeId> todo(code.begin(), code.end());
  bool named = false;
  auto is_root = [&](ast::NodeId place) {
    for (;;) {
      const ast::Node& node = at(place);
      bool part = node.kind == NodeKind::Member || node.kind == NodeKind::Index;
      if (!part) return node.kind == NodeKind::Name && node.name == name;
      place = node.a;
    }
  };
  for (size_t looked = 0; !todo.empty(); ++looked) {
    if (looked > kMostLookedAt) return false;
    const ast::Node& node = at(todo.back());
    todo.pop_back();
    named |= node.kind == NodeKind::Name && node.name == name;
    bool changes = node.kind == NodeKind::Assign || node.kind == NodeKind::AssignOp ||
                   node.kind == NodeKind::Move || node.kind == NodeKind::RefOf;
    changes |= node.kind == NodeKind::Chain &&
               ast::BinaryOp(at(items(node.list)[0]).op) == ast::BinaryOp::Append;
    if (changes && is_root(node.a)) return false;
    for (ast::NodeId inner : {node.a, node.b, node.c}) {
      if (inner) todo.push_back(inner);
    }
    for (ast::List list : {node.list, node.list2}) {
      for (ast::NodeId inner : items(list)) todo.push_back(inner);
    }
  }
  return named;
}

// Binds the name to the member, for code that is checked next; its local.
std::optional<tree::LocalId> Checker::narrow(const Test& test, std::span<const ast::NodeId> code) {
  auto index = only_member(test);
  if (!index || !only_looks_at(code, test.name)) return std::nullopt;
  LocalName what;
  what.type = member(test.type, *index);
  what.span = test.span;
  what.in_variant = true;
  if (types_.is_move_only(what.type)) {
    if (!rooted_in_local(test.place)) return std::nullopt;
    what.alias = true;
    what.subject = test.place;
  }
  what.local = add_local(std::string(text(test.name)), what.type, test.span);
  bind_name(test.name, what);
  return what.local;
}

// The block of an `if`, where the tests have come out as they say.
Checker::Flow Checker::narrowed_arm(const std::vector<Test>& tests, ast::NodeId block, TypeId& type,
                                    bool wants_value, bool& wrong) {
  ScopeMark scope = push_scope();
  std::vector<std::pair<const Test*, tree::LocalId>> bound;
  for (const Test& test : tests) {
    if (auto local = narrow(test, std::span(&block, 1))) bound.push_back({&test, *local});
  }
  Flow flow = arm(block, type, wants_value, wrong);
  pop_scope(scope);
  Span span = at(block).span;
  for (size_t i = bound.size(); i-- > 0 && !is_bad(flow.node);) {
    auto [test, local] = bound[i];
    TypeId result = type_of(flow.node);
    NodeId panic = wrong_member(test->type, function().locals[local.index()].type, span);
    NodeId other = result == types_.unit() || !tree_[flow.node].a.valid()
                       ? block_node({eval(panic, span)}, {}, span)
                       : block_node({}, stand_for(panic, result), span);
    NodeId chosen = if_member(test->place, *only_member(*test), local, flow.node, other, span);
    flow.node = result == types_.unit() ? block_node({eval(chosen, span)}, {}, span)
                                        : block_node({}, chosen, span);
  }
  return flow;
}

// A panic where a value of another type is wanted.
NodeId Checker::stand_for(NodeId panic, TypeId type) {
  tree_[panic].type = type;
  return panic;
}

// The tests that hold where a condition does. What is asked after a test of a global may change it.
std::vector<Checker::Test> Checker::tests_in(ast::NodeId condition) {
  const ast::Node& node = at(condition);
  bool conjunction = node.kind == NodeKind::Chain &&
                     ast::BinaryOp(at(items(node.list)[0]).op) == ast::BinaryOp::And;
  std::vector<ast::NodeId> operands{conjunction ? node.a : condition};
  for (ast::NodeId part : conjunction ? items(node.list) : std::span<const ast::NodeId>{})
    operands.push_back(at(part).a);
  std::vector<Test> tests;
  bool changes = false;
  for (size_t i = operands.size(); i-- > 0;) {
    auto test = test_of(operands[i]);
    if (test && tests.size() < kMostTests && only_member(*test) &&
        !(changes && tree_[test->place].kind == T::Global))
      tests.push_back(*test);
    changes = changes || !changes_nothing(operands[i]);
  }
  return tests;
}

// What an arm's condition leaves for those after it.
void Checker::exclude(ast::NodeId condition, std::vector<Test>& left) {
  auto test = test_of(condition);
  if (!test) return;
  test->members.flip();
  for (Test& other : left) {
    if (other.name != test->name) continue;
    for (size_t i = 0; i < other.members.size(); ++i)
      other.members[i] = other.members[i] && test->members[i];
    return;
  }
  if (left.size() < kMostTests) left.push_back(*test);
}

// The operands of `&&` from the first of `rest` on.
NodeId Checker::conjunction(std::span<const ast::NodeId> rest, size_t tests, Span span) {
  std::vector<NodeId> operands;
  bool ok = true;
  for (size_t i = 0; i < rest.size(); ++i) {
    operands.push_back(value(rest[i], types_.boolean()));
    ok &= !is_bad(operands.back());
    auto later = rest.subspan(i + 1);
    auto test = later.empty() || tests == kMostTests ? std::nullopt : test_of(rest[i]);
    if (!test) continue;
    ScopeMark scope = push_scope();
    auto local = narrow(*test, later);
    if (!local) {
      pop_scope(scope);
      continue;
    }
    NodeId narrowed = conjunction(later, tests + 1, span);
    pop_scope(scope);
    ok &= !is_bad(narrowed);
    if (ok)
      operands.push_back(if_member(test->place, *only_member(*test), *local, narrowed,
                                   bool_const(false, span), span));
    break;
  }
  if (!ok) return bad(span);
  if (operands.size() == 1) return operands[0];
  tree::Node made = make(T::And, types_.boolean(), span);
  made.list = add_list(operands);
  return add(made);
}

// Behind `if (!(x is T)) { return; }`: the rest of the block sees the member.
void Checker::narrow_after(ast::NodeId statement, std::span<const ast::NodeId> rest,
                           Statements& out) {
  const ast::Node* node = &at(statement);
  if (node->kind == NodeKind::ExprStmt) node = &at(node->a);
  if (node->kind != NodeKind::If || !arm_leaves_ || rest.empty()) return;
  auto test = test_of(at(items(node->list)[0]).a);
  if (!test) return;
  test->members.flip();
  auto index = only_member(*test);
  // (A part that cannot be copied would need its block to be an arm of its own.)
  if (!index || types_.is_move_only(member(test->type, *index))) return;
  NodeId place = test->place;
  auto local = narrow(*test, rest);
  if (!local) return;
  tree::Node let = make(T::Let, types_.unit(), test->span);
  let.local = *local;
  let.a = member_cast(place, member(test->type, *index), test->span);
  out.push_back(add(let));
}

}  // namespace tenure::ng
