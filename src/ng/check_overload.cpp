// Functions of one name: which of them a call means. Arguments with a type of their own are looked
// at once, before it is known whose they are; the others (literals, `null`, variants of generic
// types) count by what they could become.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;

namespace {

// The function with the lowest cost is meant. What is written out beats what is filled in.
constexpr uint32_t kOtherResultCost = 1'000'000;
constexpr uint32_t kGenericCost = 10'000;
constexpr uint32_t kRestCost = 1'000;
constexpr uint32_t kDefaultCost = 100;
constexpr uint32_t kConversionCost = 1;

constexpr uint32_t kShapeDepth = 8;
constexpr size_t kShownCandidates = 5;

}  // namespace

// What it costs an argument without a type of its own to become `want`; nothing if it cannot.
std::optional<uint32_t> Checker::context_cost(ast::NodeId id, TypeId want, uint32_t depth) {
  const ast::Node& node = at(id);
  if (!want.valid() || depth > kShapeDepth) return 0;
  if (is_untagged(want)) {
    std::optional<uint32_t> lowest;
    for (uint32_t i = 0; i < row(want).variants.size(); ++i) {
      auto cost = context_cost(id, member(want, i), depth + 1);
      if (cost && (!lowest || *cost < *lowest)) lowest = cost;
    }
    return lowest ? std::optional(*lowest + kConversionCost) : std::nullopt;
  }
  const oir::Type& type = row(want);
  auto all = [&](ast::List list, auto want_of) -> std::optional<uint32_t> {
    uint32_t sum = 0, index = 0;
    for (ast::NodeId inner : items(list)) {
      bool named = at(inner).kind == NodeKind::NamedArg;
      auto cost = context_cost(named ? at(inner).a : inner, want_of(index++), depth + 1);
      if (!cost) return std::nullopt;
      sum += *cost;
    }
    return sum;
  };
  auto only_if = [](bool fits) { return fits ? std::optional<uint32_t>(0) : std::nullopt; };
  if (is_literal(id)) {
    if (has_float(id)) {
      if (!types_.is_float(want)) return std::nullopt;
      return type.kind == TypeKind::F32 ? 0 : kConversionCost;
    }
    if (!is_numeric(want)) return std::nullopt;
    return type.kind == TypeKind::I32 ? 0 : kConversionCost * (types_.is_float(want) ? 2 : 1);
  }
  switch (node.kind) {
    case NodeKind::NullLit:
      return only_if(is_lent(want) || type.kind == TypeKind::Weak);
    case NodeKind::Given:
      return only_if(type_of(NodeId{size_t(node.value)}) == want);
    case NodeKind::Spread: {
      if (at(node.a).kind != NodeKind::Given) return 0;
      return only_if(row(type_of(NodeId{size_t(at(node.a).value)})).elem == want);
    }
    case NodeKind::New:
      if (is_object(want)) return kConversionCost;
      if (type.kind != TypeKind::Ref) return std::nullopt;
      return context_cost(node.a, type.elem, depth + 1);
    case NodeKind::ArrayLit: {
      bool fixed = type.kind == TypeKind::FixedArray && type.count == node.list.count;
      if (type.kind != TypeKind::Array && !fixed) return std::nullopt;
      TypeId elem = type.elem;
      auto cost = all(node.list, [&](uint32_t) { return elem; });
      if (cost && fixed) *cost += kConversionCost;
      return cost;
    }
    case NodeKind::Tuple: {
      if (type.kind != TypeKind::Tuple || type.fields.size() != node.list.count)
        return std::nullopt;
      std::vector<oir::Field> fields = type.fields;
      return all(node.list, [&](uint32_t i) { return fields[i].type; });
    }
    case NodeKind::Lambda:
      return only_if(function_fits(id, want));
    case NodeKind::Name:
      if (type.kind == TypeKind::Function) return only_if(function_fits(id, want));
      [[fallthrough]];
    case NodeKind::Call:
      if (node.kind == NodeKind::Call && blank_call_fits(id, want)) return 0;
      [[fallthrough]];
    case NodeKind::StructLit: {
      NameId name = node.kind == NodeKind::Name ? node.name : at(node.a).name;
      const TypeInst* known = inst(want);
      if (known == nullptr) return std::nullopt;
      bool literal = node.kind == NodeKind::StructLit && at(node.a).kind == NodeKind::TypeName;
      Symbol symbol = literal ? type_symbol(at(node.a)) : lookup_symbol(name);
      if (symbol.kind == Symbol::Kind::Type) return only_if(symbol.type == known->decl);
      auto variants = lookup_variants(name);
      return only_if(std::any_of(variants.begin(), variants.end(), [&](const VariantRef& variant) {
        return variant.decl == known->decl;
      }));
    }
    default:
      return 0;
  }
}

// The same where the type is not known yet: by how it is written.
bool Checker::shape_fits(ast::NodeId source, NodeKind type) {
  bool refers = type == NodeKind::TypeRef || type == NodeKind::TypeDyn;
  bool elements = type == NodeKind::TypeArray || type == NodeKind::TypeFixed;
  bool tuple = type == NodeKind::TypeTuple;
  bool function = type == NodeKind::TypeFunction;
  switch (at(source).kind) {
    case NodeKind::NullLit:
    case NodeKind::New:
      return !elements && !tuple && !function;
    case NodeKind::ArrayLit:
      return !refers && !tuple && !function;
    case NodeKind::Tuple:
      return !refers && !elements && !function;
    case NodeKind::Lambda:
      return !refers && !elements && !tuple;
    default:
      return !is_literal(source) || !(refers || elements || tuple || function);
  }
}

