// What an expression says of its own type: nothing (`null`, `None`, `[]`, a call of a generic
// function that is given nothing else), so that what stands beside it must. And what can be said of
// a type parameter of which nothing is known.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;

namespace {

// How far into an expression it is asked.
constexpr uint32_t kBlankDepth = 8;

}  // namespace

// The generic function that a call by name means, as far as that is known before its arguments are:
// the only one of its name, or of several the one without parameters if it is given nothing, as
// `map()` is. Null if there is none.
const FunDecl* Checker::blank_function(const ast::Node& call) {
  Symbol symbol = lookup_symbol(at(call.a).name);
  if (symbol.kind != Symbol::Kind::Fun) return nullptr;
  std::vector<FunDecl*> functions = functions_of(symbol);
  for (const FunDecl* fun : functions) {
    const ast::Node& node = (*all_.modules[fun->module].tree)[fun->node];
    bool meant = functions.size() == 1 || (call.list.count == 0 && node.list.count == 0);
    if (meant && node.list2.count != 0) return fun;
  }
  return nullptr;
}

bool Checker::is_blank(ast::NodeId id, uint32_t depth) {
  const ast::Node& node = at(id);
  if (depth >= kBlankDepth) return false;
  auto all_blank = [&](ast::List list) {
    auto parts = items(list);
    return std::all_of(parts.begin(), parts.end(), [&](ast::NodeId part) {
      bool named = at(part).kind == NodeKind::NamedArg || at(part).kind == NodeKind::FieldInit;
      return is_blank(named ? at(part).a : part, depth + 1);
    });
  };
  auto is_generic = [&](const TypeDecl& decl) {
    return (*all_.modules[decl.module].tree)[decl.node].list2.count != 0;
  };
  // A variant of a generic type, or a generic function, that nothing is given.
  auto names_generic = [&](const ast::Node& name) {
    if (name.list.count != 0 || find_variable(name.name) != nullptr) return false;
    for (const VariantRef& found : lookup_variants(name.name)) {
      if (is_generic(*found.decl)) return true;
    }
    return node.kind == NodeKind::Call && blank_function(node) != nullptr;
  };
  switch (node.kind) {
    case NodeKind::NullLit:
      return true;
    case NodeKind::Name:
      return names_generic(node) && !function_needs_context(id);
    case NodeKind::Call:
      return at(node.a).kind == NodeKind::Name && names_generic(at(node.a)) && all_blank(node.list);
    case NodeKind::ArrayLit:
      return all_blank(node.list);
    case NodeKind::Tuple: {
      auto parts = items(node.list);
      return std::any_of(parts.begin(), parts.end(), [&](ast::NodeId part) {
        return is_blank(at(part).kind == NodeKind::NamedArg ? at(part).a : part, depth + 1);
      });
    }
    case NodeKind::StructLit: {
      const ast::Node& name = at(node.a);
      if (name.kind != NodeKind::TypeName || name.list.count != 0) return false;
      Symbol symbol = type_symbol(name);
      bool generic =
          symbol.kind == Symbol::Kind::Type ? is_generic(*symbol.type) : names_generic(name);
      return generic && all_blank(node.list);
    }
    case NodeKind::New:
      return is_blank(node.a, depth + 1);
    default:
      return false;
  }
}

// Whether the result of a call of a blank function could be of a type.
bool Checker::blank_call_fits(ast::NodeId call, TypeId want) {
  const FunDecl* found = blank_function(at(call));
  if (found == nullptr) return false;
  const FunDecl& decl = *found;
  const ast::Node& fun = (*all_.modules[decl.module].tree)[decl.node];
  if (!fun.a) return want == types_.unit();
  Bindings open = open_params(fun.list2, decl.module);
  Env env(*this, decl.module, {}, TypeId{});
  return unify(fun.a, want, open);
}

// ---- type parameters that stand for nothing yet

// Whether a type as it is written depends on a type parameter or on `Self`.
bool Checker::is_open_type(ast::NodeId type) const {
  std::vector<ast::NodeId> todo{type};
  while (!todo.empty()) {
    const ast::Node& node = at(todo.back());
    todo.pop_back();
    if (node.kind == NodeKind::TypeName && node.list2.count == 0 &&
        (find_binding(node.name) != nullptr || text(node.name) == "Self"))
      return true;
    for (ast::NodeId inner : {node.a, node.b}) {
      if (inner) todo.push_back(inner);
    }
    for (ast::NodeId inner : items(node.list)) todo.push_back(inner);
  }
  return false;
}

// A method that nothing in the program has, of a parameter whose type is not known: no instance
// will find it.
void Checker::report_if_nobody_has(const ast::Node& member) {
  const ast::Node& base = at(member.a);
  if (!params_unknown_ || base.kind != NodeKind::Name || member.b) return;
  const LocalName* local = find_local(base.name);
  if (local == nullptr || !local->open) return;
  std::string_view name = text(member.name);
  if (all_.member_names.count(member.name) != 0 || name == "clone" || name == "upgrade") return;
  Span where = member.name_span().valid() ? member.name_span() : member.span;
  std::vector<std::string_view> known;
  for (const auto& [method, traits] : all_.traits_by_method) known.push_back(text(method));
  std::sort(known.begin(), known.end());
  Diagnostic& diagnostic = error(
      DiagKind::UnknownMethod, where,
      "unknown method " + quoted(member.name) + ": nothing in the program has one of this name");
  if (auto close = near(name, known); !close.empty()) diagnostic.suggest(close);
}

}  // namespace tenure::ng
