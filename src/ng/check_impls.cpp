// Declarations of traits and impls: those of the lifecycle, whose shape is given, and of methods.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;

TraitKind Checker::trait_of(ast::NodeId type_name) {
  const ast::Node& node = at(type_name);
  std::string_view name = text(node.name);
  Symbol symbol = type_symbol(node);
  if (symbol.kind == Symbol::Kind::Type) {
    if (symbol.type->kind != TypeDecl::Kind::Trait) return TraitKind::Unknown;
    if (name != "Copy" && name != "Clone" && name != "Drop") return TraitKind::Users;
  }
  if (name == "Copy") return TraitKind::Copy;
  if (name == "Clone") return TraitKind::Clone;
  if (name == "Drop") return TraitKind::Drop;
  return TraitKind::Unknown;
}

// The built-in shapes: `Drop { fun drop(self: ref<Self>) -> unit; }`, `Clone { fun clone(self:
// ref<Self>) -> Self; }`, `Copy {}`.
bool Checker::lifecycle_shape(ast::NodeId trait, TraitKind kind) {
  const ast::Node& node = at(trait);
  if (node.list2.count != 0 || list3(node).count != 0 || node.has(ast::kFlagAuto)) return false;
  if (kind == TraitKind::Copy) return node.list.count == 0;
  if (node.list.count != 1) return false;
  const ast::Node& fun = at(items(node.list)[0]);
  bool drop = kind == TraitKind::Drop;
  if (fun.kind != NodeKind::Fun || text(fun.name) != (drop ? "drop" : "clone")) return false;
  if (fun.b || fun.list2.count != 0 || fun.list.count != 1) return false;
  auto is_named = [&](ast::NodeId id, std::string_view name) {
    return id && at(id).kind == NodeKind::TypeName && text(at(id).name) == name &&
           at(id).list.count == 0;
  };
  const ast::Node& self = at(items(fun.list)[0]);
  if (text(self.name) != "self" || !self.a || at(self.a).kind != NodeKind::TypeRef ||
      !is_named(at(self.a).a, "Self"))
    return false;
  return drop ? !fun.a || is_named(fun.a, "unit") : is_named(fun.a, "Self");
}

void Checker::collect_trait(ast::NodeId id) {
  const ast::Node& node = at(id);
  TypeDecl& decl = shared_.type_decls.emplace_back();
  decl.kind = TypeDecl::Kind::Trait;
  decl.module = module_;
  decl.node = id;
  decl.name = node.name;
  declare(node.name, {.kind = Symbol::Kind::Type, .type = &decl}, node.name_span());
  std::string_view name = text(node.name);
  TraitKind kind = name == "Copy"    ? TraitKind::Copy
                   : name == "Clone" ? TraitKind::Clone
                   : name == "Drop"  ? TraitKind::Drop
                                     : TraitKind::Users;
  if (kind == TraitKind::Users) {
    collect_trait_methods(decl);
    return;
  }
  decl.refused = true;
  if (!lifecycle_shape(id, kind)) {
    std::string shape =
        kind == TraitKind::Drop    ? "trait Drop { fun drop(self: ref<Self>) -> unit; }"
        : kind == TraitKind::Clone ? "trait Clone { fun clone(self: ref<Self>) -> Self; }"
                                   : "trait Copy {}";
    error(DiagKind::BadTraitShape, node.name_span(),
          quoted(node.name) + " is built in and has another shape")
        .suggest(shape);
  }
}

void Checker::collect_trait_methods(TypeDecl& decl) {
  const ast::Node& node = at(decl.node);
  decl.trait = std::make_unique<TraitInfo>();
  decl.trait->is_auto = node.has(ast::kFlagAuto);
  for (ast::NodeId member : items(node.list)) {
    if (at(member).kind != NodeKind::Fun) continue;
    NameId name = at(member).name;
    if (FunDecl* other = method_of(decl.methods, name)) {
      error(DiagKind::Redeclared, at(member).name_span(), quoted(name) + " is declared twice")
          .note(at(other->node).name_span(), "the other declaration");
      continue;
    }
    FunDecl* fun = add_fun(member, &decl, nullptr);
    if (fun->is_native) {
      not_supported(at(member).name_span(), "native methods");
      fun->refused = true;
    }
    decl.methods.push_back(fun);
    shared_.member_names.insert(name);
    shared_.traits_by_method[name].push_back(&decl);
  }
}

