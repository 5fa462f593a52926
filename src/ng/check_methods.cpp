// Which methods a name means: those that a type declares itself before those of its traits; calls
// that say the trait.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;

// ---- lookup

// In a generic body a value of a type parameter has the methods that its bounds promise, and in a
// trait's own body `Self` has those of the trait, whatever else the type declares.
std::vector<Checker::Callee> Checker::methods_named(TypeId type, NameId name, Unmet* unmet) {
  std::vector<Callee> found;
  bool of_traits = all_.traits_by_method.count(name) != 0;
  if (of_traits) {
    for (const TraitRef& trait : bounds_of_self_or_params(type)) {
      if (trait.decl == nullptr || method_of(trait.decl->methods, name) == nullptr) continue;
      trait_methods_of(*trait.decl, &trait.args, type, name, found, nullptr);
    }
    if (!found.empty()) return found;
  }
  found = inherent_methods(type, name, unmet);
  if (!found.empty() || !of_traits) return found;
  return trait_methods(type, name, unmet);
}

std::vector<Checker::Callee> Checker::inherent_methods(TypeId type, NameId name, Unmet* unmet) {
  std::vector<Callee> found;
  const TypeInst* known = inst(type);
  if (known == nullptr) return found;
  auto add = [&](FunDecl* fun, const Bindings& bindings) {
    Callee& callee = found.emplace_back();
    callee.fun = fun;
    callee.bindings = bindings;
    callee.self = type;
  };
  for (FunDecl* fun : known->decl->methods) {
    if (fun->name == name) add(fun, bindings_of(type));
  }
  bool inherent = !found.empty();
  for (ImplDecl* impl : known->decl->impls) {
    if (inherent && impl->trait != TraitKind::None) continue;  // inherent methods win
    for (FunDecl* fun : impl->methods) {
      if (fun->name != name) continue;
      Bindings bindings;
      if (impl_matches(*impl, type, bindings) && impl_bounds_hold(*impl, type, bindings, unmet))
        add(fun, bindings);
    }
  }
  return found;
}

std::vector<Checker::Callee> Checker::trait_methods(TypeId type, NameId name, Unmet* unmet) {
  std::vector<Callee> found;
  for (TypeDecl* trait : all_.traits_by_method.at(name))
    trait_methods_of(*trait, nullptr, type, name, found, unmet);
  return found;
}

// The method of a trait that a type has: that of its impl, else the trait's own.
void Checker::trait_methods_of(TypeDecl& trait, const Args* args, TypeId type, NameId name,
                               std::vector<Callee>& found, Unmet* unmet) {
  if (auto of_object = object_trait(type, trait);
      of_object && (args == nullptr || *args == of_object->args)) {
    Callee& callee = found.emplace_back();
    callee.self = type;
    callee.trait = &trait;
    callee.fun = method_of(trait.methods, name);
    callee.bindings = trait_bindings(*of_object);
    return;
  }
  for (ImplDecl* impl : impls_for(trait, type)) {
    Bindings bindings;
    if (impl->negative || !trait_impl_matches(*impl, type, args, bindings, unmet)) continue;
    Callee& callee = found.emplace_back();
    callee.self = type;
    callee.trait = &trait;
    callee.fun = method_of(impl->methods, name);
    callee.bindings = bindings;
    if (callee.fun != nullptr) continue;
    callee.fun = method_of(trait.methods, name);
    const ast::Tree& tree = *all_.modules[trait.module].tree;
    auto params = tree.items(tree[trait.node].list2);
    Env env(*this, impl->module, bindings, type);
    auto given = items(at(at(impl->node).a).list);
    Bindings own;
    for (size_t i = 0; i < std::min(params.size(), given.size()); ++i) {
      Arg arg;
      arg.is_const = tree[params[i]].has(ast::kFlagConst);
      if (arg.is_const) {
        arg.value = resolve_count(given[i], true).value_or(kUnknownCount);
      } else {
        arg.type = resolve(given[i], true);
      }
      own.push_back({tree[params[i]].name, arg});
    }
    callee.bindings = std::move(own);
  }
}

