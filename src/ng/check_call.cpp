// Calls: whom they mean, and what is made of them.
#include <algorithm>

#include "base/check.h"
#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

NodeId Checker::emit_call(const Instance& instance, std::span<const NodeId> parts, Span span) {
  if (!instance.result.valid()) return bad(span);
  tree::Node made = make(T::Call, instance.result, span);
  made.func = instance.id;
  made.list = add_list(parts);
  return add(made);
}

bool Checker::is_self_param(const FunDecl& decl, uint32_t index) const {
  return index == 0 && (decl.owner != nullptr || decl.impl != nullptr) && !no_self(decl);
}

// What is given for `self` by position: `Point::sum(p)` is `p.sum()`.
NodeId Checker::self_argument(NodeId given, TypeId self, TypeId wanted) {
  NodeId receiver = given;
  while (!is_bad(receiver) && type_of(receiver) != self) {
    TypeKind k = kind(type_of(receiver));
    if (k != TypeKind::Ref && k != TypeKind::Box) return given;
    receiver = deref_node(receiver, tree_[receiver].span);
  }
  bool ready = is_bad(receiver) || !wanted.valid() || type_of(given) == wanted;
  return ready ? given : receiver_arg(receiver, wanted, tree_[given].span);
}

// `receiver` is a place or value of the type that the method belongs to.
NodeId Checker::receiver_arg(NodeId receiver, TypeId self_type, Span span) {
  if (kind(self_type) != TypeKind::Ref || row(self_type).elem != type_of(receiver)) {
    if (!is_place(receiver)) return receiver;
    tree::Node copy = make(T::Copy, type_of(receiver), tree_[receiver].span);
    copy.a = receiver;
    if (types_.is_move_only(type_of(receiver))) {
      copy.flags = tree::kMistake;
      cannot_copy(receiver, "(move " + place_text(receiver) + ")");
    }
    return add(copy);
  }
  tree::Node made = make(T::RefOf, self_type, span);
  made.a = receiver;
  made.flags = tree::kImplicit;
  return add(made);
}