FunDecl* Checker::method_of(const std::vector<FunDecl*>& methods, NameId name) const {
  for (FunDecl* fun : methods) {
    if (fun->name == name) return fun;
  }
  return nullptr;
}

// ---- impls

namespace {

// What a type begins with, so that the impls that can be meant for it are found at once.
uint64_t head_of_kind(TypeKind kind, size_t parts = 0) {
  return uint64_t(kind) | uint64_t(parts) << 8;
}

uint64_t head_of_decl(const TypeDecl* decl) {
  return reinterpret_cast<uint64_t>(decl);
}

}  // namespace

uint64_t Checker::head_of(TypeId type) const {
  if (const TypeInst* known = inst(type)) return head_of_decl(known->decl);
  const oir::Type& t = row(type);
  return head_of_kind(t.kind, t.kind == TypeKind::Tuple ? t.fields.size() : 0);
}

// Of a type as it is written; none: it may begin with anything.
std::optional<uint64_t> Checker::head_of(ast::NodeId pattern, ast::List params, uint32_t depth) {
  const ast::Node& node = at(pattern);
  switch (node.kind) {
    case NodeKind::TypeArray:
      return head_of_kind(TypeKind::Array);
    case NodeKind::TypeFixed:
      return head_of_kind(TypeKind::FixedArray);
    case NodeKind::TypeTuple:
      return node.list.count == 0 ? head_of_kind(TypeKind::Unit)
                                  : head_of_kind(TypeKind::Tuple, node.list.count);
    case NodeKind::TypeFunction:
      return head_of_kind(TypeKind::Function);
    case NodeKind::TypeName:
      break;
    default:
      return std::nullopt;
  }
  for (ast::NodeId param : items(params)) {
    if (at(param).name == node.name && node.list2.count == 0) return std::nullopt;
  }
  Symbol symbol = type_symbol(node);
  if (symbol.kind == Symbol::Kind::Type) {
    TypeDecl& decl = *symbol.type;
    if (decl.kind != TypeDecl::Kind::Alias || depth > ast::kMaxNesting) return head_of_decl(&decl);
    Env env(*this, decl.module, {}, TypeId{});
    return head_of(at(decl.node).a, at(decl.node).list2, depth + 1);
  }
  if (text(node.name) == "vector") return head_of_kind(TypeKind::Array);
  if (text(node.name) == "array") return head_of_kind(TypeKind::FixedArray);
  if (text(node.name) == "Box") return head_of_kind(TypeKind::Box);
  if (text(node.name) == "Weak") return head_of_kind(TypeKind::Weak);
  bool known = false;
  TypeId type = resolve_builtin(node, text(node.name), true, known);
  return type.valid() ? std::optional(head_of(type)) : std::nullopt;
}

// What an impl is for. Of no trait, or of the lifecycle: a type that the program declares. Of a
// user's trait: any type but a reference, whose methods are those of what it refers to.
bool Checker::find_target(ImplDecl& impl) {
  const ast::Node& node = at(impl.node);
  const ast::Node& target = at(node.b);
  if (target.kind == NodeKind::Error) return false;
  bool any = impl.trait == TraitKind::Users;
  bool named = target.kind == NodeKind::TypeName;
  if (target.kind == NodeKind::TypeRef || target.kind == NodeKind::TypeDyn ||
      (named && text(target.name) == "ref")) {
    error(DiagKind::BadImpl, target.span,
          "a reference has the methods of what it refers to: `impl` needs that type");
    return false;
  }
  if (!named) {
    if (any) return true;
    error(DiagKind::BadImpl, target.span, "`impl` needs a type that the program declares");
    return false;
  }
  bool is_param = false;
  for (ast::NodeId param : items(node.list2)) is_param |= at(param).name == target.name;
  bool reported = false;
  Symbol symbol = is_param ? Symbol{} : type_symbol(target, false, &reported);
  if (reported) return false;
  if (is_param || symbol.kind != Symbol::Kind::Type) {
    bool builtin = is_param;
    if (!builtin) resolve_builtin(target, text(target.name), true, builtin);
    if (builtin && any) return true;
    if (builtin) {
      error(DiagKind::BadImpl, target.span, "`impl` needs a type that the program declares");
    } else {
      Diagnostic& diagnostic =
          error(DiagKind::UnknownType, target.span, "unknown type " + quoted(target.name));
      if (auto close = closest(target.name, true); !close.empty()) diagnostic.suggest(close);
    }
    return false;
  }
  TypeDecl* decl = symbol.type;
  if (decl->kind == TypeDecl::Kind::Trait) {
    error(DiagKind::BadImpl, target.span, quoted(decl->name) + " is a trait, not a type")
        .note(target.span, "`impl<T: " + std::string(text(decl->name)) +
                               "> … for T` is for every type that has it");
    return false;
  }
  if (decl->kind == TypeDecl::Kind::Alias) {
    if (any) return true;
    error(DiagKind::BadImpl, target.span, "`impl` needs a struct, a tagged union or a native type");
    return false;
  }
  impl.of = decl;
  return true;
}

