// Expressions: names, members, ref, deref, move; copies made explicit.
#include <algorithm>

#include "base/check.h"
#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

// ---- what the context wants

NodeId Checker::operand(ast::NodeId id, TypeId expected) {
  if (is_unknown_part(expected)) return without_context(id);
  NodeId node = expr(id, expected);
  return coerce(node, expected, id) ? node : bad(at(id).span);
}

NodeId Checker::value(ast::NodeId id, TypeId expected) {
  if (is_unknown_part(expected)) return without_context(id);
  NodeId node = expr(id, expected);
  return coerce(node, expected, id) ? to_value(node) : bad(at(id).span);
}

// What stands where the type that is wanted is not known (it was an error, or depends on a type
// parameter) is looked at for its own mistakes only.
NodeId Checker::without_context(ast::NodeId id) {
  bool before = std::exchange(context_unknown_, true);
  switch (at(id).kind) {
    case NodeKind::If:
    case NodeKind::Loop:
    case NodeKind::Switch:
    case NodeKind::Block:
      control_value(id, unknown_part());  // each of its values stands alone
      break;
    default:
      if (!needs_context(id)) expr(id, TypeId{});
      break;
  }
  context_unknown_ = before;
  return bad(at(id).span);
}

NodeId Checker::borrowed(ast::NodeId id, TypeId expected) {
  return value(id, expected);
}

NodeId Checker::to_value(NodeId node) {
  if (is_bad(node) || !is_place(node)) return node;
  if (types_.is_move_only(type_of(node)) && is_part_of_temporary(node)) {
    // Nobody else can have it: it is taken out, the other parts die with the temporary.
    if (!check_movable(node, tree_[node].span)) return bad(tree_[node].span);
    tree::Node move = make(T::Move, type_of(node), tree_[node].span);
    move.a = node;
    return add(move);
  }
  tree::Node copy = make(T::Copy, type_of(node), tree_[node].span);
  copy.a = node;
  if (types_.is_move_only(type_of(node))) {
    copy.flags = tree::kMistake;
    std::string name = place_text(node);
    bool movable =
        is_lvalue(node) && name.find('[') == std::string::npos && alias_root(node) == nullptr;
    cannot_copy(node, movable ? "move " + name : "");
  }
  return add(copy);
}

// `f().part`, `(move t).0`
bool Checker::is_part_of_temporary(NodeId place) const {
  while (tree_[place].kind == T::Field) place = tree_[place].a;
  return !is_place(place);
}

void Checker::explain_move_only(Diagnostic& diagnostic, TypeId type) {
  if (!types_.is_move_only(type)) return;
  TypeId cause = types_.move_only_cause(type);
  const oir::Type& why = row(cause);
  std::string reason = why.drop.valid()               ? "has a `drop`"
                       : why.kind == TypeKind::Box    ? "owns its value alone"
                       : why.kind == TypeKind::Native ? "owns what it points to"
                                                      : "cannot be copied";
  std::string message = quoted(type) + " is move-only: it ";
  if (cause != type) message += "holds " + quoted(cause) + ", which ";
  diagnostic.note(why.drop.valid() ? tree_.functions[why.drop.index()].span : row(type).span,
                  message + reason);
}

void Checker::cannot_copy(NodeId place, std::string suggestion) {
  Diagnostic& diagnostic =
      error(DiagKind::CannotCopy, tree_[place].span, "cannot copy `" + place_text(place) + "`");
  explain_move_only(diagnostic, type_of(place));
  if (suggestion.empty()) {
    if (place_text(place).find('[') != std::string::npos) {
      diagnostic.note(tree_[place].span,
                      "an element is taken out with `swap`, `replace` or `take`");
    }
  } else {
    diagnostic.suggest(std::move(suggestion));
  }
}

