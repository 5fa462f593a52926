// The `#test` region: `test`, `setup`, `teardown`, and what they assert.
#include "tape/checker.h"

namespace tenure::tape {

using ast::NodeKind;
using T = tree::NodeKind;

void Checker::check_tests() {
  // Those of the main file; a module's are its own.
  module_ = static_cast<uint32_t>(modules_.size() - 1);
  size_t functions = tree_.functions.size();
  for (ast::NodeId id : items(at(ast().root).list)) {
    const ast::Node node = at(id);
    if (node.kind == NodeKind::Test) check_test(node);
    if (node.kind != NodeKind::Setup && node.kind != NodeKind::Teardown) continue;
    bool is_setup = node.kind == NodeKind::Setup;
    tree::FuncId& slot = is_setup ? tree_.setup : tree_.teardown;
    if (slot.valid()) {
      error(DiagKind::Redeclared, node.span,
            std::string(is_setup ? "`setup`" : "`teardown`") + " stands here twice");
      continue;
    }
    slot = test_function(is_setup ? "setup" : "teardown", node, {}, false);
  }
  if (options_.tests) return;
  // Nobody calls them.
  tree_.tests.clear();
  tree_.setup = tree_.teardown = tree::FuncId{};
  tree_.functions.resize(functions);
}

void Checker::check_test(const ast::Node& node) {
  std::string name = std::string(text(at(node.c).name));
  if (node.list.count == 0) {
    tree_.tests.push_back({name, test_function(name, node, {}, true), node.span});
    return;
  }
  uint32_t number = 0;
  for (ast::NodeId row_id : items(node.list)) {
    const ast::Node row = at(row_id);
    ++number;
    if (row.kind != NodeKind::ArrayLit) continue;
    if (row.list.count != node.list2.count) {
      error(DiagKind::WrongArguments, row.span,
            "this row has " + std::to_string(row.list.count) + " values for " +
                std::to_string(node.list2.count) + " names");
      continue;
    }
    std::string shown = name + " (" + std::to_string(number) + ")";
    std::vector<ast::NodeId> values(items(row.list).begin(), items(row.list).end());
    tree_.tests.push_back({shown, test_function(shown, node, values, true), row.span});
  }
}

tree::FuncId Checker::test_function(const std::string& name, const ast::Node& node,
                                    std::span<const ast::NodeId> row, bool is_test) {
  Ty result = is_test ? scalar(TyKind::I32) : void_type();
  tree::Function made;
  made.name = made.shown_name = is_test ? "test \"" + name + "\"" : name;
  for (uint32_t n = 2; !function_names_.insert(made.name).second; ++n) {
    made.name = made.shown_name + "#" + std::to_string(n);
  }
  made.result = types_.oir(result);
  made.span = node.span;
  made.end = {node.span.file, node.span.end == 0 ? 0 : node.span.end - 1, node.span.end};
  tree::FuncId id{tree_.functions.size()};
  tree_.functions.push_back(std::move(made));
  enter(id, void_type());
  in_test_ = true;
  test_result_ = is_test ? result : Ty{};
  std::vector<NodeId> out;
  ScopeMark mark = push_scope();
  for (size_t i = 0; i < row.size(); ++i) {
    const ast::Node bound = at(items(node.list2)[i]);
    NodeId given = to_value(plain(row[i], Ty{}));
    Ty type = type_of(given);
    tree::LocalId local = add_local(std::string(text(bound.name)), type, bound.span);
    declare_local(bound.name, {local, type, Mutability::Let, {}, bound.span, 0});
    if (!is_bad(given)) out.push_back(let_node(local, given, bound.span));
  }
  Flow flow = block(node.b);
  pop_scope(mark);
  if (flow.node.valid()) out.push_back(flow.node);
  if (is_test) {
    Made done = make(T::Return, void_type(), function().end);
    done.n.a = int_const(result, 0, function().end);
    out.push_back(add(done));
  }
  function().body = block_node(out, NodeId{}, node.span);
  in_test_ = false;
  return id;
}

// ---- what a test says

NodeId Checker::fail_node(oir::PanicKind kind, NodeId message, Span span) {
  Made made = make(T::Fail, void_type(), span);
  made.n.a = message;
  made.n.index = static_cast<uint32_t>(kind);
  return add(made);
}

NodeId Checker::assert_builtin(const ast::Node& node) {
  if (node.list.count == 0 || node.list.count > 2) {
    error(DiagKind::WrongArguments, node.span,
          "`@assert` takes a condition, and perhaps a message");
    return bad(node.span);
  }
  ast::NodeId source = items(node.list)[0];
  NodeId message;
  if (node.list.count == 2) {
    message = operand(items(node.list)[1], string_type());
    if (is_bad(message)) return message;
  }
  const ast::Node chain = at(source);
  bool compares = chain.kind == NodeKind::Chain && chain.list.count == 1 &&
                  static_cast<ast::BinaryOp>(at(items(chain.list)[0]).op) >= ast::BinaryOp::Eq &&
                  static_cast<ast::BinaryOp>(at(items(chain.list)[0]).op) <= ast::BinaryOp::Ge;
  if (compares && !message.valid()) return assert_compare(source);
  NodeId holds = condition(source);
  if (is_bad(holds)) return holds;
  NodeId fail = fail_node(oir::PanicKind::AssertionFailed, message, node.span);
  return block_node(
      {if_node(not_node(holds, node.span), block_node({fail}, NodeId{}, node.span), node.span)},
      NodeId{}, node.span);
}

// `@assert(a == b)`: both are shown if it fails.
NodeId Checker::assert_compare(ast::NodeId source) {
  Span span = at(source).span;
  NodeId compared = comparison(source);
  if (is_bad(compared)) return compared;
  auto printable = [&](Ty type) {
    if (is(type, TyKind::Optional)) type = row(type).elem;
    return types_.is_number(type) || is(type, TyKind::Bool) || is(type, TyKind::String) ||
           is(type, TyKind::Enum);
  };
  if (tree_[compared].kind != T::Compare || !printable(type_of(tree_[compared].a))) {
    NodeId fail = fail_node(oir::PanicKind::AssertionFailed, NodeId{}, span);
    return block_node({if_node(not_node(compared, span), block_node({fail}, NodeId{}, span), span)},
                      NodeId{}, span);
  }
  Ty type = type_of(tree_[compared].a);
  tree::LocalId left = add_local("", type, span);
  tree::LocalId right = add_local("", type, span);
  NodeId let_left = let_node(left, to_value(tree_[compared].a), span);
  NodeId let_right = let_node(right, to_value(tree_[compared].b), span);
  Made again{tree_[compared], scalar(TyKind::Bool)};
  bool by_word = again.n.index == static_cast<uint32_t>(tree::CompareKind::Scalar);
  again.n.a = local_node(left, type, span);
  again.n.b = local_node(right, type, span);
  if (by_word) again.n.a = to_value(again.n.a);
  if (by_word) again.n.b = to_value(again.n.b);
  NodeId compare_again = add(again);
  bool quotes = is(type, TyKind::String);
  std::string between = ast_op_text(source);
  std::vector<NodeId> words;
  if (quotes) words.push_back(text_const("\"", span));
  words.push_back(shown(local_node(left, type, span), span));
  words.push_back(text_const((quotes ? "\" " : " ") + between + (quotes ? " \"" : " "), span));
  words.push_back(shown(local_node(right, type, span), span));
  if (quotes) words.push_back(text_const("\"", span));
  Made message = make(T::Interpolate, string_type(), span);
  message.n.list = add_list(words);
  NodeId fail = fail_node(oir::PanicKind::AssertionFailed, add(message), span);
  NodeId check = if_node(not_node(compare_again, span), block_node({fail}, NodeId{}, span), span);
  return block_node({let_left, let_right, check}, NodeId{}, span);
}

std::string Checker::ast_op_text(ast::NodeId chain) const {
  return std::string(
      ast::binary_op_text(static_cast<ast::BinaryOp>(at(items(at(chain).list)[0]).op)));
}

// `@assert_err(f())`: holds if it fails.
NodeId Checker::assert_err(const ast::Node& node) {
  if (node.list.count != 1) {
    error(DiagKind::WrongArguments, node.span, "`@assert_err` takes a call that may fail");
    return bad(node.span);
  }
  NodeId of = expr(items(node.list)[0], Ty{});
  if (is_bad(of)) return of;
  if (!is(type_of(of), TyKind::Result)) {
    error(DiagKind::BadOperand, tree_[of].span,
          "this cannot fail: it gives " + quoted(type_of(of)));
    return bad(node.span);
  }
  Made is_ok = make(T::IsVariant, scalar(TyKind::Bool), node.span);
  is_ok.n.a = of;
  is_ok.n.index = tree::kOk;
  NodeId fail = fail_node(oir::PanicKind::AssertionFailed,
                          text_const("expected an error", node.span), node.span);
  return block_node({if_node(add(is_ok), block_node({fail}, NodeId{}, node.span), node.span)},
                    NodeId{}, node.span);
}

// `@assert_trap(e)`: holds if a run-time error ends `e`.
NodeId Checker::assert_trap(const ast::Node& node) {
  if (node.list.count != 1) {
    error(DiagKind::WrongArguments, node.span, "`@assert_trap` takes an expression");
    return bad(node.span);
  }
  NodeId of = to_value(expr(items(node.list)[0], Ty{}));
  if (is_bad(of)) return of;
  Made made = make(T::Trapped, scalar(TyKind::Bool), node.span);
  made.n.b = block_node({eval(of, node.span)}, NodeId{}, node.span);
  NodeId fail = fail_node(oir::PanicKind::AssertionFailed,
                          text_const("expected a run-time error", node.span), node.span);
  return block_node(
      {if_node(not_node(add(made), node.span), block_node({fail}, NodeId{}, node.span), node.span)},
      NodeId{}, node.span);
}

// `@skip(c)`: the test ends here if `c` holds.
NodeId Checker::skip_builtin(const ast::Node& node) {
  if (!in_test_ || !test_result_.valid() || defer_depth_ > 0) {
    error(DiagKind::Misplaced, node.span, "`@skip` stands in a test only");
    return bad(node.span);
  }
  if (node.list.count > 1) {
    error(DiagKind::WrongArguments, node.span, "`@skip` takes a condition");
    return bad(node.span);
  }
  NodeId holds =
      node.list.count == 1 ? condition(items(node.list)[0]) : bool_const(true, node.span);
  if (is_bad(holds)) return holds;
  Made done = make(T::Return, void_type(), node.span);
  done.n.a = int_const(test_result_, 1, node.span);
  return block_node({if_node(holds, block_node({add(done)}, NodeId{}, node.span), node.span)},
                    NodeId{}, node.span);
}

}  // namespace tenure::tape
