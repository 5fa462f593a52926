// Types: from what is written to rows of the type table; instances of generic types.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;

namespace {

// Instances of generics nest at most this deep (and the printed name stays readable).
constexpr uint32_t kMaxWeight = 1000;
constexpr uint64_t kMaxFixedCount = 0x7FFFFFFF;

}  // namespace

const Binding* Checker::find_binding(NameId name) const {
  for (const Binding& binding : bindings_) {
    if (binding.name == name) return &binding;
  }
  return nullptr;
}

std::string Checker::key(const Args& args) {
  std::string out;
  for (const Arg& arg : args) {
    out += arg.is_const ? 'n' + std::to_string(arg.value) : 't' + std::to_string(arg.type.v);
    out += ',';
  }
  return out;
}

bool Checker::is_resolving(const TypeDecl& alias) const {
  return std::find(resolving_.begin(), resolving_.end(), &alias) != resolving_.end();
}

const TypeInst* Checker::inst(TypeId type) const {
  if (!type.valid()) return nullptr;
  auto it = all_.insts.find(type.v);
  return it == all_.insts.end() ? nullptr : &it->second;
}

uint32_t Checker::weight(TypeId type) const {
  if (!type.valid()) return 1;
  if (const TypeInst* known = inst(type)) return known->weight;
  const oir::Type& t = row(type);
  uint32_t sum = 1;
  if (t.elem.valid()) sum += weight(t.elem);
  if (t.kind == TypeKind::Tuple) {
    for (const oir::Field& field : t.fields)
      sum = std::min(sum + weight(field.type), kMaxWeight + 1);
  }
  if (is_untagged(type)) {
    for (uint32_t i = 0; i < t.variants.size(); ++i)
      sum = std::min(sum + weight(member(type, i)), kMaxWeight + 1);
  }
  if (t.kind == TypeKind::Function) {
    sum += weight(t.result);
    for (TypeId param : t.params) sum = std::min(sum + weight(param), kMaxWeight + 1);
  }
  return std::min(sum, kMaxWeight + 1);
}

uint32_t Checker::weight(const Args& args) const {
  uint32_t sum = 1;
  for (const Arg& arg : args)
    sum = std::min(sum + (arg.is_const ? 1 : weight(arg.type)), kMaxWeight + 1);
  return sum;
}

std::optional<uint64_t> Checker::resolve_count(ast::NodeId id, bool quiet) {
  const ast::Node& node = at(id);
  if (node.kind == NodeKind::IntLit && !node.has(ast::kFlagTooLarge) &&
      node.value <= kMaxFixedCount) {
    return node.value;
  }
  if (node.kind == NodeKind::Name || node.kind == NodeKind::TypeName) {
    if (const Binding* binding = find_binding(node.name);
        binding != nullptr && binding->arg.is_const) {
      if (params_unknown_ && binding->arg.value == kUnknownCount) return std::nullopt;
      return binding->arg.value;
    }
  }
  if (!quiet && (node.kind == NodeKind::Chain || node.kind == NodeKind::Unary)) {
    not_supported(node.span, "lengths that are calculated");
  } else if (!quiet && node.kind != NodeKind::Error) {
    error(DiagKind::WrongTypeArguments, node.span,
          "the length of a fixed array is a number that is known, of at most 2147483647");
  }
  return std::nullopt;
}

