// Traits and their impls, once all declarations are known: what an impl lacks or has too much of,
// what differs from the trait, and which two impls could be meant for one type.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;

void Checker::check_traits() {
  for (size_t i = 0; i < all_.type_decls.size(); ++i) {
    TypeDecl& decl = shared_.type_decls[i];
    if (decl.kind == TypeDecl::Kind::Trait && !decl.refused) check_trait(decl);
  }
  for (size_t i = 0; i < all_.impls.size(); ++i) check_impl(shared_.impls[i]);
  for (size_t i = 0; i < all_.type_decls.size(); ++i) check_overlaps(shared_.type_decls[i]);
  for (const Underived& derive : all_.underived) {
    look_at(derive.module);
    const ast::Node& node = at(derive.node);
    Symbol symbol = type_symbol(node);
    bool trait = symbol.kind == Symbol::Kind::Type && symbol.type->kind == TypeDecl::Kind::Trait;
    if (!trait) {
      error(DiagKind::UnknownType, node.span, "unknown trait " + quoted(node.name));
      continue;
    }
    error(DiagKind::BadImpl, node.span,
          quoted(node.name) + " cannot be derived: only `Copy` and `Clone` can")
        .suggest("impl " + std::string(text(node.name)) + " for " + std::string(text(derive.type)) +
                 " { … }");
  }
}

void Checker::check_trait(TypeDecl& decl) {
  look_at(decl.module);
  const ast::Node& node = at(decl.node);
  if (decl.trait->is_auto) {
    bool empty = node.list.count == 0 && node.list2.count == 0 && list3(node).count == 0;
    if (!empty) {
      error(DiagKind::BadTraitShape, node.name_span(),
            "an `auto trait` holds by what a type is made of: it has no methods, parameters or "
            "traits above it");
    }
    return;
  }
  params_unknown_ = true;
  {
    Env env(*this, decl.module, unknown_params(node.list2), TypeId{});
    for (ast::NodeId super : items(list3(node))) {
      if (at(super).kind == NodeKind::Error) continue;
      if (at(super).kind != NodeKind::TypeName) {
        error(DiagKind::NotAType, at(super).span, "expected a trait");
      } else {
        resolve_trait(super, false);
      }
    }
    for (FunDecl* fun : decl.methods) {
      const ast::Node method = at(fun->node);
      if (method.b.valid() || fun->refused) continue;  // looked at with its body
      Env inner(*this, decl.module, bindings_, TypeId{});
      for (const Binding& own : unknown_params(method.list2)) bindings_.push_back(own);
      for (ast::NodeId param : items(method.list)) {
        const ast::Node& p = at(param);
        if (p.a && text(p.name) == "self" && !is_receiver(p.a)) {
          error(DiagKind::TypeMismatch, at(p.a).span,
                "expected `ref<Self>` or `Self`, found `" + written(p.a) + "`");
          fun->refused = true;
        } else if (p.a) {
          resolve(p.a);
        } else if (p.kind == NodeKind::Param && text(p.name) != "self") {
          error(DiagKind::ExpectedToken, p.span,
                "the parameter " + quoted(p.name) + " needs a type");
          fun->refused = true;
        }
      }
      if (method.a) resolve(method.a);
    }
  }
  params_unknown_ = false;
  check_supers_end(decl);
}

bool Checker::is_receiver(ast::NodeId type) const {
  const ast::Node& node = at(type);
  if (node.kind == NodeKind::TypeRef)
    return at(node.a).kind != NodeKind::TypeRef && is_receiver(node.a);
  return node.kind == NodeKind::TypeName && text(node.name) == "Self";
}

// A trait above itself has no end.
void Checker::check_supers_end(TypeDecl& decl) {
  if (decl.trait->above_itself) return;  // was reported with another trait of its circle
  std::vector<TypeDecl*> todo{&decl};
  std::unordered_set<TypeDecl*> seen;
  while (!todo.empty()) {
    TypeDecl* next = todo.back();
    todo.pop_back();
    if (next->trait == nullptr) continue;
    Env env(*this, next->module, {}, TypeId{});
    for (ast::NodeId super : items(list3(at(next->node)))) {
      if (at(super).kind != NodeKind::TypeName) continue;
      Symbol symbol = type_symbol(at(super));
      if (symbol.kind != Symbol::Kind::Type || symbol.type->trait == nullptr) continue;
      if (symbol.type == &decl) {
        look_at(decl.module);
        error(DiagKind::BadTraitShape, at(decl.node).name_span(),
              quoted(decl.name) + " stands above itself");
        for (TypeDecl* other : seen) other->trait->above_itself = true;
        return;
      }
      if (seen.insert(symbol.type).second) todo.push_back(symbol.type);
    }
  }
}

