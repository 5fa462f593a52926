// Types as they are written: compared and unified before their parameters stand for anything. So an
// impl's methods are compared with its trait's, and two impls with each other, though both may be
// generic. First-order unification (Robinson 1965) over terms that are nodes of syntax trees.
#include <algorithm>
#include <deque>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;

namespace {

// What one comparison may look at: aliases can double a type with every line.
constexpr size_t kMaxCompared = 100'000;

}  // namespace

struct Checker::Written {
  struct Names;
  // A node and what the names in it stand for; or a type parameter; or what is left unwritten.
  struct Term {
    enum class Kind : uint8_t { Node, Variable, Unit, RefToSelf } kind = Kind::Node;
    uint32_t module = 0;
    ast::NodeId node;
    const Names* names = nullptr;
    uint32_t variable = 0;
  };
  struct Names {
    std::vector<std::pair<NameId, Term>> of;
    std::optional<Term> self;
  };
  struct Shape {
    std::string head;
    std::vector<Term> parts;
  };

  Checker& checker;
  bool flexible;  // a type parameter may stand for anything
  std::deque<Names> arena{};
  std::vector<std::optional<Term>> bound{};
  size_t looked_at = 0;

  Term variable() {
    bound.emplace_back();
    Term term;
    term.kind = Term::Kind::Variable;
    term.variable = static_cast<uint32_t>(bound.size()) - 1;
    return term;
  }

  const ast::Tree& tree(const Term& term) const { return *checker.all_.modules[term.module].tree; }
  const ast::Node& node(const Term& term) const { return tree(term)[term.node]; }

  // Adds the parameters of `list`, each a type of its own.
  void open(Names& names, uint32_t module, ast::List list) {
    const ast::Tree& in = *checker.all_.modules[module].tree;
    for (ast::NodeId id : in.items(list)) names.of.emplace_back(in[id].name, variable());
  }

  Symbol symbol(const Term& term) {
    Env env(checker, term.module, {}, TypeId{});
    return checker.type_symbol(node(term));
  }

  // Looks through parameters, `Self` and aliases.
  Term expand(Term term) {
    while (++looked_at < kMaxCompared) {
      if (term.kind == Term::Kind::Variable) {
        if (!bound[term.variable]) return term;
        term = *bound[term.variable];
        continue;
      }
      if (term.kind != Term::Kind::Node) return term;
      const ast::Node& n = node(term);
      if (n.kind != NodeKind::TypeName && n.kind != NodeKind::Name) return term;
      if (n.list2.count == 0 && term.names != nullptr) {
        auto it = std::find_if(term.names->of.begin(), term.names->of.end(),
                               [&](const auto& entry) { return entry.first == n.name; });
        if (it != term.names->of.end()) {
          term = it->second;
          continue;
        }
        if (checker.text(n.name) == "Self" && term.names->self) {
          term = *term.names->self;
          continue;
        }
      }
      Symbol found = symbol(term);
      if (found.kind != Symbol::Kind::Type || found.type->kind != TypeDecl::Kind::Alias)
        return term;
      const TypeDecl& alias = *found.type;
      const ast::Tree& in = *checker.all_.modules[alias.module].tree;
      auto params = in.items(in[alias.node].list2);
      auto args = tree(term).items(n.list);
      Names& names = arena.emplace_back();
      for (size_t i = 0; i < std::min(params.size(), args.size()); ++i) {
        names.of.emplace_back(in[params[i]].name,
                              Term{Term::Kind::Node, term.module, args[i], term.names, 0});
      }
      term = {Term::Kind::Node, alias.module, in[alias.node].a, &names, 0};
    }
    return term;
  }

  // What a type is made with, and of what.
  Shape shape(const Term& term) {
    if (term.kind == Term::Kind::Unit) return {"unit", {}};
    if (term.kind == Term::Kind::RefToSelf) return {"ref", {*term.names->self}};
    const ast::Node& n = node(term);
    Shape out;
    auto part = [&](ast::NodeId id) {
      if (id.valid() && tree(term)[id].kind == NodeKind::Param) id = tree(term)[id].a;
      out.parts.push_back({Term::Kind::Node, term.module, id, term.names, 0});
    };
    auto parts = [&](ast::List list) {
      for (ast::NodeId id : tree(term).items(list)) part(id);
    };
    switch (n.kind) {
      case NodeKind::TypeRef:
        part(n.a);
        out.head = is_trait(out.parts[0]) ? "dyn" : "ref";
        break;
      case NodeKind::TypeDyn:
        out.head = "dyn";
        part(n.a);
        break;
      case NodeKind::TypeArray:
        out.head = "vector";
        part(n.a);
        break;
      case NodeKind::TypeFixed:
        out.head = "array";
        part(n.a);
        part(n.b);
        break;
      case NodeKind::TypeTuple:
        out.head = n.list.count == 0 ? "unit" : "tuple " + std::to_string(n.list.count);
        for (ast::NodeId id : tree(term).items(n.list)) {
          const ast::Node& field = tree(term)[id];
          bool named = field.kind == NodeKind::Param && field.name.valid();
          out.head += named ? " " + std::string(checker.text(field.name)) : " ";
        }
        parts(n.list);
        break;
      case NodeKind::TypeFunction:
        out.head = "fn";
        parts(n.list);
        part(n.a);
        break;
      case NodeKind::TypeOr:
        out.head = "or";
        parts(n.list);
        break;
      case NodeKind::IntLit:
        out.head = "number " + std::to_string(n.value);
        break;
      case NodeKind::TypeName:
      case NodeKind::Name: {
        Symbol found = symbol(term);
        out.head = found.kind == Symbol::Kind::Type
                       ? "type " + std::to_string(reinterpret_cast<uintptr_t>(found.type))
                       : std::string(checker.text(n.name));
        parts(n.list);
        break;
      }
      default:
        out.head = "node " + std::to_string(term.node.v);
        break;
    }
    return out;
  }