Bindings Checker::trait_bindings(const TraitRef& trait) const {
  Bindings out;
  const ast::Tree& tree = *all_.modules[trait.decl->module].tree;
  auto params = tree.items(tree[trait.decl->node].list2);
  for (size_t i = 0; i < std::min(params.size(), trait.args.size()); ++i)
    out.push_back({tree[params[i]].name, trait.args[i]});
  return out;
}

std::vector<TraitRef> Checker::bounds_of_self_or_params(TypeId type) {
  std::vector<TraitRef> out;
  if (current_ == nullptr || current_->decl == nullptr) return out;
  const FunDecl& decl = *current_->decl;
  const ast::Tree& tree = *all_.modules[decl.module].tree;
  const ast::Node& fun = tree[decl.node];
  auto add = [&](const TraitRef& trait) {
    for (TraitRef& each : with_supers(trait)) {
      bool known = std::any_of(out.begin(), out.end(), [&](const TraitRef& other) {
        return other.decl == each.decl && other.args == each.args;
      });
      if (!known) out.push_back(std::move(each));
    }
  };
  Env env(*this, decl.module, current_->bindings, current_->self);
  bool of_trait = decl.owner != nullptr && decl.owner->kind == TypeDecl::Kind::Trait;
  if (of_trait && current_->self == type) {
    TraitRef own;
    own.kind = TraitKind::Users;
    own.decl = decl.owner;
    for (ast::NodeId param : tree.items(tree[decl.owner->node].list2)) {
      if (const Binding* binding = find_binding(tree[param].name)) own.args.push_back(binding->arg);
    }
    add(own);
  }
  for (ast::List params : {fun.list2, tree.list3(fun), outer_params(decl)}) {
    for (ast::NodeId id : tree.items(params)) {
      if (tree[id].list.count == 0) continue;
      const Binding* binding = find_binding(tree[id].name);
      if (binding == nullptr || referred(binding->arg.type) != type) continue;
      for (ast::NodeId bound : tree.items(tree[id].list)) {
        if (tree[bound].kind != NodeKind::TypeName || trait_of(bound) != TraitKind::Users) continue;
        if (auto trait = resolve_trait(bound, true)) add(*trait);
      }
    }
  }
  return out;
}

// What the methods called on a value of the type are those of.
TypeId Checker::referred(TypeId type) const {
  while (type.valid() && (kind(type) == TypeKind::Ref || kind(type) == TypeKind::Box))
    type = row(type).elem;
  return type;
}

bool Checker::no_self(const FunDecl& fun) const {
  const ast::Tree& tree = *all_.modules[fun.module].tree;
  auto params = tree.items(tree[fun.node].list);
  return params.empty() || text(tree[params[0]].name) != "self";
}

// ---- what is wrong

// Two traits that both have the method: the call has to say which.
bool Checker::ambiguous_traits(const std::vector<Callee>& found, NameId name, Span span,
                               ast::List args) {
  for (const Callee& callee : found) {
    if (callee.trait == nullptr || callee.trait == found[0].trait) continue;
    auto declared = [&](const TypeDecl& trait) {
      return (*all_.modules[trait.module].tree)[method_of(trait.methods, name)->node].name_span();
    };
    std::string first(text(found[0].trait->name)), second(text(callee.trait->name));
    error(DiagKind::AmbiguousName, span,
          quoted(name) + " is a method of `" + first + "` and of `" + second + "`")
        .note(declared(*found[0].trait),
              "this one: `" + first + "::" + std::string(text(name)) + "(…)`")
        .note(declared(*callee.trait),
              "and this one: `" + second + "::" + std::string(text(name)) + "(…)`");
    check_args_only(args);
    return true;
  }
  return false;
}