TypeId Checker::resolve(ast::NodeId id, bool quiet) {
  const ast::Node& node = at(id);
  auto elem = [&](ast::NodeId inner) { return resolve(inner, quiet); };
  switch (node.kind) {
    case NodeKind::TypeName:
      return resolve_name(id, quiet);
    case NodeKind::TypeRef: {
      const ast::Node& inner = at(node.a);
      if (inner.kind == NodeKind::TypeDyn) return resolve_object(inner.a, quiet);
      if (inner.kind == NodeKind::TypeName && !find_binding(inner.name)) {
        Symbol symbol = type_symbol(inner);
        if (symbol.kind == Symbol::Kind::Type && symbol.type->kind == TypeDecl::Kind::Trait)
          return resolve_object(node.a, quiet);
      }
      TypeId type = elem(node.a);
      if (is_object(type)) return type;  // `ref r` of a reference is that reference
      return type.valid() ? types_.ref(type) : TypeId{};
    }
    case NodeKind::TypeDyn:
      if (node.op == 0) return resolve_object(node.a, quiet);
      if (!quiet) {
        error(DiagKind::NotAType, node.span, "a trait object is reached through a reference")
            .suggest("ref<dyn " + written(node.a) + ">");
      }
      return TypeId{};
    case NodeKind::TypeArray: {
      TypeId type = elem(node.a);
      return type.valid() ? types_.array(type) : TypeId{};
    }
    case NodeKind::TypeFixed: {
      TypeId type = elem(node.a);
      auto count = resolve_count(node.b, quiet);
      return type.valid() && count ? types_.fixed_array(type, *count) : TypeId{};
    }
    case NodeKind::TypeTuple: {
      if (node.list.count == 0) return types_.unit();
      std::vector<oir::Field> fields;
      bool ok = true;
      for (ast::NodeId part : items(node.list)) {
        const ast::Node& field = at(part);
        TypeId type = field.kind == NodeKind::Param ? elem(field.a) : elem(part);
        ok &= type.valid();
        for (const oir::Field& other : fields) {
          if (!quiet && field.name.valid() && other.name == text(field.name)) {
            error(DiagKind::Redeclared, field.span, quoted(field.name) + " is declared twice");
          }
        }
        fields.push_back({field.name.valid() && field.kind == NodeKind::Param
                              ? std::string(text(field.name))
                              : "",
                          type});
      }
      return ok ? types_.tuple(fields) : TypeId{};
    }
    case NodeKind::TypeFunction: {
      std::vector<TypeId> params;
      bool ok = true;
      for (ast::NodeId param : items(node.list)) {
        params.push_back(elem(param));
        ok &= params.back().valid();
      }
      TypeId result = elem(node.a);
      return ok && result.valid() ? types_.function(params, result) : TypeId{};
    }
    case NodeKind::TypeOr:
      return resolve_or(node, quiet);
    case NodeKind::Error:
      return TypeId{};
    default:
      if (!quiet) error(DiagKind::NotAType, node.span, "expected a type");
      return TypeId{};
  }
}

// Objects of a trait are reached through counted references only.
bool Checker::refuse_object_owner(ast::NodeId arg, std::string_view owner, bool quiet) {
  if (owner != "Box" && owner != "Weak") return false;
  const ast::Node& node = at(arg);
  bool dyn = node.kind == NodeKind::TypeDyn && node.op != 0;
  if (!dyn && (node.kind != NodeKind::TypeName || find_binding(node.name) != nullptr)) return false;
  Symbol symbol = dyn ? Symbol{} : type_symbol(node);
  if (!dyn && (symbol.type == nullptr || symbol.type->kind != TypeDecl::Kind::Trait)) return false;
  if (!quiet)
    not_supported(node.span,
                  owner == "Box" ? "boxes of trait objects" : "weak references to trait objects");
  return true;
}

TypeId Checker::resolve_builtin(const ast::Node& node, std::string_view name, bool quiet,
                                bool& known) {
  static constexpr std::pair<std::string_view, TypeKind> kScalars[] = {
      {"unit", TypeKind::Unit},     {"bool", TypeKind::Bool}, {"i8", TypeKind::I8},
      {"i16", TypeKind::I16},       {"i32", TypeKind::I32},   {"i64", TypeKind::I64},
      {"u8", TypeKind::U8},         {"u16", TypeKind::U16},   {"u32", TypeKind::U32},
      {"u64", TypeKind::U64},       {"f32", TypeKind::F32},   {"f64", TypeKind::F64},
      {"string", TypeKind::String},
  };
  known = true;
  auto args = items(node.list);
  auto wrong = [&](size_t want) {
    if (args.size() == want) return false;
    if (!quiet) {
      error(DiagKind::WrongTypeArguments, node.span,
            "`" + std::string(name) + "` takes " + std::to_string(want) +
                (want == 1 ? " type argument" : " type arguments"));
    }
    return true;
  };
  for (auto& [word, scalar] : kScalars) {
    if (word == name) return wrong(0) ? TypeId{} : types_.scalar(scalar);
  }
  auto of = [&](TypeId (oir::TypeTable::*make)(TypeId)) {
    if (wrong(1) || refuse_object_owner(args[0], name, quiet)) return TypeId{};
    TypeId elem = resolve(args[0], quiet);
    return elem.valid() ? (types_.*make)(elem) : TypeId{};
  };
  if (name == "ref") return of(&oir::TypeTable::ref);
  if (name == "vector") return of(&oir::TypeTable::array);
  if (name == "Box") return of(&oir::TypeTable::box);
  if (name == "Weak") return of(&oir::TypeTable::weak);
  // What only the library may use: a pointer to an element, which keeps nothing alive.
  if (name == "Slot" && all_.modules[module_].is_standard) return of(&oir::TypeTable::pointer);
  if (name == "array") {
    if (wrong(2)) return TypeId{};
    TypeId elem = resolve(args[0], quiet);
    auto count = resolve_count(args[1], quiet);
    return elem.valid() && count ? types_.fixed_array(elem, *count) : TypeId{};
  }
  if (name == "span") return of(&oir::TypeTable::span);
  if (name == "Range") {
    TypeId range = of(&oir::TypeTable::range);
    if (!range.valid() || types_.is_integer(row(range).elem)) return range;
    if (!quiet)
      error(DiagKind::TypeMismatch, node.span,
            "a range is of integers, found " + quoted(row(range).elem));
    return TypeId{};
  }
  known = false;
  return TypeId{};
}

