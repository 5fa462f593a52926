// Rows of the typed tree, scopes of names, and what places are.
#include "base/check.h"
#include "ng/checker.h"

namespace tenure::ng {

using tree::NodeKind;

// What stands for a mistake: of no type, so nothing more is said about it.
tree::NodeId Checker::bad(Span span) {
  return add(make(NodeKind::Const, TypeId{}, span));
}

tree::NodeId Checker::unit(Span span) {
  tree::Node node = make(NodeKind::Const, types_.unit(), span);
  node.set_constant({oir::ConstKind::Unit, node.type, 0});
  return add(node);
}

tree::NodeId Checker::int_const(TypeId type, uint64_t bits, Span span) {
  tree::Node node = make(NodeKind::Const, type, span);
  node.set_constant({oir::ConstKind::Int, type, bits});
  return add(node);
}

tree::NodeId Checker::bool_const(bool value, Span span) {
  tree::Node node = make(NodeKind::Const, types_.boolean(), span);
  node.set_constant({oir::ConstKind::Bool, node.type, value ? 1u : 0u});
  return add(node);
}

tree::NodeId Checker::part(uint32_t index, tree::NodeId a, Span span) {
  tree::Node node = make(NodeKind::Part, types_.unit(), span);
  node.index = index;
  node.a = a;
  return add(node);
}

tree::NodeId Checker::local_node(tree::LocalId local, Span span) {
  tree::Node node = make(NodeKind::Local, function().locals[local.index()].type, span);
  node.local = local;
  return add(node);
}

tree::NodeId Checker::field_node(tree::NodeId base, uint32_t index, Span span) {
  tree::Node node = make(NodeKind::Field, row(type_of(base)).fields[index].type, span);
  node.a = base;
  node.index = index;
  return add(node);
}

tree::NodeId Checker::deref_node(tree::NodeId base, Span span) {
  tree::Node node = make(NodeKind::Deref, row(type_of(base)).elem, span);
  node.a = base;
  return add(node);
}

// ---- names --------------------------------------------------------------------------------------

tree::LocalId Checker::add_local(std::string name, TypeId type, Span span) {
  std::vector<tree::Local>& locals = function().locals;
  locals.push_back({std::move(name), type, span, false});
  return tree::LocalId{locals.size() - 1};
}

void Checker::bind_name(NameId name, LocalName what) {
  if (current_ != nullptr) what.owner = current_->id;
  scopes_.bind(name, what);
}

const LocalName* Checker::find_local(NameId name) const {
  if (const LocalName* local = scopes_.find(name)) return local;
  // Functions see the globals of their module; its top level sees them as it declares them.
  if (current_ != nullptr && (!defaults_.empty() || current_->kind != Instance::Kind::Start)) {
    const auto& globals = all_.modules[module_].globals;
    if (auto it = globals.find(name); it != globals.end()) return &it->second;
  }
  return nullptr;
}

const LocalName* Checker::find_variable(NameId name) {
  if (const LocalName* local = find_local(name)) return local;
  const Module& module = all_.modules[module_];
  if (module.symbols.count(name) != 0 || module.variants.count(name) != 0) return nullptr;
  Symbol symbol = imported_symbol(name);
  return symbol.kind == Symbol::Kind::Global ? find_global(symbol) : nullptr;
}

const LocalName* Checker::find_global(const Symbol& symbol) const {
  static const LocalName kUnknown;  // its declaration was an error
  const auto& globals = all_.modules[symbol.module].globals;
  auto it = globals.find(symbol.global);
  return it == globals.end() ? &kUnknown : &it->second;
}

// ---- places

std::string Checker::place_text(tree::NodeId id) const {
  std::vector<std::string> tail;
  tree::NodeId at = id;
  std::string out;
  for (;;) {
    const tree::Node& node = tree_[at];
    if (node.kind == NodeKind::Field) {
      const oir::Field& field = row(type_of(node.a)).fields[node.index];
      tail.push_back("." + (field.name.empty() ? std::to_string(node.index) : field.name));
      at = node.a;
    } else if (node.kind == NodeKind::Deref) {
      // `r.f` is what the user wrote for `(*r).f`.
      if (tail.empty()) tail.push_back("*");
      at = node.a;
    } else if (node.kind == NodeKind::Index) {
      const tree::Node& index = tree_[node.b];
      std::string inner = "…";
      if (index.kind == NodeKind::Const) inner = std::to_string(index.constant().bits);
      if (index.kind == NodeKind::Copy && tree_[index.a].kind == NodeKind::Local)
        inner = place_text(index.a);
      tail.push_back("[" + inner + "]");
      at = node.a;
    } else {
      if (node.kind == NodeKind::Local) {
        out = current_ == nullptr
                  ? "?"
                  : all_.program.functions[current_->id.index()].locals[node.local.index()].name;
      } else if (node.kind == NodeKind::Global) {
        out = all_.program.globals[node.global.index()].name;
      } else if (node.kind == NodeKind::Copy || node.kind == NodeKind::Move ||
                 node.kind == NodeKind::RefOf) {
        out = place_text(node.a);
      } else {
        out =
            node.kind == NodeKind::Call ? all_.program.functions[node.func.index()].shown_name : "";
        out += "(…)";
      }
      break;
    }
  }
  bool star = !tail.empty() && tail.front() == "*";
  for (size_t i = tail.size(); i-- > 0;) {
    if (tail[i] != "*") out += tail[i];
  }
  return star ? "*" + out : out;
}

tree::NodeId Checker::auto_deref(tree::NodeId node, Span span) {
  while (!is_bad(node)) {
    TypeKind k = kind(type_of(node));
    if (k != TypeKind::Ref && k != TypeKind::Box) break;
    node = deref_node(node, span);
  }
  return node;
}

// An element of a span lies in what the span views.
bool Checker::behind_span(const tree::Node& node) const {
  return node.kind == NodeKind::Index && types_.is_span(type_of(node.a));
}

void Checker::mark_assigned(tree::NodeId place) {
  for (;;) {
    const tree::Node& node = tree_[place];
    if (behind_span(node)) return;
    if (node.kind == NodeKind::Field || node.kind == NodeKind::Index) {
      place = node.a;
    } else if (node.kind == NodeKind::Deref && kind(type_of(node.a)) == TypeKind::Box) {
      place = node.a;
    } else {
      if (node.kind == NodeKind::Local) function().locals[node.local.index()].assigned = true;
      return;
    }
  }
}

bool Checker::rooted_in_local(tree::NodeId place) const {
  for (;;) {
    const tree::Node& node = tree_[place];
    switch (node.kind) {
      case NodeKind::Field:
      case NodeKind::Index:
        if (behind_span(node)) return false;
        place = node.a;
        break;
      case NodeKind::Deref:
        if (kind(type_of(node.a)) != TypeKind::Box) return false;
        place = node.a;
        break;
      case NodeKind::Local:
        return true;
      default:
        return !is_place(place);  // a temporary
    }
  }
}

const LocalName* Checker::alias_root(tree::NodeId place) const {
  for (;;) {
    const tree::Node& node = tree_[place];
    switch (node.kind) {
      case NodeKind::Field:
      case NodeKind::Index:
        if (behind_span(node)) return nullptr;
        place = node.a;
        break;
      case NodeKind::Deref:
        if (kind(type_of(node.a)) != TypeKind::Box) return nullptr;
        place = node.a;
        break;
      case NodeKind::Local: {
        const LocalName* local = scopes_.of(node.local);
        return local != nullptr && local->alias ? local : nullptr;
      }
      default:
        return nullptr;
    }
  }
}

}  // namespace tenure::ng
