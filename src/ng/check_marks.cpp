// What a type can be: finite, copied, cloned; which impls of the lifecycle hold for it.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;

namespace {

// Calls check(field) for each part of a struct or union, in the order of declaration, until it says
// no. A copy of the row: what is asked about a part may make rows.
template <class Check>
void check_parts(const oir::Type shape, Check&& check) {
  for (const oir::Field& field : shape.fields) {
    if (!check(field)) return;
  }
  for (const oir::Variant& variant : shape.variants) {
    for (const oir::Field& field : variant.fields) {
      if (!check(field)) return;
    }
  }
}

}  // namespace

// A type that holds itself by value has no size. Depth first over the parts, with a stack of our
// own.
void Checker::check_finite(TypeId root) {
  struct Frame {
    TypeId type;
    std::vector<TypeId> parts;
    size_t next = 0;
    uint32_t depth = 0;
  };
  auto parts_of = [&](TypeId type) {
    std::vector<TypeId> parts;
    const oir::Type& t = row(type);
    if (t.kind == TypeKind::Tuple || t.kind == TypeKind::Struct) {
      for (const oir::Field& field : t.fields) parts.push_back(field.type);
    } else if (t.kind == TypeKind::Union) {
      for (const oir::Variant& variant : t.variants) {
        for (const oir::Field& field : variant.fields) parts.push_back(field.type);
      }
    } else if (t.kind == TypeKind::FixedArray) {
      parts.push_back(t.elem);
    }
    return parts;
  };
  std::vector<Frame> stack;
  std::unordered_set<uint32_t> open;
  stack.push_back({root, parts_of(root), 0, 0});
  open.insert(root.v);
  while (!stack.empty()) {
    Frame& frame = stack.back();
    if (frame.next < frame.parts.size()) {
      TypeId next = frame.parts[frame.next++];
      if (auto it = all_.by_value_depth.find(next.v); it != all_.by_value_depth.end()) {
        frame.depth = std::max(frame.depth, it->second + 1);
      } else if (open.count(next.v) != 0) {
        // Report at the nominal type of the cycle and cut it there.
        TypeId culprit = next;
        for (size_t i = stack.size(); i-- > 0 && inst(culprit) == nullptr;) culprit = stack[i].type;
        error(DiagKind::RecursiveType, row(culprit).span,
              quoted(culprit) + " holds itself by value, so it has no size")
            .suggest("ref<" + types_.text(culprit) + ">");
        oir::Type& cut = types_.mut(culprit);
        cut.fields.clear();
        for (oir::Variant& variant : cut.variants) variant.fields.clear();
        return;
      } else {
        open.insert(next.v);
        stack.push_back({next, parts_of(next), 0, 0});
      }
      continue;
    }
    TypeId done = frame.type;
    uint32_t depth = frame.depth;
    if (depth > ast::kMaxNesting) {
      error(DiagKind::NestedTooDeeply, row(done).span,
            "types are nested too deeply: more than " + std::to_string(ast::kMaxNesting) +
                " in each other");
      depth = 0;
    }
    grow().by_value_depth[done.v] = depth;
    open.erase(done.v);
    stack.pop_back();
    if (!stack.empty()) stack.back().depth = std::max(stack.back().depth, depth + 1);
  }
}

// [derive(Clone)] a move-only part must be `Clone` itself; [derive(Copy)] every part is plain, a
// string or shared.
void Checker::check_marks(TypeId type) {
  const TypeInst known = *inst(type);
  if (known.decl->derive_clone) check_clone_mark(type);
  if (!known.decl->derive_copy) return;
  const ast::Node& node = (*all_.modules[known.decl->module].tree)[known.decl->node];
  std::string what = quoted(type) + " cannot be `Copy`";
  if (row(type).drop.valid()) {
    error(DiagKind::CannotBeCopy, node.name_span(),
          what + ": it has a `drop`, which would run once for each copy");
    return;
  }
  auto check = [&](const oir::Field& field) {
    if (is_copy_marked(field.type)) return true;
    std::string name = field.name.empty() ? "" : "`" + field.name + "` ";
    Diagnostic& diagnostic =
        error(DiagKind::CannotBeCopy, node.name_span(),
              what + ": its part " + name + "of type " + quoted(field.type) + " is not");
    explain_move_only(diagnostic, field.type);
    return false;
  };
  check_parts(row(type), check);
}

void Checker::check_clone_mark(TypeId type) {
  const TypeDecl& decl = *inst(type)->decl;
  const ast::Node& node = (*all_.modules[decl.module].tree)[decl.node];
  auto check = [&](const oir::Field& field) {
    if (!types_.is_move_only(field.type) || is_clonable(field.type)) return true;
    std::string name = field.name.empty() ? "" : "`" + field.name + "` ";
    Diagnostic& diagnostic = error(DiagKind::CannotClone, node.name_span(),
                                   quoted(type) + " cannot be `Clone`: its part " + name +
                                       "of type " + quoted(field.type) + " is not");
    explain_move_only(diagnostic, field.type);
    return false;
  };
  check_parts(row(type), check);
}

