// Trait objects: a reference and what is known of what it refers to, which is one of the types that
// the program makes trait objects of. So a type of trait objects is a union, whose variants are
// found while bodies are checked; calls go to functions that ask for the variant. These are filled
// in when nothing is left to be checked.
#include <algorithm>

#include "base/check.h"

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;

// Behind a trait object nobody knows `Self`: a method that needs it, or that is made for each use,
// cannot be called there.
std::optional<Checker::Unsafe> Checker::breaks_object(const TypeDecl& trait) {
  std::vector<const TypeDecl*> todo{&trait};
  std::unordered_set<const TypeDecl*> seen{&trait};
  for (size_t i = 0; i < todo.size(); ++i) {
    const TypeDecl& decl = *todo[i];
    if (decl.trait == nullptr) continue;
    Env env(*this, decl.module, {}, TypeId{});
    for (const FunDecl* method : decl.methods) {
      if (auto why = breaks_object(*method); !why.empty()) return Unsafe{method, why};
    }
    for (ast::NodeId super : items(list3(at(decl.node)))) {
      if (at(super).kind != NodeKind::TypeName) continue;
      Symbol symbol = type_symbol(at(super));
      bool above = symbol.kind == Symbol::Kind::Type && symbol.type->trait != nullptr;
      if (above && seen.insert(symbol.type).second) todo.push_back(symbol.type);
    }
  }
  return std::nullopt;
}

std::string Checker::breaks_object(const FunDecl& method) const {
  const ast::Node& node = at(method.node);
  std::string name = quoted(method.name);
  if (no_self(method)) return name + " has no `self`";
  if (node.list2.count != 0) return name + " is generic";
  auto params = items(node.list);
  const ast::Node& self = at(params[0]);
  if (self.a && at(self.a).kind == NodeKind::TypeName && text(at(self.a).name) == "Self")
    return name + " takes `self` by value";
  std::vector<ast::NodeId> types;
  for (size_t i = 1; i < params.size(); ++i) types.push_back(at(params[i]).a);
  types.push_back(node.a);
  while (!types.empty()) {
    ast::NodeId type = types.back();
    types.pop_back();
    if (!type) continue;
    const ast::Node& next = at(type);
    if (next.kind == NodeKind::TypeName && text(next.name) == "Self")
      return name + " has `Self` in its signature";
    for (ast::NodeId inner : {next.a, next.b}) types.push_back(inner);
    for (ast::NodeId inner : items(next.list)) types.push_back(inner);
  }
  return {};
}

// ---- the types

const ObjectType* Checker::object(TypeId type) const {
  if (!type.valid()) return nullptr;
  auto it = all_.objects.find(type.v);
  return it == all_.objects.end() ? nullptr : &it->second;
}

TypeId Checker::resolve_object(ast::NodeId trait_name, bool quiet) {
  const ast::Node& node = at(trait_name);
  if (node.kind == NodeKind::Error) return TypeId{};
  TraitKind which = node.kind == NodeKind::TypeName ? trait_of(trait_name) : TraitKind::Unknown;
  if (which != TraitKind::Users) {
    if (!quiet && !is_refused(text(node.name))) {
      if (which == TraitKind::Unknown) {
        error(DiagKind::NotAType, node.span,
              "`dyn` needs a trait, found `" + written(trait_name) + "`");
      } else {
        error(DiagKind::NotAType, node.span, quoted(node.name) + " has no trait objects");
      }
    }
    return TypeId{};
  }
  auto trait = resolve_trait(trait_name, quiet);
  if (!trait || trait->decl->refused) return TypeId{};
  if (auto unsafe = breaks_object(*trait->decl)) {
    if (!quiet) {
      const TypeDecl& owner = *unsafe->method->owner;
      error(DiagKind::NotAType, node.span,
            quoted(trait->decl->name) + " has no trait objects: its method " + unsafe->why)
          .note((*all_.modules[owner.module].tree)[unsafe->method->node].name_span(), "this one");
    }
    return TypeId{};
  }
  return object_type(*trait);
}

