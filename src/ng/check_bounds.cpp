// Which types have which traits, and the bounds that ask for them.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;

// A trait as it is written. Nothing: it is none, or its arguments are not known.
std::optional<TraitRef> Checker::resolve_trait(ast::NodeId type_name, bool quiet) {
  const ast::Node& node = at(type_name);
  if (node.kind != NodeKind::TypeName) return std::nullopt;
  TraitRef out;
  out.kind = trait_of(type_name);
  if (out.kind == TraitKind::Unknown) {
    if (!quiet && !is_refused(text(node.name)))
      error(DiagKind::UnknownType, node.span, "unknown trait " + quoted(node.name));
    return std::nullopt;
  }
  if (out.kind != TraitKind::Users) return out;
  out.decl = type_symbol(node).type;
  auto args = resolve_args(node, (*all_.modules[out.decl->module].tree)[out.decl->node].list2,
                           out.decl->module, out.decl->name, quiet);
  if (!args) return std::nullopt;
  out.args = std::move(*args);
  return out;
}

std::string Checker::trait_text(const TraitRef& trait) const {
  if (trait.decl == nullptr) {
    return trait.kind == TraitKind::Copy    ? "`Copy`"
           : trait.kind == TraitKind::Clone ? "`Clone`"
                                            : "`Drop`";
  }
  std::string out(text(trait.decl->name));
  for (size_t i = 0; i < trait.args.size(); ++i) {
    const Arg& arg = trait.args[i];
    out += i == 0 ? "<" : ", ";
    out += arg.is_const ? std::to_string(arg.value) : types_.text(arg.type);
  }
  return "`" + out + (trait.args.empty() ? "`" : ">`");
}

// ---- bounds

// A bound is a trait, or a choice of types (also by the name of an alias).
void Checker::check_bound_decl(ast::NodeId bound) {
  const ast::Node& node = at(bound);
  if (node.kind == NodeKind::Error) return;
  if (node.kind == NodeKind::TypeOr) {
    for (ast::NodeId type : items(node.list)) resolve(type);
    return;
  }
  if (node.kind != NodeKind::TypeName) {
    resolve(bound);
    return;
  }
  TraitKind trait = trait_of(bound);
  if (trait != TraitKind::Unknown) {
    resolve_trait(bound, false);
    return;
  }
  bool builtin = false;
  resolve_builtin(node, text(node.name), true, builtin);
  bool known = builtin || find_binding(node.name) != nullptr ||
               type_symbol(node).kind == Symbol::Kind::Type || is_refused(text(node.name));
  if (!known) error(DiagKind::UnknownType, node.span, "unknown trait " + quoted(node.name));
}

bool Checker::meets(TypeId type, ast::NodeId bound) {
  const ast::Node& node = at(bound);
  if (node.kind == NodeKind::Error) return true;
  if (node.kind == NodeKind::TypeOr) {
    auto choices = items(node.list);
    return std::any_of(choices.begin(), choices.end(),
                       [&](ast::NodeId choice) { return resolve(choice, true) == type; });
  }
  if (node.kind == NodeKind::TypeName) {
    if (trait_of(bound) != TraitKind::Unknown) {
      auto trait = resolve_trait(bound, true);
      return !trait || implements(type, *trait);
    }
    Symbol symbol = find_binding(node.name) != nullptr ? Symbol{} : type_symbol(node);
    if (symbol.kind == Symbol::Kind::Type && symbol.type->kind == TypeDecl::Kind::Alias &&
        !is_resolving(*symbol.type)) {
      TypeDecl& alias = *symbol.type;
      ast::NodeId target = (*all_.modules[alias.module].tree)[alias.node].a;
      if ((*all_.modules[alias.module].tree)[target].kind == NodeKind::TypeOr) {
        Env env(*this, alias.module, {}, TypeId{});
        return meets(type, target);
      }
    }
  }
  TypeId wanted = resolve(bound, true);
  return !wanted.valid() || wanted == type;
}

bool Checker::check_bounds(ast::List params, uint32_t params_module, const Bindings& bindings,
                           Span span) {
  bool ok = true;
  Env env(*this, params_module, bindings, self_);
  for (ast::NodeId id : items(params)) {
    const ast::Node& param = at(id);
    const Binding* binding = find_binding(param.name);
    TypeId type = binding != nullptr ? binding->arg.type : TypeId{};
    if (text(param.name) == "Self") type = self_;
    if (!type.valid()) continue;
    if (!param.has(ast::kFlagRest) || kind(type) != TypeKind::Tuple) {
      ok &= meets_bounds(type, param, span);
      continue;
    }
    // Of a parameter pack each part has to.
    std::vector<oir::Field> parts = row(type).fields;
    for (const oir::Field& field : parts) ok &= meets_bounds(field.type, param, span);
  }
  return ok;
}

