// Declarations: what a file and the modules it imports declare, before any type is looked at.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;

void Checker::collect() {
  auto count = static_cast<uint32_t>(all_.modules.size());
  for (uint32_t i = 0; i < count; ++i) collect_module(i);
  // A module comes after those that it imports.
  for (uint32_t i = 0; i < count; ++i) {
    collect_imports(i);
    collect_exports(i);
  }
  // Impls name types, so they come after every type.
  for (uint32_t i = 0; i < count; ++i) {
    look_at(i);
    for (ast::NodeId id : items(at(ast().root).list)) {
      if (at(id).kind == NodeKind::Impl) collect_impl(id);
    }
  }
  look_at(count - 1);
}

void Checker::collect_module(uint32_t index) {
  look_at(index);
  for (ast::NodeId id : items(at(ast().root).list)) collect_decl(id);
}

void Checker::declare(NameId name, Symbol symbol, Span span) {
  if (text(name) == "Self") {
    error(DiagKind::Redeclared, span, "`Self` is the type at hand and cannot be declared");
    return;
  }
  auto [it, fresh] = shared_.modules[module_].symbols.emplace(name, symbol);
  if (fresh) return;
  const Symbol& before = it->second;
  Span other;
  if (before.type != nullptr) other = at(before.type->node).name_span();
  if (before.fun != nullptr)
    other = (*all_.modules[before.fun->module].tree)[before.fun->node].name_span();
  error(DiagKind::Redeclared, span, quoted(name) + " is declared twice")
      .note(other, "the other declaration");
}

void Checker::declare_fun(FunDecl& fun) {
  auto it = all_.modules[module_].symbols.find(fun.name);
  if (it == all_.modules[module_].symbols.end() || it->second.fun == nullptr) {
    declare(fun.name, {.kind = Symbol::Kind::Fun, .fun = &fun}, at(fun.node).name_span());
    return;
  }
  fun.next = it->second.fun->next;
  it->second.fun->next = &fun;
}

// A type as it is written, for comparing declarations before any type is known.
std::string Checker::type_key(ast::NodeId type) const {
  const ast::Node& node = at(type);
  std::string out = std::to_string(static_cast<int>(node.kind)) + ":";
  if (node.name.valid()) out += text(node.name);
  if (node.kind == NodeKind::IntLit) out += std::to_string(node.value);
  for (ast::NodeId inner : {node.a, node.b}) {
    if (inner) out += "(" + type_key(inner) + ")";
  }
  for (ast::List list : {node.list, node.list2}) {
    for (ast::NodeId inner : items(list)) out += "," + type_key(inner);
  }
  return out + ";";
}

void Checker::note_signature(FunDecl& fun) {
  if (fun.impl != nullptr && fun.impl->trait != TraitKind::None &&
      fun.impl->trait != TraitKind::Users)
    return;
  const ast::Node& node = at(fun.node);
  std::string key = std::to_string(module_) + "." + std::to_string(node.name.v) + "(";
  if (fun.owner != nullptr) key = std::to_string(fun.owner->node.v) + "." + key;
  // Impls for different arguments of a type, and of traits, may have methods of one name.
  if (fun.impl != nullptr) key = type_key(at(fun.impl->node).b) + key;
  if (fun.impl != nullptr && fun.impl->users != nullptr) {
    key = std::to_string(fun.impl->node.v) + "/" + key;
  }
  for (ast::NodeId param : items(node.list)) {
    if (at(param).kind == NodeKind::Param) key += at(param).a ? type_key(at(param).a) : "_";
  }
  auto [it, fresh] = shared_.signatures.emplace(std::move(key), &fun);
  if (fresh) return;
  fun.refused = true;
  error(DiagKind::Redeclared, node.name_span(), quoted(node.name) + " is declared twice")
      .note(at(it->second->node).name_span(), "the other declaration");
}

