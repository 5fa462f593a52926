// Expressions: names, members, indexes, slices, pointers.
#include "tape/checker.h"

namespace tenure::tape {

using ast::NodeKind;
using T = tree::NodeKind;

// ---- what the context wants

NodeId Checker::plain(ast::NodeId id, Ty hint) {
  NodeId node = expr(id, hint);
  if (is_bad(node)) return node;
  if (must_handle(node, at(id).span)) return bad(at(id).span);
  if (is(type_of(node), TyKind::Void)) {
    error(DiagKind::NotAValue, at(id).span, "this has no value");
    return bad(at(id).span);
  }
  return node;
}

NodeId Checker::operand(ast::NodeId id, Ty want) {
  NodeId node = expr(id, want);
  return convert(node, want, at(id).span);
}

NodeId Checker::value(ast::NodeId id, Ty want) {
  return to_value(operand(id, want));
}

// What assignments name.
NodeId Checker::place(ast::NodeId id) {
  NodeId node = plain(id, Ty{});
  if (is_bad(node) || is_place(node)) return node;
  std::string what =
      at(id).kind == NodeKind::Name ? "cannot assign to " + quoted(at(id).name) : "cannot assign";
  error(DiagKind::NotAssignable, at(id).span,
        what + ": this is a value, not a place that holds one");
  return bad(at(id).span);
}

// ---- the switchboard

NodeId Checker::expr(ast::NodeId id, Ty hint) {
  const ast::Node& node = at(id);
  Span span = node.span;
  // What is wrapped takes the type of what it is wrapped into.
  Ty inner = is(hint, TyKind::Result) ? row(hint).elem : hint;
  if (is(inner, TyKind::Optional)) inner = row(inner).elem;
  switch (node.kind) {
    case NodeKind::IntLit:
    case NodeKind::ByteLit:
      return int_literal(id, inner, false, span);
    case NodeKind::FloatLit:
      return float_literal(id, inner, false, span);
    case NodeKind::ColorLit:
      return int_const(scalar(TyKind::Color), node.value, span);
    case NodeKind::StringLit:
      return text_const(text(node.name), span);
    case NodeKind::Interpolated:
      return interpolated(id);
    case NodeKind::BoolLit:
      return bool_const(node.value != 0, span);
    case NodeKind::NullLit:
      return null_literal(span, is(hint, TyKind::Result) ? row(hint).elem : hint);
    case NodeKind::ArrayLit:
      return array_lit(id, inner);
    case NodeKind::StructLit:
      return struct_lit(id, inner);
    case NodeKind::Name:
      return name_expr(id, hint);
    case NodeKind::Member:
      return member_expr(id, hint);
    case NodeKind::Index:
      return index_expr(id);
    case NodeKind::SliceOf:
      return slice_expr(id, inner);
    case NodeKind::Call:
      return call_expr(id, hint);
    case NodeKind::Unwrap:
      return unwrap_expr(id, hint);
    case NodeKind::Unary:
      return unary_expr(id, inner);
    case NodeKind::Chain:
      return chain_expr(id, inner);
    case NodeKind::Cast:
      return cast_expr(id);
    case NodeKind::Is:
      return is_expr(id);
    case NodeKind::Or:
      return or_expr(id, hint);
    case NodeKind::BuiltinCall:
      return builtin_expr(id, hint);
    default:
      return bad(span);
  }
}

// ---- names

NodeId Checker::name_expr(ast::NodeId id, Ty hint) {
  const ast::Node& node = at(id);
  if (const Binding* binding = find_binding(node.name)) {
    if (!binding->local.valid() && binding->constant.valid())
      return again({&tree_, binding->constant}, node.span);
    if (!binding->type.valid()) return bad(node.span);
    return local_node(binding->local, binding->type, node.span);
  }
  if (const Symbol* symbol = find_symbol(node.name))
    return symbol_expr(*symbol, node.name, node.span, hint);
  if (builtin_type(text(node.name)).valid()) {
    error(DiagKind::NotAValue, node.span, quoted(node.name) + " is a type, not a value");
    return bad(node.span);
  }
  unknown(DiagKind::UnknownName, "name", node.name, node.span, known_names(false));
  return bad(node.span);
}

NodeId Checker::symbol_expr(const Symbol& symbol, NameId name, Span span, Ty /*hint*/) {
  switch (symbol.kind) {
    case Symbol::Kind::Global:
      return global_expr(*symbol.global, span);
    case Symbol::Kind::Fun:
      return fun_ref(*symbol.fun, span);
    case Symbol::Kind::Type:
      error(DiagKind::NotAValue, span, quoted(name) + " is a type, not a value");
      return bad(span);
    case Symbol::Kind::Module:
      error(DiagKind::NotAValue, span, quoted(name) + " is a module, not a value");
      return bad(span);
    default:
      return bad(span);
  }
}

NodeId Checker::global_expr(GlobalDecl& global, Span span) {
  if (global.is_const) {
    const_value(global);
    if (!global.constant.valid()) return bad(span);
    ConstantNode constant{all_.constants, global.constant};
    if (constant.is_single()) return again(constant, span);
  }
  if (!global.type.valid()) {
    bool typed = (*all_.modules[global.module].tree)[global.node].b.valid();
    if (global.state == GlobalDecl::State::Unseen && !typed) {
      error(DiagKind::UnknownName, span, quoted(global.name) + " is used before its declaration")
          .note((*all_.modules[global.module].tree)[global.node].name_span(),
                "it is declared here");
    } else if (global.state == GlobalDecl::State::Busy && !typed) {
      error(DiagKind::UnknownName, span, quoted(global.name) + " needs its own value");
    }
    return bad(span);
  }
  if (!global.id.valid()) add_global(global);
  Made made = make(T::Global, global.type, span);
  made.n.global = global.id;
  return add(made);
}

NodeId Checker::fun_ref(const FunDecl& fun, Span span) {
  if (fun.refused || !fun.result.valid()) return bad(span);
  if (fun.is_native || fun.is_foreign) {
    error(DiagKind::NotAValue, span, quoted(fun.name) + " can be called, but is no value");
    return bad(span);
  }
  std::vector<Ty> params;
  params.reserve(fun.params.size());
  for (const Param& param : fun.params) params.push_back(param.type);
  Made made = make(T::FuncRef, types_.function(std::move(params), fun.result), span);
  made.n.func = fun.id;
  NodeId done = add(made);
  if (types_.is_bytes(fun.result)) bytes_refs_.push_back({body_, done});
  return done;
}

// ---- members

NodeId Checker::member_expr(ast::NodeId id, Ty hint) {
  const ast::Node& node = at(id);
  if (std::optional<uint32_t> module = module_named(node.a)) {
    const Symbol* symbol = member_symbol(*module, node.name, node.name_span(), false);
    return symbol == nullptr ? bad(node.span) : symbol_expr(*symbol, node.name, node.span, hint);
  }
  if (Ty type = type_named(node.a); type.valid()) return type_member(type, id);
  NodeId base = plain(node.a, Ty{});
  if (is_bad(base)) return base;
  return field_of(base, node.name, node.name_span(), node.span);
}

// `E.B`, `T.A`, `T.method`
NodeId Checker::type_member(Ty type, ast::NodeId id) {
  const ast::Node& node = at(id);
  if (is(type, TyKind::Enum)) {
    for (const TyValue& value : row(type).values) {
      if (value.name == node.name) return int_const(type, value.bits, node.span);
    }
  }
  if (is(type, TyKind::Tagged)) {
    const std::vector<TyVariant>& variants = row(type).variants;
    for (uint32_t i = 0; i < variants.size(); ++i) {
      if (variants[i].name != node.name) continue;
      if (!variants[i].fields.empty()) {
        error(DiagKind::MissingField, node.span,
              "`" + types_.text(type) + "." + std::string(text(node.name)) + "` needs its fields")
            .note(node.span,
                  "write `" + types_.text(type) + "." + std::string(text(node.name)) + " { … }`");
        return bad(node.span);
      }
      return variant(type, i, NodeId{}, node.span);
    }
  }
  if (const FunDecl* method = find_method(type, node.name))
    return is_private(*method, node.name_span()) ? bad(node.span) : fun_ref(*method, node.span);
  return unknown_field(type, node.name, node.name_span());
}

NodeId Checker::unknown_field(Ty type, NameId name, Span span) {
  std::vector<std::string_view> known;
  std::string_view what = "field";
  if (type.valid()) {
    const TypeRow& r = row(type);
    if (r.partial) return bad(span);
    for (const TyField& field : r.fields) known.push_back(text(field.name));
    for (const TyVariant& variant : r.variants) known.push_back(text(variant.name));
    for (const TyValue& value : r.values) known.push_back(text(value.name));
    if (r.kind == TyKind::Tagged) what = "variant";
    if (r.kind == TyKind::Enum) what = "value";
  }
  if (what == "field") {
    unknown(DiagKind::UnknownField, what, name, span, known);
  } else {
    unknown(DiagKind::UnknownVariant, what, name, span, known);
  }
  return bad(span);
}

NodeId Checker::field_node(NodeId base, uint32_t index, Span span) {
  Ty whole = type_of(base);
  Ty type = row(whole).fields[index].type;
  if (!type.valid()) return bad(span);
  if (is(whole, TyKind::Union)) {
    if (!is_place(base)) {
      tree::LocalId held = add_local("", whole, span);
      NodeId in_place = local_node(held, whole, span);
      NodeId field = unary(T::UnionField, type, in_place, span);
      return block_node({let_node(held, base, span)}, to_value(field), span);
    }
    return unary(T::UnionField, type, base, span);
  }
  Made made = make(T::Field, type, span);
  made.n.a = base;
  made.n.index = index;
  return add(made);
}

NodeId Checker::field_of(NodeId base, NameId name, Span name_span, Span span) {
  base = auto_deref(base, span);
  Ty type = type_of(base);
  if (text(name) == "len" &&
      (is(type, TyKind::String) || is(type, TyKind::Slice) || is(type, TyKind::Array))) {
    return length_of(base, span);
  }
  if (is(type, TyKind::Struct) || is(type, TyKind::Union)) {
    const std::vector<TyField>& fields = row(type).fields;
    for (uint32_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name != name) continue;
      if (row(type).opaque && row(type).module != module_) {
        error(DiagKind::Private, name_span,
              quoted(name) + " is private: " + quoted(type) + " is opaque");
        return bad(span);
      }
      NodeId field = field_node(base, i, span);
      return is_bad(field) ? field : fold_place(field);
    }
  }
  if (find_method(type, name) != nullptr) {
    error(DiagKind::NotAValue, name_span, quoted(name) + " is a method: call it");
    return bad(span);
  }
  if (is(type, TyKind::Optional)) {
    error(DiagKind::UnknownField, name_span, quoted(type) + " has no fields")
        .note(span, "`!` takes the value out, `or { … }` says what stands for `null`");
    return bad(span);
  }
  return unknown_field(type, name, name_span);
}