TypeId Checker::resolve_name(ast::NodeId id, bool quiet) {
  const ast::Node& node = at(id);
  Symbol symbol;
  if (node.list2.count != 0) {
    bool reported = false;
    symbol = type_symbol(node, quiet, &reported);
    if (reported) return TypeId{};
    if (symbol.kind == Symbol::Kind::None) {
      std::string path = qualifiers(node);
      bool known = false;
      bool is_module = module_of(items(node.list2)).used == node.list2.count;
      TypeId type;
      if (is_module) type = resolve_builtin(node, text(node.name), quiet, known);
      if (!known && !quiet && !is_refused(path)) {
        if (is_module) {
          error(DiagKind::UnknownType, node.span, "unknown type " + quoted(node.name));
        } else {
          error(DiagKind::UnknownModule, node.span, "unknown module `" + path + "`");
        }
      }
      return type;
    }
  } else {
    if (const Binding* binding = find_binding(node.name)) {
      if (binding->arg.is_const) {
        if (!quiet)
          error(DiagKind::NotAType, node.span, quoted(node.name) + " is a number, not a type");
        return TypeId{};
      }
      return binding->arg.type;
    }
    if (text(node.name) == "Self") {
      if (!self_.valid() && !quiet && !params_unknown_ &&
          (current_ == nullptr || current_->decl == nullptr ||
           (current_->decl->owner == nullptr && current_->decl->impl == nullptr))) {
        error(DiagKind::UnknownType, node.span, "`Self` has a meaning in a type or an `impl` only");
      }
      return self_;
    }
    if (node.list.count == 0) {
      auto known = all_.plain_names.find(plain_name(node.name));
      if (known != all_.plain_names.end()) return known->second;
    }
    symbol = lookup_symbol(node.name);
  }
  if (!quiet && refuse_foreign(symbol, node.span)) return TypeId{};
  if (symbol.kind != Symbol::Kind::Type) {
    bool known = false;
    TypeId type = resolve_builtin(node, text(node.name), quiet, known);
    bool plain = known && type.valid() && node.list.count == 0 && node.list2.count == 0;
    if (plain && !all_.instances.empty()) grow().plain_names.emplace(plain_name(node.name), type);
    if (known || quiet || all_.modules[module_].open_refused || is_refused(text(node.name)))
      return type;
    if (auto variants = lookup_variants(node.name); !variants.empty()) {
      error(DiagKind::NotAType, node.span,
            quoted(node.name) + " is a variant of " + quoted(variants[0].decl->name) +
                ", not a type");
      return TypeId{};
    }
    if (explain_missing(node.name, node.span)) return TypeId{};
    Diagnostic& diagnostic =
        error(DiagKind::UnknownType, node.span, "unknown type " + quoted(node.name));
    if (auto home = std_module_of(node.name); !home.empty()) {
      diagnostic.suggest("import " + std::string(home) + ";");
    } else if (auto close = closest(node.name, true); !close.empty()) {
      diagnostic.suggest(close);
    }
    return TypeId{};
  }
  TypeDecl& decl = *symbol.type;
  if (decl.kind == TypeDecl::Kind::Trait) {
    if (!quiet) {
      error(DiagKind::NotAType, node.span, quoted(decl.name) + " is a trait, not a type")
          .suggest("ref<" + std::string(text(decl.name)) + ">");
    }
    return TypeId{};
  }
  if (decl.refused) return TypeId{};
  const ast::Node& decl_node = (*all_.modules[decl.module].tree)[decl.node];
  auto args = resolve_args(node, decl_node.list2, decl.module, decl.name, quiet);
  if (!args) return TypeId{};
  if (decl.kind == TypeDecl::Kind::Alias) {
    std::string instance = key(*args);
    auto is_known = [&] { return decl.instances.count(instance) != 0; };
    if (is_known()) return decl.instances.at(instance);
    grow();
    if (is_known()) return decl.instances.at(instance);
    if (is_resolving(decl)) {
      if (!quiet)
        error(DiagKind::RecursiveAlias, decl_node.name_span(),
              "the alias " + quoted(decl.name) + " stands for itself");
      decl.refused = true;
      return TypeId{};
    }
    Bindings bindings;
    auto params = all_.modules[decl.module].tree->items(decl_node.list2);
    for (size_t i = 0; i < args->size(); ++i) {
      bindings.push_back({(*all_.modules[decl.module].tree)[params[i]].name, (*args)[i]});
    }
    resolving_.push_back(&decl);
    Env env(*this, decl.module, std::move(bindings), TypeId{});
    TypeId type = resolve(decl_node.a, quiet);
    resolving_.pop_back();
    if (type.valid()) decl.instances.emplace(std::move(instance), type);
    return type;
  }
  return instantiate(decl, *args, node.span);
}