NodeId Checker::call_fun(const Callee& callee, ast::NodeId call, ast::List explicit_args,
                         TypeId expected, Span name_span, const Prechecked* known) {
  FunDecl& decl = *callee.fun;
  const auto& [names, optional, types, rest] = signature(decl);
  Prechecked settled;
  if (known != nullptr && rest != Rest::None && !known->empty()) {
    settled = *known;
    call = settled_args(call, settled);
    known = &settled;
  }
  const ast::Node& call_node = at(call);
  if (decl.refused) {
    check_args_only(call_node.list);
    return bad(call_node.span);
  }
  const ast::Tree& tree = *all_.modules[decl.module].tree;
  const ast::Node& fun = tree[decl.node];
  size_t skip = callee.receiver.valid() ? 1 : 0;
  Matched matched =
      match_args(call_node.list, names, skip, optional, call_node.span, decl.name, false, rest);
  if (!matched.ok) {
    check_args_only(call_node.list);
    return bad(call_node.span);
  }
  Bindings own = open_params(fun.list2, decl.module);
  if (!take_explicit(own, explicit_args, name_span, decl.name)) {
    check_args_only(call_node.list);
    return bad(call_node.span);
  }
  Bindings open = callee.bindings;
  open.insert(open.end(), own.begin(), own.end());
  bool is_plain = open.empty() && decl.plain != nullptr && decl.plain_self == callee.self;
  TypedArgs typed;
  for (auto [index, source] : matched.given)
    typed.push_back({types[index], source, is_plain ? decl.plain->params[index].type : TypeId{}});
  auto context = [&](Bindings& into) {
    if (!fun.a || !expected.valid()) return;
    Bindings trial = into;
    Env env(*this, decl.module, {}, callee.self);
    unify(fun.a, expected, trial);
    for (size_t i = 0; i < into.size(); ++i) {
      if (!into[i].arg.known()) into[i].arg = trial[i].arg;
    }
  };
  Ids checked;
  checked.resize(typed.size());
  for (size_t i = 0; known != nullptr && !known->empty() && i < typed.size(); ++i) {
    if (auto it = known->find(typed[i].source.v); it != known->end()) checked[i] = it->second;
  }
  if (!infer(open, typed, decl.module, callee.self, context, checked)) {
    if (!is_self_param(decl, 0) || skip != 0)
      check_known_args(open, typed, decl.module, callee.self, checked);
    return bad(call_node.span);
  }
  bool weak_object = decl.is_native && text(decl.name) == "weak" && !checked.empty() &&
                     is_object(type_of(checked[0]));
  if (weak_object) {
    not_supported(call_node.span, "weak references to trait objects");
    return bad(call_node.span);
  }
  if (report_unknown(open, call_node.span, decl.name)) return bad(call_node.span);
  if (!bounds_hold(callee, open, call_node.span)) return bad(call_node.span);
  Instance* instance = request(decl, open, callee.self, call_node.span);
  if (instance == nullptr) return bad(call_node.span);
  bool ok = true;
  Ids parts;
  if (callee.receiver.valid() && !instance->params.empty()) {
    if (!instance->params[0].type.valid()) return bad(call_node.span);
    parts.push_back(part(
        0, receiver_arg(callee.receiver, instance->params[0].type, tree_[callee.receiver].span),
        call_node.span));
  }
  bool looks = decl.is_native;  // what a native function looks at is not copied for it
  for (size_t i = 0; i < matched.given.size(); ++i) {
    auto [index, source] = matched.given[i];
    TypeId want = instance->params[index].type;
    if (is_self_param(decl, index)) checked[i] = self_argument(checked[i], callee.self, want);
    if (!want.valid() || !coerce(checked[i], want, source)) {
      ok = false;
      continue;
    }
    parts.push_back(part(index, looks ? checked[i] : to_value(checked[i]), at(source).span));
  }
  for (uint32_t i = 0; i < names.size(); ++i) {
    if (matched.has[i] || !ok) continue;
    // A default means what it means where the function is declared.
    Env env(*this, decl.module, open, callee.self);
    ast::NodeId source = tree[tree.items(fun.list)[i]].b;
    TypeId want = instance->params[i].type;
    NodeId given = want.valid() ? default_value(decl.module, source, want, call_node.span)
                                : bad(call_node.span);
    ok &= !is_bad(given);
    parts.push_back(part(i, given, call_node.span));
  }
  if (!ok) return bad(call_node.span);
  if (decl.is_native) return call_native(decl, *instance, parts, call_node.span);
  return emit_call(*instance, parts, call_node.span);
}

NodeId Checker::variant_by_name(const std::vector<VariantRef>& found, ast::NodeId source,
                                ast::List args, ast::List explicit_args, TypeId expected) {
  const TypeInst* want = inst(expected);
  for (const VariantRef& variant : found) {
    if (want != nullptr && want->decl == variant.decl)
      return call_variant(*variant.decl, variant.index, source, args, explicit_args, expected);
  }
  if (found.size() > 1) {
    const ast::Node& node = at(source);
    Diagnostic& diagnostic =
        error(DiagKind::AmbiguousName, node.span,
              "more than one type has this variant: " + quoted(found[0].decl->name) + ", " +
                  quoted(found[1].decl->name));
    diagnostic.suggest(std::string(text(found[0].decl->name)) + "::…");
    return bad(node.span);
  }
  return call_variant(*found[0].decl, found[0].index, source, args, explicit_args, expected);
}

