// Untagged unions, `A | B`: a value of one of several types, which `is`, `switch` and `as` tell
// apart.
//
// A row of one is a bare OIR union with one variant for each member, in the order in which the
// members were first written. Two unions of the same members are one type.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

// ---- types

bool Checker::is_untagged(TypeId type) const {
  return type.valid() && all_.untagged.count(type.v) != 0;
}

TypeId Checker::member(TypeId type, uint32_t index) const {
  return row(type).variants[index].fields[0].type;
}

std::optional<uint32_t> Checker::member_index(TypeId type, TypeId member_type) const {
  for (uint32_t i = 0; i < row(type).variants.size(); ++i) {
    if (member(type, i) == member_type) return i;
  }
  return std::nullopt;
}

// The type of a value that has one of these types.
TypeId Checker::type_of_members(const std::vector<TypeId>& written) {
  std::vector<TypeId> members;
  auto take = [&](TypeId type) {
    if (std::find(members.begin(), members.end(), type) == members.end()) members.push_back(type);
  };
  for (TypeId type : written) {
    if (!is_untagged(type)) {
      take(type);
      continue;
    }
    for (uint32_t i = 0; i < row(type).variants.size(); ++i) take(member(type, i));
  }
  if (members.size() == 1) return members[0];
  std::vector<uint32_t> sorted;
  for (TypeId type : members) sorted.push_back(type.v);
  std::sort(sorted.begin(), sorted.end());
  std::string key;
  for (uint32_t id : sorted) key += std::to_string(id) + ' ';
  if (auto it = all_.untagged_ids.find(key); it != all_.untagged_ids.end()) return it->second;
  auto [it, fresh] = grow().untagged_ids.try_emplace(std::move(key));
  if (!fresh) return it->second;
  std::string name;
  std::vector<oir::Variant> variants;
  for (TypeId type : members) {
    bool function = kind(type) == TypeKind::Function;
    std::string words = types_.text(type);
    name += (name.empty() ? "" : " | ") + (function ? "(" + words + ")" : words);
    variants.push_back({std::move(words), {{"", type}}});
  }
  TypeId type = types_.declare(TypeKind::Union, std::move(name), Span{});
  it->second = type;
  types_.complete_union(type, std::move(variants));
  types_.mut(type).bare = true;
  grow().untagged.insert(type.v);
  return type;
}

TypeId Checker::resolve_or(const ast::Node& node, bool quiet) {
  std::vector<TypeId> members;
  bool ok = true;
  for (ast::NodeId id : items(node.list)) {
    members.push_back(resolve(id, quiet));
    ok &= members.back().valid();
  }
  return ok ? type_of_members(members) : TypeId{};
}

// `type N = A | B;` whose alternatives are all types is another name for such a union.
void Checker::find_untagged(TypeDecl& decl) {
  look_at(decl.module);
  const ast::Node& node = at(decl.node);
  if (decl.kind != TypeDecl::Kind::Union || !node.a) return;
  auto params = items(node.list2);
  for (ast::NodeId id : items(at(node.a).list)) {
    const ast::Node& alternative = at(id);
    bool known = false;
    resolve_builtin(alternative, text(alternative.name), true, known);
    known |= std::any_of(params.begin(), params.end(),
                         [&](ast::NodeId param) { return at(param).name == alternative.name; });
    known |= lookup_symbol(alternative.name).kind == Symbol::Kind::Type;
    if (!known) return;
  }
  decl.kind = TypeDecl::Kind::Alias;
}

// What a union as it is written says of its parameters, where a value of type `actual` is given.
bool Checker::unify_or(const ast::Node& pattern, TypeId actual, Bindings& open) {
  std::vector<TypeId> rest{actual};
  if (is_untagged(actual)) {
    rest.clear();
    for (uint32_t i = 0; i < row(actual).variants.size(); ++i) rest.push_back(member(actual, i));
  }
  std::vector<ast::NodeId> unknown;
  for (ast::NodeId id : items(pattern.list)) {
    TypeId known;
    {
      Env env(*this, module_, bindings_, self_);
      for (const Binding& binding : open) bindings_.push_back(binding);
      known = resolve(id, true);
    }
    if (!known.valid()) {
      unknown.push_back(id);
      continue;
    }
    auto it = std::find(rest.begin(), rest.end(), known);
    if (it != rest.end()) {
      rest.erase(it);
    } else if (is_untagged(actual)) {
      return false;
    }
  }
  if (rest.empty()) return unknown.empty() || !is_untagged(actual);
  if (unknown.size() == 1) return unify(unknown[0], type_of_members(rest), open);
  return unknown.empty() ? false : !is_untagged(actual) || rest.empty();
}

// ---- values

// The member that a value without a type of its own becomes; invalid: it has one.
TypeId Checker::member_wanted(ast::NodeId id, TypeId type) {
  if (!needs_context(id)) return TypeId{};
  std::optional<uint32_t> lowest;
  TypeId best;
  for (uint32_t i = 0; i < row(type).variants.size(); ++i) {
    auto cost = context_cost(id, member(type, i), 0);
    if (!cost || (lowest && *cost >= *lowest)) continue;
    lowest = cost;
    best = member(type, i);
  }
  return best;
}

NodeId Checker::member_value(TypeId type, uint32_t index, NodeId value, Span span) {
  tree::Node made = make(T::VariantLit, type, span);
  made.index = index;
  made.list = add_list({part(0, value, span)});
  return add(made);
}

