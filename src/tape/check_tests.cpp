// The `#test` region: `test`, `setup`, `teardown`, and what they assert.
#include "tape/checker.h"

namespace tenure::tape {

using ast::NodeKind;
using T = tree::NodeKind;

void Checker::check_tests() {
  // Those of the main file; a module's are its own.
  module_ = static_cast<uint32_t>(all_.modules.size() - 1);
  size_t functions = all_.program.functions.size();
  size_t returns = bytes_returns_.size(), bindings = bytes_bindings_.size();
  size_t calls = bytes_calls_.size();
  for (ast::NodeId id : items(at(ast().root).list)) {
    const ast::Node node = at(id);
    if (node.kind == NodeKind::Test) check_test(node);
    if (node.kind != NodeKind::Setup && node.kind != NodeKind::Teardown) continue;
    bool is_setup = node.kind == NodeKind::Setup;
    tree::FuncId& slot = is_setup ? shared_.program.setup : shared_.program.teardown;
    if (slot.valid()) {
      error(DiagKind::Redeclared, node.span,
            std::string(is_setup ? "`setup`" : "`teardown`") + " stands here twice");
      continue;
    }
    slot = test_function(is_setup ? "setup" : "teardown", node, {}, false);
  }
  if (all_.options.tests) return;
  // Nobody calls them.
  shared_.program.tests.clear();
  shared_.program.setup = shared_.program.teardown = tree::FuncId{};
  shared_.program.functions.resize(functions);
  shared_.has_views.resize(functions);
  bytes_returns_.resize(returns);
  bytes_bindings_.resize(bindings);
  bytes_calls_.resize(calls);
}

void Checker::check_test(const ast::Node& node) {
  std::string name = std::string(text(at(node.c).name));
  if (node.list.count == 0) {
    shared_.program.tests.push_back({name, test_function(name, node, {}, true), node.span});
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
    shared_.program.tests.push_back({shown, test_function(shown, node, values, true), row.span});
  }
}

tree::FuncId Checker::test_function(const std::string& name, const ast::Node& node,
                                    std::span<const ast::NodeId> row, bool is_test) {
  Ty result = is_test ? scalar(TyKind::I32) : void_type();
  tree::Function made;
  made.name = made.shown_name = is_test ? "test \"" + name + "\"" : name;
  for (uint32_t n = 2; !shared_.function_names.insert(made.name).second; ++n) {
    made.name = made.shown_name + "#" + std::to_string(n);
  }
  made.result = types_.oir(result);
  made.span = node.span;
  made.end = {node.span.file, node.span.end == 0 ? 0 : node.span.end - 1, node.span.end};
  tree::FuncId id{all_.program.functions.size()};
  shared_.program.functions.push_back(std::move(made));
  shared_.has_views.resize(all_.program.functions.size(), 0);
  enter(id, void_type(), node.b);
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
  end_function(block_node(out, NodeId{}, node.span));
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
  return assert_that(holds, message, node.span);
}

NodeId Checker::assert_that(NodeId holds, NodeId message, Span span) {
  NodeId fail = fail_node(oir::PanicKind::AssertionFailed, message, span);
  return block_node({if_node(not_node(holds, span), block_node({fail}, NodeId{}, span), span)},
                    NodeId{}, span);
}

// `@assert(a == b)`: both are shown if it fails, also where the answer is known before.
NodeId Checker::assert_compare(ast::NodeId source) {
  Span span = at(source).span;
  NodeId compared = comparison(source, false);
  if (is_bad(compared)) return compared;
  const tree::Node n = tree_[compared];
  if (n.kind == T::IsVariant) return assert_null(source, compared);
  Ty type = type_of(n.a);
  if (n.kind != T::Compare || is(type, TyKind::Pointer) || is(type, TyKind::Function))
    return assert_that(compared, NodeId{}, span);
  tree::LocalId left = add_local("", type, span);
  tree::LocalId right = add_local("", type, span);
  NodeId let_left = let_node(left, to_value(n.a), span);
  NodeId let_right = let_node(right, to_value(n.b), span);
  Made again{tree_[compared], scalar(TyKind::Bool)};
  bool by_word = n.index == static_cast<uint32_t>(tree::CompareKind::Scalar);
  again.n.a = local_node(left, type, span);
  again.n.b = local_node(right, type, span);
  if (by_word) again.n.a = to_value(again.n.a);
  if (by_word) again.n.b = to_value(again.n.b);
  NodeId compare_again = add(again);
  std::vector<NodeId> words;
  bool shows = side_words(local_node(left, type, span), span, words);
  words.push_back(text_const(" " + ast_op_text(source) + " ", span));
  shows = shows && side_words(local_node(right, type, span), span, words);
  NodeId check = assert_that(compare_again, shows ? words_node(words, span) : NodeId{}, span);
  return block_node({let_left, let_right, check}, NodeId{}, span);
}

// `@assert(opt == null)`
NodeId Checker::assert_null(ast::NodeId source, NodeId compared) {
  Span span = at(source).span;
  Ty type = type_of(tree_[compared].a);
  tree::LocalId local = add_local("", type, span);
  NodeId let = let_node(local, to_value(tree_[compared].a), span);
  Made again{tree_[compared], scalar(TyKind::Bool)};
  again.n.a = local_node(local, type, span);
  NodeId compare_again = add(again);
  bool null_first = at(at(source).a).kind == NodeKind::NullLit;
  std::string op = ast_op_text(source);
  std::vector<NodeId> words;
  if (null_first) words.push_back(text_const("null " + op + " ", span));
  bool shows = side_words(local_node(local, type, span), span, words);
  if (!null_first) words.push_back(text_const(" " + op + " null", span));
  NodeId check = assert_that(compare_again, shows ? words_node(words, span) : NodeId{}, span);
  return block_node({let, check}, NodeId{}, span);
}

NodeId Checker::words_node(const std::vector<NodeId>& words, Span span) {
  Made message = make(T::Interpolate, string_type(), span);
  message.n.list = add_list(words);
  return add(message);
}

// What is shown of a value that was compared: as it would be written. False where it cannot be, or
// would be too long.
bool Checker::side_words(NodeId side, Span span, std::vector<NodeId>& words) {
  constexpr size_t kMostWords = 64;
  Ty type = type_of(side);
  auto say = [&](const std::string& word) { words.push_back(text_const(word, span)); };
  if (is(type, TyKind::String)) {
    say("\"");
    words.push_back(side);
    say("\"");
    return true;
  }
  if (is(type, TyKind::Struct)) {
    std::vector<TyField> fields = row(type).fields;
    say(std::string(text(row(type).short_name)) + " {");
    for (uint32_t i = 0; i < fields.size(); ++i) {
      say((i == 0 ? " " : "; ") + std::string(text(fields[i].name)) + ": ");
      if (words.size() > kMostWords || !side_words(field_node(side, i, span), span, words))
        return false;
    }
    say(" }");
    return true;
  }
  if (is(type, TyKind::Array)) {
    say("[");
    for (uint64_t i = 0; i < row(type).count; ++i) {
      if (i > 0) say(", ");
      Made element = make(T::Index, row(type).elem, span);
      element.n.a = side;
      element.n.b = int_const(scalar(TyKind::I64), i, span);
      if (words.size() > kMostWords || !side_words(add(element), span, words)) return false;
    }
    say("]");
    return true;
  }
  Ty shown_type = is(type, TyKind::Optional) ? row(type).elem : type;
  bool printable = types_.is_number(shown_type) || is(shown_type, TyKind::Bool) ||
                   is(shown_type, TyKind::String) || is(shown_type, TyKind::Enum);
  if (printable) words.push_back(shown(side, span));
  return printable;
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