NodeId Checker::call_variant(TypeDecl& decl, uint32_t index, ast::NodeId source, ast::List args,
                             ast::List explicit_args, TypeId expected) {
  Span span = at(source).span;
  const ast::Tree& tree = *all_.modules[decl.module].tree;
  const ast::Node& variant = tree[tree.items(tree[decl.node].list)[index]];
  if (decl.refused) {
    check_args_only(args);
    return bad(span);
  }
  std::vector<NameId> names;
  std::vector<ast::NodeId> types;
  for (ast::NodeId id : tree.items(variant.list)) {
    names.push_back(tree[id].name);
    types.push_back(tree[id].a);
  }
  Matched matched = match_args(args, names, 0, std::vector<bool>(names.size()), span, variant.name);
  Bindings open = open_params(tree[decl.node].list2, decl.module);
  if (!matched.ok || !take_explicit(open, explicit_args, span, decl.name)) {
    check_args_only(args);
    return bad(span);
  }
  TypedArgs typed;
  for (auto [field, arg] : matched.given) typed.push_back({types[field], arg, {}});
  auto context = [&](Bindings& into) {
    const TypeInst* known = inst(expected);
    if (known == nullptr || known->decl != &decl) return;
    for (size_t i = 0; i < into.size(); ++i) {
      if (!into[i].arg.known()) into[i].arg = known->args[i];
    }
  };
  Ids checked;
  if (!infer(open, typed, decl.module, TypeId{}, context, checked)) return bad(span);
  if (report_unknown(open, span, decl.name)) return bad(span);
  Args type_args;
  for (const Binding& binding : open) type_args.push_back(binding.arg);
  TypeId type = instantiate(decl, type_args, span);
  if (!type.valid()) return bad(span);
  bool ok = true;
  Ids parts;
  for (size_t i = 0; i < matched.given.size(); ++i) {
    auto [field, arg] = matched.given[i];
    if (field >= row(type).variants[index].fields.size() ||
        !coerce(checked[i], row(type).variants[index].fields[field].type, arg)) {
      ok = false;
      continue;
    }
    parts.push_back(part(field, to_value(checked[i]), at(arg).span));
  }
  if (!ok) return bad(span);
  tree::Node made = make(T::VariantLit, type, span);
  made.index = index;
  made.list = add_list(parts);
  return add(made);
}

NodeId Checker::call_method(NodeId base, ast::NodeId call, const ast::Node& member,
                            TypeId expected) {
  Span span = at(call).span;
  Span where = member.name_span().valid() ? member.name_span() : member.span;
  std::string_view name = text(member.name);
  TypeId outer = type_of(base);
  Unmet unmet;
  for (NodeId receiver = base;;) {
    TypeId type = type_of(receiver);
    if (kind(type) != TypeKind::Ref) {
      std::vector<Callee> found = methods_named(type, member.name, &unmet);
      for (Callee& callee : found) {
        FunDecl& fun = *callee.fun;
        callee.receiver = receiver;
        if (fun.impl != nullptr && fun.impl->trait == TraitKind::Drop) {
          return refuse_drop_call(call, is_place(receiver) ? place_text(receiver) : "…");
        }
        if (!fun.refused && no_self(fun)) {
          error(DiagKind::UnknownMethod, where,
                quoted(member.name) + " has no `self`: it is called on the type")
              .suggest(types_.text(type) + "::" + std::string(name) + "(…)");
          check_args_only(at(call).list);
          return bad(span);
        }
      }
      if (!found.empty()) return call_one_of(found, call, member.list, expected, where);
    }
    if (name == "clone" && kind(type) != TypeKind::Ref) return clone_call(receiver, call, member);
    if (name == "upgrade" && kind(type) == TypeKind::Weak) {
      if (at(call).list.count != 0)
        error(DiagKind::WrongArguments, span,
              "`upgrade` takes 0 arguments, found " + std::to_string(at(call).list.count));
      TypeId elem = row(type).elem;
      tree::Node made = make(T::Runtime, types_.ref(elem), span);
      made.rt = oir::RtFn::WeakUpgrade;
      made.targ = elem;
      made.list = add_list({receiver});
      return add(made);
    }
    if (kind(type) != TypeKind::Ref && kind(type) != TypeKind::Box) break;
    receiver = deref_node(receiver, tree_[receiver].span);
  }
  if (NodeId function = function_field(base, member); function.valid())
    return call_value(function, call);
  check_args_only(at(call).list);
  if (has_refused_impl(type_of(auto_deref(base, span)))) return bad(span);
  unknown_method(type_of(auto_deref(base, span)), outer, member.name, where, unmet);
  return bad(span);
}