TypeId Checker::object_type(const TraitRef& trait) {
  std::string id = std::to_string(reinterpret_cast<uintptr_t>(trait.decl)) + ":" + key(trait.args);
  if (auto it = all_.object_ids.find(id); it != all_.object_ids.end()) return it->second;
  Shared& all = grow();
  if (auto it = all.object_ids.find(id); it != all.object_ids.end()) return it->second;
  std::string name = trait_text(trait);
  const TypeDecl& decl = *trait.decl;
  TypeId type = types_.declare(TypeKind::Union, "ref<dyn " + name.substr(1, name.size() - 2) + ">",
                               (*all_.modules[decl.module].tree)[decl.node].name_span());
  // The first variant is null, whatever it would refer to.
  types_.complete_union(type, {{"null", {{"", types_.ref(types_.unit())}}}});
  types_.mut(type).grows = true;
  types_.mut(type).bare = true;
  all.object_ids.emplace(std::move(id), type);
  all.objects[type.v] = {trait, {types_.unit()}, {}};
  return type;
}

// The trait, as an object of the type has it: it is its own or stands above it.
std::optional<TraitRef> Checker::object_trait(TypeId type, const TypeDecl& trait) {
  const ObjectType* known = object(type);
  if (known == nullptr) return std::nullopt;
  for (TraitRef& each : with_supers(known->trait)) {
    if (each.decl == &trait) return std::move(each);
  }
  return std::nullopt;
}

uint32_t Checker::object_variant(TypeId type, TypeId referred) {
  const auto& there = all_.objects.at(type.v).variants;
  if (auto it = there.find(referred.v); it != there.end()) return it->second;
  ObjectType& known = grow().objects[type.v];
  auto [it, fresh] =
      known.variants.emplace(referred.v, static_cast<uint32_t>(known.referred.size()));
  if (fresh) {
    known.referred.push_back(referred);
    TypeId ref = types_.ref(referred);
    // Types of different modules can have one name.
    std::string name = types_.text(referred) + "#" + std::to_string(it->second);
    types_.mut(type).variants.push_back({std::move(name), {{"", ref}}});
  }
  return it->second;
}

// Where an object of a generic trait is wanted, the one impl of what is given for it says the
// arguments of the trait.
void Checker::infer_from_impl(ast::NodeId pattern, TypeId actual, Bindings& open) {
  while (at(pattern).kind == NodeKind::TypeRef || at(pattern).kind == NodeKind::TypeDyn)
    pattern = at(pattern).a;
  const ast::Node& node = at(pattern);
  if (node.kind != NodeKind::TypeName || node.list.count == 0 || kind(actual) != TypeKind::Ref)
    return;
  Symbol symbol = type_symbol(node);
  if (symbol.type == nullptr || symbol.type->trait == nullptr) return;
  TypeId self = row(actual).elem;
  const ImplDecl* only = nullptr;
  Bindings of_only;
  for (ImplDecl* impl : impls_for(*symbol.type, self)) {
    Bindings bindings;
    if (!trait_impl_matches(*impl, self, nullptr, bindings)) continue;
    if (only != nullptr) return;
    only = impl;
    of_only = std::move(bindings);
  }
  if (only == nullptr) return;
  std::vector<TypeId> args;
  {
    Env env(*this, only->module, std::move(of_only), self);
    for (ast::NodeId arg : items(at(at(only->node).a).list)) args.push_back(resolve(arg, true));
  }
  auto given = items(node.list);
  for (size_t i = 0; i < std::min(given.size(), args.size()); ++i) {
    if (args[i].valid()) unify(given[i], args[i], open);
  }
}

// ---- values

NodeId Checker::null_object(TypeId type, Span span) {
  TypeId ref = row(type).variants[0].fields[0].type;
  tree::Node null = make(tree::NodeKind::Const, ref, span);
  null.set_constant({oir::ConstKind::Null, ref, 0});
  tree::Node made = make(tree::NodeKind::VariantLit, type, span);
  made.list = add_list({part(0, add(null), span)});
  return add(made);
}

bool Checker::is_null_object(NodeId id) const {
  const tree::Node& node = tree_[id];
  return node.kind == tree::NodeKind::VariantLit && node.index == 0 && is_object(node.type);
}

bool Checker::converts_to_object(TypeId from, TypeId wanted) {
  const ObjectType* want = object(wanted);
  if (want == nullptr || !from.valid() || from == wanted) return false;
  if (const ObjectType* given = object(from)) {
    for (const TraitRef& each : with_supers(given->trait)) {
      if (each.decl == want->trait.decl && each.args == want->trait.args) return true;
    }
    return false;
  }
  TraitRef trait = want->trait;
  return kind(from) == TypeKind::Ref && implements(row(from).elem, trait);
}