bool Checker::meets_bounds(TypeId type, const ast::Node& param, Span span) {
  bool ok = true;
  for (ast::NodeId bound : items(param.list)) {
    if (meets(type, bound)) continue;
    auto trait = at(bound).kind == NodeKind::TypeName ? resolve_trait(bound, true) : std::nullopt;
    Diagnostic& diagnostic = error(DiagKind::NotImplemented, span,
                                   quoted(type) + " does not implement " +
                                       (trait ? trait_text(*trait) : "`" + written(bound) + "`"));
    diagnostic.note(at(bound).span, "asked for by this bound of " + quoted(param.name));
    if (trait) explain_unmet(diagnostic, type, *trait);
    ok = false;
  }
  return ok;
}

// Why a type does not have a trait, where there is more to say.
void Checker::explain_unmet(Diagnostic& diagnostic, TypeId type, const TraitRef& trait) {
  if (trait.kind == TraitKind::Copy) explain_move_only(diagnostic, type);
  if (trait.kind != TraitKind::Users) return;
  if (trait.decl->trait->is_auto) {
    AutoBreak why;
    auto_holds(type, *trait.decl, &why);
    if (why.impl == nullptr) {
      if (why.type.valid())
        diagnostic.note(row(why.type).span, quoted(why.type) + " does not promise it");
      return;
    }
    const ast::Node& denial = (*all_.modules[why.impl->module].tree)[why.impl->node];
    if (why.type == type) {
      diagnostic.note(denial.span, "denied here");
      return;
    }
    std::string part = why.field.empty() ? "a part" : "the part `" + why.field + "`";
    diagnostic.note(denial.span, part + " of " + quoted(why.holder) + ", of type " +
                                     quoted(why.type) + ", does not: denied here");
    return;
  }
  for (ImplDecl* impl : impls_for(*trait.decl, type)) {
    Bindings bindings;
    Unmet unmet;
    trait_impl_matches(*impl, type, &trait.args, bindings, &unmet);
    if (!unmet.type.valid()) continue;
    Env env(*this, impl->module, {}, TypeId{});
    diagnostic.note(at(unmet.bound).span, "it would if " + quoted(unmet.type) + " met this bound");
    return;
  }
  if (kind(type) == TypeKind::Ref) {
    TypeId inner = row(type).elem;
    if (implements(inner, trait))
      diagnostic.note((*all_.modules[trait.decl->module].tree)[trait.decl->node].name_span(),
                      quoted(inner) + " does; give the value: `*r`");
  }
}

// ---- impls

bool Checker::implements(TypeId type, const TraitRef& trait) {
  if (trait.kind != TraitKind::Users) return satisfies(type, trait.kind);
  TypeDecl& decl = *trait.decl;
  if (decl.refused || is_unknown_part(type)) return true;
  if (decl.trait->is_auto) return auto_holds(type, decl, nullptr);
  auto of_object = object_trait(type, decl);
  if (of_object && of_object->args == trait.args) return true;
  if (find_trait_impl(decl, trait.args, type).impl != nullptr) return true;
  // A reference has the methods of what it refers to; where `Self` is more than the receiver it is
  // not that type.
  bool reference = kind(type) == TypeKind::Ref || kind(type) == TypeKind::Box;
  return reference && !breaks_object(decl) && implements(row(type).elem, trait);
}

std::vector<ImplDecl*> Checker::impls_for(const TypeDecl& trait, TypeId type) const {
  std::vector<ImplDecl*> out;
  if (trait.trait == nullptr) return out;
  if (auto it = trait.trait->impls.find(head_of(type)); it != trait.trait->impls.end())
    out = it->second;
  if (kind(type) != TypeKind::Ref)
    out.insert(out.end(), trait.trait->blanket.begin(), trait.trait->blanket.end());
  return out;
}

// What a member of a union is given for fits the union too, but is not of its type.
bool Checker::is_target(ast::NodeId target, TypeId type, const Bindings& bindings) {
  const ast::Node& node = at(target);
  bool parameter = std::any_of(bindings.begin(), bindings.end(),
                               [&](const Binding& b) { return b.name == node.name; });
  if (parameter) return true;
  bool known =
      std::all_of(bindings.begin(), bindings.end(), [](const Binding& b) { return b.arg.known(); });
  if (!known) return true;  // the arguments of the trait say the rest
  size_t outer = bindings_.size();
  bindings_.insert(bindings_.end(), bindings.begin(), bindings.end());
  TypeId wanted = resolve(target, true);
  bindings_.resize(outer);
  return wanted == type;
}

// Does an impl fit a type, and the arguments of the trait if these are known?
bool Checker::trait_impl_matches(const ImplDecl& impl, TypeId type, const Args* args,
                                 Bindings& bindings, Unmet* unmet) {
  const ast::Tree& tree = *all_.modules[impl.module].tree;
  const ast::Node& node = tree[impl.node];
  bindings = open_params(node.list2, impl.module);
  {
    Env env(*this, impl.module, {}, type);
    if (!unify(node.b, type, bindings)) return false;
    if (!is_target(node.b, type, bindings)) return false;
    auto given = tree.items(tree[node.a].list);
    for (size_t i = 0; args != nullptr && i < std::min(given.size(), args->size()); ++i) {
      const Arg& arg = (*args)[i];
      if (!arg.is_const) {
        if (arg.type.valid() && !unify(given[i], arg.type, bindings)) return false;
        continue;
      }
      auto binding = std::find_if(bindings.begin(), bindings.end(),
                                  [&](const Binding& b) { return b.name == tree[given[i]].name; });
      if (binding != bindings.end() && !binding->arg.known()) binding->arg = arg;
      bool same = binding != bindings.end() ? binding->arg == arg
                                            : resolve_count(given[i], true) == arg.value;
      if (!same) return false;
    }
  }
  return impl_bounds_hold(impl, type, bindings, unmet);
}

