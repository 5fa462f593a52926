// Values put together from others: arrays, tuples, structs, `new`, and the defaults of what is left
// out.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

// What one literal or call may bring in by defaults, in nodes of the typed tree: defaults that need
// defaults twice over grow exponentially.
constexpr size_t kMaxDefaultNodes = 100'000;

// `[e; N]`: e is evaluated once.
NodeId Checker::fill_lit(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  bool known = expected.valid() && kind(expected) == TypeKind::FixedArray;
  NodeId element = expr(node.a, known ? row(expected).elem : TypeId{});
  if (known && !coerce(element, row(expected).elem, node.a)) return bad(node.span);
  std::optional<uint64_t> count = resolve_count(node.b, false);
  if (is_bad(element) || !count) return bad(node.span);
  TypeId elem = type_of(element);
  if (types_.is_move_only(elem)) {
    explain_move_only(error(DiagKind::CannotCopy, at(node.a).span,
                            "cannot copy what every element is to be, of type " + quoted(elem)),
                      elem);
    return bad(node.span);
  }
  tree::Node made = make(T::FillLit, types_.fixed_array(elem, *count), node.span);
  made.a = element;
  return add(made);
}

NodeId Checker::array_lit(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  bool fixed = expected.valid() && kind(expected) == TypeKind::FixedArray;
  TypeId elem = expected.valid() && (fixed || kind(expected) == TypeKind::Array)
                    ? row(expected).elem
                    : TypeId{};
  auto list = expanded(node.list, fixed ? Spreads::IntoFixed : Spreads::IntoArray, elem);
  if (!list) return bad(node.span);
  std::vector<ast::NodeId> elements(items(*list).begin(), items(*list).end());
  auto spreads = [&](size_t i) { return at(elements[i]).kind == NodeKind::Spread; };
  std::vector<NodeId> values(elements.size());
  bool ok = true;
  if (!elem.valid()) {
    // The first element that has a type of its own decides, then literals.
    for (size_t i = 0; i < elements.size() && !elem.valid(); ++i) {
      if (needs_context(elements[i])) continue;
      values[i] = spreads(i) ? spread_element(elements[i], TypeId{})
                             : to_value(expr(elements[i], TypeId{}));
      if (is_bad(values[i])) return bad(node.span);
      elem = type_of(values[i]);
    }
    if (!elem.valid()) {
      for (ast::NodeId e : elements) {
        if (is_literal(e) && has_float(e)) elem = f32();
      }
    }
    for (size_t i = 0; i < elements.size() && !elem.valid(); ++i) {
      if (is_blank(elements[i]) && i + 1 < elements.size()) continue;
      values[i] = value(elements[i], TypeId{});
      if (is_bad(values[i])) return bad(node.span);
      elem = type_of(values[i]);
    }
    if (!elem.valid()) {
      bool rest = node.has(ast::kFlagRest);
      error(DiagKind::CannotInfer, node.span,
            rest ? "nothing here says what the rest of the arguments would be"
                 : "nothing here says what the elements of this array are")
          .note(node.span, rest ? "give the type: `f<T>()`" : "give the type: `val xs: [T] = [];`");
      return bad(node.span);
    }
  }
  for (size_t i = 0; i < elements.size(); ++i) {
    if (!values[i].valid())
      values[i] = spreads(i) ? spread_element(elements[i], elem) : value(elements[i], elem);
    ok &= !is_bad(values[i]);
  }
  if (!ok) return bad(node.span);
  if (fixed && row(expected).count != elements.size()) {
    error(DiagKind::TypeMismatch, node.span,
          "expected " + quoted(expected) + ", found " + std::to_string(elements.size()) +
              (elements.size() == 1 ? " element" : " elements"));
    return bad(node.span);
  }
  tree::Node made =
      make(fixed ? T::FixedLit : T::ArrayLit, fixed ? expected : types_.array(elem), node.span);
  made.list = add_list(values);
  return add(made);
}