  bool is_trait(Term term) {
    term = expand(term);
    if (term.kind != Term::Kind::Node) return false;
    const ast::Node& n = node(term);
    if (n.kind == NodeKind::TypeDyn) return true;
    if (n.kind != NodeKind::TypeName) return false;
    Symbol found = symbol(term);
    return found.kind == Symbol::Kind::Type && found.type->kind == TypeDecl::Kind::Trait;
  }

  bool equal(Term a, Term b) {
    a = expand(a);
    b = expand(b);
    if (looked_at >= kMaxCompared) return true;  // whoever is wrong is found by its instances
    bool variable_a = a.kind == Term::Kind::Variable;
    bool variable_b = b.kind == Term::Kind::Variable;
    if (variable_a && variable_b && a.variable == b.variable) return true;
    if (variable_a || variable_b) {
      if (!flexible) return false;
      if (variable_a) {
        bound[a.variable] = b;
      } else {
        bound[b.variable] = a;
      }
      return true;
    }
    if (a.kind == Term::Kind::Node && b.kind == Term::Kind::Node && a.node == b.node &&
        a.module == b.module && a.names == b.names)
      return true;
    if (a.kind == Term::Kind::Node && !a.node.valid()) return true;  // was a mistake
    if (b.kind == Term::Kind::Node && !b.node.valid()) return true;
    Shape left = shape(a), right = shape(b);
    if (left.head != right.head || left.parts.size() != right.parts.size()) return false;
    for (size_t i = 0; i < left.parts.size(); ++i) {
      if (!equal(left.parts[i], right.parts[i])) return false;
    }
    return true;
  }
};

// `impl` and its trait give different names to one thing: the trait's parameters are what the impl
// says they are, `Self` is the target, and the parameters of the method are compared by position.
bool Checker::same_signature(const ImplDecl& impl, const FunDecl& method, const FunDecl& wanted) {
  Written types{*this, false};
  using Term = Written::Term;
  const ast::Tree& here = *all_.modules[impl.module].tree;
  const ast::Tree& there = *all_.modules[wanted.module].tree;
  const ast::Node& impl_node = here[impl.node];
  const ast::Node& found = here[method.node];
  const ast::Node& want = there[wanted.node];
  Written::Names& outer = types.arena.emplace_back();
  types.open(outer, impl.module, impl_node.list2);
  Written::Names& names = types.arena.emplace_back(outer);
  names.self = Term{Term::Kind::Node, impl.module, impl_node.b, &outer, 0};
  Written::Names& trait = types.arena.emplace_back();
  trait.self = names.self;
  const ast::Node& trait_node = there[impl.users->node];
  auto params = there.items(trait_node.list2);
  auto args = here.items(here[impl_node.a].list);
  for (size_t i = 0; i < std::min(params.size(), args.size()); ++i) {
    trait.of.emplace_back(there[params[i]].name,
                          Term{Term::Kind::Node, impl.module, args[i], &names, 0});
  }
  if (found.list2.count != want.list2.count || found.list.count != want.list.count) return false;
  for (size_t i = 0; i < found.list2.count; ++i) {
    const ast::Node& a = here[here.items(found.list2)[i]];
    const ast::Node& b = there[there.items(want.list2)[i]];
    if (a.has(ast::kFlagConst) != b.has(ast::kFlagConst)) return false;
    Term term = types.variable();
    names.of.emplace_back(a.name, term);
    trait.of.emplace_back(b.name, term);
  }
  auto type_of_param = [&](const ast::Node& param, uint32_t module, const Written::Names& in) {
    Term term{Term::Kind::Node, module, param.a, &in, 0};
    if (!param.a && text(param.name) == "self") term.kind = Term::Kind::RefToSelf;
    return term;
  };
  for (size_t i = 0; i < found.list.count; ++i) {
    const ast::Node& a = here[here.items(found.list)[i]];
    const ast::Node& b = there[there.items(want.list)[i]];
    if (a.has(ast::kFlagRest) != b.has(ast::kFlagRest)) return false;
    if (i == 0 && (text(a.name) == "self") != (text(b.name) == "self")) return false;
    if (!types.equal(type_of_param(a, impl.module, names), type_of_param(b, wanted.module, trait)))
      return false;
  }
  auto result = [&](ast::NodeId type, uint32_t module, const Written::Names& in) {
    Term term{Term::Kind::Node, module, type, &in, 0};
    if (!type) term.kind = Term::Kind::Unit;
    return term;
  };
  return types.equal(result(found.a, impl.module, names), result(want.a, wanted.module, trait));
}