NodeId Checker::length_of(NodeId base, Span span) {
  Ty type = type_of(base);
  if (is(type, TyKind::Array)) return int_const(i64(), row(type).count, span);
  if (is(type, TyKind::String) && is_const(base)) {
    return int_const(i64(), words_of(tree_[base].constant()).size(), span);
  }
  oir::RtFn fn = is(type, TyKind::String) ? oir::RtFn::TextLen : oir::RtFn::SliceLen;
  return runtime(fn, i64(), {base}, span);
}

// ---- pointers

bool Checker::is_non_null(NodeId pointer) const {
  if (row(type_of(pointer)).non_null) return true;
  const tree::Node* node = &tree_[pointer];
  if (node->kind == T::AddressOf) return true;
  if (node->kind == T::Copy) node = &tree_[node->a];
  if (node->kind != T::Local) return false;
  for (tree::LocalId local : non_null_) {
    if (local == node->local) return true;
  }
  return false;
}

NodeId Checker::deref_node(NodeId pointer, Span span) {
  Ty elem = row(type_of(pointer)).elem;
  if (is(elem, TyKind::Void)) {
    error(DiagKind::BadOperand, span, "nothing can be read through " + quoted(type_of(pointer)));
    return bad(span);
  }
  bool safe = is_non_null(pointer);
  Made made = make(T::Deref, elem, span);
  made.n.a = to_value(pointer);
  if (safe) made.n.flags = tree::kNoNull;
  return add(made);
}

