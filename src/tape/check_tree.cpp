// Nodes of the typed tree, scopes of names, and what places are.
#include "base/check.h"
#include "tape/checker.h"

namespace tenure::tape {

using T = tree::NodeKind;

// What stands for a mistake: of no type, so nothing more is said about it.
NodeId Checker::bad(Span span) {
  return add(make(T::Const, Ty{}, span));
}

NodeId Checker::unit(Span span) {
  Made made = make(T::Const, void_type(), span);
  made.n.set_constant({oir::ConstKind::Unit, made.n.type, 0});
  return add(made);
}

NodeId Checker::int_const(Ty type, uint64_t bits, Span span) {
  Made made = make(T::Const, type, span);
  made.n.set_constant({oir::ConstKind::Int, made.n.type, normal(type, bits)});
  return add(made);
}

NodeId Checker::float_const(Ty type, double value, Span span) {
  if (kind(type) == TyKind::F32) value = static_cast<float>(value);
  Made made = make(T::Const, type, span);
  uint64_t bits = 0;
  static_assert(sizeof bits == sizeof value);
  __builtin_memcpy(&bits, &value, sizeof bits);
  made.n.set_constant({oir::ConstKind::Float, made.n.type, bits});
  return add(made);
}

NodeId Checker::bool_const(bool value, Span span) {
  Made made = make(T::Const, scalar(TyKind::Bool), span);
  made.n.set_constant({oir::ConstKind::Bool, made.n.type, value ? 1u : 0u});
  return add(made);
}

NodeId Checker::text_const(std::string_view words, Span span) {
  Made made = make(T::Const, string_type(), span);
  uint64_t bits =
      part_ == 0 ? out_.add_string(words) : oir::BodyTexts::kOwn + texts_.add(words, body_);
  made.n.set_constant({oir::ConstKind::String, made.n.type, bits});
  return add(made);
}

NodeId Checker::null_const(Ty type, Span span) {
  Made made = make(T::Const, type, span);
  made.n.set_constant({oir::ConstKind::Null, made.n.type, 0});
  return add(made);
}

NodeId Checker::zero(Ty type, Span span) {
  return add(make(T::Zero, type, span));
}

NodeId Checker::unary(T kind, Ty type, NodeId a, Span span) {
  Made made = make(kind, type, span);
  made.n.a = a;
  return add(made);
}

NodeId Checker::part(uint32_t index, NodeId a, Span span) {
  Made made = make(T::Part, void_type(), span);
  made.n.index = index;
  made.n.a = a;
  return add(made);
}

NodeId Checker::local_node(tree::LocalId local, Ty type, Span span) {
  Made made = make(T::Local, type, span);
  made.n.local = local;
  return add(made);
}

// A variant of an optional or a result; `payload` is invalid where it has none.
NodeId Checker::variant(Ty type, uint32_t index, NodeId payload, Span span) {
  Made made = make(T::VariantLit, type, span);
  made.n.index = index;
  if (payload.valid()) made.n.list = add_list({part(0, payload, span)});
  return add(made);
}

NodeId Checker::runtime(oir::RtFn fn, Ty type, const std::vector<NodeId>& args, Span span) {
  Made made = make(T::Runtime, type, span);
  made.n.rt = fn;
  // Those that are one for each type say of which.
  if (fn == oir::RtFn::PrintValue || fn == oir::RtFn::AppendValue || fn == oir::RtFn::Equal ||
      fn == oir::RtFn::SliceLen)
    made.n.targ = tree_[args.back()].type;
  made.n.list = add_list(args);
  return add(made);
}

NodeId Checker::to_value(NodeId node) {
  if (is_bad(node) || !is_place(node)) return node;
  return unary(T::Copy, type_of(node), node, tree_[node].span);
}

NodeId Checker::block_node(const std::vector<NodeId>& list, NodeId result, Span span) {
  Made made = make(T::Block, result.valid() ? type_of(result) : void_type(), span);
  made.n.list = add_list(list);
  made.n.a = result;
  return add(made);
}

NodeId Checker::let_node(tree::LocalId local, NodeId value, Span span) {
  Made made = make(T::Let, void_type(), span);
  made.n.local = local;
  made.n.a = value;
  return add(made);
}

NodeId Checker::assign_node(NodeId place, NodeId value, Span span) {
  Made made = make(T::Assign, void_type(), span);
  made.n.a = place;
  made.n.b = value;
  return add(made);
}

NodeId Checker::if_node(NodeId condition, NodeId then, Span span) {
  Made arm = make(T::Part, void_type(), span);
  arm.n.a = condition;
  arm.n.b = then;
  Made made = make(T::If, void_type(), span);
  made.n.list = add_list({add(arm)});
  return add(made);
}

NodeId Checker::not_node(NodeId a, Span span) {
  return unary(T::Not, scalar(TyKind::Bool), a, span);
}

// ---- names --------------------------------------------------------------------------------------

Checker::ScopeMark Checker::push_scope() {
  ScopeMark mark{scopes_.mark(), block_, defers_.size()};
  block_ = ++block_count_;
  return mark;
}

void Checker::pop_scope(ScopeMark mark) {
  scopes_.leave(mark.names);
  block_ = mark.block;
  defers_.resize(mark.defers);
}

tree::LocalId Checker::add_local(std::string name, Ty type, Span span) {
  tree::Local local;
  local.name = std::move(name);
  if (type.valid()) local.type = types_.oir(type);
  local.span = span;
  function().locals.push_back(std::move(local));
  return tree::LocalId{function().locals.size() - 1};
}

void Checker::bind(NameId name, Binding binding) {
  binding.block = block_;
  scopes_.bind(name, binding);
}

// Binds, or reports a second declaration in the same block.
void Checker::declare_local(NameId name, Binding binding) {
  if (const Binding* other = find_binding(name); other != nullptr && other->block == block_) {
    error(DiagKind::Redeclared, binding.span, quoted(name) + " is declared twice")
        .note(other->span, "the first declaration");
  }
  bind(name, binding);
}

// ---- places

Checker::Root Checker::root_of(NodeId place) const {
  Root root;
  root.node = place;
  while (true) {
    const tree::Node& n = tree_[root.node];
    switch (n.kind) {
      case T::Local:
        root.kind = Root::Kind::Local;
        return root;
      case T::Global:
        root.kind = Root::Kind::Global;
        return root;
      case T::Deref:
      case T::PtrIndex:
        root.kind = Root::Kind::Pointer;
        root.node = n.a;
        return root;
      case T::Index:
        if (is(type_of(n.a), TyKind::Slice)) {
          root.kind = Root::Kind::Slice;
          root.node = n.a;
          return root;
        }
        [[fallthrough]];
      case T::Field:
      case T::UnionField:
        root.whole = false;
        root.node = n.a;
        break;
      default:
        root.kind = Root::Kind::Temporary;
        return root;
    }
  }
}

std::optional<std::string> Checker::fixed_because(NodeId place, bool kept) const {
  Root root = root_of(place);
  switch (root.kind) {
    case Root::Kind::Local: {
      const Binding* binding = binding_of(tree_[root.node].local);
      if (binding == nullptr) return std::nullopt;
      switch (binding->mutability) {
        case Mutability::Var:
          return std::nullopt;
        case Mutability::Let:
          return "it is a `let`";
        case Mutability::Const:
          return "it is a `const`";
        case Mutability::Bound:
          return "its name is bound for reading only";
        case Mutability::Param:
          if (row(binding->type).managed) return "a parameter that holds a string is the caller's";
          if (!root.whole) return "it is a part of a parameter";
          if (kept) return "it is a parameter";
          return std::nullopt;
      }
      return std::nullopt;
    }
    case Root::Kind::Global: {
      const GlobalDecl& global = *all_.global_rows[tree_[root.node].global.index()];
      if (global.is_var) return std::nullopt;
      return global.is_const ? "it is a `const`" : "it is a `let`";
    }
    case Root::Kind::Pointer:
      if (row(type_of(root.node)).is_const) return "it is reached through a `*const`";
      return std::nullopt;
    case Root::Kind::Slice:
      if (row(type_of(root.node)).is_const) return "it is an element of a `[]const`";
      return std::nullopt;
    case Root::Kind::Temporary:
      return "it is a temporary";
  }
  return std::nullopt;
}

// Reports it if a place may not be changed.
bool Checker::cannot_assign(NodeId place, Span span, bool kept) {
  std::optional<std::string> why = fixed_because(place, kept);
  if (!why) return false;
  error(DiagKind::NotAssignable, span, "cannot assign to `" + place_text(place) + "`: " + *why);
  return true;
}

void Checker::note_pointed(NodeId place) {
  Root root = root_of(place);
  if (root.kind == Root::Kind::Local)
    function().locals[tree_[root.node].local.index()].pointed = true;
}

void Checker::note_assigned(NodeId place, Span span) {
  Root root = root_of(place);
  if (root.kind != Root::Kind::Local) return;
  tree::LocalId local = tree_[root.node].local;
  function().locals[local.index()].assigned = true;
  if (!root.whole) return;
  for (const ActiveDefer& active : defers_) {
    for (uint32_t read : active.locals) {
      if (read != local.v) continue;
      error(DiagKind::DeferReassigned, span,
            "`" + place_text(place) + "` is assigned after the `defer` that reads it")
          .note(active.span, "`" + active.what + "` will get the value that `" + place_text(place) +
                                 "` has when the block ends");
      return;
    }
  }
}

std::string Checker::place_text(NodeId place) const {
  std::string tail;
  for (uint32_t steps = 0; steps < 20; ++steps) {
    const tree::Node& n = tree_[place];
    switch (n.kind) {
      case T::Local:
        return all_.program.functions[current_id_.index()].locals[n.local.index()].name + tail;
      case T::Global:
        return std::string(text(all_.global_rows[n.global.index()]->name)) + tail;
      case T::Field:
        tail.insert(0, is(type_of(n.a), TyKind::Struct)
                           ? std::string(text(row(type_of(n.a)).fields[n.index].name))
                           : std::to_string(n.index));
        tail.insert(0, ".");
        place = n.a;
        break;
      case T::Deref:
        if (tail.empty()) return "*" + place_text(n.a);
        place = n.a;
        break;
      case T::Index:
      case T::PtrIndex:
        tail.insert(0, "[..]");
        place = n.a;
        break;
      case T::UnionField:
      case T::Copy:
      case T::SliceOf:
        place = n.a;
        break;
      default:
        return "<expression>" + tail;
    }
  }
  return "…" + tail;
}

}  // namespace tenure::tape
