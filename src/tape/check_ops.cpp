// Operators, comparisons, casts.
#include <algorithm>

#include "tape/checker.h"

namespace tenure::tape {

using ast::NodeKind;
using T = tree::NodeKind;

oir::BinOp Checker::arithmetic_op(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::Add:
      return oir::BinOp::Add;
    case ast::BinaryOp::Sub:
      return oir::BinOp::Sub;
    case ast::BinaryOp::Mul:
      return oir::BinOp::Mul;
    case ast::BinaryOp::Div:
      return oir::BinOp::Div;
    case ast::BinaryOp::Rem:
      return oir::BinOp::Rem;
    case ast::BinaryOp::BitAnd:
      return oir::BinOp::BitAnd;
    case ast::BinaryOp::BitOr:
      return oir::BinOp::BitOr;
    case ast::BinaryOp::BitXor:
      return oir::BinOp::BitXor;
    case ast::BinaryOp::Shl:
      return oir::BinOp::Shl;
    case ast::BinaryOp::Shr:
      return oir::BinOp::Shr;
    case ast::BinaryOp::Eq:
      return oir::BinOp::Eq;
    case ast::BinaryOp::Ne:
      return oir::BinOp::Ne;
    case ast::BinaryOp::Lt:
      return oir::BinOp::Lt;
    case ast::BinaryOp::Le:
      return oir::BinOp::Le;
    case ast::BinaryOp::Gt:
      return oir::BinOp::Gt;
    default:
      return oir::BinOp::Ge;
  }
}

NodeId Checker::chain_expr(ast::NodeId id, Ty hint) {
  const ast::Node& node = at(id);
  if (node.list.count == 0) return expr(node.a, hint);
  auto op = static_cast<ast::BinaryOp>(at(items(node.list)[0]).op);
  if (op == ast::BinaryOp::And || op == ast::BinaryOp::Or) return logic(id);
  if (op >= ast::BinaryOp::Eq && op <= ast::BinaryOp::Ge) return comparison(id);
  return arithmetic(id, hint);
}

// ---- arithmetic

NodeId Checker::arithmetic(ast::NodeId id, Ty hint) {
  const ast::Node node = at(id);
  auto parts = items(node.list);
  std::vector<ast::NodeId> operands{node.a};
  for (ast::NodeId part : parts) operands.push_back(at(part).a);
  // The first operand that has a type of its own decides.
  std::vector<NodeId> checked(operands.size());
  size_t first = 0;
  while (first < operands.size() && needs_context(operands[first])) ++first;
  Ty type;
  if (first == operands.size()) {
    type = types_.is_number(hint) ? hint : literal_type(id);
    if (types_.is_integer(type) && types_.is_float(literal_type(id))) type = literal_type(id);
  } else {
    checked[first] = plain(operands[first], hint);
    if (is_bad(checked[first])) {
      for (size_t i = first + 1; i < operands.size(); ++i) {
        if (!needs_context(operands[i])) plain(operands[i], Ty{});
      }
      return bad(node.span);
    }
    type = type_of(checked[first]);
  }
  auto op_of = [&](size_t i) { return static_cast<ast::BinaryOp>(at(parts[i - 1]).op); };
  bool is_text = is(type, TyKind::String) || types_.is_bytes(type) || types_.is_cstr(type);
  if (is_text) {
    for (size_t i = 1; i < operands.size(); ++i) {
      if (op_of(i) == ast::BinaryOp::Add) continue;
      error(DiagKind::BadOperand, at(parts[i - 1]).span,
            "`" + std::string(ast::binary_op_text(op_of(i))) + "` is not for strings");
      return bad(node.span);
    }
    return concat(id, std::move(checked));
  }
  for (size_t i = 1; i < operands.size(); ++i) {
    ast::BinaryOp op = op_of(i);
    bool any_number = op <= ast::BinaryOp::Rem;
    if (types_.is_integer(type) || (any_number && types_.is_float(type))) continue;
    error(DiagKind::BadOperand, at(parts[i - 1]).span,
          "`" + std::string(ast::binary_op_text(op)) + "` is for " +
              (any_number ? "numbers" : "integers") + ", not " + quoted(type));
    return bad(node.span);
  }
  bool ok = true;
  for (size_t i = 0; i < operands.size(); ++i) {
    checked[i] = to_value(checked[i].valid() ? checked[i] : operand(operands[i], type));
    ok &= !is_bad(checked[i]);
  }
  if (!ok) return bad(node.span);
  // Constants at the start are computed here.
  NodeId head = checked[0];
  size_t next = 1;
  for (; next < checked.size() && is_const(head) && is_const(checked[next]); ++next) {
    std::optional<uint64_t> bits =
        fold_arith(type, arithmetic_op(op_of(next)), tree_[head].constant().bits,
                   tree_[checked[next]].constant().bits);
    if (!bits) {
      error(DiagKind::DivisionByZero, node.span, "division by zero");
      return bad(node.span);
    }
    Made made{tree_[head], type};
    made.n.span = node.span;
    oir::Const computed = made.n.constant();
    computed.bits = *bits;
    made.n.set_constant(computed);
    head = add(made);
  }
  if (next == checked.size()) return head;
  std::vector<NodeId> rest;
  for (; next < checked.size(); ++next) {
    Made made = make(T::Part, void_type(), at(parts[next - 1]).span);
    made.n.op = arithmetic_op(op_of(next));
    made.n.a = checked[next];
    rest.push_back(add(made));
  }
  Made made = make(T::Arith, type, node.span);
  made.n.a = head;
  made.n.list = add_list(rest);
  return add(made);
}