FunDecl* Checker::add_fun(ast::NodeId id, TypeDecl* owner, ImplDecl* impl) {
  const ast::Node& node = at(id);
  FunDecl& fun = shared_.funs.emplace_back();
  fun.module = module_;
  fun.node = id;
  fun.name = node.name;
  fun.owner = owner;
  fun.impl = impl;
  fun.is_native = node.has(ast::kFlagNative);
  fun.is_foreign = all_.modules[module_].is_foreign;
  fun.refused = node.has(ast::kFlagBroken) || !check_rest(id);
  return &fun;
}

// `fun … = native;` in a user's file means the function of the runtime that has this name and
// shape.
FunDecl* Checker::native_of(ast::NodeId id) {
  const ast::Node& node = at(id);
  auto shape = [&](const ast::Node& fun) {
    std::string out = fun.a ? type_key(fun.a) : "unit";
    for (ast::NodeId param : items(fun.list)) out += "|" + type_key(at(param).a);
    return out;
  };
  std::string wanted = shape(node);
  for (const Module& other : all_.modules) {
    auto it = other.symbols.find(node.name);
    if (!other.is_standard || it == other.symbols.end()) continue;
    FunDecl* fun = it->second.fun;
    if (fun == nullptr || !fun->is_native) continue;
    Env env(*this, fun->module, {}, TypeId{});
    if (shape(at(fun->node)) == wanted) return fun;
    Span there = at(fun->node).span;
    error(DiagKind::BadTraitShape, node.span,
          quoted(node.name) + " is native and has another shape")
        .note(there, "its declaration");
    return nullptr;
  }
  error(DiagKind::NotSupported, node.name_span(),
        "native functions of your own are not supported yet: " + quoted(node.name));
  return nullptr;
}

void Checker::collect_decl(ast::NodeId id) {
  const ast::Node& node = at(id);
  switch (node.kind) {
    case NodeKind::Fun: {
      FunDecl* fun = nullptr;
      if (node.has(ast::kFlagNative) && !all_.modules[module_].is_standard) fun = native_of(id);
      if (fun != nullptr) {
        declare(node.name, {.kind = Symbol::Kind::Fun, .fun = fun}, node.name_span());
        break;
      }
      fun = add_fun(id, nullptr, nullptr);
      if (fun->is_native && !all_.modules[module_].is_standard) fun->refused = true;
      note_signature(*fun);
      declare_fun(*fun);
      break;
    }
    case NodeKind::Struct:
      collect_type(id, TypeDecl::Kind::Struct);
      break;
    case NodeKind::Union:
      collect_type(id, TypeDecl::Kind::Union);
      break;
    case NodeKind::NativeType:
      collect_type(id, TypeDecl::Kind::Native);
      break;
    case NodeKind::Alias:
      collect_type(id, TypeDecl::Kind::Alias);
      break;
    case NodeKind::Newtype:
      collect_type(id, TypeDecl::Kind::Newtype);
      break;
    case NodeKind::Trait:
      collect_trait(id);
      break;
    case NodeKind::ModuleDecl:
      collect_module_decl(id);
      break;
    case NodeKind::Val:
      shared_.modules[module_].own_globals[node.name] = node.name_span();
      break;
    case NodeKind::ValTuple:
      for_each_name(node.list, [&](const ast::Node& binder) {
        shared_.modules[module_].own_globals[binder.name] = binder.span;
      });
      break;
    default:
      break;
  }
}

void Checker::collect_derives(TypeDecl& decl, ast::List derives) {
  for (ast::NodeId id : items(derives)) {
    std::string_view name = text(at(id).name);
    if (name == "Copy") {
      decl.derive_copy = true;
    } else if (name == "Clone") {
      decl.derive_clone = true;
    } else if (name == "Drop") {
      error(DiagKind::BadImpl, at(id).span, "`Drop` cannot be derived")
          .suggest("impl Drop for " + std::string(text(decl.name)) + " { … }");
    } else {
      shared_.underived.push_back({module_, id, decl.name});
    }
  }
}