NodeId Checker::unknown_method(TypeId type, TypeId outer, NameId name, Span where,
                               const Unmet& unmet) {
  if (unmet.type.valid()) {
    const ast::Tree& tree = *all_.modules[unmet.impl->module].tree;
    std::string bound;
    {
      Env env(*this, unmet.impl->module, {}, TypeId{});
      bound = written(unmet.bound);
    }
    error(DiagKind::NotImplemented, where,
          quoted(unmet.type) + " does not implement `" + bound + "`")
        .note(tree[unmet.bound].span,
              "asked for by this bound: without it " + quoted(type) + " has no " + quoted(name));
    return bad(where);
  }
  Diagnostic& diagnostic = error(DiagKind::UnknownMethod, where,
                                 "unknown method " + quoted(name) + " of " + quoted(outer));
  if (auto it = all_.traits_by_method.find(name); it != all_.traits_by_method.end()) {
    const TypeDecl& trait = *it->second[0];
    diagnostic.note(
        (*all_.modules[trait.module].tree)[method_of(trait.methods, name)->node].name_span(),
        quoted(trait.name) + " has it, which " + quoted(type) + " does not implement");
    return bad(where);
  }
  std::vector<std::string_view> methods;
  if (const TypeInst* known = inst(type)) {
    for (FunDecl* fun : known->decl->methods) methods.push_back(text(fun->name));
    for (ImplDecl* impl : known->decl->impls) {
      for (FunDecl* fun : impl->methods) methods.push_back(text(fun->name));
    }
  }
  for (auto& [method, traits] : all_.traits_by_method) {
    bool has = std::any_of(traits.begin(), traits.end(),
                           [&](const TypeDecl* trait) { return !impls_for(*trait, type).empty(); });
    if (has) methods.push_back(text(method));
  }
  std::sort(methods.begin(), methods.end());
  if (auto close = near(text(name), methods); !close.empty()) diagnostic.suggest(close);
  return bad(where);
}

NodeId Checker::refuse_drop_call(ast::NodeId call, std::string_view what) {
  Span span = at(call).span;
  error(DiagKind::ExplicitDrop, span, "cannot call `drop` directly")
      .note(span, "it runs by itself where the value dies")
      .suggest("std.memory.drop(move " + std::string(what) + ")");
  check_args_only(at(call).list);
  return bad(span);
}

// ---- calls that say the trait

// `Show::show(p)`, `Into<i32>::into(p)`, `Default::make()` where the context says for which type.
NodeId Checker::call_trait(const Target& target, ast::NodeId call, TypeId expected) {
  const ast::Node& node = at(call);
  TypeDecl& trait = *target.type;
  Span where = at(node.a).span;
  auto give_up = [&] {
    check_args_only(node.list);
    return bad(node.span);
  };
  if (trait.refused) return give_up();
  FunDecl* method = method_of(trait.methods, target.member);
  if (method == nullptr) {
    std::vector<std::string_view> names;
    for (FunDecl* other : trait.methods) names.push_back(text(other->name));
    Diagnostic& diagnostic =
        error(DiagKind::UnknownMethod, where,
              "unknown method " + quoted(target.member) + " of " + quoted(trait.name));
    if (auto close = near(text(target.member), names); !close.empty()) diagnostic.suggest(close);
    return give_up();
  }
  auto args = items(node.list);
  if (no_self(*method)) {
    const ast::Tree& tree = *all_.modules[trait.module].tree;
    ast::NodeId result = tree[method->node].a;
    bool of_self =
        result && tree[result].kind == NodeKind::TypeName && text(tree[result].name) == "Self";
    if (!of_self || !expected.valid()) {
      error(DiagKind::CannotInfer, where,
            "nothing here says for which type " + quoted(target.member) + " of " +
                quoted(trait.name) + " is meant")
          .suggest("T::" + std::string(text(target.member)) + "(…)");
      return give_up();
    }
    std::vector<Callee> found;
    if (!trait_callees(trait, target.type_segment, expected, target.member, where, found))
      return give_up();
    return call_one_of(found, call, target.args, expected, where);
  }
  if (args.empty() || at(args[0]).kind == NodeKind::NamedArg) {
    error(DiagKind::WrongArguments, node.span,
          quoted(target.member) + " of " + quoted(trait.name) +
              " needs the value that it is called on");
    return give_up();
  }
  NodeId base = expr(args[0], TypeId{});
  if (is_bad(base)) return give_up();
  std::vector<Callee> found;
  if (!trait_callees(trait, target.type_segment, receiver_type(base, trait), target.member, where,
                     found))
    return give_up();
  Prechecked known;
  known.emplace(args[0].v, base);
  return call_one_of(found, call, target.args, expected, where, std::move(known));
}