void Checker::check_impl(ImplDecl& impl) {
  look_at(impl.module);
  const ast::Node& node = at(impl.node);
  bool generic = node.list2.count != 0;
  Env env(*this, impl.module, unknown_params(node.list2), TypeId{});
  params_unknown_ = generic;
  check_type_params(node.list2);
  if (impl.trait != TraitKind::Users || impl.users->refused) {
    params_unknown_ = false;
    return;
  }
  TypeId type = at(node.b).kind == NodeKind::Error ? TypeId{} : resolve(node.b);
  self_ = type;
  bool known = resolve_trait(node.a, false).has_value() || generic;
  params_unknown_ = false;
  if ((!type.valid() && !generic) || !known) return;
  TypeDecl& trait = *impl.users;
  Span where = Span::join(at(node.a).span, at(node.b).span);
  if (generic) check_impl_params(impl);
  std::string missing;
  for (FunDecl* wanted : trait.methods) {
    const ast::Tree& there = *all_.modules[trait.module].tree;
    if (method_of(impl.methods, wanted->name) != nullptr || there[wanted->node].b) continue;
    missing += (missing.empty() ? "" : ", ") + quoted(wanted->name);
    // What is missing is called without another word.
    FunDecl& absent = shared_.funs.emplace_back(*wanted);
    absent.refused = true;
    impl.methods.push_back(&absent);
  }
  if (!missing.empty() && !node.has(ast::kFlagBroken)) {
    error(DiagKind::BadImpl, where,
          "missing in this impl of " + quoted(trait.name) + ": " + missing)
        .note((*all_.modules[trait.module].tree)[trait.node].name_span(), "the trait");
  }
  for (FunDecl* method : impl.methods) {
    if (method->refused) continue;
    if (FunDecl* wanted = method_of(trait.methods, method->name)) {
      check_impl_method(impl, *method, *wanted);
      continue;
    }
    std::vector<std::string_view> names;
    for (FunDecl* other : trait.methods) names.push_back(text(other->name));
    Diagnostic& diagnostic =
        error(DiagKind::BadImpl, at(method->node).name_span(),
              quoted(method->name) + " is not a method of " + quoted(trait.name));
    if (auto close = near(text(method->name), names); !close.empty()) diagnostic.suggest(close);
  }
  if (!generic && !impl.negative) check_supers(impl, type);
}

// Each parameter must be known from the target or from the trait's arguments.
void Checker::check_impl_params(const ImplDecl& impl) {
  const ast::Node& node = at(impl.node);
  std::unordered_set<NameId> used;
  std::vector<ast::NodeId> todo{node.b};
  for (ast::NodeId arg : items(at(node.a).list)) todo.push_back(arg);
  while (!todo.empty()) {
    const ast::Node& next = at(todo.back());
    todo.pop_back();
    if (next.name.valid()) used.insert(next.name);
    for (ast::NodeId inner : {next.a, next.b}) {
      if (inner) todo.push_back(inner);
    }
    for (ast::NodeId inner : items(next.list)) todo.push_back(inner);
  }
  for (ast::NodeId param : items(node.list2)) {
    if (used.count(at(param).name) != 0) continue;
    error(DiagKind::BadImpl, at(param).span,
          "nothing says what " + quoted(at(param).name) +
              " is: neither the type nor the trait names it");
  }
}

void Checker::check_impl_method(const ImplDecl& impl, FunDecl& method, FunDecl& wanted) {
  if (wanted.refused || same_signature(impl, method, wanted)) return;
  method.refused = true;
  std::string expected;
  Span there;
  {
    Env env(*this, wanted.module, {}, TypeId{});
    expected = signature_text(wanted);
    there = at(wanted.node).name_span();
  }
  error(DiagKind::BadImpl, at(method.node).name_span(),
        quoted(method.name) + " differs from its trait: expected `" + expected + "`, found `" +
            signature_text(method) + "`")
      .note(there, "declared here in " + quoted(impl.users->name));
}