void Checker::collect_type(ast::NodeId id, TypeDecl::Kind kind) {
  const ast::Node& node = at(id);
  TypeDecl& decl = shared_.type_decls.emplace_back();
  decl.kind = kind;
  decl.module = module_;
  decl.node = id;
  decl.name = node.name;
  declare(node.name, {.kind = Symbol::Kind::Type, .type = &decl}, node.name_span());
  collect_derives(decl, list3(node));
  if (kind == TypeDecl::Kind::Struct) {
    std::unordered_map<NameId, Span> seen;
    for (ast::NodeId member : items(node.list)) {
      const ast::Node& part = at(member);
      if (part.kind == NodeKind::Error) continue;
      if (part.kind == NodeKind::Fun) {
        add_method(member, &decl, nullptr);
        continue;
      }
      auto [it, fresh] = seen.emplace(part.name, part.name_span());
      shared_.member_names.insert(part.name);
      if (!fresh) {
        error(DiagKind::Redeclared, part.name_span(), quoted(part.name) + " is declared twice")
            .note(it->second, "the other declaration");
      }
    }
    for (FunDecl* method : decl.methods) {
      if (auto it = seen.find(method->name); it != seen.end()) {
        error(DiagKind::Redeclared, at(method->node).name_span(),
              quoted(method->name) + " is declared twice")
            .note(it->second, "the other declaration");
      }
    }
  }
  if (kind == TypeDecl::Kind::Union) {
    uint32_t index = 0;
    std::unordered_map<NameId, Span> seen;
    for (ast::NodeId variant : items(node.list)) {
      const ast::Node& part = at(variant);
      auto [it, fresh] = seen.emplace(part.name, part.name_span());
      if (!fresh) {
        error(DiagKind::Redeclared, part.name_span(),
              "the variant " + quoted(part.name) + " is declared twice")
            .note(it->second, "the other declaration");
      } else {
        shared_.modules[module_].variants[part.name].push_back({&decl, index});
      }
      ++index;
    }
    for (ast::NodeId member : items(list4(node))) {
      if (at(member).kind == NodeKind::Fun) add_method(member, &decl, nullptr);
    }
  }
}

FunDecl* Checker::add_method(ast::NodeId id, TypeDecl* decl, ImplDecl* impl) {
  FunDecl* fun = add_fun(id, decl, impl);
  if (fun->is_native && !all_.modules[module_].is_standard) {
    not_supported(at(id).name_span(), "native methods");
    fun->refused = true;
  }
  note_signature(*fun);
  shared_.member_names.insert(fun->name);
  (impl == nullptr ? decl->methods : impl->methods).push_back(fun);
  return fun;
}

// `module a.b …`: once in a file.
void Checker::collect_module_decl(ast::NodeId id) {
  const ast::Node& node = at(id);
  if (node.list.count == 0) return;
  Module& module = shared_.modules[module_];
  if (module.declared_span.valid()) {
    error(DiagKind::Redeclared, node.span, "a file is one module")
        .note(module.declared_span, "the other declaration");
    return;
  }
  module.declared_span = node.span;
  for (ast::NodeId segment : items(node.list)) {
    if (!module.declared_path.empty()) module.declared_path += '.';
    module.declared_path += text(at(segment).name);
  }
}

// A program full of unknown names gets suggestions for the first of them: looking costs as much as
// there are names.
std::string Checker::near(std::string_view wanted, const std::vector<std::string_view>& known) {
  size_t& left = grow().suggestions_left;
  if (left < known.size()) {
    left = 0;
    return {};
  }
  left -= known.size();
  return closest_name(wanted, known);
}

std::string Checker::closest(NameId name, bool types) {
  if (grow().suggestions_left == 0) return {};
  std::vector<std::string_view> known;
  const Module& module = all_.modules[module_];
  auto add = [&](const std::unordered_map<NameId, Symbol>& symbols) {
    for (const auto& [id, symbol] : symbols) {
      if (symbol.kind == Symbol::Kind::Type || !types) known.push_back(text(id));
    }
  };
  add(module.symbols);
  for (const auto& [id, items] : module.items) {
    for (const ImportedName& item : items) {
      if (item.symbol.kind == Symbol::Kind::Type || !types) known.push_back(text(id));
    }
  }
  for (const auto& [open, import] : module.open) add(all_.modules[open].exports);
  if (module.prelude != Module::kNoModule) add(all_.modules[module.prelude].exports);
  if (types) {
    for (std::string_view builtin : {"bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64",
                                     "f32", "f64", "string", "unit"}) {
      known.push_back(builtin);
    }
    for (const Binding& binding : bindings_) known.push_back(text(binding.name));
  } else {
    for (std::string_view builtin : {"print", "assert", "not", "len"}) known.push_back(builtin);
    scopes_.for_each([&](NameId id) { known.push_back(text(id)); });
    for (const auto& [id, global] : module.globals) known.push_back(text(id));
    for (const auto& [id, variants] : module.variants) known.push_back(text(id));
  }
  std::sort(known.begin(), known.end());  // one answer, whatever the order of the tables
  return near(text(name), known);
}