bool Checker::impl_bounds_hold(const ImplDecl& impl, TypeId type, const Bindings& bindings,
                               Unmet* unmet) {
  const ast::Tree& tree = *all_.modules[impl.module].tree;
  for (ast::NodeId param : tree.items(tree[impl.node].list2)) {
    if (tree[param].list.count == 0) continue;
    Env env(*this, impl.module, bindings, type);
    const Binding* binding = find_binding(tree[param].name);
    if (binding == nullptr || !binding->arg.type.valid()) continue;
    TypeId bound_type = binding->arg.type;
    for (ast::NodeId bound : tree.items(tree[param].list)) {
      if (meets(bound_type, bound)) continue;
      if (unmet != nullptr) *unmet = {&impl, bound_type, bound};
      return false;
    }
  }
  return true;
}

// The impl of a trait that is meant for a type. Asked for while it is being looked for, there is
// none: what stands on itself does not hold.
const ImplMatch& Checker::find_trait_impl(TypeDecl& trait, const Args& args, TypeId type) {
  std::string id = std::to_string(reinterpret_cast<uintptr_t>(&trait)) + ":" + key(args) + "s" +
                   std::to_string(type.v);
  if (auto it = all_.impl_matches.find(id); it != all_.impl_matches.end()) return it->second;
  auto [it, fresh] = grow().impl_matches.try_emplace(std::move(id));
  ImplMatch& match = it->second;
  if (!fresh) return match;
  for (ImplDecl* impl : impls_for(trait, type)) {
    Bindings bindings;
    if (impl->negative || !trait_impl_matches(*impl, type, &args, bindings)) continue;
    match.impl = impl;
    match.bindings = std::move(bindings);
    break;
  }
  if (match.impl != nullptr && !match.bindings.empty()) {
    // Of a generic impl it is only now known what it is for.
    check_supers(*match.impl, type);
  }
  return match;
}

// A type has an auto trait if an impl says so, or else if all that it is made of and refers to has
// it.
bool Checker::auto_holds(TypeId type, TypeDecl& trait, AutoBreak* why) {
  struct Part {
    TypeId type, holder;
    std::string field;
  };
  std::vector<Part> todo{{type, TypeId{}, {}}};
  std::unordered_set<uint32_t> seen;
  while (!todo.empty()) {
    Part part = std::move(todo.back());
    todo.pop_back();
    if (!part.type.valid() || !seen.insert(part.type.v).second) continue;
    bool promised = false;
    for (ImplDecl* impl : impls_for(trait, part.type)) {
      Bindings bindings;
      if (!trait_impl_matches(*impl, part.type, nullptr, bindings)) continue;
      if (impl->negative) {
        if (why != nullptr) *why = {part.type, part.holder, part.field, impl};
        return false;
      }
      promised = true;
    }
    if (promised || object_trait(part.type, trait)) continue;
    if (is_object(part.type)) {  // whatever it refers to
      if (why != nullptr) *why = {part.type, part.holder, part.field, nullptr};
      return false;
    }
    const oir::Type& t = row(part.type);
    if (t.elem.valid()) todo.push_back({t.elem, part.type, {}});
    for (const oir::Field& field : t.fields) todo.push_back({field.type, part.type, field.name});
    for (const oir::Variant& variant : t.variants) {
      for (const oir::Field& field : variant.fields)
        todo.push_back({field.type, part.type, field.name});
    }
  }
  return true;
}

// A trait and those above it, each once.
std::vector<TraitRef> Checker::with_supers(const TraitRef& trait) {
  std::vector<TraitRef> out{trait};
  for (size_t i = 0; i < out.size(); ++i) {
    if (out[i].decl == nullptr || out[i].decl->trait == nullptr) continue;
    TypeDecl& decl = *out[i].decl;
    const ast::Tree& tree = *all_.modules[decl.module].tree;
    Env env(*this, decl.module, trait_bindings(out[i]), self_);
    for (ast::NodeId super : tree.items(tree.list3(tree[decl.node]))) {
      auto above = tree[super].kind == NodeKind::TypeName ? resolve_trait(super, true)
                                                          : std::optional<TraitRef>{};
      if (!above) continue;
      bool known = std::any_of(out.begin(), out.end(), [&](const TraitRef& other) {
        return other.kind == above->kind && other.decl == above->decl && other.args == above->args;
      });
      if (!known) out.push_back(std::move(*above));
    }
  }
  return out;
}

}  // namespace tenure::ng
