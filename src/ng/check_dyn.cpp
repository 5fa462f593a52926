// Trait objects: which traits can have them.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;

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
    for (ast::NodeId super : items(at(decl.node).list3)) {
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

}  // namespace tenure::ng