bool Checker::coerce(NodeId node, TypeId expected, ast::NodeId source) {
  if (is_bad(node) || !expected.valid()) return !is_bad(node);
  if (is_unknown_part(expected)) return false;
  TypeId found = type_of(node);
  if (found == expected) return true;
  Span span = at(source).span;
  Diagnostic& diagnostic = error(DiagKind::TypeMismatch, span,
                                 "expected " + quoted(expected) + ", found " + quoted(found));
  bool named = is_place(node) && is_lvalue(node);
  std::string name = named ? place_text(node) : "";
  if (kind(expected) == TypeKind::Ref && row(expected).elem == found) {
    if (named) {
      diagnostic.suggest("ref " + name);
    } else if (tree_[node].kind == T::StructLit || tree_[node].kind == T::VariantLit) {
      diagnostic.note(span, "`new` makes an object on the heap and gives a reference to it");
    }
  } else if ((kind(found) == TypeKind::Ref || kind(found) == TypeKind::Box) &&
             row(found).elem == expected) {
    diagnostic.suggest(named ? "*" + name : "*(…)");
  } else if (is_numeric(expected) && is_numeric(found)) {
    diagnostic.suggest((named ? name : "(…)") + " as " + types_.text(expected));
  }
  return false;
}

// ---- the switchboard

NodeId Checker::expr(ast::NodeId id, TypeId expected) {
  const ast::Node node = at(id);
  Span span = node.span;
  switch (node.kind) {
    case NodeKind::IntLit:
      return int_literal(id, expected, false, span);
    case NodeKind::FloatLit:
      return float_literal(id, expected, false, span);
    case NodeKind::StringLit:
      return string_const(text(node.name), span);
    case NodeKind::BoolLit:
      return bool_const(node.value != 0, span);
    case NodeKind::UnitLit:
      return unit(span);
    case NodeKind::NullLit: {
      if (!expected.valid() ||
          (kind(expected) != TypeKind::Ref && kind(expected) != TypeKind::Weak)) {
        if (expected.valid()) {
          error(DiagKind::TypeMismatch, span, "expected " + quoted(expected) + ", found `null`");
        } else {
          error(DiagKind::CannotInfer, span, "nothing here says what `null` would refer to")
              .note(span, "give the type: `val r: ref<T> = null;`");
        }
        return bad(span);
      }
      tree::Node null = make(T::Const, expected, span);
      null.constant = {oir::ConstKind::Null, expected, 0};
      return add(null);
    }
    case NodeKind::Name:
      return name_expr(id, expected);
    case NodeKind::Path:
      return path_expr(id, expected);
    case NodeKind::Member:
      return member_expr(id, expected);
    case NodeKind::Index:
      return index_expr(id);
    case NodeKind::Slice:
      not_supported(span, "slices");
      return bad(span);
    case NodeKind::Call:
      return call_expr(id, expected);
    case NodeKind::StructLit:
      return struct_lit(id, expected);
    case NodeKind::New:
      return new_expr(id, expected);
    case NodeKind::ArrayLit:
      return array_lit(id, expected);
    case NodeKind::FillLit:
      return fill_lit(id, expected);
    case NodeKind::Tuple:
      return tuple_lit(id, expected);
    case NodeKind::Unary:
      return unary_expr(id, expected);
    case NodeKind::Deref:
      return deref_expr(id);
    case NodeKind::RefOf:
      return ref_expr(id, expected);
    case NodeKind::Move:
      return move_expr(id, expected);
    case NodeKind::Chain:
      return chain_expr(id, expected);
    case NodeKind::Range:
      not_supported(span, "ranges as values");
      return bad(span);
    case NodeKind::Is:
      return is_expr(id);
    case NodeKind::Cast:
      return cast_expr(id);
    case NodeKind::If:
    case NodeKind::Loop:
    case NodeKind::LoopIn:
    case NodeKind::Switch:
    case NodeKind::Block:
      return control_value(id, expected);
    case NodeKind::Lambda:
      not_supported(span, "functions as values");
      return bad(span);
    case NodeKind::Spread:
      not_supported(span, "spread values");
      return bad(span);
    case NodeKind::Error:
      return bad(span);
    default:
      error(DiagKind::NotAValue, span, "expected a value");
      return bad(span);
  }
}