std::optional<Args> Checker::resolve_args(const ast::Node& node, ast::List params,
                                          uint32_t params_module, NameId name, bool quiet) {
  auto given = items(node.list);
  if (given.size() != params.count) {
    if (!quiet) {
      std::string count = params.count == 0   ? "no type arguments"
                          : params.count == 1 ? "1 type argument"
                                              : std::to_string(params.count) + " type arguments";
      error(DiagKind::WrongTypeArguments, node.span,
            quoted(name) + " takes " + count + ", found " + std::to_string(given.size()));
    }
    return std::nullopt;
  }
  Args args;
  auto wanted = all_.modules[params_module].tree->items(params);
  for (size_t i = 0; i < given.size(); ++i) {
    if ((*all_.modules[params_module].tree)[wanted[i]].has(ast::kFlagConst)) {
      auto count = resolve_count(given[i], quiet);
      if (!count) return std::nullopt;
      args.push_back({TypeId{}, *count, true});
    } else {
      TypeId type = resolve(given[i], quiet);
      if (!type.valid()) return std::nullopt;
      args.push_back({type, 0, false});
    }
  }
  return args;
}

TypeId Checker::instantiate(TypeDecl& decl, const Args& args, Span span) {
  if (decl.refused) return TypeId{};
  std::string id = key(args);
  if (auto it = decl.instances.find(id); it != decl.instances.end()) return it->second;
  Shared& all = grow();
  if (auto it = decl.instances.find(id); it != decl.instances.end()) return it->second;
  uint32_t heavy = weight(args);
  const ast::Node& node = (*all_.modules[decl.module].tree)[decl.node];
  if (heavy > kMaxWeight) {
    error(DiagKind::InstanceTooLarge, span,
          "the instances of " + quoted(decl.name) + " have no end: each needs a larger one");
    return TypeId{};
  }
  std::string name = shown_name(decl);
  if (!args.empty()) {
    name += '<';
    for (size_t i = 0; i < args.size(); ++i) {
      if (i != 0) name += ", ";
      name += args[i].is_const ? std::to_string(args[i].value) : types_.text(args[i].type);
    }
    name += '>';
  }
  bool is_struct = decl.kind == TypeDecl::Kind::Struct || decl.kind == TypeDecl::Kind::Newtype;
  TypeKind kind = is_struct                            ? TypeKind::Struct
                  : decl.kind == TypeDecl::Kind::Union ? TypeKind::Union
                                                       : TypeKind::Native;
  TypeId type = types_.declare(kind, std::move(name),
                               node.name_span().valid() ? node.name_span() : node.span);
  decl.instances.emplace(std::move(id), type);
  all.insts[type.v] = {&decl, args, heavy};
  all.pending_types.push_back(type);
  if (!args.empty()) all.pending_bounds.push_back({type, span});
  drain_types();
  return type;
}

Bindings Checker::bindings_of(TypeId type) const {
  Bindings out;
  const TypeInst* known = inst(type);
  if (known == nullptr) return out;
  const ast::Tree& tree = *all_.modules[known->decl->module].tree;
  auto params = tree.items(tree[known->decl->node].list2);
  for (size_t i = 0; i < known->args.size(); ++i)
    out.push_back({tree[params[i]].name, known->args[i]});
  return out;
}

