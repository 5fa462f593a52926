// Ranges: `a..b` and `a..=b`, which a loop runs over at once, and as values.
#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

// The ends of a range, values of one integer type; false: something was wrong.
bool Checker::range_ends(const ast::Node& range, TypeId expected, NodeId& low, NodeId& high) {
  if (!range.b) {
    error(DiagKind::NotAValue, range.span, "a range without an end stands only in an index");
    without_context(range.a);
    return false;
  }
  if (expected.valid()) {
    low = value(range.a, expected);
    high = value(range.b, expected);
  } else if (needs_context(range.a) && !needs_context(range.b)) {
    high = value(range.b, TypeId{});
    low = is_bad(high) ? without_context(range.a) : value(range.a, type_of(high));
  } else {
    low = value(range.a, TypeId{});
    high = is_bad(low) ? without_context(range.b) : value(range.b, type_of(low));
  }
  if (is_bad(low) || is_bad(high)) return false;
  if (types_.is_integer(type_of(low))) return true;
  error(DiagKind::TypeMismatch, range.span, "expected an integer, found " + quoted(type_of(low)));
  return false;
}

// Only where both ends are literals.
bool Checker::range_descends(const ast::Node& range, NodeId low, NodeId high) {
  if (!is_literal(range.a) || !is_literal(range.b)) return false;
  if (tree_[low].kind != T::Const || tree_[high].kind != T::Const) return false;
  uint64_t from = tree_[low].constant().bits, to = tree_[high].constant().bits;
  return types_.is_signed(type_of(low)) ? static_cast<int64_t>(from) > static_cast<int64_t>(to)
                                        : from > to;
}

NodeId Checker::range_expr(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  TypeId elem = expected.valid() && types_.is_range(expected) ? row(expected).elem : TypeId{};
  NodeId low, high;
  if (!range_ends(node, elem, low, high)) return bad(node.span);
  TypeId type = types_.range(type_of(low));
  bool inclusive = node.has(ast::kFlagInclusive);
  bool descending = range_descends(node, low, high);
  tree::Node made = make(T::StructLit, type, node.span);
  made.list = add_list({part(0, low, node.span), part(1, high, node.span),
                        part(2, bool_const(inclusive, node.span), node.span),
                        part(3, bool_const(descending, node.span), node.span)});
  return add(made);
}

// ---- loops

Checker::Flow Checker::range_body(const ast::Node& node, TypeId& type, tree::LocalId& name) {
  ScopeMark scope = push_scope();
  ++block_depth_;
  if (node.list.count != 0) {
    if (type.valid())
      error(DiagKind::TypeMismatch, at(node.a).span, "expected tuples, found " + quoted(type));
    type = TypeId{};
    let_tuple(node.list, bad(node.span), node.span);
  }
  LocalName what;
  what.type = type;
  what.span = node.name_span().valid() ? node.name_span() : node.span;
  LoopContext loop;
  loop.kind = LoopContext::Kind::In;
  loop.first_local = function().locals.size();
  what.local =
      add_local(std::string(text(node.name)), type.valid() ? type : types_.unit(), what.span);
  bind_name(node.name, what);
  loops_.push_back(loop);
  Flow body = block(node.b);
  loops_.pop_back();
  --block_depth_;
  pop_scope(scope);
  name = what.local;
  return body;
}

Checker::Flow Checker::loop_range(ast::NodeId id) {
  const ast::Node& node = at(id);
  const ast::Node range = at(node.a);
  NodeId low, high;
  TypeId type = range_ends(range, TypeId{}, low, high) ? type_of(low) : TypeId{};
  tree::LocalId name;
  Flow body = range_body(node, type, name);
  if (!type.valid()) return {bad(node.span), true};
  tree::Node made = make(T::LoopRange, types_.unit(), node.span);
  made.a = low;
  made.b = high;
  made.c = body.node;
  made.index = name.v;
  made.local = name;
  if (range.has(ast::kFlagInclusive)) made.flags |= tree::kInclusive;
  if (range_descends(range, low, high)) made.flags |= tree::kDescending;
  return {add(made), true};
}

Checker::Flow Checker::loop_range_value(ast::NodeId id, NodeId range) {
  const ast::Node& node = at(id);
  tree::LocalId name;
  TypeId type = row(type_of(range)).elem;
  Flow body = range_body(node, type, name);
  if (!type.valid()) return {bad(node.span), true};
  tree::Node made = make(T::LoopRangeOf, types_.unit(), node.span);
  made.a = range;
  made.b = body.node;
  made.index = name.v;
  made.local = name;
  return {add(made), true};
}

}  // namespace tenure::ng
