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
  if (node.list2.count != 0 || node.list3.count != 0 || node.has(ast::kFlagAuto)) return false;
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
  TypeDecl& decl = type_decls_.emplace_back();
  decl.kind = TypeDecl::Kind::Trait;
  decl.module = module_;
  decl.node = id;
  decl.name = node.name;
  decl.refused = true;
  declare(node.name, {.kind = Symbol::Kind::Type, .type = &decl}, node.name_span);
  std::string_view name = text(node.name);
  TraitKind kind = name == "Copy"    ? TraitKind::Copy
                   : name == "Clone" ? TraitKind::Clone
                   : name == "Drop"  ? TraitKind::Drop
                                     : TraitKind::Users;
  if (kind == TraitKind::Users) {
    error(DiagKind::NotSupported, node.name_span,
          "traits of your own are not supported yet: " + quoted(node.name));
  } else if (!lifecycle_shape(id, kind)) {
    std::string shape =
        kind == TraitKind::Drop    ? "trait Drop { fun drop(self: ref<Self>) -> unit; }"
        : kind == TraitKind::Clone ? "trait Clone { fun clone(self: ref<Self>) -> Self; }"
                                   : "trait Copy {}";
    error(DiagKind::BadTraitShape, node.name_span,
          quoted(node.name) + " is built in and has another shape")
        .suggest(shape);
  }
}

void Checker::collect_impl(ast::NodeId id) {
  const ast::Node& node = at(id);
  ImplDecl& impl = impls_.emplace_back();
  impl.module = module_;
  impl.node = id;
  if (node.a) {
    impl.trait = trait_of(node.a);
    if (impl.trait == TraitKind::Unknown) {
      error(DiagKind::UnknownType, at(node.a).span, "unknown trait " + quoted(at(node.a).name));
    }
  }
  const ast::Node& target = at(node.b);
  if (target.kind != NodeKind::TypeName) {
    if (target.kind != NodeKind::Error) {
      error(DiagKind::BadImpl, target.span, "`impl` needs a type that the program declares");
    }
    return;
  }
  bool reported = false;
  Symbol symbol = type_symbol(target, false, &reported);
  if (reported) return;
  if (symbol.kind != Symbol::Kind::Type) {
    bool builtin = false;
    resolve_builtin(target, text(target.name), true, builtin);
    if (builtin) {
      error(DiagKind::BadImpl, target.span, "`impl` needs a type that the program declares");
    } else {
      Diagnostic& diagnostic =
          error(DiagKind::UnknownType, target.span, "unknown type " + quoted(target.name));
      if (auto close = closest(target.name, true); !close.empty()) diagnostic.suggest(close);
    }
    return;
  }
  TypeDecl* decl = symbol.type;
  if (decl->kind == TypeDecl::Kind::Alias || decl->kind == TypeDecl::Kind::Trait) {
    error(DiagKind::BadImpl, target.span, "`impl` needs a struct, a tagged union or a native type");
    return;
  }
  impl.of = decl;
  for (ast::NodeId member : items(node.list)) {
    if (at(member).kind != NodeKind::Fun) continue;
    add_method(member, *decl, &impl);
  }
  for (ImplDecl* other : decl->impls) {
    if (impl.trait == TraitKind::None || impl.trait == TraitKind::Unknown ||
        impl.trait == TraitKind::Users)
      break;
    if (other->trait != impl.trait) continue;
    // Two impls of one trait are told apart by the arguments of their types; without those they
    // clash.
    if (at(other->node).list2.count != 0 || node.list2.count != 0 || target.list.count == 0) {
      error(DiagKind::Redeclared, node.span,
            quoted(at(node.a).name) + " is implemented twice for " + quoted(decl->name))
          .note((*modules_[other->module].tree)[other->node].span, "the other one");
    }
  }
  decl->impls.push_back(&impl);
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