// Whether there is a type (and arguments of the trait) that both impls could be meant for.
bool Checker::may_overlap(const ImplDecl& a, const ImplDecl& b) {
  Written types{*this, true};
  using Term = Written::Term;
  auto names_of = [&](const ImplDecl& impl) {
    const ast::Node& node = (*all_.modules[impl.module].tree)[impl.node];
    Written::Names& outer = types.arena.emplace_back();
    types.open(outer, impl.module, node.list2);
    Written::Names& names = types.arena.emplace_back(outer);
    names.self = Term{Term::Kind::Node, impl.module, node.b, &outer, 0};
    return &names;
  };
  const Written::Names* names_a = names_of(a);
  const Written::Names* names_b = names_of(b);
  if (!types.equal(*names_a->self, *names_b->self)) return false;
  const ast::Tree& tree_a = *all_.modules[a.module].tree;
  const ast::Tree& tree_b = *all_.modules[b.module].tree;
  ast::NodeId trait_a = tree_a[a.node].a, trait_b = tree_b[b.node].a;
  if (!trait_a || !trait_b) return true;
  auto args_a = tree_a.items(tree_a[trait_a].list);
  auto args_b = tree_b.items(tree_b[trait_b].list);
  for (size_t i = 0; i < std::min(args_a.size(), args_b.size()); ++i) {
    if (!types.equal({Term::Kind::Node, a.module, args_a[i], names_a, 0},
                     {Term::Kind::Node, b.module, args_b[i], names_b, 0}))
      return false;
  }
  return true;
}

// As the user wrote it.
std::string Checker::written(ast::NodeId type) const {
  const ast::Node& node = at(type);
  auto joined = [&](ast::List list, std::string_view between) {
    std::string out;
    for (ast::NodeId id : items(list)) {
      if (!out.empty()) out += between;
      const ast::Node& part = at(id);
      if (part.kind == NodeKind::Param && part.name.valid())
        out += std::string(text(part.name)) + ": ";
      out += written(part.kind == NodeKind::Param ? part.a : id);
    }
    return out;
  };
  switch (node.kind) {
    case NodeKind::TypeRef:
      return "ref<" + written(node.a) + ">";
    case NodeKind::TypeDyn:
      return "ref<dyn " + written(node.a) + ">";
    case NodeKind::TypeArray:
      return "[" + written(node.a) + "]";
    case NodeKind::TypeFixed:
      return "[" + written(node.a) + "; " + written(node.b) + "]";
    case NodeKind::TypeTuple:
      return "(" + joined(node.list, ", ") + ")";
    case NodeKind::TypeFunction:
      return "(" + joined(node.list, ", ") + ") -> " + written(node.a);
    case NodeKind::TypeOr:
      return joined(node.list, " | ");
    case NodeKind::IntLit:
      return std::to_string(node.value);
    case NodeKind::TypeName:
    case NodeKind::Name: {
      std::string out = joined(node.list2, ".");
      if (!out.empty()) out += '.';
      out += text(node.name);
      if (node.list.count != 0) out += "<" + joined(node.list, ", ") + ">";
      return out;
    }
    default:
      return "…";
  }
}

std::string Checker::signature_text(const FunDecl& fun) const {
  const ast::Tree& tree = *all_.modules[fun.module].tree;
  const ast::Node& node = tree[fun.node];
  auto type_text = [&](ast::NodeId type) {
    // `written` looks at the module at hand.
    return type.valid() ? written(type) : std::string("ref<Self>");
  };
  std::string out = "fun " + std::string(text(node.name));
  std::string generics;
  for (ast::NodeId id : tree.items(node.list2)) {
    generics += (generics.empty() ? "" : ", ") + std::string(text(tree[id].name));
  }
  if (!generics.empty()) out += "<" + generics + ">";
  out += "(";
  bool first = true;
  for (ast::NodeId id : tree.items(node.list)) {
    if (tree[id].kind != NodeKind::Param) continue;
    if (!first) out += ", ";
    first = false;
    out += std::string(text(tree[id].name)) + ": " + type_text(tree[id].a);
  }
  out += ")";
  if (node.a) out += " -> " + written(node.a);
  return out;
}

}  // namespace tenure::ng