NodeId Checker::auto_deref(NodeId node, Span span) {
  if (is_bad(node) || !is(type_of(node), TyKind::Pointer)) return node;
  return deref_node(node, span);
}

NodeId Checker::address_of(ast::NodeId id, Ty hint) {
  const ast::Node& node = at(id);
  (void)hint;
  NodeId of = plain(node.a, Ty{});
  if (is_bad(of)) return of;
  if (!is_place(of) || root_of(of).kind == Root::Kind::Temporary) {
    error(DiagKind::BadOperand, node.span, "`&` takes the address of a place, and this is a value")
        .note(node.span, "put it into a `var` first");
    return bad(node.span);
  }
  bool fixed = fixed_because(of, true).has_value();
  note_pointed(of);
  return unary(T::AddressOf, types_.pointer(type_of(of), fixed), of, node.span);
}

NodeId Checker::unwrap_expr(ast::NodeId id, Ty hint) {
  const ast::Node& node = at(id);
  Ty wanted = hint.valid() && !is(hint, TyKind::Optional) && !is(hint, TyKind::Void)
                  ? types_.optional(hint)
                  : hint;
  if (is(hint, TyKind::Result)) wanted = Ty{};
  NodeId of = plain(node.a, wanted);
  if (is_bad(of)) return of;
  if (!is(type_of(of), TyKind::Optional)) {
    error(DiagKind::BadOperand, node.span, "`!` unwraps an optional, not " + quoted(type_of(of)));
    return bad(node.span);
  }
  return fold_unwrap(unary(T::Unwrap, row(type_of(of)).elem, of, node.span));
}