// Types are completed in the order in which they were asked for, from the outermost call only: a
// chain of declarations never becomes a chain of calls.
void Checker::drain_types() {
  Shared& all = grow();
  if (all.draining) return;
  all.draining = true;
  for (size_t i = 0; i < all.pending_types.size(); ++i) complete(all.pending_types[i]);
  std::vector<TypeId> done = std::move(all.pending_types);
  all.pending_types.clear();
  for (TypeId type : done) check_finite(type);
  all.draining = false;
  for (TypeId type : done) check_marks(type);
  auto bounds = std::move(all.pending_bounds);
  all.pending_bounds.clear();
  for (auto& [type, span] : bounds) {
    const TypeDecl& decl = *inst(type)->decl;
    check_bounds((*all_.modules[decl.module].tree)[decl.node].list2, decl.module, bindings_of(type),
                 span);
  }
}

TypeId Checker::unknown_part() {
  if (all_.unknown_part.valid()) return all_.unknown_part;
  TypeId& type = grow().unknown_part;
  if (!type.valid()) {
    type = types_.declare(TypeKind::Struct, "?", Span{});
    types_.complete_struct(type, {});
  }
  return type;
}

void Checker::complete(TypeId type) {
  TypeInst known = *inst(type);
  TypeDecl& decl = *known.decl;
  Env env(*this, decl.module, bindings_of(type), type);
  const ast::Node& node = at(decl.node);
  auto part_type = [&](ast::NodeId id) {
    TypeId part = id ? resolve(id) : TypeId{};
    return part.valid() ? part : unknown_part();
  };
  if (decl.kind == TypeDecl::Kind::Struct) {
    std::vector<oir::Field> fields;
    for (ast::NodeId member : items(node.list)) {
      if (at(member).kind != NodeKind::FieldDecl) continue;
      fields.push_back({std::string(text(at(member).name)), part_type(at(member).a)});
    }
    types_.complete_struct(type, std::move(fields));
  } else if (decl.kind == TypeDecl::Kind::Newtype) {
    types_.complete_struct(type, {{"", part_type(node.a)}});
  } else if (decl.kind == TypeDecl::Kind::Union) {
    std::vector<oir::Variant> variants;
    for (ast::NodeId id : items(node.list)) {
      oir::Variant variant{std::string(text(at(id).name)), {}};
      for (ast::NodeId param : items(at(id).list)) {
        NameId name = at(param).name;
        variant.fields.push_back(
            {name.valid() ? std::string(text(name)) : "", part_type(at(param).a)});
      }
      variants.push_back(std::move(variant));
    }
    types_.complete_union(type, std::move(variants));
  } else {
    bool owned = text(decl.name) == "UniquePtr" && all_.modules[decl.module].is_standard;
    types_.complete_native(type, owned ? "tn_native_release" : "");
  }
  Bindings bindings;
  if (const ImplDecl* impl = find_impl(type, TraitKind::Drop, bindings)) {
    Instance* drop = request(*impl->methods[0], bindings, type, Span{});
    if (drop != nullptr) {
      tree::Function& made = grow().program.functions[drop->id.index()];
      made.is_drop = true;
      made.drop_of = type;
      types_.set_drop(type, drop->id);
    }
  }
}

// A trait as written against a type of trait objects.
bool Checker::unify_object(ast::NodeId pattern, TypeId actual, Bindings& open) {
  if (at(pattern).kind == NodeKind::TypeDyn) pattern = at(pattern).a;
  const ast::Node& node = at(pattern);
  const ObjectType* known = object(actual);
  if (known == nullptr || node.kind != NodeKind::TypeName) return false;
  if (type_symbol(node).type != known->trait.decl) return false;
  Args args = known->trait.args;
  auto given = items(node.list);
  for (size_t i = 0; i < std::min(given.size(), args.size()); ++i) {
    if (!args[i].is_const && !unify(given[i], args[i].type, open)) return false;
  }
  return true;
}