bool Checker::to_object(NodeId& node, TypeId wanted) {
  TypeId from = type_of(node);
  if (!converts_to_object(from, wanted)) return false;
  Span span = tree_[node].span;
  NodeId given = to_value(node);
  if (is_object(from)) {
    Instance* upcast = request_upcast(from, wanted);
    node = emit_call(*upcast, part(0, given, span), span);
    return true;
  }
  tree::NodeKind how = tree_[given].kind;
  tree::Node made = make(tree::NodeKind::ToObject, wanted, span);
  made.a = given;
  made.index = object_variant(wanted, row(from).elem);
  if (how == tree::NodeKind::New || how == tree::NodeKind::RefOf) made.flags = tree::kImplicit;
  node = add(made);
  return true;
}

void Checker::explain_no_object(Diagnostic& diagnostic, NodeId node, TypeId wanted) {
  const ObjectType* want = object(wanted);
  if (want == nullptr) return;
  TypeId from = type_of(node);
  TraitRef trait = want->trait;
  bool reference = kind(from) == TypeKind::Ref;
  TypeId referred = reference ? row(from).elem : from;
  if (!implements(referred, trait)) {
    diagnostic.note((*all_.modules[trait.decl->module].tree)[trait.decl->node].name_span(),
                    quoted(referred) + " does not implement " + trait_text(trait));
    explain_unmet(diagnostic, referred, trait);
  } else if (!reference && is_place(node) && is_lvalue(node)) {
    diagnostic.suggest("ref " + place_text(node));
  } else if (!reference) {
    diagnostic.note(tree_[node].span,
                    "`new` makes an object on the heap and gives a reference to it");
  }
}

// ---- functions

Instance* Checker::request_upcast(TypeId from, TypeId to) {
  uint64_t key = uint64_t{from.v} << 32 | to.v;
  if (auto it = all_.upcast_ids.find(key); it != all_.upcast_ids.end()) return it->second;
  Shared& all = grow();
  Instance*& known = all.upcast_ids[key];
  if (known != nullptr) return known;
  Instance& instance = all.instances.emplace_back();
  known = &instance;
  instance.kind = Instance::Kind::Object;
  instance.self = from;
  instance.result = to;
  instance.shown = types_.text(from) + " as " + types_.text(to);
  instance.id = tree::FuncId{all_.program.functions.size()};
  instance.params.push_back({NameId{}, from, {}});
  tree::Function& made = all.program.functions.emplace_back();
  made.name = unique_name(instance.shown);
  made.shown_name = instance.shown;
  made.made = tree::Made::Upcast;
  made.params = 1;
  made.modes.push_back(oir::ParamMode::Borrow);
  made.result = to;
  made.span = made.end = row(to).span;
  made.locals.push_back({"object", from, made.span, false});
  made.variants.push_back(0);
  all.upcasts.push_back(&instance);
  return &instance;
}

bool Checker::fill_objects() {
  bool changed = false;
  for (size_t i = 0; i < shared_.upcasts.size(); ++i) {
    TypeId from = shared_.upcasts[i]->self, to = shared_.upcasts[i]->result;
    tree::FuncId id = shared_.upcasts[i]->id;
    size_t count = shared_.objects[from.v].referred.size();
    for (size_t v = shared_.program.functions[id.index()].variants.size(); v < count; ++v) {
      uint32_t variant = object_variant(to, shared_.objects[from.v].referred[v]);
      shared_.program.functions[id.index()].variants.push_back(variant);
      changed = true;
    }
  }
  for (size_t i = 0; i < shared_.dispatches.size(); ++i) {
    Dispatch dispatch = shared_.dispatches[i];
    TypeId type = dispatch.instance->self;
    tree::FuncId id = dispatch.instance->id;
    for (size_t v = shared_.program.functions[id.index()].callees.size();
         v < shared_.objects[type.v].referred.size(); ++v) {
      std::vector<Callee> found;
      TypeId self = shared_.objects[type.v].referred[v];
      trait_methods_of(*dispatch.trait.decl, &dispatch.trait.args, self,
                       dispatch.instance->decl->name, found, nullptr);
      Instance* callee = nullptr;
      if (!found.empty() && !found[0].fun->refused)
        callee = request(*found[0].fun, found[0].bindings, self, Span{});
      bool known = callee != nullptr && callee->result.valid();
      for (size_t p = 0; known && p < callee->params.size(); ++p)
        known = callee->params[p].type.valid();
      shared_.program.functions[id.index()].callees.push_back(known ? callee->id : tree::FuncId{});
      changed = true;
    }
  }
  return changed;
}

}  // namespace tenure::ng