NodeId Checker::tuple_lit(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  auto list = expanded(node.list, Spreads::IntoTuple, TypeId{});
  if (!list) return bad(node.span);
  std::vector<ast::NodeId> elements(items(*list).begin(), items(*list).end());
  bool shaped = expected.valid() && kind(expected) == TypeKind::Tuple &&
                row(expected).fields.size() == elements.size();
  std::vector<oir::Field> fields;
  std::vector<NodeId> parts;
  bool ok = true;
  for (uint32_t i = 0; i < elements.size(); ++i) {
    const ast::Node element = at(elements[i]);
    ast::NodeId inner = element.kind == NodeKind::NamedArg ? element.a : elements[i];
    std::string name = element.kind == NodeKind::NamedArg ? std::string(text(element.name)) : "";
    if (element.has(ast::kFlagLabelled)) {
      const tree::Node& from = tree_[NodeId{size_t(element.value)}];
      name = row(type_of(from.a)).fields[from.index].name;
    }
    for (const oir::Field& other : fields) {
      if (!name.empty() && other.name == name)
        error(DiagKind::Redeclared, element.span, "`" + name + "` is given twice");
    }
    NodeId part_value = value(inner, shaped ? row(expected).fields[i].type : TypeId{});
    ok &= !is_bad(part_value);
    // `(1, 2)` where a named tuple is asked for takes its names.
    if (shaped && name.empty()) name = row(expected).fields[i].name;
    if (ok) fields.push_back({name, type_of(part_value)});
    parts.push_back(part(i, part_value, at(inner).span));
  }
  if (!ok) return bad(node.span);
  tree::Node made = make(T::StructLit, types_.tuple(fields), node.span);
  made.list = add_list(parts);
  return add(made);
}

NodeId Checker::finish_struct(TypeId type, ast::NodeId id, std::span<const NodeId> checked) {
  const ast::Node& node = at(id);
  auto inits = items(node.list);
  size_t count = row(type).fields.size();
  Few<uint8_t, 16> has;
  has.resize(count);
  Ids parts;
  bool ok = true;
  for (size_t i = 0; i < inits.size(); ++i) {
    const ast::Node init = at(inits[i]);
    if (init.kind != NodeKind::FieldInit) continue;
    uint32_t index = 0;
    while (index < count && row(type).fields[index].name != text(init.name)) ++index;
    if (index == count) {
      std::vector<std::string_view> known;
      for (const oir::Field& field : row(type).fields) known.push_back(field.name);
      std::string close = near(text(init.name), known);
      Diagnostic& diagnostic = error(DiagKind::UnknownField, init.name_span(),
                                     "unknown field " + quoted(init.name) + " of " + quoted(type));
      if (!close.empty()) diagnostic.suggest(close);
      if (i >= checked.size() || !checked[i].valid()) expr(init.a, TypeId{});
      ok = false;
      continue;
    }
    if (has[index]) {
      error(DiagKind::Redeclared, init.span, quoted(init.name) + " is given twice");
      ok = false;
      continue;
    }
    has[index] = true;
    TypeId want = row(type).fields[index].type;
    NodeId given;
    if (i < checked.size() && checked[i].valid()) {
      given = checked[i];
      given = coerce(given, want, init.a) ? to_value(given) : bad(init.span);
    } else {
      given = value(init.a, want);
    }
    ok &= !is_bad(given);
    parts.push_back(part(index, given, init.span));
  }
  const TypeInst* known = inst(type);
  std::string missing;
  uint32_t index = 0;
  const TypeDecl& decl = *known->decl;
  const ast::Tree& tree = *all_.modules[decl.module].tree;
  for (ast::NodeId member : tree.items(tree[decl.node].list)) {
    if (tree[member].kind != NodeKind::FieldDecl) continue;
    uint32_t at_index = index++;
    if (at_index >= count) break;  // cut: the type was refused
    if (has[at_index]) continue;
    if (tree[member].b) {
      Env env(*this, decl.module, bindings_of(type), type);
      NodeId given =
          default_value(decl.module, tree[member].b, row(type).fields[at_index].type, node.span);
      ok &= !is_bad(given);
      parts.push_back(part(at_index, given, node.span));
      continue;
    }
    missing += (missing.empty() ? "" : ", ") + quoted(tree[member].name);
  }
  if (!missing.empty()) {
    error(DiagKind::MissingField, at(node.a).span,
          "missing in this " + quoted(type) + ": " + missing);
    ok = false;
  }
  if (!ok) return bad(node.span);
  tree::Node made = make(T::StructLit, type, node.span);
  made.list = add_list(parts);
  return add(made);
}

// What stands in for a field or an argument that was left out. The names where it is used are
// hidden.
NodeId Checker::default_value(uint32_t module, ast::NodeId source, TypeId type, Span span) {
  std::pair<uint32_t, ast::NodeId> key{module, source};
  for (const auto& active : defaults_) {
    if (active != key) continue;
    error(DiagKind::NestedTooDeeply, span, "this default needs itself");
    return bad(span);
  }
  if (defaults_.empty()) {
    first_default_node_ = tree_.nodes.size();
    default_wanted_ = span;
    too_many_defaults_ = false;
  }
  if (too_many_defaults_) return bad(span);  // was reported
  bool too_large = tree_.nodes.size() - first_default_node_ > kMaxDefaultNodes;
  if (too_large || defaults_.size() >= ast::kMaxNesting) {
    too_many_defaults_ = true;
    error(DiagKind::NestedTooDeeply, default_wanted_, "the defaults that this needs are too many");
    return bad(span);
  }
  defaults_.push_back(key);
  auto hidden = scopes_.hide();
  NodeId given = value(source, type);
  scopes_.show(hidden);
  defaults_.pop_back();
  return given;
}