bool Checker::unify(ast::NodeId pattern, TypeId actual, Bindings& open) {
  if (!actual.valid()) return false;
  const ast::Node& node = at(pattern);
  auto elem_of = [&](TypeKind kind, ast::NodeId inner) {
    return row(actual).kind == kind && unify(inner, row(actual).elem, open);
  };
  auto count = [&](ast::NodeId id, uint64_t value) {
    const ast::Node& n = at(id);
    for (Binding& binding : open) {
      if ((n.kind == NodeKind::Name || n.kind == NodeKind::TypeName) && binding.name == n.name) {
        if (!binding.arg.known()) binding.arg = {TypeId{}, value, true};
        return binding.arg.is_const && binding.arg.value == value;
      }
    }
    auto known = resolve_count(id, true);
    return known && *known == value;
  };
  switch (node.kind) {
    case NodeKind::TypeDyn:
      return unify_object(node.a, actual, open);
    case NodeKind::TypeRef:
      if (is_object(actual)) return unify_object(node.a, actual, open);
      return elem_of(TypeKind::Ref, node.a);
    case NodeKind::TypeArray:
      return elem_of(TypeKind::Array, node.a);
    case NodeKind::TypeFixed:
      return elem_of(TypeKind::FixedArray, node.a) && count(node.b, row(actual).count);
    case NodeKind::TypeTuple: {
      if (row(actual).kind != TypeKind::Tuple || row(actual).fields.size() != node.list.count)
        return false;
      for (size_t i = 0; i < node.list.count; ++i) {
        ast::NodeId part = items(node.list)[i];
        if (!unify(at(part).kind == NodeKind::Param ? at(part).a : part, row(actual).fields[i].type,
                   open))
          return false;
      }
      return true;
    }
    case NodeKind::TypeFunction: {
      if (row(actual).kind != TypeKind::Function || row(actual).params.size() != node.list.count)
        return false;
      for (size_t i = 0; i < node.list.count; ++i) {
        if (!unify(items(node.list)[i], row(actual).params[i], open)) return false;
      }
      return unify(node.a, row(actual).result, open);
    }
    case NodeKind::TypeOr:
      return unify_or(node, actual, open);
    case NodeKind::TypeName:
      break;
    default:
      return false;
  }
  if (node.list2.count == 0) {
    for (Binding& binding : open) {
      if (binding.name != node.name) continue;
      if (!binding.arg.known()) {
        binding.arg = {actual, 0, false};
        return true;
      }
      return !binding.arg.is_const && binding.arg.type == actual;
    }
  }
  auto args = items(node.list);
  if (const TypeInst* known = inst(actual)) {
    Symbol symbol = type_symbol(node);
    if (symbol.kind == Symbol::Kind::Type && symbol.type == known->decl) {
      Args actual_args = known->args;
      if (args.size() != actual_args.size()) return false;
      for (size_t i = 0; i < args.size(); ++i) {
        if (actual_args[i].is_const ? !count(args[i], actual_args[i].value)
                                    : !unify(args[i], actual_args[i].type, open))
          return false;
      }
      return true;
    }
  }
  std::string_view name = text(node.name);
  if (args.size() == 1) {
    if (name == "ref" && is_object(actual)) return unify_object(args[0], actual, open);
    if (name == "ref") return elem_of(TypeKind::Ref, args[0]);
    if (name == "vector") return elem_of(TypeKind::Array, args[0]);
    if (name == "Box") return elem_of(TypeKind::Box, args[0]);
    if (name == "Weak") return elem_of(TypeKind::Weak, args[0]);
    if (name == "Slot") return elem_of(TypeKind::Pointer, args[0]);
    if ((name == "span" && types_.is_span(actual)) || (name == "Range" && types_.is_range(actual)))
      return unify(args[0], row(actual).elem, open);
  }
  if (args.size() == 2 && name == "array")
    return elem_of(TypeKind::FixedArray, args[0]) && count(args[1], row(actual).count);
  if (Symbol alias = type_symbol(node); !args.empty() && alias.kind == Symbol::Kind::Type &&
                                        alias.type->kind == TypeDecl::Kind::Alias) {
    TypeDecl& decl = *alias.type;
    const ast::Node& body = (*all_.modules[decl.module].tree)[decl.node];
    if (is_resolving(decl) || body.list2.count != args.size()) return false;
    Bindings inner = open_params(body.list2, decl.module);
    {
      Env env(*this, decl.module, {}, TypeId{});
      resolving_.push_back(&decl);
      bool same = unify(body.a, actual, inner);
      resolving_.pop_back();
      if (!same) return false;
    }
    for (size_t i = 0; i < args.size(); ++i) {
      const Arg& arg = inner[i].arg;
      if (arg.is_const ? !count(args[i], arg.value) : !unify(args[i], arg.type, open)) return false;
    }
    return true;
  }
  // No parameter in it, or an alias: compared as a whole, with what is known so far.
  for (const Binding& binding : open) bindings_.push_back(binding);
  TypeId type = resolve(pattern, true);
  bindings_.resize(bindings_.size() - open.size());
  return type == actual;
}

}  // namespace tenure::ng