std::optional<uint32_t> Checker::overload_cost(const Callee& callee, ast::List args,
                                               ast::List explicit_args, TypeId expected,
                                               const Prechecked& known) {
  const FunDecl& decl = *callee.fun;
  const ast::Node& fun = (*all_.modules[decl.module].tree)[decl.node];
  const auto& [names, optional, types, rest] = signature(decl);
  if (explicit_args.count > fun.list2.count && rest != Rest::Tuple) return std::nullopt;
  size_t skip = callee.receiver.valid() ? 1 : 0;
  Matched matched = match_args(args, names, skip, optional, Span{}, decl.name, true, rest);
  if (!matched.ok) return std::nullopt;
  uint32_t cost = fun.list2.count == 0 ? 0 : kGenericCost;
  if (rest != Rest::None) cost += kRestCost;
  cost += kDefaultCost * static_cast<uint32_t>(names.size() - skip - matched.given.size());
  Bindings open = callee.bindings;
  for (const Binding& own : open_params(fun.list2, decl.module)) open.push_back(own);
  for (auto [index, source] : matched.given) {
    if (!types[index]) continue;
    auto it = known.find(source.v);
    if (it == known.end() || is_self_param(decl, index)) continue;
    Env env(*this, decl.module, {}, callee.self);
    TypeId found = type_of(it->second);
    Bindings trial = open;
    if (unify(types[index], found, trial)) {
      open = std::move(trial);
      continue;
    }
    for (const Binding& binding : open) bindings_.push_back(binding);
    TypeId want = resolve(types[index], true);
    if (!converts_to_object(found, want) && !fits_union(found, want)) return std::nullopt;
    cost += kConversionCost;
  }
  for (auto [index, source] : matched.given) {
    if (!types[index] || known.count(source.v) != 0) continue;
    TypeId want;
    {
      Env env(*this, decl.module, open, callee.self);
      want = resolve(types[index], true);
    }
    const ast::Tree& declared = *all_.modules[decl.module].tree;
    if (!want.valid() && !shape_fits(source, declared[types[index]].kind)) return std::nullopt;
    auto one = context_cost(source, want, 0);
    if (!one) return std::nullopt;
    cost += *one;
  }
  // The impls of one trait for different arguments of it differ in nothing else.
  if (callee.trait != nullptr && fun.a && expected.valid()) {
    Env env(*this, decl.module, {}, callee.self);
    if (!unify(fun.a, expected, open)) cost += kOtherResultCost;
  }
  return cost;
}

NodeId Checker::call_one_of(const std::vector<Callee>& found, ast::NodeId call,
                            ast::List explicit_args, TypeId expected, Span name_span,
                            Prechecked known) {
  if (found.size() == 1)
    return call_fun(found[0], call, explicit_args, expected, name_span, &known);
  const ast::Node& node = at(call);
  if (ambiguous_traits(found, found[0].fun->name, name_span, node.list)) return bad(node.span);
  bool refused = std::any_of(found.begin(), found.end(),
                             [](const Callee& callee) { return callee.fun->refused; });
  bool ok = !refused;
  for (ast::NodeId arg : items(node.list)) {
    ast::NodeId inner = at(arg).kind == NodeKind::NamedArg ? at(arg).a : arg;
    if (at(inner).kind == NodeKind::Spread) continue;  // what it spreads is known
    if (needs_context(inner) || known.count(inner.v) != 0) continue;
    NodeId checked = expr(inner, TypeId{});
    known.emplace(inner.v, checked);
    ok &= !is_bad(checked);
  }
  if (!ok) return bad(node.span);
  bool takes_rest = std::any_of(found.begin(), found.end(), [&](const Callee& callee) {
    return signature(*callee.fun).rest != Rest::None;
  });
  if (takes_rest) call = settled_args(call, known);
  const Callee* best = nullptr;
  const Callee* equal = nullptr;
  uint32_t lowest = 0;
  for (const Callee& callee : found) {
    auto cost = overload_cost(callee, at(call).list, explicit_args, expected, known);
    if (!cost || (best != nullptr && *cost > lowest)) continue;
    equal = best != nullptr && *cost == lowest ? best : nullptr;
    best = &callee;
    lowest = *cost;
  }
  if (best != nullptr && equal == nullptr)
    return call_fun(*best, call, explicit_args, expected, name_span, &known);
  NameId name = found[0].fun->name;
  auto declared_at = [&](const Callee& callee) {
    return (*all_.modules[callee.fun->module].tree)[callee.fun->node].name_span();
  };
  if (best != nullptr) {
    error(DiagKind::AmbiguousName, name_span, "more than one " + quoted(name) + " fits this call")
        .note(declared_at(*equal), "this one")
        .note(declared_at(*best), "and this one");
    return bad(node.span);
  }
  Diagnostic& diagnostic =
      error(DiagKind::WrongArguments, node.span, "no " + quoted(name) + " takes these arguments");
  for (size_t i = 0; i < std::min(found.size(), kShownCandidates); ++i)
    diagnostic.note(declared_at(found[i]), "not this one");
  return bad(node.span);
}

}  // namespace tenure::ng