bool Checker::is_copy_marked(TypeId type) {
  const oir::Type& t = row(type);
  if (types_.is_plain(type) || is_object(type) || types_.is_span(type)) return true;
  auto all_members = [&] {
    bool all = true;
    for (uint32_t i = 0; i < t.variants.size(); ++i) all = all && is_copy_marked(member(type, i));
    return all;
  };
  if (is_untagged(type)) return all_members();
  if (is_newtype(type) && !types_.is_move_only(type)) return is_copy_marked(t.fields[0].type);
  switch (t.kind) {
    case TypeKind::String:
    case TypeKind::Ref:
    case TypeKind::Weak:
      return true;
    case TypeKind::FixedArray:
      return is_copy_marked(t.elem);
    case TypeKind::Tuple:
      return std::all_of(t.fields.begin(), t.fields.end(),
                         [&](const oir::Field& f) { return is_copy_marked(f.type); });
    case TypeKind::Struct:
    case TypeKind::Union: {
      const TypeInst* known = inst(type);
      return known != nullptr && known->decl->derive_copy && !types_.is_move_only(type);
    }
    default:
      return false;
  }
}

// A bound relies on the promise, so a struct or union must make it, also where each part is plain.
bool Checker::implements_copy(TypeId type) {
  const oir::Type& t = row(type);
  if (is_object(type)) return true;
  // A newtype promises what it wraps does, an untagged union what all its members do.
  for (uint32_t i = 0; is_untagged(type) && i < t.variants.size(); ++i) {
    if (!implements_copy(member(type, i))) return false;
  }
  if (is_untagged(type)) return true;
  if (is_newtype(type) && !types_.is_move_only(type)) return implements_copy(t.fields[0].type);
  if (t.shown != oir::Shown::Parts) return true;  // spans and ranges
  switch (t.kind) {
    case TypeKind::FixedArray:
      return implements_copy(t.elem);
    case TypeKind::Tuple:
      return std::all_of(t.fields.begin(), t.fields.end(),
                         [&](const oir::Field& f) { return implements_copy(f.type); });
    case TypeKind::Struct:
    case TypeKind::Union: {
      const TypeInst* known = inst(type);
      return known != nullptr && known->decl->derive_copy && is_copy_marked(type);
    }
    default:
      return is_copy_marked(type);
  }
}

bool Checker::is_clonable(TypeId type) {
  const oir::Type& t = row(type);
  if (is_object(type)) return true;               // the reference is shared
  if (t.shown != oir::Shown::Parts) return true;  // spans and ranges
  // A part that is not move-only is copied.
  auto part_ok = [&](TypeId part) { return !types_.is_move_only(part) || is_clonable(part); };
  if (is_newtype(type) && !t.drop.valid()) return part_ok(t.fields[0].type);
  for (uint32_t i = 0; is_untagged(type) && i < t.variants.size(); ++i) {
    if (!part_ok(member(type, i))) return false;
  }
  if (is_untagged(type)) return true;
  switch (t.kind) {
    case TypeKind::Native: {
      Bindings bindings;
      return types_.is_plain(type) || find_impl(type, TraitKind::Clone, bindings) != nullptr;
    }
    case TypeKind::Box:
    case TypeKind::Array:
    case TypeKind::FixedArray:
      return part_ok(t.elem);
    case TypeKind::Tuple:
      return std::all_of(t.fields.begin(), t.fields.end(),
                         [&](const oir::Field& f) { return part_ok(f.type); });
    case TypeKind::Struct:
    case TypeKind::Union: {
      const TypeInst* known = inst(type);
      Bindings bindings;
      return known != nullptr &&
             (known->decl->derive_clone || find_impl(type, TraitKind::Clone, bindings) != nullptr);
    }
    default:
      return true;
  }
}

bool Checker::impl_matches(const ImplDecl& impl, TypeId type, Bindings& bindings) {
  const ast::Tree& tree = *all_.modules[impl.module].tree;
  const ast::Node& node = tree[impl.node];
  bindings = open_params(node.list2, impl.module);
  Env env(*this, impl.module, {}, TypeId{});
  if (!unify(node.b, type, bindings)) return false;
  return std::all_of(bindings.begin(), bindings.end(),
                     [](const Binding& b) { return b.arg.known(); });
}

const ImplDecl* Checker::find_impl(TypeId type, TraitKind trait, Bindings& bindings) {
  const TypeInst* known = inst(type);
  if (known == nullptr) return nullptr;
  for (ImplDecl* impl : known->decl->impls) {
    if (impl->trait == trait && impl_matches(*impl, type, bindings) &&
        impl_bounds_hold(*impl, type, bindings, nullptr))
      return impl;
  }
  return nullptr;
}

bool Checker::satisfies(TypeId type, TraitKind trait) {
  switch (trait) {
    case TraitKind::Copy:
      return implements_copy(type);
    case TraitKind::Clone:
      return is_clonable(type);
    case TraitKind::Drop:
      return row(type).drop.valid();
    default:
      return true;
  }
}

}  // namespace tenure::ng