void Checker::collect_impl(ast::NodeId id) {
  const ast::Node& node = at(id);
  ImplDecl& impl = shared_.impls.emplace_back();
  impl.module = module_;
  impl.node = id;
  impl.negative = node.op != 0;
  if (node.a) {
    impl.trait = trait_of(node.a);
    if (impl.trait == TraitKind::Users) {
      impl.users = type_symbol(at(node.a)).type;
    } else if (impl.trait == TraitKind::Unknown) {
      error(DiagKind::UnknownType, at(node.a).span, "unknown trait " + quoted(at(node.a).name));
    }
  }
  bool is_auto = impl.users != nullptr && impl.users->trait->is_auto;
  if (impl.negative && !is_auto && impl.trait != TraitKind::Unknown) {
    error(DiagKind::BadImpl, node.span, "only an `auto trait` can be denied with `!`");
    impl.trait = TraitKind::Unknown;
  }
  if (!find_target(impl)) {
    impl.trait = TraitKind::Unknown;
    return;
  }
  for (ast::NodeId member : items(node.list)) {
    if (at(member).kind != NodeKind::Fun) continue;
    add_method(member, impl.of, &impl);
  }
  if (impl.trait == TraitKind::Users) {
    TraitInfo& info = *impl.users->trait;
    if (auto head = head_of(node.b, node.list2)) {
      info.impls[*head].push_back(&impl);
    } else {
      info.blanket.push_back(&impl);
    }
    return;
  }
  impl.of->impls.push_back(&impl);
  check_impl_shape(impl);
}

void Checker::check_impl_shape(ImplDecl& impl) {
  const ast::Node& node = at(impl.node);
  if (impl.trait == TraitKind::Copy) {
    if (node.list.count != 0) {
      error(DiagKind::BadImpl, node.span, "`Copy` has no methods");
    }
    impl.of->derive_copy = true;
    return;
  }
  if (impl.trait != TraitKind::Drop && impl.trait != TraitKind::Clone) return;
  std::string name = impl.trait == TraitKind::Drop ? "drop" : "clone";
  std::string shape = impl.trait == TraitKind::Drop ? "fun drop(self: ref<Self>) { … }"
                                                    : "fun clone(self: ref<Self>) -> Self { … }";
  bool broken = std::any_of(impl.methods.begin(), impl.methods.end(),
                            [](const FunDecl* method) { return method->refused; });
  if (broken) {
    impl.trait = TraitKind::Unknown;
    return;
  }
  bool ok = impl.methods.size() == 1;
  if (ok) {
    const ast::Node& fun = at(impl.methods[0]->node);
    ok = text(fun.name) == name && fun.list.count == 1 && fun.list2.count == 0 && fun.b;
    if (ok) {
      const ast::Node& self = at(items(fun.list)[0]);
      ok = text(self.name) == "self" && self.a && at(self.a).kind == NodeKind::TypeRef;
      if (impl.trait == TraitKind::Drop) {
        ok = ok &&
             (!fun.a || (at(fun.a).kind == NodeKind::TypeName && text(at(fun.a).name) == "unit") ||
              (at(fun.a).kind == NodeKind::TypeTuple && at(fun.a).list.count == 0));
      } else {
        ok = ok && fun.a;
      }
    }
  }
  if (!ok) {
    error(DiagKind::BadImpl, node.span,
          "an impl of " + quoted(at(node.a).name) + " has one method, " + "`" + name + "`")
        .suggest(shape);
    impl.trait = TraitKind::Unknown;
  }
}

}  // namespace tenure::ng
