// Names and paths as expressions: what they stand for.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

NodeId Checker::unknown_name(NameId name, Span span) {
  if (all_.modules[module_].open_refused || is_refused(text(name))) return bad(span);
  if (explain_missing(name, span)) return bad(span);
  Diagnostic& diagnostic = error(DiagKind::UnknownName, span, "unknown name " + quoted(name));
  if (auto home = std_module_of(name); !home.empty()) {
    diagnostic.suggest("import " + std::string(home) + ";");
    return bad(span);
  }
  if (auto close = closest(name, false); !close.empty()) diagnostic.suggest(close);
  return bad(span);
}

NodeId Checker::global_node(const LocalName& global, Span span) {
  tree::Node node = make(T::Global, global.type, span);
  node.global = global.global;
  return add(node);
}

NodeId Checker::name_expr(ast::NodeId id, TypeId expected, const FunShape* shape) {
  const ast::Node& node = at(id);
  if (const LocalName* local = find_variable(node.name)) {
    if (!local->type.valid() || is_kept_outside(*local, node.name, node.span))
      return bad(node.span);
    if (node.list.count != 0) {
      error(DiagKind::WrongTypeArguments, node.span,
            quoted(node.name) + " is a variable and takes no type arguments");
      return bad(node.span);
    }
    if (local->kind == LocalName::Kind::Local) return local_node(local->local, node.span);
    return global_node(*local, node.span);
  }
  if (const Binding* binding = find_binding(node.name);
      binding != nullptr && binding->arg.is_const) {
    TypeId type = expected.valid() && types_.is_integer(expected) ? expected : u32();
    return int_const(type, binding->arg.value, node.span);
  }
  Symbol symbol = lookup_symbol(node.name);
  FunShape wanted = shape != nullptr ? *shape : shape_of(expected);
  bool function = symbol.kind == Symbol::Kind::Fun || symbol.kind == Symbol::Kind::Builtin;
  if (function && all_.modules[module_].symbols.count(node.name) != 0)
    return function_named(symbol, node.list, node.name, wanted, node.span);
  if (auto variants = lookup_variants(node.name); !variants.empty()) {
    if (wanted.wanted) return constructor(variants, node.list, wanted, node.span);
    return variant_by_name(variants, id, {}, node.list, expected);
  }
  if (function) return function_named(symbol, node.list, node.name, wanted, node.span);
  if (symbol.kind == Symbol::Kind::Type || find_binding(node.name) != nullptr) {
    if (symbol.type != nullptr && symbol.type->refused) return bad(node.span);
    error(DiagKind::NotAValue, node.span, quoted(node.name) + " is a type, not a value");
    return bad(node.span);
  }
  if (all_.modules[module_].module_names.count(std::string(text(node.name))) != 0) {
    error(DiagKind::NotAValue, node.span, quoted(node.name) + " is a module, not a value");
    return bad(node.span);
  }
  return unknown_name(node.name, node.span);
}

// Whether a path begins with a module whose import was an error.
bool Checker::begins_refused(std::span<const ast::NodeId> segments) const {
  std::string joined;
  for (ast::NodeId segment : segments.first(segments.size() - 1)) {
    if (!joined.empty()) joined += '.';
    joined += text(at(segment).name);
    if (is_refused(joined)) return true;
  }
  return false;
}