NodeId Checker::struct_lit(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  const ast::Node name = at(node.a);
  auto give_up = [&] {
    for (ast::NodeId init : items(node.list)) {
      if (at(init).kind == NodeKind::FieldInit) without_context(at(init).a);
    }
    return bad(node.span);
  };
  if (name.kind != NodeKind::TypeName) return give_up();
  bool qualified = name.list2.count != 0;
  bool bound = !qualified && (find_binding(name.name) != nullptr || text(name.name) == "Self");
  Symbol symbol = bound ? Symbol{} : type_symbol(name);
  if (!bound && symbol.kind != Symbol::Kind::Type) {
    ModulePath path = qualified ? module_of(items(name.list2)) : ModulePath{};
    if (path.reported) return give_up();
    auto variants = !qualified                      ? lookup_variants(name.name)
                    : path.used == name.list2.count ? exported_variants(path.module, name.name)
                                                    : std::vector<VariantRef>{};
    if (!variants.empty()) return variant_by_name(variants, id, node.list, name.list, expected);
  }
  if (qualified && symbol.kind == Symbol::Kind::None) {
    // `Shape.Circle { … }`, `geo.Shape.Circle { … }`
    ast::Node type = at(items(name.list2)[name.list2.count - 1]);
    type.list2 = name.list2;
    --type.list2.count;
    Symbol owner = type_symbol(type);
    if (owner.kind == Symbol::Kind::Type && owner.type->kind == TypeDecl::Kind::Union) {
      const ast::Tree& tree = *all_.modules[owner.type->module].tree;
      auto variants = tree.items(tree[owner.type->node].list);
      for (uint32_t i = 0; i < variants.size(); ++i) {
        if (tree[variants[i]].name == name.name)
          return call_variant(*owner.type, i, id, node.list, name.list, expected);
      }
    }
  }
  if (symbol.kind == Symbol::Kind::Type && symbol.type->kind == TypeDecl::Kind::Struct &&
      name.list.count == 0) {
    TypeDecl& decl = *symbol.type;
    const ast::Tree& tree = *all_.modules[decl.module].tree;
    ast::List params = tree[decl.node].list2;
    if (params.count != 0) {
      Bindings open = open_params(params, decl.module);
      TypedArgs typed;
      for (ast::NodeId init : items(node.list)) {
        ast::NodeId type;
        for (ast::NodeId member : tree.items(tree[decl.node].list)) {
          if (tree[member].kind == NodeKind::FieldDecl && tree[member].name == at(init).name)
            type = tree[member].a;
        }
        typed.push_back({type, at(init).a, {}});
      }
      Ids checked;
      auto context = [&](Bindings& into) {
        const TypeInst* known = inst(expected);
        if (known == nullptr || known->decl != &decl) return;
        for (size_t i = 0; i < into.size(); ++i) {
          if (!into[i].arg.known()) into[i].arg = known->args[i];
        }
      };
      if (!infer(open, typed, decl.module, TypeId{}, context, checked)) return bad(node.span);
      if (report_unknown(open, node.span, decl.name)) return bad(node.span);
      Args args;
      for (const Binding& binding : open) args.push_back(binding.arg);
      TypeId type = instantiate(decl, args, node.span);
      return type.valid() ? finish_struct(type, id, checked) : bad(node.span);
    }
  }
  TypeId type = resolve(node.a);
  if (!type.valid()) return give_up();
  if (kind(type) != TypeKind::Struct || is_newtype(type) || row(type).shown != oir::Shown::Parts) {
    Diagnostic& diagnostic =
        error(DiagKind::NotAType, name.span, quoted(type) + " is not a struct");
    if (is_newtype(type)) diagnostic.suggest("… as " + types_.text(type));
    if (types_.is_span(type)) diagnostic.note(name.span, "a span is made by slicing: `xs[..]`");
    if (types_.is_range(type)) diagnostic.note(name.span, "a range is written `a..b`");
    return give_up();
  }
  return finish_struct(type, id, {});
}

NodeId Checker::new_expr(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  TypeId inner =
      expected.valid() && kind(expected) == TypeKind::Ref ? row(expected).elem : TypeId{};
  NodeId made = expr(node.a, inner);
  if (is_bad(made)) return bad(node.span);
  T what = tree_[made].kind;
  if ((what != T::StructLit && what != T::VariantLit) || kind(type_of(made)) == TypeKind::Tuple) {
    error(DiagKind::BadOperand, node.span, "`new` needs a value to be made: `new T { … }`");
    return bad(node.span);
  }
  tree::Node object = make(T::New, types_.ref(type_of(made)), node.span);
  object.a = made;
  return add(object);
}

}  // namespace tenure::ng
