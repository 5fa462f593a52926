// Literals, and values put together from others.
#include <algorithm>
#include <cmath>

#include "tape/checker.h"

namespace tenure::tape {

using ast::NodeKind;
using T = tree::NodeKind;

// ---- numbers

// A number that has no type of its own.
bool Checker::is_literal(ast::NodeId id) {
  const ast::Node& node = at(id);
  switch (node.kind) {
    case NodeKind::IntLit:
    case NodeKind::FloatLit:
    case NodeKind::ByteLit:
      return true;
    case NodeKind::BuiltinCall:
      return text(node.name) == "sizeof" || text(node.name) == "alignof";
    case NodeKind::Unary:
      return (node.op == static_cast<uint8_t>(ast::UnaryOp::Neg) ||
              node.op == static_cast<uint8_t>(ast::UnaryOp::BitNot)) &&
             is_literal(node.a);
    case NodeKind::Chain: {
      if (!is_literal(node.a)) return false;
      auto parts = items(node.list);
      return std::all_of(parts.begin(), parts.end(), [&](ast::NodeId part) {
        return static_cast<ast::BinaryOp>(at(part).op) <= ast::BinaryOp::Shr &&
               is_literal(at(part).a);
      });
    }
    default:
      return false;
  }
}

bool Checker::needs_context(ast::NodeId id) {
  return at(id).kind == NodeKind::NullLit || is_literal(id);
}

// What a literal is if nothing asks for anything.
Ty Checker::literal_type(ast::NodeId id) {
  const ast::Node& node = at(id);
  switch (node.kind) {
    case NodeKind::FloatLit:
      return scalar(TyKind::F64);
    case NodeKind::ByteLit:
      return scalar(TyKind::U8);
    case NodeKind::BuiltinCall:
      return scalar(TyKind::U64);
    case NodeKind::Unary:
      return literal_type(node.a);
    case NodeKind::Chain: {
      Ty type = literal_type(node.a);
      for (ast::NodeId part : items(node.list)) {
        Ty other = literal_type(at(part).a);
        if (types_.is_float(other) || type == i64()) type = other;
      }
      return type;
    }
    default:
      return i64();
  }
}

NodeId Checker::int_literal(ast::NodeId id, Ty hint, bool negative, Span span) {
  const ast::Node& node = at(id);
  if (types_.is_float(hint) && !node.has(ast::kFlagTooLarge)) {
    double value = static_cast<double>(node.value);
    return float_const(hint, negative ? -value : value, span);
  }
  Ty type = types_.is_integer(hint)          ? hint
            : node.kind == NodeKind::ByteLit ? scalar(TyKind::U8)
                                             : i64();
  uint32_t width = types_.bits(type);
  bool is_signed = types_.is_signed(type);
  uint64_t most = is_signed  ? (uint64_t{1} << (width - 1)) - (negative ? 0 : 1)
                  : negative ? 0
                             : ~uint64_t{0} >> (64 - width);
  if (node.has(ast::kFlagTooLarge) || node.value > most) {
    std::string shown =
        node.has(ast::kFlagTooLarge) ? "this number" : "`" + std::to_string(node.value) + "`";
    if (negative && !node.has(ast::kFlagTooLarge)) shown.insert(1, "-");
    error(DiagKind::LiteralRange, span, shown + " does not fit in " + quoted(type));
    return bad(span);
  }
  uint64_t value = node.value;
  return int_const(type, negative ? 0 - value : value, span);
}

NodeId Checker::float_literal(ast::NodeId id, Ty hint, bool negative, Span span) {
  uint64_t bits = at(id).value;
  double value = 0;
  __builtin_memcpy(&value, &bits, sizeof value);
  Ty type = types_.is_float(hint) ? hint : scalar(TyKind::F64);
  bool is_f32 = is(type, TyKind::F32);
  if (std::isinf(value) || (is_f32 && std::isinf(static_cast<float>(value)))) {
    error(DiagKind::LiteralRange, span, "this number does not fit in " + quoted(type));
    return bad(span);
  }
  return float_const(type, negative ? -value : value, span);
}

NodeId Checker::null_literal(Span span, Ty hint) {
  if (!hint.valid()) {
    error(DiagKind::CannotInfer, span, "nothing here says what `null` is of")
        .note(span, "give the type: `let p: *T = null;`");
    return bad(span);
  }
  switch (kind(hint)) {
    case TyKind::Optional:
      return variant(hint, tree::kNull, NodeId{}, span);
    case TyKind::Pointer:
      if (row(hint).non_null) break;
      [[fallthrough]];
    case TyKind::Function:
      return null_const(hint, span);
    default:
      break;
  }
  mismatch(span, hint, "`null`");
  return bad(span);
}

// ---- interpolation

NodeId Checker::interpolated(ast::NodeId id) {
  const ast::Node node = at(id);
  std::vector<NodeId> parts;
  bool ok = true;
  for (ast::NodeId part : items(node.list)) {
    NodeId made = at(part).kind == NodeKind::StringLit
                      ? text_const(text(at(part).name), at(part).span)
                      : shown(plain(part, Ty{}), at(part).span);
    ok &= !is_bad(made);
    parts.push_back(made);
  }
  if (!ok || refuses_strings(string_type(), node.span)) return bad(node.span);
  Made made = make(T::Interpolate, string_type(), node.span);
  made.n.list = add_list(parts);
  return add(made);
}

// What an interpolation shows of a value: a string, a number or a bool.
NodeId Checker::shown(NodeId node, Span span) {
  if (is_bad(node)) return node;
  Ty type = type_of(node);
  if (types_.is_number(type) || is(type, TyKind::Bool) || is(type, TyKind::String)) return node;
  if (types_.is_bytes(type) || types_.is_cstr(type)) return convert_text(node, span);
  if (is(type, TyKind::Enum)) return enum_text(to_value(node), false, span);
  if (is(type, TyKind::Optional)) {
    // { let text = "null"; match node { some(v) => text = "{v}" } text }
    Ty elem = row(type).elem;
    tree::LocalId out = add_local("", string_type(), span);
    tree::LocalId bound = add_local("", elem, span);
    NodeId inner = shown(local_node(bound, elem, span), span);
    if (is_bad(inner)) return inner;
    Made words = make(T::Interpolate, string_type(), span);
    words.n.list = add_list({inner});
    Made bind = make(T::Bind, void_type(), span);
    bind.n.local = bound;
    Made pattern = make(T::Pattern, void_type(), span);
    pattern.n.index = tree::kSome;
    pattern.n.list = add_list({add(bind)});
    Made arm = make(T::Case, void_type(), span);
    arm.n.list = add_list({add(pattern)});
    arm.n.b = block_node({assign_node(local_node(out, string_type(), span), add(words), span)},
                         NodeId{}, span);
    Made match = make(T::Match, void_type(), span);
    match.n.a = node;
    match.n.list = add_list({add(arm)});
    match.n.c = block_node({}, NodeId{}, span);
    function().locals[out.index()].assigned = true;
    NodeId result = unary(T::MoveOut, string_type(), local_node(out, string_type(), span), span);
    return block_node({let_node(out, text_const("null", span), span), add(match)}, result, span);
  }
  error(DiagKind::BadOperand, span, "a value of " + quoted(type) + " cannot stand in a string")
      .note(span, "numbers, `bool`, strings, enums and optionals of these can");
  return bad(span);
}

// The name of an enum's value, or what `E.desc` says.
NodeId Checker::enum_text(NodeId node, bool descriptions, Span span) {
  Ty type = type_of(node);
  std::vector<NodeId> values;
  auto first_text = static_cast<uint32_t>(tree_.switch_texts.size());
  for (const TyValue& value : std::vector<TyValue>(row(type).values)) {
    Made part = make(T::Part, void_type(), span);
    part.n.set_constant({oir::ConstKind::Int, types_.oir(type), value.bits});
    values.push_back(add(part));
    tree_.switch_texts.push_back(descriptions ? value.text : std::string(text(value.name)));
  }
  tree_.switch_texts.emplace_back(
      "?");  // of what is no value of it, as the bytes of a `union` may be
  Made made = make(T::SwitchText, string_type(), span);
  made.n.a = node;
  made.n.list = add_list(values);
  made.n.index = first_text;
  return add(made);
}

// ---- arrays

NodeId Checker::array_lit(ast::NodeId id, Ty hint) {
  const ast::Node node = at(id);
  if (node.has(ast::kFlagFill)) return fill_lit(id, hint);
  auto elements = items(node.list);
  bool known = is(hint, TyKind::Array);
  Ty elem = known ? row(hint).elem : Ty{};
  std::vector<NodeId> values(elements.size());
  if (!elem.valid()) {
    if (elements.empty()) {
      error(DiagKind::CannotInfer, node.span,
            "nothing here says what the elements of this array are");
      return bad(node.span);
    }
    // The first element that has a type of its own decides, then literals.
    size_t first = 0;
    while (first < elements.size() && needs_context(elements[first])) ++first;
    if (first == elements.size()) {
      for (ast::NodeId e : elements) {
        if (is_literal(e) && (!elem.valid() || types_.is_float(literal_type(e))))
          elem = literal_type(e);
      }
      first = 0;
    }
    if (!elem.valid()) {
      values[first] = to_value(plain(elements[first], Ty{}));
      if (is_bad(values[first])) return bad(node.span);
      elem = type_of(values[first]);
      // It cannot be what the literals before it are: it is the one that does not fit.
      if (first > 0 && is_literal(elements[0]) && !types_.is_number(elem) &&
          !is(elem, TyKind::Optional)) {
        elem = literal_type(elements[0]);
        values[first] = convert(values[first], elem, at(elements[first]).span);
      }
    }
  }
  bool ok = true;
  for (size_t i = 0; i < elements.size(); ++i) {
    if (!values[i].valid()) values[i] = value(elements[i], elem);
    ok &= !is_bad(values[i]);
  }
  if (!ok) return bad(node.span);
  if (known && row(hint).count != elements.size()) {
    mismatch(node.span, hint,
             std::to_string(elements.size()) + (elements.size() == 1 ? " element" : " elements"));
    return bad(node.span);
  }
  Made made = make(T::ArrayLit, known ? hint : types_.array(elem, elements.size()), node.span);
  made.n.list = add_list(values);
  return add(made);
}

// `[e; N]`: e is evaluated once.
NodeId Checker::fill_lit(ast::NodeId id, Ty hint) {
  const ast::Node node = at(id);
  bool known = is(hint, TyKind::Array);
  auto parts = items(node.list);
  if (parts.size() != 2) return bad(node.span);
  NodeId element = known ? operand(parts[0], row(hint).elem) : plain(parts[0], Ty{});
  std::optional<uint64_t> count = resolve_count(parts[1]);
  if (is_bad(element) || !count) return bad(node.span);
  Made made = make(T::FillLit, types_.array(type_of(element), *count), node.span);
  made.n.a = element;
  return add(made);
}

// ---- structs

NodeId Checker::struct_lit(ast::NodeId id, Ty /*hint*/) {
  const ast::Node node = at(id);
  Ty type = type_named(node.a);
  const ast::Node name = at(node.a);
  if (!type.valid() && name.kind == NodeKind::Member) {
    Ty whole = type_named(name.a);
    if (is(whole, TyKind::Tagged)) return variant_lit(node, whole, name.name, name.name_span());
  }
  if (is(type, TyKind::Union)) return union_lit(node, type);
  if (!is(type, TyKind::Struct)) {
    for (ast::NodeId init : items(node.list)) {
      if (!needs_context(at(init).a)) expr(at(init).a, Ty{});
    }
    if (type.valid()) {
      error(DiagKind::NotAType, name.span, quoted(type) + " is no struct");
      return bad(node.span);
    }
    const Symbol* symbol = name.kind == NodeKind::Name ? find_symbol(name.name) : nullptr;
    if (symbol != nullptr &&
        (symbol->kind == Symbol::Kind::Refused || symbol->kind == Symbol::Kind::Type))
      return bad(node.span);
    if (name.kind == NodeKind::Member) {
      if (std::optional<uint32_t> module = module_named(name.a)) {
        if (member_symbol(*module, name.name, name.name_span(), true) != nullptr)
          error(DiagKind::NotAType, name.span, quoted(name.name) + " is no struct");
        return bad(node.span);
      }
    }
    unknown(DiagKind::UnknownType, "type", name.name, name.span, known_names(true));
    return bad(node.span);
  }
  if (row(type).opaque && row(type).module != module_) {
    error(DiagKind::Private, node.span,
          quoted(type) + " is opaque: what is in it is private to its module");
    return bad(node.span);
  }
  std::vector<NodeId> parts;
  std::vector<TyField> fields = row(type).fields;
  if (!field_inits(node, fields, type, parts)) return bad(node.span);
  Made made = make(T::StructLit, type, node.span);
  made.n.list = add_list(parts);
  return add(made);
}

// The fields of a literal, in the order written. What is missing must have a zero.
bool Checker::field_inits(const ast::Node& node, const std::vector<TyField>& fields, Ty type,
                          std::vector<NodeId>& parts) {
  std::vector<bool> has(fields.size());
  bool ok = true;
  for (ast::NodeId init_id : items(node.list)) {
    const ast::Node init = at(init_id);
    if (init.kind != NodeKind::FieldInit) continue;
    uint32_t index = 0;
    while (index < fields.size() && fields[index].name != init.name) ++index;
    if (index == fields.size()) {
      unknown_field(type, init.name, init.name_span().valid() ? init.name_span() : init.span);
      if (!needs_context(init.a)) expr(init.a, Ty{});
      ok = false;
      continue;
    }
    if (has[index]) {
      error(DiagKind::Redeclared, init.span, quoted(init.name) + " is given twice");
      ok = false;
    }
    has[index] = true;
    NodeId given = value(init.a, fields[index].type);
    ok &= !is_bad(given);
    parts.push_back(part(index, given, init.span));
  }
  for (size_t i = 0; i < fields.size() && !is_cut_short(node.list); ++i) {
    if (has[i] || !fields[i].type.valid() || row(fields[i].type).zero) continue;
    error(DiagKind::MissingField, node.span,
          "field " + quoted(fields[i].name) + " is missing: " + quoted(fields[i].type) +
              " has no zero");
    ok = false;
  }
  return ok;
}

NodeId Checker::union_lit(const ast::Node& node, Ty type) {
  auto inits = items(node.list);
  if (inits.empty()) return zero(type, node.span);
  std::vector<NodeId> parts;
  std::vector<TyField> fields = row(type).fields;
  if (inits.size() > 1) {
    error(DiagKind::WrongArguments, node.span, "a literal of a `union` gives one field");
    return bad(node.span);
  }
  for (TyField& field : fields) field.type = field.name == at(inits[0]).name ? field.type : Ty{};
  if (!field_inits(node, fields, type, parts)) return bad(node.span);
  Made made = make(T::UnionLit, type, node.span);
  made.n.a = tree_[parts[0]].a;
  return add(made);
}

NodeId Checker::variant_lit(const ast::Node& node, Ty type, NameId name, Span name_span) {
  std::vector<TyVariant> variants = row(type).variants;
  uint32_t index = 0;
  while (index < variants.size() && variants[index].name != name) ++index;
  if (index == variants.size()) {
    unknown_field(type, name, name_span);
    return bad(node.span);
  }
  std::vector<NodeId> parts;
  if (!field_inits(node, variants[index].fields, Ty{}, parts)) return bad(node.span);
  Made made = make(T::VariantLit, type, node.span);
  made.n.index = index;
  // Unlike in a struct, what is missing is given here: a payload has no zero of its own.
  std::vector<bool> has(variants[index].fields.size());
  for (NodeId part : parts) has[tree_[part].index] = true;
  for (uint32_t i = 0; i < has.size(); ++i) {
    if (!has[i])
      parts.push_back(part(i, zero(variants[index].fields[i].type, node.span), node.span));
  }
  made.n.list = add_list(parts);
  return add(made);
}

}  // namespace tenure::tape