// Who implements a trait implements those above it.
void Checker::check_supers(const ImplDecl& impl, TypeId type) {
  Env env(*this, impl.module, {}, type);
  const ast::Node& node = at(impl.node);
  Bindings bindings;
  if (!trait_impl_matches(impl, type, nullptr, bindings)) return;
  bindings_ = bindings;
  auto trait = resolve_trait(node.a, true);
  if (!trait) return;
  const ast::Tree& there = *all_.modules[impl.users->module].tree;
  for (ast::NodeId id : there.items(there.list3(there[impl.users->node]))) {
    std::optional<TraitRef> super;
    {
      Env inner(*this, impl.users->module, trait_bindings(*trait), type);
      if (at(id).kind == NodeKind::TypeName) super = resolve_trait(id, true);
    }
    if (!super || implements(type, *super)) continue;
    Diagnostic& diagnostic =
        error(DiagKind::NotImplemented, Span::join(at(node.a).span, at(node.b).span),
              quoted(type) + " does not implement " + trait_text(*super));
    diagnostic.note(there[id].span,
                    "asked for by " + quoted(impl.users->name) + ", which stands on it");
    explain_unmet(diagnostic, type, *super);
  }
}

// ---- two impls for one type

void Checker::check_overlaps(TypeDecl& decl) {
  std::string name = quoted(decl.name);
  if (decl.trait != nullptr) {
    for (auto& [head, impls] : decl.trait->impls) {
      check_overlaps(impls, impls, name);
      check_overlaps(impls, decl.trait->blanket, name);
    }
    check_overlaps(decl.trait->blanket, decl.trait->blanket, name);
    return;
  }
  for (TraitKind kind : {TraitKind::Copy, TraitKind::Clone, TraitKind::Drop}) {
    std::vector<ImplDecl*> impls;
    for (ImplDecl* impl : decl.impls) {
      if (impl->trait == kind) impls.push_back(impl);
    }
    if (impls.empty()) continue;
    look_at(impls[0]->module);
    check_overlaps(impls, impls, quoted(at(at(impls[0]->node).a).name));
  }
}

void Checker::check_overlaps(const std::vector<ImplDecl*>& impls,
                             const std::vector<ImplDecl*>& more, std::string_view trait) {
  auto node_of = [&](const ImplDecl& impl) -> const ast::Node& {
    return (*all_.modules[impl.module].tree)[impl.node];
  };
  // Of a type that is known it can be said whether it meets the bounds of the other impl.
  auto excluded = [&](const ImplDecl& known, const ImplDecl& other) {
    if (node_of(known).list2.count != 0 || node_of(other).list2.count == 0) return false;
    if (other.trait != TraitKind::Users) return false;
    Env env(*this, known.module, {}, TypeId{});
    TypeId type = resolve(at(known.node).b, true);
    auto ref = resolve_trait(at(known.node).a, true);
    Bindings bindings;
    return type.valid() && ref && !trait_impl_matches(other, type, &ref->args, bindings);
  };
  for (size_t i = 0; i < impls.size(); ++i) {
    for (size_t j = &impls == &more ? i + 1 : 0; j < more.size(); ++j) {
      ImplDecl& first = *impls[i];
      ImplDecl& second = *more[j];
      if (!may_overlap(first, second)) continue;
      if (excluded(first, second) || excluded(second, first)) continue;
      ImplDecl& later =
          first.node.v < second.node.v && first.module == second.module ? second : first;
      ImplDecl& earlier = &later == &first ? second : first;
      auto where = [&](const ImplDecl& impl) {
        const ast::Tree& tree = *all_.modules[impl.module].tree;
        const ast::Node& node = tree[impl.node];
        return Span::join(tree[node.a].span, tree[node.b].span);
      };
      look_at(later.module);
      bool generic = node_of(first).list2.count != 0 || node_of(second).list2.count != 0;
      bool only_later = node_of(later).list2.count != 0 && node_of(earlier).list2.count == 0;
      ImplDecl& narrow = only_later ? earlier : later;
      std::string target;
      {
        Env env(*this, narrow.module, {}, TypeId{});
        target = "`" + written(at(narrow.node).b) + "`";
      }
      error(DiagKind::Redeclared, where(later),
            generic ? std::string(trait) + " is implemented twice: two impls could be meant for " +
                          target
                    : std::string(trait) + " is implemented twice for " + target)
          .note(where(earlier), "the other one");
      break;  // one report for each is enough
    }
  }
}

}  // namespace tenure::ng
