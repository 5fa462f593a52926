// What modules of another language may use of one of NG.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

// Why a type does not cross; nothing: it does, and `out` says what it is.
std::string Checker::crosses(TypeId type, InterfaceType& out) {
  std::string no = quoted(type) + " does not cross between the languages";
  if (!type.valid()) return no;
  out.type = type;
  if (is_numeric(type) || kind(type) == TypeKind::Bool || kind(type) == TypeKind::String) return {};
  const TypeInst* known = inst(type);
  if (kind(type) != TypeKind::Struct || known == nullptr || !known->args.empty()) return no;
  out.is_struct = true;
  out.place = all_.modules[known->decl->module].place;
  out.name = std::string(text(known->decl->name));
  auto [it, fresh] = shared_.crossing.emplace(type.v, std::string());
  if (!fresh) return it->second;
  std::string why;
  if (types_.is_move_only(type)) why = quoted(type) + " has one owner and does not cross";
  for (const oir::Field& field : row(type).fields) {
    InterfaceType part;
    if (why.empty()) why = crosses(field.type, part);
  }
  shared_.crossing[type.v] = why;
  return why;
}

InterfaceName Checker::interface_struct(TypeId type) {
  InterfaceName out;
  const TypeDecl& decl = *inst(type)->decl;
  const ast::Tree& tree = *all_.modules[decl.module].tree;
  out.kind = InterfaceName::Kind::Struct;
  out.name = std::string(text(decl.name));
  out.span = tree[decl.node].name_span();
  for (ast::NodeId id : tree.items(tree[decl.node].list)) {
    if (tree[id].kind != ast::NodeKind::FieldDecl) continue;
    InterfacePart& part = out.parts.emplace_back();
    part.name = std::string(text(tree[id].name));
    part.span = tree[id].name_span();
    crosses(row(type).fields[out.parts.size() - 1].type, part.type);
  }
  return out;
}

InterfaceName Checker::interface_function(FunDecl& fun) {
  InterfaceName out;
  const ast::Node& node = (*all_.modules[fun.module].tree)[fun.node];
  Instance* instance = nullptr;
  if (fun.is_foreign) {
    out.refusal = "it is a function of the other language";
  } else if (node.list2.count != 0) {
    out.refusal = "it has type parameters";
  } else if (fun.is_native) {
    out.refusal = "it is a function of the runtime";
  } else {
    instance = request(fun, {}, TypeId{}, Span{});
  }
  if (instance == nullptr) return out;
  for (const Param& param : instance->params) {
    InterfacePart& part = out.parts.emplace_back();
    part.name = std::string(text(param.name));
    part.span = (*all_.modules[fun.module].tree)[param.node].name_span();
    std::string why = crosses(param.type, part.type);
    if (out.refusal.empty()) out.refusal = why;
  }
  out.result.type = instance->result;
  if (instance->result != types_.unit()) {
    std::string why = crosses(instance->result, out.result);
    if (out.refusal.empty()) out.refusal = why;
  }
  out.func = instance->id;
  out.kind = InterfaceName::Kind::Function;
  return out;
}

InterfaceName Checker::interface_type(uint32_t module, NameId name, TypeDecl& decl) {
  InterfaceName out;
  const ast::Node& node = (*all_.modules[decl.module].tree)[decl.node];
  out.span = node.name_span();
  out.refusal = "it is not a struct without type parameters";
  if (decl.kind != TypeDecl::Kind::Struct || node.list2.count != 0) return out;
  InterfaceType type;
  TypeId made = instantiate(decl, {}, node.span);
  out.refusal = crosses(made, type);
  if (!out.refusal.empty()) return out;
  out = interface_struct(made);
  out.result = type;
  if (decl.module != module || decl.name != name) out.kind = InterfaceName::Kind::Alias;
  return out;
}

InterfaceName Checker::interface_name(uint32_t module, NameId name, const Symbol& symbol) {
  InterfaceName out;
  if (symbol.kind == Symbol::Kind::Fun) {
    std::vector<FunDecl*> all = functions_of(symbol);
    if (all.size() == 1) out = interface_function(*all[0]);
    if (all.size() != 1) out.refusal = "it has overloads";
    out.span = (*all_.modules[all[0]->module].tree)[all[0]->node].name_span();
  } else if (symbol.kind == Symbol::Kind::Type) {
    out = interface_type(module, name, *symbol.type);
  } else {
    out.refusal = "only functions and structs cross between the languages";
    auto it = all_.modules[symbol.module].own_globals.find(symbol.global);
    if (it != all_.modules[symbol.module].own_globals.end()) out.span = it->second;
  }
  if (!out.refusal.empty()) out.kind = InterfaceName::Kind::Refused;
  out.name = std::string(text(name));
  return out;
}

std::vector<Interface> Checker::interfaces() {
  std::vector<Interface> out;
  std::unordered_map<uint32_t, size_t> by_place;
  for (uint32_t m = 0; m < all_.modules.size(); ++m) {
    if (all_.modules[m].is_standard || all_.modules[m].is_foreign) continue;
    Interface& made = out.emplace_back();
    made.place = all_.modules[m].place;
    by_place.emplace(made.place, out.size() - 1);
    std::vector<std::pair<std::string_view, NameId>> names;
    for (const auto& [name, symbol] : all_.modules[m].exports) names.emplace_back(text(name), name);
    std::sort(names.begin(), names.end());
    for (const auto& [word, name] : names)
      made.names.push_back(interface_name(m, name, all_.modules[m].exports.at(name)));
    for (const auto& [name, variants] : all_.modules[m].exported_variants) {
      if (all_.modules[m].exports.count(name) != 0) continue;
      InterfaceName& variant = made.names.emplace_back();
      variant.name = std::string(text(name));
      variant.refusal = "it is a variant of a tagged union";
    }
  }
  add_needed_structs(out, by_place);
  return out;
}

// Structs that are not exported where they stand, and needed all the same.
void Checker::add_needed_structs(std::vector<Interface>& out,
                                 const std::unordered_map<uint32_t, size_t>& by_place) {
  for (const auto& [id, why] : all_.crossing) {
    const TypeDecl& decl = *inst(TypeId{size_t{id}})->decl;
    auto home = by_place.find(all_.modules[decl.module].place);
    if (!why.empty() || home == by_place.end()) continue;
    std::vector<InterfaceName>& names = out[home->second].names;
    bool there = std::any_of(names.begin(), names.end(), [&](const InterfaceName& name) {
      return name.kind == InterfaceName::Kind::Struct && name.name == text(decl.name);
    });
    if (there) continue;
    InterfaceName made = interface_struct(TypeId{size_t{id}});
    made.exported = false;
    names.push_back(std::move(made));
  }
}

}  // namespace tenure::ng