// ---- elements

// An index, or a bound of a slice: of any integer type.
NodeId Checker::index_value(ast::NodeId id) {
  NodeId index = to_value(plain(id, Ty{}));
  if (is_bad(index) || types_.is_integer(type_of(index))) return index;
  error(DiagKind::TypeMismatch, at(id).span,
        "an index is an integer, not " + quoted(type_of(index)));
  return bad(at(id).span);
}

NodeId Checker::index_expr(ast::NodeId id) {
  const ast::Node node = at(id);
  NodeId base = plain(node.a, Ty{});
  NodeId index = index_value(node.b);
  if (is_bad(base) || is_bad(index)) return bad(node.span);
  Ty type = type_of(base);
  if (is(type, TyKind::String)) {
    Made view = make(T::SliceOf, types_.slice(scalar(TyKind::U8), true), node.span);
    view.n.a = base;
    Made made = make(T::Index, scalar(TyKind::U8), node.span);
    made.n.a = add(view);
    made.n.b = index;
    return to_value(add(made));
  }
  bool through = is(type, TyKind::Pointer);
  if (!through && !is(type, TyKind::Array) && !is(type, TyKind::Slice)) {
    error(DiagKind::BadOperand, node.span, quoted(type) + " has no elements");
    return bad(node.span);
  }
  if (is(row(type).elem, TyKind::Void)) {
    error(DiagKind::BadOperand, node.span, "nothing can be read through " + quoted(type));
    return bad(node.span);
  }
  Made made = make(through ? T::PtrIndex : T::Index, row(type).elem, node.span);
  if (through && is_non_null(base)) made.n.flags = tree::kNoNull;
  made.n.a = through ? to_value(base) : base;
  made.n.b = index;
  return fold_place(add(made));
}

