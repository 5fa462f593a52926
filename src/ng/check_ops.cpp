// Operators and literals. A literal takes the type that its context asks for.
#include <algorithm>
#include <bit>

#include "base/check.h"
#include "ng/checker.h"

namespace tenure::ng {

using ast::BinaryOp;
using ast::LitSuffix;
using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

namespace {

// How far into an expression it is asked whether it is a literal; what is deeper counts as none.
constexpr uint32_t kLiteralDepth = 8;

bool is_arithmetic(BinaryOp op) {
  return op <= BinaryOp::Rem;
}
bool is_comparison(BinaryOp op) {
  return op >= BinaryOp::Eq && op <= BinaryOp::Ge;
}

constexpr std::string_view kOpText[] = {
    "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "<<"};

}  // namespace

// A number without a type of its own: a literal, or arithmetic of nothing but literals.
bool Checker::is_literal(ast::NodeId id, uint32_t depth) {
  const ast::Node& node = at(id);
  switch (node.kind) {
    case NodeKind::IntLit:
    case NodeKind::FloatLit:
      return LitSuffix(node.op) == LitSuffix::None;
    case NodeKind::Unary:
      return depth < kLiteralDepth && ast::UnaryOp(node.op) == ast::UnaryOp::Neg &&
             is_literal(node.a, depth + 1);
    case NodeKind::Chain: {
      if (depth >= kLiteralDepth || !is_literal(node.a, depth + 1)) return false;
      auto parts = items(node.list);
      return std::all_of(parts.begin(), parts.end(), [&](ast::NodeId part) {
        return is_arithmetic(BinaryOp(at(part).op)) && is_literal(at(part).a, depth + 1);
      });
    }
    default:
      return false;
  }
}

bool Checker::has_float(ast::NodeId id, uint32_t depth) {
  const ast::Node& node = at(id);
  if (node.kind == NodeKind::FloatLit) return true;
  if (depth >= kLiteralDepth) return false;
  if (node.kind == NodeKind::Unary) return has_float(node.a, depth + 1);
  if (node.kind != NodeKind::Chain) return false;
  auto parts = items(node.list);
  return has_float(node.a, depth + 1) ||
         std::any_of(parts.begin(), parts.end(),
                     [&](ast::NodeId part) { return has_float(at(part).a, depth + 1); });
}

// Whether the context has a say in the type of an expression: literals, null, variants of generic
// unions.
bool Checker::needs_context(ast::NodeId id, uint32_t depth) {
  const ast::Node& node = at(id);
  if (depth >= kLiteralDepth) return false;
  auto generic_variant = [&](NameId name) {
    if (find_variable(name) != nullptr) return false;
    for (const VariantRef& found : lookup_variants(name)) {
      if ((*all_.modules[found.decl->module].tree)[found.decl->node].list2.count != 0) return true;
    }
    return false;
  };
  auto any = [&](ast::List list) {
    for (ast::NodeId item : items(list)) {
      const ast::Node& inner = at(item);
      bool named = inner.kind == NodeKind::NamedArg || inner.kind == NodeKind::FieldInit;
      if (needs_context(named ? inner.a : item, depth + 1)) return true;
    }
    return false;
  };
  switch (node.kind) {
    case NodeKind::NullLit:
      return true;
    case NodeKind::ArrayLit: {
      auto parts = items(node.list);
      return std::all_of(parts.begin(), parts.end(),
                         [&](ast::NodeId part) { return needs_context(part, depth + 1); });
    }
    case NodeKind::Tuple:
      return any(node.list);
    case NodeKind::Lambda:
      return function_needs_context(id);
    case NodeKind::Slice:
    case NodeKind::Spread:
      return needs_context(node.a, depth + 1);
    case NodeKind::Range:
      return is_literal(node.a, depth + 1) && node.b && is_literal(node.b, depth + 1);
    case NodeKind::Name:
      return (node.list.count == 0 && generic_variant(node.name)) || function_needs_context(id);
    case NodeKind::Call: {
      const ast::Node& callee = at(node.a);
      return callee.kind == NodeKind::Name && callee.list.count == 0 &&
             (generic_variant(callee.name) || is_blank(id));
    }
    case NodeKind::StructLit: {
      const ast::Node& name = at(node.a);
      if (name.kind != NodeKind::TypeName || name.list.count != 0) return false;
      Symbol symbol = type_symbol(name);
      if (symbol.kind == Symbol::Kind::Type)
        return (*all_.modules[symbol.type->module].tree)[symbol.type->node].list2.count != 0;
      return generic_variant(name.name);
    }
    case NodeKind::New:
      return needs_context(node.a, depth + 1);
    default:
      return is_literal(id, depth);
  }
}

NodeId Checker::int_literal(ast::NodeId id, TypeId expected, bool negative, Span span) {
  const ast::Node& node = at(id);
  TypeId type = i32();
  LitSuffix suffix = LitSuffix(node.op);
  if (suffix != LitSuffix::None) {
    static constexpr TypeKind kKinds[] = {
        TypeKind::I32, TypeKind::I8,  TypeKind::I16, TypeKind::I32, TypeKind::I64, TypeKind::U8,
        TypeKind::U16, TypeKind::U32, TypeKind::U64, TypeKind::F32, TypeKind::F64};
    type = types_.scalar(kKinds[size_t(suffix)]);
  } else if (expected.valid() && is_numeric(expected)) {
    type = expected;
  }
  if (types_.is_float(type)) {
    tree::Node made = make(T::Const, type, span);
    double number = static_cast<double>(node.value);
    if (negative) number = -number;
    if (kind(type) == TypeKind::F32) number = static_cast<float>(number);
    made.set_constant({oir::ConstKind::Float, type, std::bit_cast<uint64_t>(number)});
    return add(made);
  }
  static constexpr uint32_t kBits[] = {8, 16, 32, 64, 8, 16, 32, 64};
  uint32_t bits = kBits[size_t(kind(type)) - size_t(TypeKind::I8)];
  uint64_t top = types_.is_signed(type) ? (uint64_t{1} << (bits - 1)) - 1
                                        : (bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1);
  bool fits = negative ? node.value == 0 || (types_.is_signed(type) && node.value <= top + 1)
                       : node.value <= top;
  if (node.has(ast::kFlagTooLarge) || !fits) {
    std::string number = node.has(ast::kFlagTooLarge) ? "this number"
                                                      : "`" + std::string(negative ? "-" : "") +
                                                            std::to_string(node.value) + "`";
    error(DiagKind::LiteralRange, span, number + " does not fit in " + quoted(type));
    return bad(span);
  }
  uint64_t value = node.value;
  return int_const(type, negative ? ~value + 1 : value, span);
}

NodeId Checker::float_literal(ast::NodeId id, TypeId expected, bool negative, Span span) {
  const ast::Node& node = at(id);
  TypeId type = f32();
  if (LitSuffix(node.op) == LitSuffix::F64) {
    type = types_.scalar(TypeKind::F64);
  } else if (LitSuffix(node.op) == LitSuffix::None && expected.valid() &&
             types_.is_float(expected)) {
    type = expected;
  }
  double number = std::bit_cast<double>(node.value);
  if (negative) number = -number;
  if (kind(type) == TypeKind::F32) number = static_cast<float>(number);
  if (number - number != 0.0) {
    error(DiagKind::LiteralRange, span, "this number does not fit in " + quoted(type));
    return bad(span);
  }
  tree::Node made = make(T::Const, type, span);
  made.set_constant({oir::ConstKind::Float, type, std::bit_cast<uint64_t>(number)});
  return add(made);
}

NodeId Checker::unary_expr(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  if (ast::UnaryOp(node.op) == ast::UnaryOp::Not) {
    NodeId a = value(node.a, types_.boolean());
    if (is_bad(a)) return bad(node.span);
    tree::Node made = make(T::Not, types_.boolean(), node.span);
    made.a = a;
    return add(made);
  }
  if (at(node.a).kind == NodeKind::IntLit) return int_literal(node.a, expected, true, node.span);
  if (at(node.a).kind == NodeKind::FloatLit)
    return float_literal(node.a, expected, true, node.span);
  NodeId a = expr(node.a, expected);
  if (is_bad(a)) return bad(node.span);
  TypeId type = type_of(a);
  if (!types_.is_float(type) && !types_.is_signed(type)) {
    error(DiagKind::BadOperand, node.span, "`-` needs a signed number, found " + quoted(type));
    return bad(node.span);
  }
  tree::Node made = make(T::Neg, type, node.span);
  made.a = to_value(a);
  return add(made);
}

NodeId Checker::chain_expr(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  BinaryOp op = BinaryOp(at(items(node.list)[0]).op);
  if (op == BinaryOp::And || op == BinaryOp::Or) return logic(id);
  if (is_comparison(op)) return comparison(id);
  if (op == BinaryOp::Append) return append_value(id, expected);
  return arithmetic(id, expected);
}

oir::BinOp Checker::arithmetic_op(ast::BinaryOp op) {
  static constexpr oir::BinOp kOps[] = {oir::BinOp::Add, oir::BinOp::Sub, oir::BinOp::Mul,
                                        oir::BinOp::Div, oir::BinOp::Rem};
  return kOps[size_t(op)];
}

NodeId Checker::arithmetic(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  auto chain = items(node.list);
  Few<ast::NodeId, 6> sources{node.a};
  for (ast::NodeId part_id : chain) sources.push_back(at(part_id).a);
  Ids operands;
  operands.resize(sources.size());
  bool ok = true;
  // The first operand with a type of its own decides.
  TypeId type;
  size_t decided = 0;
  bool all_literals = true;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (is_literal(sources[i])) continue;
    all_literals = false;
    operands[i] = expr(sources[i], TypeId{});
    decided = i;
    if (is_bad(operands[i])) {
      ok = false;
      continue;
    }
    type = type_of(operands[i]);
    break;
  }
  if (all_literals) {
    bool floats =
        std::any_of(sources.begin(), sources.end(), [&](ast::NodeId s) { return has_float(s); });
    type =
        expected.valid() && (types_.is_float(expected) || (types_.is_integer(expected) && !floats))
            ? expected
        : floats ? f32()
                 : i32();
  }
  bool text_type = type.valid() && kind(type) == TypeKind::String;
  if (type.valid() && !text_type && !is_numeric(type)) {
    std::string_view op = kOpText[at(chain[decided == 0 ? 0 : decided - 1]).op];
    Diagnostic& diagnostic =
        error(DiagKind::BadOperand, at(sources[decided]).span,
              "`" + std::string(op) + "` needs numbers" + (op == "+" ? " or strings" : "") +
                  ", found " + quoted(type));
    if ((kind(type) == TypeKind::Ref || kind(type) == TypeKind::Box) && is_numeric(row(type).elem))
      diagnostic.suggest("*" + place_text(operands[decided]));
    type = TypeId{};
    ok = false;
  }
  if (text_type) {
    for (ast::NodeId part_id : chain) {
      if (BinaryOp(at(part_id).op) == BinaryOp::Add) continue;
      error(DiagKind::BadOperand, at(part_id).span,
            "`" + std::string(kOpText[at(part_id).op]) + "` needs numbers, found `string`");
      return bad(node.span);
    }
  }
  for (size_t i = 0; i < sources.size(); ++i) {
    if (!operands[i].valid()) {
      operands[i] = type.valid() ? expr(sources[i], type) : without_context(sources[i]);
    }
    if (!coerce(operands[i], type, sources[i])) {
      ok = false;
      continue;
    }
    if (!text_type && ok) operands[i] = to_value(operands[i]);
  }
  if (!ok) return bad(node.span);
  if (text_type) {
    tree::Node made = make(T::Concat, type, node.span);
    made.list = add_list(operands);
    return add(made);
  }
  Ids parts;
  for (size_t i = 0; i < chain.size(); ++i) {
    tree::Node made = make(T::Part, types_.unit(), Span::join(node.span, at(sources[i + 1]).span));
    made.span.end = at(sources[i + 1]).span.end;
    made.op = arithmetic_op(BinaryOp(at(chain[i]).op));
    made.a = operands[i + 1];
    parts.push_back(add(made));
  }
  tree::Node made = make(T::Arith, type, node.span);
  made.a = operands[0];
  made.list = add_list(parts);
  return add(made);
}

NodeId Checker::logic(ast::NodeId id) {
  const ast::Node& node = at(id);
  BinaryOp op = BinaryOp(at(items(node.list)[0]).op);
  if (op == BinaryOp::And) {
    std::vector<ast::NodeId> sources{node.a};
    for (ast::NodeId part_id : items(node.list)) sources.push_back(at(part_id).a);
    return conjunction(sources, 0, node.span);
  }
  std::vector<NodeId> operands{value(node.a, types_.boolean())};
  bool ok = !is_bad(operands[0]);
  for (ast::NodeId part_id : items(node.list)) {
    operands.push_back(value(at(part_id).a, types_.boolean()));
    ok &= !is_bad(operands.back());
  }
  if (!ok) return bad(node.span);
  tree::Node made = make(T::Or, types_.boolean(), node.span);
  made.list = add_list(operands);
  return add(made);
}

NodeId Checker::comparison(ast::NodeId id) {
  const ast::Node& node = at(id);
  auto chain = items(node.list);
  if (chain.size() > ast::kMaxNesting) {
    error(DiagKind::NestedTooDeeply, node.span, "too many comparisons in one expression");
    return bad(node.span);
  }
  ast::NodeId left_source = node.a;
  NodeId left;
  for (ast::NodeId part_id : chain) {
    const ast::Node part_node = at(part_id);
    static constexpr oir::BinOp kOps[] = {oir::BinOp::Eq, oir::BinOp::Ne, oir::BinOp::Lt,
                                          oir::BinOp::Le, oir::BinOp::Gt, oir::BinOp::Ge};
    size_t which = part_node.op - size_t(BinaryOp::Eq);
    TN_CHECK(which < std::size(kOps), "a chain of comparisons with another operator in it");
    oir::BinOp op = kOps[which];
    NodeId right;
    if (left.valid() || !needs_context(left_source)) {
      if (!left.valid()) left = expr(left_source, TypeId{});
      right = is_bad(left) ? without_context(part_node.a) : expr(part_node.a, type_of(left));
    } else if (!needs_context(part_node.a)) {
      right = expr(part_node.a, TypeId{});
      left = is_bad(right) ? without_context(left_source) : expr(left_source, type_of(right));
    } else if (is_literal(left_source) && is_literal(part_node.a) && has_float(part_node.a)) {
      right = expr(part_node.a, TypeId{});
      left = expr(left_source, f32());
    } else {
      left = expr(left_source, TypeId{});
      right = is_bad(left) ? bad(part_node.span) : expr(part_node.a, type_of(left));
    }
    if (is_bad(left) || is_bad(right)) {
      left = bad(node.span);
      continue;
    }
    if (is_object(type_of(right))) to_object(left, type_of(right));
    if (!coerce(right, type_of(left), part_node.a)) {
      left = bad(node.span);
      continue;
    }
    left = compare(left, op, right, {node.span.file, node.span.begin, at(part_node.a).span.end});
  }
  return left;
}

NodeId Checker::compare(NodeId a, oir::BinOp op, NodeId b, Span span) {
  TypeId type = type_of(a);
  bool equality = op == oir::BinOp::Eq || op == oir::BinOp::Ne;
  tree::CompareKind how = tree::CompareKind::Value;
  auto is_null = [&](NodeId id) {
    return tree_[id].kind == T::Const && tree_[id].constant().kind == oir::ConstKind::Null;
  };
  if (is_numeric(type) || (equality && kind(type) == TypeKind::Bool)) {
    how = tree::CompareKind::Scalar;
  } else if (!equality) {
    if (kind(type) != TypeKind::String) {
      error(DiagKind::BadOperand, span,
            "only numbers and strings have an order, found " + quoted(type));
      return bad(span);
    }
    how = tree::CompareKind::Text;
  } else if (kind(type) == TypeKind::Ref || kind(type) == TypeKind::Weak) {
    how = tree::CompareKind::Identity;
    if (is_null(a)) std::swap(a, b);
    if (is_null(b)) how = tree::CompareKind::Null;
    if (is_null(a)) return bool_const(op == oir::BinOp::Eq, span);  // null == null
  } else if (is_object(type) && (is_null_object(a) || is_null_object(b))) {
    tree::Node test = make(T::IsVariant, types_.boolean(), span);
    test.a = is_null_object(a) ? b : a;
    if (op == oir::BinOp::Eq) return add(test);
    tree::Node negated = make(T::Not, types_.boolean(), span);
    negated.a = add(test);
    return add(negated);
  } else if (!comparable(type, span)) {
    return bad(span);
  }
  tree::Node made = make(T::Compare, types_.boolean(), span);
  made.op = op;
  made.a = a;
  made.b = b;
  made.index = static_cast<uint32_t>(how);
  return add(made);
}

bool Checker::comparable(TypeId type, Span span) {
  std::vector<TypeId> todo{type};
  std::unordered_set<uint32_t> seen;
  while (!todo.empty()) {
    TypeId next = todo.back();
    todo.pop_back();
    if (!seen.insert(next.v).second) continue;
    const oir::Type& t = row(next);
    if (t.kind == TypeKind::Box) {
      error(DiagKind::BadOperand, span,
            quoted(type) + " cannot be compared: compare what the box holds")
          .suggest("*a == *b");
      return false;
    }
    if (types_.is_span(next) && leads_back(next)) {
      error(DiagKind::BadOperand, span,
            quoted(type) + " cannot be compared: " + quoted(next) + " may hold itself");
      return false;
    }
    for (TypeId part : compared_parts(next)) todo.push_back(part);
  }
  return true;
}

// What is compared where a value of the type is; what references refer to is not.
std::vector<TypeId> Checker::compared_parts(TypeId type) const {
  const oir::Type& t = row(type);
  if (is_sequence(type)) return {t.elem};
  std::vector<TypeId> parts;
  for (const oir::Field& field : t.fields) parts.push_back(field.type);
  for (const oir::Variant& variant : t.variants) {
    for (const oir::Field& field : variant.fields) parts.push_back(field.type);
  }
  return parts;
}

// Whether an element of the span may hold the span again: comparing would never end.
bool Checker::leads_back(TypeId span_type) const {
  std::vector<TypeId> todo = compared_parts(span_type);
  std::unordered_set<uint32_t> seen;
  while (!todo.empty()) {
    TypeId next = todo.back();
    todo.pop_back();
    if (next == span_type) return true;
    if (!seen.insert(next.v).second) continue;
    for (TypeId part : compared_parts(next)) todo.push_back(part);
  }
  return false;
}

// `xs << e` as a value: a new array.
NodeId Checker::append_value(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  NodeId base = needs_context(node.a) ? expr(node.a, expected) : expr(node.a, TypeId{});
  TypeId type = is_bad(base) ? TypeId{} : type_of(base);
  bool ok = type.valid();
  if (ok && kind(type) != TypeKind::Array) {
    error(DiagKind::BadOperand, at(node.a).span,
          "`<<` appends to a growable array, found " + quoted(type));
    ok = false;
  }
  std::vector<NodeId> values;
  for (ast::NodeId part_id : items(node.list)) {
    values.push_back(ok ? value(at(part_id).a, row(type).elem) : without_context(at(part_id).a));
    if (is_bad(values.back())) ok = false;
  }
  if (!ok) return bad(node.span);
  tree::Node made = make(T::ArrayWith, type, node.span);
  made.a = to_value(base);
  made.list = add_list(values);
  return add(made);
}

NodeId Checker::cast_expr(ast::NodeId id) {
  const ast::Node& node = at(id);
  TypeId type = resolve(node.b);
  if (type.valid() && is_newtype(type)) return newtype_cast(id, type);
  // A literal may be given the type at once, if it is one of numbers: `300 as u8` is a conversion
  // all the same.
  NodeId a = expr(node.a, TypeId{});
  if (is_bad(a) || !type.valid()) return bad(node.span);
  if (to_object(a, type)) return a;
  TypeId from = type_of(a);
  if (from == type && !is_numeric(type)) {
    return to_value(a);
  }
  if (is_newtype(from) && !wrapped(from).valid()) return bad(node.span);
  if (is_untagged(from) && member_index(from, type)) return member_cast(a, type, node.span);
  if (fits_union(from, type)) return to_union(a, type);
  if (is_newtype(from) && wrapped(from) == type) return unwrap(a, node.span);
  if (!is_numeric(type) || !is_numeric(from)) {
    error(DiagKind::BadCast, node.span, "cannot convert " + quoted(from) + " to " + quoted(type))
        .note(node.span, "`as` converts between numbers, and to and from newtypes");
    return bad(node.span);
  }
  tree::Node made = make(T::Cast, type, node.span);
  made.a = to_value(a);
  return add(made);
}

NodeId Checker::is_expr(ast::NodeId id) {
  const ast::Node& node = at(id);
  NodeId a = expr(node.a, TypeId{});
  if (is_bad(a)) return bad(node.span);
  a = auto_deref(a, tree_[a].span);
  const ast::Node what = at(node.b);
  TypeId type = type_of(a);
  if (kind(type) != TypeKind::Union || is_object(type)) {
    error(DiagKind::BadOperand, node.span, "`is` asks what a union is, found " + quoted(type));
    return bad(node.span);
  }
  auto index = is_untagged(type) ? named_member(node.b, type) : variant_index(type, what.name);
  if (!index && is_untagged(type)) return bad(node.span);
  if (!index) {
    error(DiagKind::UnknownVariant, what.span,
          quoted(type) + " has no variant " + quoted(what.name));
    return bad(node.span);
  }
  tree::Node made = make(T::IsVariant, types_.boolean(), node.span);
  made.a = a;
  made.index = *index;
  return add(made);
}

}  // namespace tenure::ng