// A switch over the members of a union value: `arm` gives the value for each.
NodeId Checker::for_each_member(NodeId subject, TypeId result, Span span,
                                const std::function<NodeId(uint32_t, NodeId)>& arm) {
  TypeId type = type_of(subject);
  std::vector<NodeId> cases;
  for (uint32_t i = 0; i < row(type).variants.size(); ++i) {
    LocalName what;
    what.type = member(type, i);
    what.span = span;
    tree::Node bind = make(T::Bind, what.type, span);
    bind.local = add_hidden(what);
    tree::Node value = make(types_.needs_drop(what.type) ? T::Move : T::Copy, what.type, span);
    value.a = local_node(bind.local, span);
    value.flags = value.kind == T::Move ? tree::kImplicit : 0;
    NodeId given = arm(i, add(value));
    tree::Node pattern = make(T::Pattern, type, span);
    pattern.index = i;
    pattern.list = add_list({add(bind)});
    tree::Node made = make(T::Case, types_.unit(), span);
    made.list = add_list({add(pattern)});
    made.b = block_node({}, given, span);
    cases.push_back(add(made));
  }
  tree::Node made = make(T::Switch, result, span);
  made.a = subject;
  made.list = add_list(cases);
  return add(made);
}

// The only member that is a trait object which a reference can become; invalid if there is none.
TypeId Checker::object_member(TypeId from, TypeId type) {
  TypeId found;
  for (uint32_t i = 0; i < row(type).variants.size(); ++i) {
    TypeId one = member(type, i);
    if (!is_object(one) || !converts_to_object(from, one)) continue;
    if (found.valid()) return TypeId{};
    found = one;
  }
  return found;
}

// Whether a value of the one type is one of the other without a word: a member, or of fewer types.
bool Checker::fits_union(TypeId from, TypeId type) {
  if (!is_untagged(type) || !from.valid()) return false;
  if (!is_untagged(from))
    return member_index(type, from).has_value() || object_member(from, type).valid();
  for (uint32_t i = 0; i < row(from).variants.size(); ++i) {
    if (!member_index(type, member(from, i))) return false;
  }
  return true;
}

NodeId Checker::to_union(NodeId node, TypeId type) {
  Span span = tree_[node].span;
  if (!is_untagged(type_of(node)) && !member_index(type, type_of(node)))
    to_object(node, object_member(type_of(node), type));
  NodeId value = to_value(node);
  TypeId from = type_of(value);
  if (!is_untagged(from)) return member_value(type, *member_index(type, from), value, span);
  return for_each_member(value, type, span, [&](uint32_t i, NodeId part) {
    return member_value(type, *member_index(type, member(from, i)), part, span);
  });
}

// `e as T` of a union: checked as the program runs.
NodeId Checker::member_cast(NodeId operand, TypeId type, Span span) {
  TypeId from = type_of(operand);
  if (is_place(operand) && types_.is_move_only(type)) {
    bool movable = is_lvalue(operand) && alias_root(operand) == nullptr;
    cannot_copy(operand, movable ? "(move " + place_text(operand) + ") as …" : "");
    return bad(span);
  }
  LocalName what;
  what.type = type;
  what.span = span;
  tree::LocalId local = add_hidden(what);
  tree::Node given = make(types_.needs_drop(type) ? T::Move : T::Copy, type, span);
  given.a = local_node(local, span);
  if (given.kind == T::Move) given.flags = tree::kImplicit;
  uint32_t index = *member_index(from, type);
  return if_member(operand, index, local, add(given), wrong_member(from, type, span), span);
}

NodeId Checker::wrong_member(TypeId type, TypeId wanted, Span span) {
  tree::Node panic = make(T::Panic, wanted, span);
  panic.a =
      string_const("expected " + quoted(wanted) + ", found another type of " + quoted(type), span);
  return add(panic);
}

// `switch (place) { case T(local) { then } otherwise { other } }`
NodeId Checker::if_member(NodeId place, uint32_t index, tree::LocalId local, NodeId then,
                          NodeId other, Span span) {
  TypeId type = type_of(place);
  tree::Node bind = make(T::Bind, member(type, index), span);
  bind.local = local;
  tree::Node pattern = make(T::Pattern, type, span);
  pattern.index = index;
  pattern.list = add_list({add(bind)});
  tree::Node arm = make(T::Case, types_.unit(), span);
  arm.list = add_list({add(pattern)});
  auto block = [&](NodeId value) {
    return tree_[value].kind == T::Block ? value : block_node({}, value, span);
  };
  arm.b = block(then);
  tree::Node made = make(T::Switch, type_of(then), span);
  made.a = place;
  made.list = add_list({add(arm)});
  made.c = block(other);
  return add(made);
}

// ---- tests

// The member that a type after `is` or `case` names. Of a generic type the arguments may be left
// out where only one member is of it.
std::optional<uint32_t> Checker::named_member(ast::NodeId name, TypeId type, bool quiet) {
  const ast::Node& node = at(name);
  if (node.kind == NodeKind::TypeName && node.list.count == 0) {
    Symbol symbol = find_binding(node.name) != nullptr ? Symbol{} : type_symbol(node);
    std::optional<uint32_t> found;
    for (uint32_t i = 0; symbol.kind == Symbol::Kind::Type && i < row(type).variants.size(); ++i) {
      const TypeInst* known = inst(member(type, i));
      if (known == nullptr || known->decl != symbol.type) continue;
      if (found) break;
      found = i;
    }
    if (found) return found;
  }
  TypeId wanted = resolve(name, quiet);
  if (!wanted.valid()) return std::nullopt;
  if (auto index = member_index(type, wanted); index || quiet) return index;
  error(DiagKind::UnknownVariant, node.span,
        quoted(type) + " is never " + quoted(wanted) + ", which is not one of its types");
  return std::nullopt;
}

}  // namespace tenure::ng