// `Drop::drop(x)`, `Clone::clone(x)`
NodeId Checker::call_lifecycle(const Target& target, ast::NodeId call) {
  const ast::Node& node = at(call);
  std::string_view trait = text(at(target.type_segment).name);
  if (trait == "Drop" && text(target.member) == "drop") return refuse_drop_call(call, "…");
  if (trait == "Clone" && text(target.member) == "clone" && node.list.count == 1) {
    NodeId base = expr(items(node.list)[0], TypeId{});
    if (is_bad(base)) return bad(node.span);
    ast::Node as_member = at(node.a);
    as_member.list = {};
    return clone_call(auto_deref(base, node.span), call, as_member);
  }
  check_args_only(node.list);
  error(DiagKind::UnknownMethod, node.span,
        "unknown method " + quoted(target.member) + " of `" + std::string(trait) + "`");
  return bad(node.span);
}

// A function of a type: `Point::origin()`, `T::make()`.
NodeId Checker::call_of_type(const Target& target, TypeId self, ast::NodeId call, TypeId expected) {
  const ast::Node& node = at(call);
  Span where = at(node.a).span;
  Unmet unmet;
  std::vector<Callee> found = methods_named(self, target.member, &unmet);
  for (const Callee& method : found) {
    if (method.fun->impl != nullptr && method.fun->impl->trait == TraitKind::Drop)
      return refuse_drop_call(call, "…");
  }
  if (!found.empty()) return call_one_of(found, call, target.args, expected, where);
  check_args_only(node.list);
  if (has_refused_impl(self)) return bad(node.span);
  if (unmet.type.valid()) {
    unknown_method(self, self, target.member, where, unmet);
  } else {
    error(DiagKind::UnknownMethod, where,
          quoted(self) + " has no function " + quoted(target.member));
  }
  return bad(node.span);
}