Checker::Target Checker::path_target(ast::NodeId id) {
  Target target;
  target.span = at(id).span;
  // The names of the path, if it is nothing but names.
  std::vector<ast::NodeId> segments;
  ast::NodeId walk = id;
  bool through_trait = false;  // `p.Show::show`, or `std.memory::f`
  while (at(walk).kind == NodeKind::Member && !at(walk).has(ast::kFlagTuple)) {
    segments.push_back(walk);
    if (at(walk).b) {
      through_trait = true;
      segments.push_back(at(walk).b);
    }
    walk = at(walk).a;
  }
  if (at(walk).kind == NodeKind::Path) {
    auto names = items(at(walk).list);
    for (size_t i = names.size(); i-- > 0;) segments.push_back(names[i]);
  } else if (at(walk).kind == NodeKind::Name) {
    segments.push_back(walk);
  } else {
    return target;
  }
  std::reverse(segments.begin(), segments.end());
  if (segments.size() < 2) return target;
  const ast::Node& first = at(segments[0]);
  bool is_path = at(id).kind == NodeKind::Path;
  if (!is_path && find_variable(first.name) != nullptr) return target;

  ModulePath path = module_of(std::span<const ast::NodeId>(segments).first(segments.size() - 1));
  size_t used = path.used;
  if (path.reported || (used == 0 && begins_refused(segments))) {
    target.kind = Target::Kind::Reported;
    return target;
  }
  if (!is_path && module_of(segments).used == segments.size()) {
    error(DiagKind::NotAValue, target.span, "a module is not a value");
    target.kind = Target::Kind::Reported;
    return target;
  }
  if (used == 0 && through_trait) return target;
  const ast::Node& next = at(segments[used]);
  Symbol symbol = used != 0 ? exported_symbol(path.module, next.name) : lookup_symbol(next.name);
  if (used != 0 && symbol.kind == Symbol::Kind::None) {
    target.variants = exported_variants(path.module, next.name);
    target.args = next.list;
    target.kind = target.variants.empty() ? Target::Kind::Reported : Target::Kind::Variant;
    if (target.variants.empty())
      no_export(path.module, next.name, next.name_span().valid() ? next.name_span() : next.span);
    return target;
  }
  size_t left = segments.size() - used;
  if (left == 1) {
    target.kind = Target::Kind::Symbol;
    target.symbol = symbol;
    target.args = next.list;
    target.member = next.name;
    return target;
  }
  const ast::Node& last = at(segments[used + 1]);
  TypeId self_type;
  if (text(next.name) == "Self" || find_binding(next.name) != nullptr) {
    self_type = text(next.name) == "Self" ? self_ : find_binding(next.name)->arg.type;
    if (const TypeInst* known = inst(self_type))
      symbol = {.kind = Symbol::Kind::Type, .type = known->decl};
    if (params_unknown_ && !self_type.valid()) {
      target.kind = Target::Kind::Reported;
      return target;
    }
  }
  if (symbol.kind == Symbol::Kind::None && !self_type.valid() && used == 0 && is_path) {
    // `i32::make()`
    bool known = false;
    ast::Node named = next;
    TypeId builtin = resolve_builtin(named, text(next.name), true, known);
    if (known) self_type = builtin;
  }
  bool trait_word =
      text(next.name) == "Drop" || text(next.name) == "Clone" || text(next.name) == "Copy";
  if (left == 2 && (symbol.kind == Symbol::Kind::Type || self_type.valid() ||
                    (trait_word && symbol.kind == Symbol::Kind::None))) {
    target.kind = Target::Kind::Member;
    target.type = symbol.type;
    target.self_type = self_type;
    target.type_segment = segments[used];
    target.member = last.name;
    target.args = last.list;
    return target;
  }
  if (is_path && symbol.kind != Symbol::Kind::Fun) {
    std::string words;
    for (size_t i = 0; i + 1 < segments.size(); ++i) {
      if (i != 0) words += '.';
      words += text(at(segments[i]).name);
    }
    error(DiagKind::UnknownModule, target.span, "unknown module `" + words + "`");
    target.kind = Target::Kind::Reported;
  }
  return target;
}

NodeId Checker::path_expr(ast::NodeId id, TypeId expected, const FunShape* shape) {
  Span span = at(id).span;
  Target target = path_target(id);
  FunShape wanted = shape != nullptr ? *shape : shape_of(expected);
  switch (target.kind) {
    case Target::Kind::Reported:
      return bad(span);
    case Target::Kind::Member:
      if (target.type != nullptr && target.type->refused) return bad(span);
      if (target.type != nullptr && target.type->kind == TypeDecl::Kind::Union) {
        const ast::Tree& tree = *all_.modules[target.type->module].tree;
        auto variants = tree.items(tree[target.type->node].list);
        for (uint32_t i = 0; i < variants.size(); ++i) {
          if (tree[variants[i]].name != target.member) continue;
          ast::List args = at(target.type_segment).list;
          if (wanted.wanted) return constructor({{target.type, i}}, args, wanted, span);
          if (target.self_type.valid() && !expected.valid()) expected = target.self_type;
          return call_variant(*target.type, i, id, {}, args, expected);
        }
        if (!has_method(*target.type, target.member)) {
          error(DiagKind::UnknownVariant, span,
                quoted(target.type->name) + " has no variant " + quoted(target.member));
          return bad(span);
        }
      }
      if (target.type != nullptr && target.type->kind != TypeDecl::Kind::Trait)
        return method_value(target, wanted, span);
      error(DiagKind::NotAValue, span,
            quoted(target.member) + " of " + quoted(at(target.type_segment).name) +
                " is not a value");
      return bad(span);
    case Target::Kind::Variant:
      if (wanted.wanted) return constructor(target.variants, target.args, wanted, span);
      return variant_by_name(target.variants, id, {}, target.args, expected);
    case Target::Kind::Symbol:
      if (target.symbol.kind == Symbol::Kind::Global) {
        const LocalName* global = find_global(target.symbol);
        return global->type.valid() ? global_node(*global, span) : bad(span);
      }
      if (target.symbol.kind == Symbol::Kind::Fun || target.symbol.kind == Symbol::Kind::Builtin) {
        return function_named(target.symbol, target.args, target.member, wanted, span);
      } else {
        error(DiagKind::NotAValue, span, quoted(target.member) + " is a type, not a value");
      }
      return bad(span);
    case Target::Kind::None:
      break;
  }
  ast::NodeId first = items(at(id).list)[0];
  if (find_variable(at(first).name) != nullptr) {
    error(DiagKind::UnknownModule, span,
          quoted(at(first).name) + " is a variable: its parts are reached with `.`");
    return bad(span);
  }
  return unknown_name(at(first).name, at(first).span);
}

}  // namespace tenure::ng