NodeId Checker::slice_expr(ast::NodeId id, Ty hint) {
  const ast::Node node = at(id);
  NodeId base = plain(node.a, Ty{});
  NodeId from = node.b.valid() ? index_value(node.b) : NodeId{};
  NodeId to = node.c.valid() ? index_value(node.c) : NodeId{};
  if (is_bad(base) || (from.valid() && is_bad(from)) || (to.valid() && is_bad(to)))
    return bad(node.span);
  // Of `p`, a pointer to an array or a slice, it is what `p` points to.
  if (is(type_of(base), TyKind::Pointer)) {
    TyKind behind = kind(row(type_of(base)).elem);
    if (behind == TyKind::Array || behind == TyKind::Slice || behind == TyKind::String)
      base = auto_deref(base, node.span);
  }
  Ty type = type_of(base);
  Ty result;
  uint8_t flags = node.has(ast::kFlagInclusive) ? tree::kInclusive : 0;
  if (is(type, TyKind::String)) {
    bool writable = types_.is_bytes(hint) && !row(hint).is_const;
    if (writable && !writable_bytes(base, hint, node.span)) return bad(node.span);
    result = types_.slice(scalar(TyKind::U8), !writable);
    if (writable) flags |= tree::kOwnBytes;
  } else if (is(type, TyKind::Slice)) {
    result = type;
  } else if (is(type, TyKind::Array)) {
    bool fixed = fixed_because(base, true).has_value();
    result = types_.slice(row(type).elem, fixed);
    if (is_place(base)) note_pointed(base);
  } else {
    error(DiagKind::BadOperand, node.span,
          quoted(type) + " cannot be sliced: arrays, slices and strings can");
    return bad(node.span);
  }
  Made made = make(T::SliceOf, result, node.span);
  made.n.a = base;
  made.n.b = from;
  made.n.c = to;
  made.n.flags = flags;
  return is(type, TyKind::String) ? text_view(made) : add(made);
}

// ---- prefix operators

NodeId Checker::unary_expr(ast::NodeId id, Ty hint) {
  const ast::Node node = at(id);
  auto op = static_cast<ast::UnaryOp>(node.op);
  switch (op) {
    case ast::UnaryOp::AddressOf:
      return address_of(id, hint);
    case ast::UnaryOp::Deref: {
      NodeId pointer = plain(node.a, Ty{});
      if (is_bad(pointer)) return pointer;
      if (!is(type_of(pointer), TyKind::Pointer)) {
        error(DiagKind::BadOperand, node.span,
              "`*` goes through a pointer, not " + quoted(type_of(pointer)));
        return bad(node.span);
      }
      return deref_node(pointer, node.span);
    }
    case ast::UnaryOp::Not: {
      NodeId of = value(node.a, scalar(TyKind::Bool));
      return is_bad(of) ? of : fold_unary(not_node(of, node.span));
    }
    default:
      break;
  }
  bool negates = op == ast::UnaryOp::Neg;
  const ast::Node& of_node = at(node.a);
  if (negates && (of_node.kind == NodeKind::IntLit || of_node.kind == NodeKind::ByteLit))
    return int_literal(node.a, hint, true, node.span);
  if (negates && of_node.kind == NodeKind::FloatLit)
    return float_literal(node.a, hint, true, node.span);
  NodeId of = to_value(plain(node.a, hint));
  if (is_bad(of)) return of;
  Ty type = type_of(of);
  if (!types_.is_integer(type) && !(negates && types_.is_float(type))) {
    error(DiagKind::BadOperand, node.span,
          std::string(negates ? "`-`" : "`~`") + " is for " + (negates ? "numbers" : "integers") +
              ", not " + quoted(type));
    return bad(node.span);
  }
  return fold_unary(unary(negates ? T::Neg : T::BitNot, type, of, node.span));
}

}  // namespace tenure::tape