NodeId Checker::call_expr(ast::NodeId id, TypeId expected) {
  if (has_spread(at(id).list)) {
    ast::Node spread = at(id);
    auto list = expanded(spread.list, Spreads::IntoCall, TypeId{});
    if (!list) return bad(spread.span);
    spread.list = *list;
    id = made(spread);
  }
  const ast::Node& node = at(id);
  const ast::Node& callee = at(node.a);
  Span span = node.span;
  auto by_symbol = [&](const Symbol& symbol, ast::List explicit_args, Span where) {
    if (symbol.kind == Symbol::Kind::Builtin) return call_builtin(symbol.builtin, id, expected);
    if (refuse_foreign(symbol, where)) {
      check_args_only(node.list);
      return bad(span);
    }
    std::vector<Callee> found;
    for (FunDecl* fun : functions_of(symbol)) found.emplace_back().fun = fun;
    return call_one_of(found, id, explicit_args, expected, where);
  };
  if (callee.kind == NodeKind::Name) {
    if (const LocalName* local = find_variable(callee.name)) {
      if (local->type.valid() && kind(local->type) == TypeKind::Function) {
        NodeId function = name_expr(node.a, TypeId{});
        if (!is_bad(function)) return call_value(function, id);
      }
      check_args_only(node.list);
      if (local->type.valid() && kind(local->type) != TypeKind::Function)
        error(DiagKind::NotCallable, callee.span,
              quoted(callee.name) + " is a variable of type " + quoted(local->type) +
                  ", not a function");
      return bad(span);
    }
    Symbol symbol = lookup_symbol(callee.name);
    if (symbol.kind == Symbol::Kind::Fun && all_.modules[module_].symbols.count(callee.name) != 0)
      return by_symbol(symbol, callee.list, callee.span);
    if (auto variants = lookup_variants(callee.name); !variants.empty())
      return variant_by_name(variants, id, node.list, callee.list, expected);
    if (symbol.kind == Symbol::Kind::Fun || symbol.kind == Symbol::Kind::Builtin)
      return by_symbol(symbol, callee.list, callee.span);
    if (symbol.kind == Symbol::Kind::Type && symbol.type->kind == TypeDecl::Kind::Newtype)
      return newtype_call(*symbol.type, id, callee.list, expected);
    check_args_only(node.list);
    if (symbol.kind == Symbol::Kind::Type) {
      if (!symbol.type->refused) {
        error(DiagKind::NotCallable, callee.span,
              quoted(callee.name) + " is a type: a value of it is written with braces")
            .suggest(std::string(text(callee.name)) + " { … }");
      }
      return bad(span);
    }
    return unknown_name(callee.name, callee.span);
  }
  if (callee.kind == NodeKind::Member || callee.kind == NodeKind::Path) {
    Target target = path_target(node.a);
    if (target.kind == Target::Kind::Reported) {
      check_args_only(node.list);
      return bad(span);
    }
    if (target.kind == Target::Kind::Variant)
      return variant_by_name(target.variants, id, node.list, target.args, expected);
    if (target.kind == Target::Kind::Symbol) {
      if (target.symbol.kind == Symbol::Kind::Fun || target.symbol.kind == Symbol::Kind::Builtin)
        return by_symbol(target.symbol, target.args, callee.span);
      if (target.symbol.kind == Symbol::Kind::Type &&
          target.symbol.type->kind == TypeDecl::Kind::Newtype)
        return newtype_call(*target.symbol.type, id, target.args, expected);
      if (target.symbol.kind == Symbol::Kind::Global) {
        NodeId function = path_expr(node.a, TypeId{});
        if (!is_bad(function)) return call_value(function, id);
      }
      check_args_only(node.list);
      if (target.symbol.kind == Symbol::Kind::Global) return bad(span);
      error(DiagKind::NotCallable, callee.span, quoted(target.member) + " is not a function");
      return bad(span);
    }
    if (target.kind == Target::Kind::Member) {
      bool users = target.type != nullptr && target.type->trait != nullptr;
      if (users) return call_trait(target, id, expected);
      bool lifecycle = target.type == nullptr ? !target.self_type.valid()
                                              : target.type->kind == TypeDecl::Kind::Trait;
      if (lifecycle) return call_lifecycle(target, id);
      if (target.type == nullptr) return call_of_type(target, target.self_type, id, expected);
      TypeDecl& decl = *target.type;
      if (decl.refused) {
        check_args_only(node.list);
        return bad(span);
      }
      if (decl.kind == TypeDecl::Kind::Union) {
        const ast::Tree& tree = *all_.modules[decl.module].tree;
        auto variants = tree.items(tree[decl.node].list);
        for (uint32_t i = 0; i < variants.size(); ++i) {
          if (tree[variants[i]].name != target.member) continue;
          ast::List args = at(target.type_segment).list;
          return call_variant(decl, i, id, node.list, args,
                              expected.valid() ? expected : target.self_type);
        }
      }
      // A function of the type: `Point::origin()`.
      TypeId self = target.self_type;
      if (!self.valid()) {
        const ast::Node type_name = at(target.type_segment);
        ast::List params = (*all_.modules[decl.module].tree)[decl.node].list2;
        auto args = resolve_args(type_name, params, decl.module, decl.name, true);
        if (args) {
          self = instantiate(decl, *args, span);
        } else if (const TypeInst* want = inst(expected); want != nullptr && want->decl == &decl) {
          self = expected;
        } else {
          bool might_be_known = context_unknown_ && type_name.list.count == 0;
          if (!might_be_known) resolve_args(type_name, params, decl.module, decl.name, false);
          check_args_only(node.list);
          return bad(span);
        }
      }
      if (!self.valid()) return bad(span);
      return call_of_type(target, self, id, expected);
    }
  }
  if (callee.kind == NodeKind::Member) {
    if (!callee.has(ast::kFlagTuple)) {
      NodeId base = expr(callee.a, TypeId{});
      if (is_bad(base)) {
        report_if_nobody_has(callee);
        check_args_only(node.list);
        return bad(span);
      }
      if (callee.b)
        return call_through_trait(base, callee.b, callee.name, id, callee.list, expected,
                                  callee.span);
      return call_method(base, id, callee, expected);
    }
  }
  NodeId what = expr(node.a, TypeId{});
  if (!is_bad(what)) return call_value(what, id);
  check_args_only(node.list);
  return bad(span);
}

}  // namespace tenure::ng