// `+` of strings, and of what converts to one.
NodeId Checker::concat(ast::NodeId id, std::vector<NodeId> checked) {
  const ast::Node node = at(id);
  std::vector<ast::NodeId> operands{node.a};
  for (ast::NodeId part : items(node.list)) operands.push_back(at(part).a);
  bool ok = true;
  bool constant = true;
  bool pointer = std::any_of(checked.begin(), checked.end(), [&](NodeId operand) {
    return operand.valid() && !is_bad(operand) && is(type_of(operand), TyKind::Pointer);
  });
  for (size_t i = 0; i < operands.size(); ++i) {
    if (!checked[i].valid()) checked[i] = plain(operands[i], string_type());
    if (!is_bad(checked[i]) && types_.is_number(type_of(checked[i]))) {
      Span span = at(operands[i]).span;
      mismatch(span, string_type(), quoted(type_of(checked[i])))
          .note(span, pointer ? "to move a pointer write `(p as i64 + n) as *u8`"
                              : "`\"{n}\"` makes a string of a number");
      ok = false;
      continue;
    }
    checked[i] = convert(checked[i], string_type(), at(operands[i]).span);
    ok &= !is_bad(checked[i]);
    constant &= ok && is_const(checked[i]);
  }
  if (!ok || refuses_strings(string_type(), node.span)) return bad(node.span);
  if (constant) {
    std::string all;
    for (NodeId part : checked) all += words_of(tree_[part].constant());
    return text_const(all, node.span);
  }
  Made made = make(T::Concat, string_type(), node.span);
  made.n.list = add_list(checked);
  return add(made);
}

NodeId Checker::logic(ast::NodeId id) {
  const ast::Node node = at(id);
  Ty boolean = scalar(TyKind::Bool);
  bool is_and = static_cast<ast::BinaryOp>(at(items(node.list)[0]).op) == ast::BinaryOp::And;
  size_t narrowed = non_null_.size();
  std::vector<NodeId> values{value(node.a, boolean)};
  // What stands after `p != null &&` knows it.
  if (is_and) narrow(node.a, ast::NodeId{}, non_null_);
  for (ast::NodeId part : items(node.list)) {
    values.push_back(value(at(part).a, boolean));
    if (is_and) narrow(at(part).a, ast::NodeId{}, non_null_);
  }
  non_null_.resize(narrowed);
  bool constant = true;
  bool result = is_and;
  for (NodeId part : values) {
    if (is_bad(part)) return bad(node.span);
    constant &= is_const(part);
    if (is_const(part))
      result = is_and ? result && tree_[part].constant().bits != 0
                      : result || tree_[part].constant().bits != 0;
  }
  if (constant) return bool_const(result, node.span);
  Made made = make(is_and ? T::And : T::Or, boolean, node.span);
  made.n.list = add_list(values);
  return add(made);
}

// ---- comparisons

NodeId Checker::comparison(ast::NodeId id, bool folds) {
  const ast::Node node = at(id);
  NodeId left;
  ast::NodeId left_source = node.a;
  for (ast::NodeId part_id : items(node.list)) {
    const ast::Node part = at(part_id);
    bool right_first = !left.valid() && needs_context(left_source) && !needs_context(part.a);
    NodeId right;
    if (right_first) {
      right = plain(part.a, Ty{});
      left = plain(left_source, is_bad(right) ? Ty{} : type_of(right));
    } else {
      Ty hint;
      if (!left.valid() && is_literal(left_source) && is_literal(part.a) &&
          types_.is_float(literal_type(part.a)))
        hint = literal_type(part.a);
      if (!left.valid()) left = plain(left_source, hint);
      right = plain(part.a, is_bad(left) ? Ty{} : type_of(left));
    }
    if (is_bad(left) || is_bad(right)) return bad(node.span);
    oir::BinOp op = arithmetic_op(static_cast<ast::BinaryOp>(part.op));
    left = compare(left, op, right, node.span, folds);
  }
  return left;
}

