// Types as they are written, and what their declarations promise.
#include <algorithm>

#include "tape/checker.h"

namespace tenure::tape {

using ast::NodeKind;

namespace {

// How deep types may be written, names looked through, and nest by value.
constexpr uint32_t kMaxTypeNesting = 200;

}  // namespace

Ty Checker::builtin_type(std::string_view name) const {
  static const std::unordered_map<std::string_view, TyKind> kNames = {
      {"void", TyKind::Void}, {"bool", TyKind::Bool},     {"i8", TyKind::I8},
      {"i16", TyKind::I16},   {"i32", TyKind::I32},       {"i64", TyKind::I64},
      {"u8", TyKind::U8},     {"u16", TyKind::U16},       {"u32", TyKind::U32},
      {"u64", TyKind::U64},   {"f32", TyKind::F32},       {"f64", TyKind::F64},
      {"int", TyKind::I64},   {"uint", TyKind::U64},      {"byte", TyKind::U8},
      {"float", TyKind::F64}, {"string", TyKind::String}, {"color", TyKind::Color},
  };
  auto it = kNames.find(name);
  return it == kNames.end() ? Ty{} : scalar(it->second);
}

Ty Checker::usable(Ty type, Span span) {
  if (type.valid() && row(type).nest > kMaxTypeNesting) {
    error(DiagKind::NestedTooDeeply, span, "this type is nested too deeply");
    return Ty{};
  }
  return type;
}

Ty Checker::resolve(ast::NodeId id) {
  const ast::Node node = at(id);
  switch (node.kind) {
    case NodeKind::TypeName:
      return resolve_name(id);
    case NodeKind::TypePointer: {
      Ty elem = resolve(node.a);
      if (!elem.valid()) return Ty{};
      return usable(types_.pointer(elem, node.has(ast::kFlagConst), node.has(ast::kFlagNonNull)),
                    node.span);
    }
    case NodeKind::TypeSlice: {
      Ty elem = resolve_part(node.a, "an element");
      return elem.valid() ? usable(types_.slice(elem, node.has(ast::kFlagConst)), node.span) : Ty{};
    }
    case NodeKind::TypeArray: {
      Ty elem = resolve_part(node.a, "an element");
      std::optional<uint64_t> count = resolve_count(node.b);
      return elem.valid() && count ? usable(types_.array(elem, *count), node.span) : Ty{};
    }
    case NodeKind::TypeOptional: {
      Ty elem = resolve_part(node.a, "an optional");
      if (!elem.valid()) return Ty{};
      if (is(elem, TyKind::Optional)) {
        error(DiagKind::NotAType, node.span,
              "an optional of an optional cannot be told apart from it: `?" + types_.text(elem) +
                  "` is no type");
        return Ty{};
      }
      return usable(types_.optional(elem), node.span);
    }
    case NodeKind::TypeResult: {
      Ty value = resolve(node.a);
      Ty failed = resolve_part(node.b, "an error");
      if (!value.valid() || !failed.valid()) return Ty{};
      if (!is(failed, TyKind::Enum)) {
        error(DiagKind::NotAType, at(node.b).span,
              "an error is of an `enum`, not of " + quoted(failed));
        return Ty{};
      }
      if (value == failed || is(value, TyKind::Result)) {
        error(DiagKind::NotAType, node.span,
              "a value and an error cannot be told apart in `" + types_.text(value) + " or " +
                  types_.text(failed) + "`");
        return Ty{};
      }
      return usable(types_.result(value, failed), node.span);
    }
    case NodeKind::TypeFunction: {
      std::vector<Ty> params;
      bool ok = true;
      for (ast::NodeId param : items(node.list)) {
        params.push_back(resolve_part(param, "a parameter"));
        ok &= params.back().valid();
      }
      Ty result = node.a.valid() ? resolve(node.a) : void_type();
      return ok && result.valid() ? usable(types_.function(std::move(params), result), node.span)
                                  : Ty{};
    }
    default:
      return Ty{};
  }
}

Ty Checker::resolve_part(ast::NodeId id, std::string_view of_what) {
  Ty type = resolve(id);
  if (!type.valid() || kind(type) != TyKind::Void) return type;
  error(DiagKind::NotAType, at(id).span, std::string(of_what) + " cannot be `void`");
  return Ty{};
}

Ty Checker::resolve_name(ast::NodeId id) {
  const ast::Node node = at(id);
  if (node.list.count != 0) {
    const ast::NodeId qualifier = items(node.list)[0];
    std::optional<uint32_t> module = module_named(qualifier);
    if (!module) {
      const Symbol* symbol = find_symbol(at(qualifier).name);
      if (symbol == nullptr || symbol->kind != Symbol::Kind::Refused)
        unknown(DiagKind::UnknownModule, "module", at(qualifier).name, at(qualifier).span,
                known_names(true));
      return Ty{};
    }
    const Symbol* symbol = member_symbol(*module, node.name, node.name_span(), true);
    return symbol == nullptr ? Ty{} : resolve_symbol(*symbol, node.name, node.name_span());
  }
  const Symbol* symbol = find_symbol(node.name);
  if (symbol != nullptr) return resolve_symbol(*symbol, node.name, node.span);
  Ty builtin = builtin_type(text(node.name));
  if (builtin.valid()) {
    if (is(builtin, TyKind::String) && all_.modules[module_].is_t0) {
      error(DiagKind::NotAType, node.span, "`@profile(t0)` has no `string`");
      return Ty{};
    }
    return builtin;
  }
  std::vector<std::string_view> known = known_names(true);
  for (std::string_view name : {"bool", "string", "void", "color", "float", "byte", "int", "uint"})
    known.push_back(name);
  unknown(DiagKind::UnknownType, "type", node.name, node.span, known);
  return Ty{};
}

Ty Checker::resolve_symbol(const Symbol& symbol, NameId name, Span span) {
  if (symbol.kind == Symbol::Kind::Refused) return Ty{};
  if (symbol.kind != Symbol::Kind::Type) {
    error(DiagKind::NotAType, span, quoted(name) + " is no type");
    return Ty{};
  }
  return symbol.alias == nullptr ? symbol.type : resolve_alias(*symbol.alias, symbol, name, span);
}

Ty Checker::resolve_alias(Alias& alias, const Symbol& symbol, NameId name, Span span) {
  if (alias.state == Alias::State::Done) return alias.type;
  if (alias.state == Alias::State::Busy) {
    error(DiagKind::RecursiveAlias, symbol.span, quoted(name) + " stands for itself");
    return Ty{};
  }
  constexpr uint32_t kDeepest = 100;
  if (alias_depth_ >= kDeepest) {
    error(DiagKind::NestedTooDeeply, span, "aliases of aliases nest too deeply");
    return Ty{};
  }
  ++alias_depth_;
  alias.state = Alias::State::Busy;
  uint32_t module = module_;
  module_ = alias.module;
  alias.type = resolve(at(alias.node).a);
  module_ = module;
  --alias_depth_;
  alias.state = Alias::State::Done;
  return alias.type;
}

std::optional<uint64_t> Checker::resolve_count(ast::NodeId id) {
  if (at(id).kind == NodeKind::Error) return std::nullopt;
  NodeId count = constant_value(id, Ty{});
  if (is_bad(count)) return std::nullopt;
  if (!types_.is_integer(type_of(count)) || !is_const(count)) {
    error(DiagKind::TypeMismatch, at(id).span,
          "a number of elements is an integer, not " + quoted(type_of(count)));
    return std::nullopt;
  }
  constexpr uint64_t kMost = uint64_t{1} << 31;
  uint64_t bits = tree_[count].constant().bits;
  if (bits >= kMost) {
    error(DiagKind::LiteralRange, at(id).span,
          types_.is_signed(type_of(count)) && static_cast<int64_t>(bits) < 0
              ? "a number of elements cannot be negative"
              : "an array has less than 2147483648 elements");
    return std::nullopt;
  }
  return bits;
}

// ---- declarations

void Checker::resolve_types() {
  for (auto [type, id] : shared_.nominal) {
    module_ = row(type).module;
    const ast::Node node = at(id);
    read_type_attributes(type, node);
    types_.mut(type).partial = is_cut_short(node.list);
    if (node.kind == NodeKind::Enum) {
      resolve_enum(type, node);
    } else if (node.kind == NodeKind::Tagged) {
      std::vector<TyVariant> variants;
      for (ast::NodeId variant_id : items(node.list)) {
        const ast::Node variant = at(variant_id);
        if (variant.kind != NodeKind::VariantDecl) continue;
        bool twice = std::any_of(variants.begin(), variants.end(), [&](const TyVariant& other) {
          return other.name == variant.name;
        });
        if (twice)
          error(DiagKind::Redeclared, variant.name_span(),
                quoted(variant.name) + " is declared twice");
        TyVariant made{variant.name, {}};
        resolve_fields(items(variant.list), made.fields, "a field");
        variants.push_back(std::move(made));
      }
      types_.mut(type).variants = std::move(variants);
    } else {
      std::vector<TyField> fields;
      resolve_fields(items(node.list), fields, "a field");
      types_.mut(type).fields = std::move(fields);
    }
  }
  // Aliases too: one that is wrong is reported even if nothing uses it, and then it is silent.
  for (module_ = 0; module_ < all_.modules.size(); ++module_) {
    std::vector<NameId> names;
    for (const auto& [name, symbol] : all_.modules[module_].symbols) {
      if (symbol.alias != nullptr && symbol.module == module_) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    for (NameId name : names) resolve_symbol(all_.modules[module_].symbols.at(name), name, Span{});
  }
  for (Module& module : shared_.modules) {
    for (auto& [name, symbol] : module.symbols) {
      if (symbol.alias != nullptr && !symbol.alias->type.valid())
        symbol.kind = Symbol::Kind::Refused;
    }
  }
  order_types();
  types_.all_resolved();
  for (auto [type, id] : shared_.nominal) check_type_parts(type);
}

void Checker::resolve_fields(std::span<const ast::NodeId> list, std::vector<TyField>& out,
                             std::string_view of_what) {
  std::unordered_set<uint32_t> seen;
  for (ast::NodeId id : list) {
    const ast::Node node = at(id);
    if (node.kind != NodeKind::FieldDecl) continue;
    if (!seen.insert(node.name.v).second) {
      error(DiagKind::Redeclared, node.name_span(), quoted(node.name) + " is declared twice");
    }
    if (node.b.valid())
      error(DiagKind::Misplaced, at(node.b).span, "a field has no default: give it in the literal");
    out.push_back({node.name, resolve_part(node.a, of_what), node.name_span()});
  }
}

void Checker::resolve_enum(Ty type, const ast::Node& node) {
  Ty base = node.a.valid() ? resolve(node.a) : i64();
  if (base.valid() && !types_.is_integer(base)) {
    error(DiagKind::NotAType, at(node.a).span,
          "the values of an enum are integers, not " + quoted(base));
    base = Ty{};
  }
  if (!base.valid()) base = i64();
  types_.mut(type).elem = base;
  types_.compute(type);
  std::vector<TyValue> values;
  std::unordered_map<uint64_t, NameId> taken;
  uint64_t next = 0;
  for (ast::NodeId id : items(node.list)) {
    const ast::Node value = at(id);
    if (value.kind != NodeKind::EnumValue) continue;
    if (value.a.valid()) {
      NodeId given = constant_value(value.a, base);
      if (!is_bad(given) && is_const(given)) next = tree_[given].constant().bits;
    } else if (normal(base, next) != next) {
      error(DiagKind::LiteralRange, value.name_span(),
            "the value of " + quoted(value.name) + " does not fit in " + quoted(base));
    }
    for (const TyValue& other : values) {
      if (other.name == value.name)
        error(DiagKind::Redeclared, value.name_span(), quoted(value.name) + " is declared twice");
    }
    auto [it, is_new] = taken.try_emplace(next, value.name);
    if (!is_new) {
      error(DiagKind::Redeclared, value.name_span(),
            quoted(value.name) + " has the value of " + quoted(it->second));
    }
    std::string words = std::string(text(value.b.valid() ? at(value.b).name : value.name));
    values.push_back({value.name, next, std::move(words)});
    ++next;
  }
  if (values.empty() && !is_cut_short(node.list))
    error(DiagKind::MissingValue, node.name_span(), quoted(node.name) + " has no values");
  types_.mut(type).values = std::move(values);
}

void Checker::read_type_attributes(Ty type, const ast::Node& node) {
  for (ast::NodeId id : items(node.list2)) {
    const ast::Node attribute = at(id);
    std::string_view name = text(attribute.name);
    if (attribute.kind != NodeKind::Attribute) continue;
    if (name == "packed" && is(type, TyKind::Tagged)) {
      error(DiagKind::Misplaced, attribute.span, "`@packed` says nothing about a tagged union");
    } else if (name == "packed") {
      types_.mut(type).packed = true;
    } else if (name == "opaque") {
      types_.mut(type).opaque = true;
    } else if (name == "align") {
      std::optional<uint64_t> bytes;
      if (attribute.list.count == 1) bytes = resolve_count(items(attribute.list)[0]);
      bool power = bytes && *bytes != 0 && (*bytes & (*bytes - 1)) == 0 && *bytes <= 4096;
      if (attribute.list.count != 1 || (bytes && !power)) {
        error(DiagKind::WrongArguments, attribute.span, "`@align` takes a power of two up to 4096");
      } else if (bytes) {
        types_.mut(type).align = *bytes;
      }
    } else {
      error(DiagKind::Misplaced, attribute.span,
            "`@" + std::string(name) + "` says nothing about a type");
    }
  }
}

// Computes all rows, parts before what holds them by value. What holds itself is reported.
void Checker::order_types() {
  enum : uint8_t { kNew, kOpen, kDone };
  std::vector<uint8_t> state(types_.size(), kNew);
  auto parts_of = [&](Ty type) {
    std::vector<Ty> out;
    const TypeRow& r = row(type);
    switch (r.kind) {
      case TyKind::Array:
      case TyKind::Optional:
      case TyKind::Enum:
        out.push_back(r.elem);
        break;
      case TyKind::Result:
        out = {r.elem, r.error};
        break;
      case TyKind::Struct:
      case TyKind::Union:
        for (const TyField& field : r.fields) out.push_back(field.type);
        break;
      case TyKind::Tagged:
        for (const TyVariant& variant : r.variants) {
          for (const TyField& field : variant.fields) out.push_back(field.type);
        }
        break;
      default:
        break;
    }
    return out;
  };
  struct Open {
    Ty type;
    std::vector<Ty> parts;
    size_t next = 0;
  };
  std::vector<Open> stack;
  for (size_t i = 0; i < types_.size(); ++i) {
    if (state[i] != kNew) continue;
    state[i] = kOpen;
    stack.push_back({Ty{i}, parts_of(Ty{i})});
    while (!stack.empty()) {
      Open& top = stack.back();
      if (top.next < top.parts.size()) {
        Ty part = top.parts[top.next++];
        if (!part.valid() || state[part.index()] == kDone) continue;
        if (state[part.index()] == kOpen) {
          forget_part(top.type, part);
          continue;
        }
        state[part.index()] = kOpen;
        stack.push_back({part, parts_of(part)});
        continue;
      }
      Ty done = top.type;
      stack.pop_back();
      state[done.index()] = kDone;
      if (kind(done) > TyKind::Color) types_.compute(done);
      if (row(done).depth > kMaxTypeNesting) {
        error(DiagKind::NestedTooDeeply, row(done).span,
              "a value of " + quoted(done) + " is nested too deeply");
        types_.mut(done).depth = 0;
      }
    }
  }
}

// `holder` closes a ring of types that hold each other by value: reported, and the part is taken
// out.
void Checker::forget_part(Ty holder, Ty part) {
  Ty named = row(part).span.valid() ? part : holder;
  error(DiagKind::RecursiveType, row(named).span, quoted(named) + " holds itself by value")
      .note(row(named).span, "a pointer to it has a size: `*" + types_.text(named) + "`");
  TypeRow& r = types_.mut(holder);
  for (TyField& field : r.fields) {
    if (field.type == part) field.type = Ty{};
  }
  for (TyVariant& variant : r.variants) {
    for (TyField& field : variant.fields) {
      if (field.type == part) field.type = Ty{};
    }
  }
  if (r.elem == part) r.elem = void_type();
}

void Checker::check_type_parts(Ty type) {
  const TypeRow& r = row(type);
  for (const TyField& field : r.fields) {
    if (!field.type.valid()) continue;
    const TypeRow& part = row(field.type);
    if (part.managed && (r.kind == TyKind::Union || r.packed)) {
      error(DiagKind::BadOperand, field.span,
            std::string(r.packed ? "a `@packed` type" : "a `union`") + " cannot hold " +
                quoted(field.type) + ", which holds a string");
    }
  }
}

Ty Checker::type_named(ast::NodeId id) {
  const ast::Node& node = at(id);
  if (node.kind == NodeKind::Name) {
    if (find_binding(node.name) != nullptr) return Ty{};
    const Symbol* symbol = find_symbol(node.name);
    if (symbol == nullptr) return builtin_type(text(node.name));
    return symbol->kind == Symbol::Kind::Type ? resolve_symbol(*symbol, node.name, node.span)
                                              : Ty{};
  }
  if (node.kind != NodeKind::Member) return Ty{};
  std::optional<uint32_t> module = module_named(node.a);
  if (!module) return Ty{};
  auto it = all_.modules[*module].symbols.find(node.name);
  if (it == all_.modules[*module].symbols.end() || it->second.kind != Symbol::Kind::Type ||
      !it->second.is_pub)
    return Ty{};
  return resolve_symbol(it->second, node.name, node.span);
}

}  // namespace tenure::tape