// The bounds of type parameters, in an environment where these are known or unknown.
void Checker::check_type_params(ast::List list, ast::List more) {
  for (ast::List params : {list, more}) {
    for (ast::NodeId id : items(params)) {
      TypeId number = at(id).a ? resolve(at(id).a) : TypeId{};
      if (number.valid() && !types_.is_integer(number)) {
        error(DiagKind::TypeMismatch, at(at(id).a).span,
              "a const parameter is an integer, found " + quoted(number));
      }
      for (ast::NodeId bound : items(at(id).list)) check_bound_decl(bound);
    }
  }
}

// Declarations that no instance will come by, and each that is not generic.
void Checker::check_declarations() {
  for (TypeDecl& decl : shared_.type_decls) find_untagged(decl);
  for (size_t i = 0; i < all_.type_decls.size(); ++i) check_type_decl(shared_.type_decls[i]);
  check_traits();
  for (FunDecl& fun : shared_.funs) {
    const ast::Node& node = (*all_.modules[fun.module].tree)[fun.node];
    if (node.list2.count == 0 && list3(node).count == 0) continue;
    Env env(*this, fun.module, unknown_params(outer_params(fun)), TypeId{});
    for (const Binding& own : unknown_params(node.list2)) bindings_.push_back(own);
    params_unknown_ = true;
    check_type_params(node.list2, list3(node));
    params_unknown_ = false;
    bool method = fun.owner != nullptr || fun.impl != nullptr;
    for (ast::NodeId id : items(list3(node))) {
      if (find_binding(at(id).name) != nullptr || (method && text(at(id).name) == "Self")) continue;
      error(DiagKind::UnknownType, at(id).span, "this is not a type parameter of the declaration");
    }
  }
}

// The type parameters of what a method stands in.
ast::List Checker::outer_params(const FunDecl& fun) const {
  if (fun.impl != nullptr) return (*all_.modules[fun.impl->module].tree)[fun.impl->node].list2;
  if (fun.owner != nullptr) return (*all_.modules[fun.owner->module].tree)[fun.owner->node].list2;
  return {};
}

void Checker::check_type_decl(TypeDecl& decl) {
  look_at(decl.module);
  const ast::Node& node = at(decl.node);
  if (node.list2.count != 0) {
    params_unknown_ = true;
    Env env(*this, decl.module, unknown_params(node.list2), TypeId{});
    check_type_params(node.list2);
    params_unknown_ = false;
  }
  if (decl.refused || decl.kind == TypeDecl::Kind::Trait) return;
  if (node.list2.count != 0) {
    // Its instances are checked as they are made; what does not depend on its parameters can be
    // checked before.
    params_unknown_ = true;
    Env env(*this, decl.module, unknown_params(node.list2), TypeId{});
    if (decl.kind == TypeDecl::Kind::Alias || decl.kind == TypeDecl::Kind::Newtype) resolve(node.a);
    for (ast::NodeId member : items(node.list)) {
      if (at(member).kind == NodeKind::FieldDecl) resolve(at(member).a);
      if (at(member).kind != NodeKind::VariantDecl) continue;
      for (ast::NodeId part : items(at(member).list)) resolve(at(part).a);
    }
    params_unknown_ = false;
    return;
  }
  if (decl.kind == TypeDecl::Kind::Alias) {
    bindings_.clear();
    resolve(node.a);
    return;
  }
  instantiate(decl, {}, node.name_span());
}

}  // namespace tenure::ng