// ---- names and paths

NodeId Checker::unknown_name(NameId name, Span span) {
  if (modules_[module_].open_refused || is_refused(text(name))) return bad(span);
  Diagnostic& diagnostic = error(DiagKind::UnknownName, span, "unknown name " + quoted(name));
  for (const Module& module : modules_) {
    if (module.path.empty() || module.symbols.count(name) == 0) continue;
    diagnostic.suggest("import " + std::string(module.path) + ";");
    return bad(span);
  }
  if (auto later = later_module_of(name); !later.empty())
    diagnostic.note(span, "it is in `" + std::string(later) + "`, which is not supported yet");
  if (auto close = closest(name, false); !close.empty()) diagnostic.suggest(close);
  return bad(span);
}

NodeId Checker::name_expr(ast::NodeId id, TypeId expected) {
  const ast::Node node = at(id);
  if (const LocalName* local = find_local(node.name)) {
    if (!local->type.valid()) return bad(node.span);
    if (node.list.count != 0) {
      error(DiagKind::WrongTypeArguments, node.span,
            quoted(node.name) + " is a variable and takes no type arguments");
      return bad(node.span);
    }
    if (local->kind == LocalName::Kind::Local) return local_node(local->local, node.span);
    tree::Node global = make(T::Global, local->type, node.span);
    global.global = local->global;
    return add(global);
  }
  if (const Binding* binding = find_binding(node.name);
      binding != nullptr && binding->arg.is_const) {
    TypeId type = expected.valid() && types_.is_integer(expected) ? expected : u32();
    return int_const(type, binding->arg.value, node.span);
  }
  Symbol symbol = lookup_symbol(node.name);
  if (symbol.kind == Symbol::Kind::Fun || symbol.kind == Symbol::Kind::Builtin) {
    error(DiagKind::NotSupported, node.span, "functions as values are not supported yet")
        .suggest(std::string(text(node.name)) + "(…)");
    return bad(node.span);
  }
  if (auto variants = lookup_variants(node.name); !variants.empty()) {
    return variant_by_name(variants, id, {}, node.list, expected);
  }
  if (symbol.kind == Symbol::Kind::Type || find_binding(node.name) != nullptr) {
    if (symbol.type != nullptr && symbol.type->refused) return bad(node.span);
    error(DiagKind::NotAValue, node.span, quoted(node.name) + " is a type, not a value");
    return bad(node.span);
  }
  if (modules_[module_].module_names.count(node.name) != 0) {
    error(DiagKind::NotAValue, node.span, quoted(node.name) + " is a module, not a value");
    return bad(node.span);
  }
  return unknown_name(node.name, node.span);
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
  if (!is_path && find_local(first.name) != nullptr) return target;

  // The longest beginning that is a module.
  size_t used = 0;
  uint32_t module = module_;
  std::string joined;
  for (size_t i = 0; i + 1 < segments.size(); ++i) {
    if (i != 0) joined += '.';
    joined += text(at(segments[i]).name);
    if (auto found = find_module(joined)) {
      module = *found;
      used = i + 1;
    }
    if (is_refused(joined)) target.kind = Target::Kind::Reported;
  }
  if (used == 0 && target.kind == Target::Kind::Reported) return target;
  if (!is_path && find_module(joined + "." + std::string(text(at(segments.back()).name)))) {
    error(DiagKind::NotAValue, target.span, "a module is not a value");
    target.kind = Target::Kind::Reported;
    return target;
  }
  if (used == 0) {
    auto it = modules_[module_].module_names.find(first.name);
    if (it != modules_[module_].module_names.end()) {
      module = it->second;
      used = 1;
    }
  }
  if (used == 0 && through_trait) return target;
  const ast::Node& next = at(segments[used]);
  Symbol symbol;
  if (used != 0) {
    auto it = modules_[module].symbols.find(next.name);
    if (it != modules_[module].symbols.end()) symbol = it->second;
    if (symbol.kind == Symbol::Kind::None) {
      // The prelude's own names have no declaration in a file.
      Symbol plain = lookup_symbol(next.name);
      if (plain.kind == Symbol::Kind::Builtin && modules_[module].path == "std.prelude")
        symbol = plain;
    }
    if (symbol.kind == Symbol::Kind::None) {
      error(
          DiagKind::UnknownName, next.name_span.valid() ? next.name_span : next.span,
          "unknown name " + quoted(next.name) + " in `" + std::string(modules_[module].path) + "`");
      target.kind = Target::Kind::Reported;
      return target;
    }
  } else {
    symbol = lookup_symbol(next.name);
  }
  target.module = module;
  target.in_module = used != 0;
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
      symbol = {Symbol::Kind::Type, known->decl, nullptr, 0};
    if (params_unknown_ && !self_type.valid()) {
      target.kind = Target::Kind::Reported;
      return target;
    }
  }
  bool trait_word =
      text(next.name) == "Drop" || text(next.name) == "Clone" || text(next.name) == "Copy";
  if (left == 2 &&
      (symbol.kind == Symbol::Kind::Type || (trait_word && symbol.kind == Symbol::Kind::None))) {
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

NodeId Checker::path_expr(ast::NodeId id, TypeId expected) {
  Span span = at(id).span;
  Target target = path_target(id);
  switch (target.kind) {
    case Target::Kind::Reported:
      return bad(span);
    case Target::Kind::Member:
      if (target.type != nullptr && target.type->refused) return bad(span);
      if (target.type != nullptr && target.type->kind == TypeDecl::Kind::Union) {
        const ast::Tree& tree = *modules_[target.type->module].tree;
        auto variants = tree.items(tree[target.type->node].list);
        for (uint32_t i = 0; i < variants.size(); ++i) {
          if (tree[variants[i]].name != target.member) continue;
          ast::List args = at(target.type_segment).list;
          if (target.self_type.valid() && !expected.valid()) expected = target.self_type;
          return call_variant(*target.type, i, id, {}, args, expected);
        }
        error(DiagKind::UnknownVariant, span,
              quoted(target.type->name) + " has no variant " + quoted(target.member));
        return bad(span);
      }
      error(DiagKind::NotAValue, span,
            quoted(target.member) + " of " + quoted(at(target.type_segment).name) +
                " is not a value");
      return bad(span);
    case Target::Kind::Symbol:
      if (target.symbol.kind == Symbol::Kind::Fun || target.symbol.kind == Symbol::Kind::Builtin) {
        not_supported(span, "functions as values");
      } else {
        error(DiagKind::NotAValue, span, quoted(target.member) + " is a type, not a value");
      }
      return bad(span);
    case Target::Kind::None:
      break;
  }
  ast::NodeId first = items(at(id).list)[0];
  if (find_local(at(first).name) != nullptr) {
    error(DiagKind::UnknownModule, span,
          quoted(at(first).name) + " is a variable: its parts are reached with `.`");
    return bad(span);
  }
  return unknown_name(at(first).name, at(first).span);
}

NodeId Checker::member_expr(ast::NodeId id, TypeId expected) {
  const ast::Node node = at(id);
  Target target = path_target(id);
  if (target.kind != Target::Kind::None) return path_expr(id, expected);
  if (node.b) {
    not_supported(node.span, "methods chosen by their trait");
    return bad(node.span);
  }
  NodeId base = expr(node.a, TypeId{});
  if (is_bad(base)) return bad(node.span);
  return member_of(base, node);
}

NodeId Checker::member_of(NodeId base, const ast::Node& node) {
  Span span = node.span;
  TypeId outer = type_of(base);
  base = auto_deref(base, tree_[base].span);
  TypeId type = type_of(base);
  const oir::Type& t = row(type);
  if (node.has(ast::kFlagTuple)) {
    if (t.kind == TypeKind::Tuple && node.value < t.fields.size())
      return field_node(base, static_cast<uint32_t>(node.value), span);
    error(DiagKind::UnknownField, span,
          quoted(outer) + " has no part `" + std::to_string(node.value) + "`");
    return bad(span);
  }
  std::string_view name = text(node.name);
  if (t.kind == TypeKind::Struct || t.kind == TypeKind::Tuple) {
    for (uint32_t i = 0; i < t.fields.size(); ++i) {
      if (t.fields[i].name == name) return field_node(base, i, span);
    }
  }
  if (t.kind == TypeKind::Union && (name == "tag" || name == "index")) {
    tree::Node made = make(name == "tag" ? T::UnionTag : T::UnionIndex,
                           name == "tag" ? types_.string() : u32(), span);
    made.a = base;
    return add(made);
  }
  Span where = node.name_span.valid() ? node.name_span : span;
  if (const TypeInst* known = inst(type)) {
    auto has = [&](const std::vector<FunDecl*>& methods) {
      return std::any_of(methods.begin(), methods.end(),
                         [&](FunDecl* f) { return f->name == node.name; });
    };
    bool method = has(known->decl->methods);
    for (ImplDecl* impl : known->decl->impls) method |= has(impl->methods);
    if (method) {
      error(DiagKind::UnknownField, where,
            quoted(node.name) + " is a method of " + quoted(type) + ": it has to be called")
          .suggest(std::string(name) + "()");
      return bad(span);
    }
  }
  Diagnostic& diagnostic = error(DiagKind::UnknownField, where,
                                 "unknown field " + quoted(node.name) + " of " + quoted(outer));
  if (kind(type) == TypeKind::Weak) {
    diagnostic.note(where, "a weak reference is read with `upgrade()`");
  } else if (kind(type) == TypeKind::Union) {
    diagnostic.note(where, "the payload of a variant is reached with `switch`");
  } else {
    std::vector<std::string_view> known;
    for (const oir::Field& field : row(type).fields) known.push_back(field.name);
    if (auto close = near(name, known); !close.empty()) diagnostic.suggest(close);
  }
  return bad(span);
}

NodeId Checker::index_expr(ast::NodeId id) {
  const ast::Node node = at(id);
  if (node.has(ast::kFlagFromEnd)) {
    not_supported(node.span, "indexes from the end");
    return bad(node.span);
  }
  NodeId base = expr(node.a, TypeId{});
  if (!is_bad(base)) base = auto_deref(base, tree_[base].span);
  NodeId index = value(node.b, TypeId{});
  if (is_bad(base) || is_bad(index)) return bad(node.span);
  TypeId type = type_of(base);
  if (kind(type) != TypeKind::Array && kind(type) != TypeKind::FixedArray) {
    Diagnostic& diagnostic =
        error(DiagKind::BadOperand, node.span, quoted(type) + " cannot be indexed");
    if (kind(type) == TypeKind::Tuple)
      diagnostic.note(node.span, "a part of a tuple is written `t.0`");
    return bad(node.span);
  }
  if (!types_.is_integer(type_of(index))) {
    error(DiagKind::TypeMismatch, at(node.b).span,
          "expected an integer, found " + quoted(type_of(index)));
    return bad(node.span);
  }
  tree::Node made = make(T::Index, row(type).elem, node.span);
  made.a = base;
  made.b = index;
  return add(made);
}

// ---- ref, deref, move

bool Checker::is_lvalue(NodeId place) const {
  for (;;) {
    const tree::Node& node = tree_[place];
    switch (node.kind) {
      case T::Local:
      case T::Global:
        return true;
      case T::Field:
      case T::Index:
        place = node.a;
        break;
      case T::Deref:
        if (kind(type_of(node.a)) == TypeKind::Ref) return true;
        place = node.a;
        break;
      default:
        return false;
    }
  }
}

NodeId Checker::ref_expr(ast::NodeId id, TypeId expected) {
  const ast::Node node = at(id);
  TypeId inner =
      expected.valid() && kind(expected) == TypeKind::Ref ? row(expected).elem : TypeId{};
  NodeId place = expr(node.a, inner);
  if (is_bad(place)) return bad(node.span);
  if (kind(type_of(place)) == TypeKind::Ref)
    return place;  // `ref r` of a reference is that reference
  // A temporary may be referred to until its statement ends; a number is not worth it.
  if (!is_lvalue(place) && types_.is_plain(type_of(place))) {
    error(DiagKind::BadOperand, node.span, "`ref` needs a place: this value lies nowhere")
        .note(node.span, "`val x = …; ref x` gives it one; `new` makes an object");
    return bad(node.span);
  }
  if (const LocalName* alias = alias_root(place); alias != nullptr && alias->in_variant) {
    error(DiagKind::CannotReferVariant, node.span, "cannot refer into a variant")
        .note(alias->span, "`" + place_text(place) + "` is a part of one");
    return bad(node.span);
  }
  tree::Node made = make(T::RefOf, types_.ref(type_of(place)), node.span);
  made.a = place;
  return add(made);
}

NodeId Checker::deref_expr(ast::NodeId id) {
  const ast::Node node = at(id);
  NodeId base = expr(node.a, TypeId{});
  if (is_bad(base)) return bad(node.span);
  TypeKind k = kind(type_of(base));
  if (k != TypeKind::Ref && k != TypeKind::Box) {
    Diagnostic& diagnostic = error(DiagKind::TypeMismatch, node.span,
                                   "expected a reference, found " + quoted(type_of(base)));
    if (k == TypeKind::Weak)
      diagnostic.note(node.span, "a weak reference is read with `upgrade()`");
    return bad(node.span);
  }
  return deref_node(base, node.span);
}

bool Checker::check_movable(NodeId place, Span span) {
  const oir::Type* holder = nullptr;
  NodeId walk = place;
  for (bool done = false; !done;) {
    const tree::Node& node = tree_[walk];
    switch (node.kind) {
      case T::Index:
        error(DiagKind::CannotMoveIndex, span, "cannot move out of an index")
            .note(span, "an element is taken out with `swap`, `replace` or `take` of `std.memory`");
        return false;
      case T::Field: {
        const oir::Type& owner = row(type_of(node.a));
        const tree::Node& base = tree_[node.a];
        bool own_drop = function().is_drop && base.kind == T::Deref &&
                        tree_[base.a].kind == T::Local && tree_[base.a].local.index() == 0 &&
                        function().drop_of == type_of(node.a);
        if (owner.drop.valid() && !own_drop) holder = &owner;
        walk = node.a;
        break;
      }
      case T::Deref:
        if (kind(type_of(node.a)) == TypeKind::Ref) done = true;
        walk = node.a;
        break;
      default:
        done = true;
    }
  }
  if (holder != nullptr) {
    Span drop = tree_.functions[holder->drop.index()].span;
    error(DiagKind::CannotMoveOut, span, "cannot move out of `" + place_text(place) + "`")
        .note(drop, "`" + holder->name + "` has a `drop`, which needs all of its parts");
    return false;
  }
  if (const LocalName* alias = alias_root(place)) {
    std::string message = "cannot move out of `" + place_text(place) + "`";
    if (is_place(alias->subject)) {
      message += ": a name for a part cannot move out of `" + place_text(alias->subject) + "`";
    }
    error(DiagKind::CannotMoveOut, span, message)
        .note(alias->span,
              "it names a part of what is looked at here; `switch (move e)` takes the parts");
    return false;
  }
  return true;
}

NodeId Checker::move_expr(ast::NodeId id, TypeId expected) {
  const ast::Node node = at(id);
  NodeId place = expr(node.a, expected);
  if (is_bad(place)) return bad(node.span);
  if (!is_lvalue(place)) {
    error(DiagKind::BadOperand, node.span, "`move` needs a place: this value is nobody's yet");
    return bad(node.span);
  }
  if (!check_movable(place, node.span)) return bad(node.span);
  mark_assigned(place);
  tree::Node made = make(T::Move, type_of(place), node.span);
  made.a = place;
  return add(made);
}

}  // namespace tenure::ng