NodeId Checker::compare(NodeId a, oir::BinOp op, NodeId b, Span span, bool folds) {
  if (is_bad(a) || is_bad(b)) return bad(span);
  bool equality = op == oir::BinOp::Eq || op == oir::BinOp::Ne;
  Ty boolean = scalar(TyKind::Bool);
  // `opt == null`
  auto is_null = [&](NodeId node) {
    return is(type_of(node), TyKind::Optional) && tree_[node].kind == T::VariantLit &&
           tree_[node].index == tree::kNull;
  };
  if (equality && type_of(a) == type_of(b) && (is_null(a) || is_null(b))) {
    Made made = make(T::IsVariant, boolean, span);
    made.n.a = is_null(b) ? a : b;
    made.n.index = op == oir::BinOp::Eq ? tree::kNull : tree::kSome;
    return add(made);
  }
  Ty type = type_of(a);
  if (types_.is_bytes(type) || types_.is_cstr(type)) {
    bool text =
        is(type_of(b), TyKind::String) || (types_.is_bytes(type) && types_.is_bytes(type_of(b)));
    if (text) type = string_type();
  }
  bool pointers = is(type, TyKind::Pointer) && is(type_of(b), TyKind::Pointer) &&
                  row(type).elem == row(type_of(b)).elem;
  if (is(type_of(b), TyKind::Optional) && !is(type, TyKind::Optional)) type = type_of(b);
  if (!pointers) {
    a = convert(a, type, tree_[a].span);
    b = convert(b, type, tree_[b].span);
    if (is_bad(a) || is_bad(b)) return bad(span);
  }
  TyKind k = kind(type);
  bool ordered = types_.is_number(type) || k == TyKind::String;
  if (!row(type).comparable || (!equality && !ordered)) {
    error(DiagKind::BadOperand, span,
          "values of " + quoted(type) +
              (row(type).comparable ? " have no order" : " cannot be compared"));
    return bad(span);
  }
  bool by_word = k <= TyKind::F64 || k == TyKind::Color || k == TyKind::Enum ||
                 k == TyKind::Pointer || k == TyKind::Function;
  Made made = make(T::Compare, boolean, span);
  made.n.op = op;
  made.n.a = by_word ? to_value(a) : a;
  made.n.b = by_word ? to_value(b) : b;
  tree::CompareKind how = by_word                            ? tree::CompareKind::Scalar
                          : k == TyKind::String && !equality ? tree::CompareKind::Text
                                                             : tree::CompareKind::Value;
  made.n.index = static_cast<uint32_t>(how);
  if (how == tree::CompareKind::Value) made.n.targ = types_.oir(type);
  NodeId compared = add(made);
  return folds ? fold_compare(compared) : compared;
}

// ---- casts

NodeId Checker::cast_expr(ast::NodeId id) {
  const ast::Node node = at(id);
  Ty to = resolve(node.b);
  // A literal keeps its value where it fits, and is cut off where it does not.
  Ty hint;
  if (at(node.a).kind == NodeKind::NullLit || is(to, TyKind::Slice)) hint = to;
  if (at(node.a).kind == NodeKind::IntLit && (at(node.a).value >> 63) != 0)
    hint = scalar(TyKind::U64);
  NodeId of = plain(node.a, hint);
  if (is_bad(of) || !to.valid()) return bad(node.span);
  return cast(of, to, node.span);
}

NodeId Checker::cast(NodeId node, Ty to, Span span) {
  Ty from = type_of(node);
  if (from == to) return node;
  if (is(from, TyKind::Enum) && (types_.is_integer(to) || types_.is_float(to))) {
    NodeId value = retyped(to_value(node), row(from).elem);
    return cast(value, to, span);
  }
  if (is(to, TyKind::Enum) && types_.is_integer(from)) return enum_cast(to_value(node), to, span);
  auto word = [&](Ty type) { return is(type, TyKind::Pointer) || types_.is_integer(type); };
  bool numbers = types_.is_number(from) && types_.is_number(to);
  bool from_bool = is(from, TyKind::Bool) && types_.is_number(to);
  bool colors = (is(from, TyKind::Color) && types_.is_integer(to)) ||
                (is(to, TyKind::Color) && types_.is_integer(from));
  bool pointers = word(from) && word(to) && (is(from, TyKind::Pointer) || is(to, TyKind::Pointer));
  if (is(to, TyKind::Pointer) && row(to).non_null &&
      !(is(from, TyKind::Pointer) && is_non_null(node)))
    pointers = false;
  if (!numbers && !from_bool && !colors && !pointers) {
    // What converts by itself may be written too.
    bool converts = is(to, TyKind::String) || is(to, TyKind::Slice) || is(to, TyKind::Optional) ||
                    (is(to, TyKind::Pointer) && (is(from, TyKind::String) || row(to).non_null));
    bool bytes = types_.is_bytes(from) || types_.is_cstr(from) || is(from, TyKind::String) ||
                 is(from, TyKind::Slice);
    if (converts && (bytes || is(to, TyKind::Optional) || is(to, TyKind::Pointer)))
      return convert(node, to, span);
    error(DiagKind::BadCast, span, quoted(from) + " cannot become " + quoted(to));
    return bad(span);
  }
  bool keeps_const = is(to, TyKind::Pointer) && row(to).is_const;
  if (is(from, TyKind::Pointer) && row(from).is_const && !keeps_const) literals_exposed_ = true;
  return fold_cast(unary(T::Cast, to, to_value(node), span));
}