// What of a receiver has the trait: itself, or what it refers to.
TypeId Checker::receiver_type(NodeId base, const TypeDecl& trait) {
  TypeId type = type_of(base);
  for (;;) {
    if (object_trait(type, trait)) return type;
    for (ImplDecl* impl : impls_for(trait, type)) {
      Bindings bindings;
      if (trait_impl_matches(*impl, type, nullptr, bindings)) return type;
    }
    if (kind(type) != TypeKind::Ref && kind(type) != TypeKind::Box) return type;
    type = row(type).elem;
  }
}

// The methods of one trait that a type has; reports if it does not implement it.
bool Checker::trait_callees(TypeDecl& trait, ast::NodeId segment, TypeId type, NameId member,
                            Span where, std::vector<Callee>& found) {
  std::optional<Args> args;
  if (at(segment).list.count != 0) {
    args = resolve_args(at(segment), (*all_.modules[trait.module].tree)[trait.node].list2,
                        trait.module, trait.name, false);
    if (!args) return false;
  }
  trait_methods_of(trait, args ? &*args : nullptr, type, member, found, nullptr);
  if (!found.empty()) return true;
  TraitRef ref{TraitKind::Users, &trait, args.value_or(Args{})};
  Diagnostic& diagnostic = error(DiagKind::NotImplemented, where,
                                 quoted(type) + " does not implement " + trait_text(ref));
  explain_unmet(diagnostic, type, ref);
  return false;
}

// `p.Show::show()`
NodeId Checker::call_through_trait(NodeId base, ast::NodeId trait_name, NameId member,
                                   ast::NodeId call, ast::List explicit_args, TypeId expected,
                                   Span where) {
  auto give_up = [&] {
    check_args_only(at(call).list);
    return bad(at(call).span);
  };
  TraitKind trait_kind = trait_of(trait_name);
  if (trait_kind == TraitKind::Unknown) {
    error(DiagKind::UnknownType, at(trait_name).span,
          "unknown trait " + quoted(at(trait_name).name));
    return give_up();
  }
  if (trait_kind == TraitKind::Drop) return refuse_drop_call(call, "…");
  if (trait_kind == TraitKind::Clone && text(member) == "clone")
    return clone_call(auto_deref(base, where), call, at(at(call).a));
  Symbol symbol = type_symbol(at(trait_name));
  FunDecl* method = symbol.type == nullptr ? nullptr : method_of(symbol.type->methods, member);
  if (method == nullptr) {
    error(DiagKind::UnknownMethod, where,
          "unknown method " + quoted(member) + " of " + quoted(at(trait_name).name));
    return give_up();
  }
  TypeId type = receiver_type(base, *symbol.type);
  while (type_of(base) != type) base = deref_node(base, tree_[base].span);
  std::vector<Callee> found;
  if (!trait_callees(*symbol.type, trait_name, type, member, where, found)) return give_up();
  if (no_self(*method)) {
    error(DiagKind::UnknownMethod, where,
          quoted(member) + " has no `self`: it is called on the type")
        .suggest(types_.text(type) + "::" + std::string(text(member)) + "(…)");
    return give_up();
  }
  for (Callee& callee : found) callee.receiver = base;
  return call_one_of(found, call, explicit_args, expected, where);
}

}  // namespace tenure::ng