// An integer to an enum: one of its values.
NodeId Checker::enum_cast(NodeId node, Ty to, Span span) {
  Ty from = type_of(node);
  Ty base = row(to).elem;
  std::vector<TyValue> values = row(to).values;
  if (is_const(node)) {
    uint64_t bits = tree_[node].constant().bits;
    bool found = std::any_of(values.begin(), values.end(), [&](const TyValue& value) {
      bool both =
          types_.is_signed(from) == types_.is_signed(base) || static_cast<int64_t>(bits) >= 0;
      return value.bits == bits && both;
    });
    if (!found) {
      error(DiagKind::LiteralRange, span,
            "value out of range: no value of " + quoted(to) + " is this");
      return bad(span);
    }
    return int_const(to, bits, span);
  }
  // The values that the integer's type can have.
  std::vector<NodeId> parts;
  for (const TyValue& value : values) {
    bool fits = normal(from, value.bits) == value.bits;
    bool negative = types_.is_signed(base) && static_cast<int64_t>(value.bits) < 0;
    bool high = !types_.is_signed(base) && static_cast<int64_t>(value.bits) < 0;
    if (negative && !types_.is_signed(from)) fits = false;
    if (high && types_.is_signed(from)) fits = false;
    if (!fits) continue;
    Made part = make(T::Part, void_type(), span);
    part.n.set_constant({oir::ConstKind::Int, types_.oir(from), value.bits});
    parts.push_back(add(part));
  }
  Made made = make(T::EnumCast, to, span);
  made.n.a = node;
  made.n.list = add_list(parts);
  return add(made);
}

// `e is T.A`, `e is E.B`
NodeId Checker::is_expr(ast::NodeId id) {
  const ast::Node node = at(id);
  NodeId of = plain(node.a, Ty{});
  if (is_bad(of)) return of;
  if (at(node.b).kind == NodeKind::NullLit || is(type_of(of), TyKind::Optional)) {
    error(DiagKind::BadOperand, node.span, "`is` asks for a variant: compare with `== null`");
    return bad(node.span);
  }
  of = auto_deref(of, node.span);
  if (is_bad(of)) return of;
  Ty type = type_of(of);
  const ast::Node wanted = at(node.b);
  Ty named = wanted.kind == NodeKind::Member ? type_named(wanted.a) : Ty{};
  if (!named.valid()) {
    // A plain name is looked for in the type of what is asked.
    if (wanted.kind == NodeKind::Name && (is(type, TyKind::Tagged) || is(type, TyKind::Enum))) {
      named = type;
    } else {
      NodeId other = plain(node.b, Ty{});
      if (!is_bad(other)) error(DiagKind::BadOperand, wanted.span, "this is no variant");
      return bad(node.span);
    }
  }
  if (named != type) {
    mismatch(wanted.span, type, quoted(named));
    return bad(node.span);
  }
  if (is(type, TyKind::Enum)) {
    for (const TyValue& value : row(type).values) {
      if (value.name == wanted.name)
        return compare(of, oir::BinOp::Eq, int_const(type, value.bits, wanted.span), node.span);
    }
    return unknown_field(type, wanted.name, wanted.name_span());
  }
  for (uint32_t i = 0; i < row(type).variants.size(); ++i) {
    if (row(type).variants[i].name != wanted.name) continue;
    Made made = make(T::IsVariant, scalar(TyKind::Bool), node.span);
    made.n.a = of;
    made.n.index = i;
    return add(made);
  }
  if (!is(type, TyKind::Tagged)) {
    error(DiagKind::BadOperand, wanted.span, quoted(type) + " has no variants");
    return bad(node.span);
  }
  return unknown_field(type, wanted.name, wanted.name_span());
}

}  // namespace tenure::tape
