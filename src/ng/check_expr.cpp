// Expressions: members, ref, deref, move; copies made explicit.
#include <algorithm>
#include <utility>

#include "base/scan.h"
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
  diagnostic.note(why.drop.valid() ? all_.program.functions[why.drop.index()].span : row(type).span,
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

bool Checker::coerce(NodeId& node, TypeId expected, ast::NodeId source) {
  if (is_bad(node) || !expected.valid()) return !is_bad(node);
  if (is_unknown_part(expected)) return false;
  TypeId found = type_of(node);
  if (found == expected || to_object(node, expected)) return true;
  if (fits_union(found, expected)) {
    node = to_union(node, expected);
    return true;
  }
  Span span = at(source).span;
  Diagnostic& diagnostic = error(DiagKind::TypeMismatch, span,
                                 "expected " + quoted(expected) + ", found " + quoted(found));
  bool named = is_place(node) && is_lvalue(node);
  std::string name = named ? place_text(node) : "";
  explain_no_object(diagnostic, node, expected);
  if (kind(expected) == TypeKind::Ref && row(expected).elem == found) {
    if (named) {
      diagnostic.suggest("ref " + name);
    } else if (tree_[node].kind == T::StructLit || tree_[node].kind == T::VariantLit) {
      diagnostic.note(span, "`new` makes an object on the heap and gives a reference to it");
    }
  } else if ((kind(found) == TypeKind::Ref || kind(found) == TypeKind::Box) &&
             row(found).elem == expected) {
    diagnostic.suggest(named ? "*" + name : "*(…)");
  } else if ((is_newtype(expected) && wrapped(expected) == found) ||
             (is_newtype(found) && wrapped(found) == expected)) {
    diagnostic.suggest((named ? name : "(…)") + " as " + types_.text(expected));
  } else if (is_numeric(expected) && is_numeric(found)) {
    diagnostic.suggest((named ? name : "(…)") + " as " + types_.text(expected));
  } else if (is_sequence(expected) && is_sequence(found) && row(expected).elem == row(found).elem) {
    if (types_.is_span(expected)) diagnostic.suggest((named ? name : "(…)") + "[..]");
    if (kind(expected) == TypeKind::Array)
      diagnostic.suggest("[..." + (named ? name : std::string("(…)")) + "]");
  }
  return false;
}

// ---- the switchboard

NodeId Checker::expr(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  if (is_untagged(expected)) {
    // A literal and its like are of the member that they fit.
    if (TypeId wanted = member_wanted(id, expected); wanted.valid()) expected = wanted;
  }
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
      if (is_object(expected)) return null_object(expected, span);
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
      null.set_constant({oir::ConstKind::Null, expected, 0});
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
      return slice_expr(id, expected);
    case NodeKind::FromEnd:
      error(DiagKind::NotAValue, span, "`^` counts from the end only in an index: `xs[^1]`");
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
      return range_expr(id, expected);
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
      return lambda_expr(id, shape_of(expected));
    case NodeKind::Given:
      return NodeId{size_t(node.value)};
    case NodeKind::Error:
      return bad(span);
    default:
      error(DiagKind::NotAValue, span, "expected a value");
      return bad(span);
  }
}

// ---- members

NodeId Checker::member_expr(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  Target target = path_target(id);
  if (target.kind != Target::Kind::None) return path_expr(id, expected);
  if (node.b) {
    error(DiagKind::NotAValue, node.span,
          quoted(node.name) + " of " + quoted(at(node.b).name) + " has to be called");
    return bad(node.span);
  }
  NodeId base = expr(node.a, TypeId{});
  if (is_bad(base)) return bad(node.span);
  return member_of(base, node);
}

// How many of a struct's fields have a name for the user.
static uint32_t shown_fields(const oir::Type& type) {
  switch (type.shown) {
    case oir::Shown::Span:
      return 0;
    case oir::Shown::Range:
      return 2;  // `start` and `end`
    case oir::Shown::Parts:
      break;
  }
  return static_cast<uint32_t>(type.fields.size());
}

NodeId Checker::member_of(NodeId base, const ast::Node& node) {
  Span span = node.span;
  TypeId outer = type_of(base);
  base = auto_deref(base, tree_[base].span);
  TypeId type = type_of(base);
  const oir::Type& t = row(type);
  if (node.has(ast::kFlagTuple)) {
    uint64_t part = integer_value(text(node.name)).value;
    if (t.kind == TypeKind::Tuple && part < t.fields.size())
      return field_node(base, static_cast<uint32_t>(part), span);
    error(DiagKind::UnknownField, span,
          quoted(outer) + " has no part `" + std::to_string(part) + "`");
    return bad(span);
  }
  std::string_view name = text(node.name);
  if (t.kind == TypeKind::Struct || t.kind == TypeKind::Tuple) {
    for (uint32_t i = 0; i < shown_fields(t); ++i) {
      if (t.fields[i].name == name) return field_node(base, i, span);
    }
  }
  bool tagged = t.kind == TypeKind::Union && !is_object(type) && !is_untagged(type);
  if (tagged && (name == "tag" || name == "index")) {
    tree::Node made = make(name == "tag" ? T::UnionTag : T::UnionIndex,
                           name == "tag" ? types_.string() : u32(), span);
    made.a = base;
    return add(made);
  }
  Span where = node.name_span().valid() ? node.name_span() : span;
  if (!methods_named(type, node.name).empty()) {
    error(DiagKind::UnknownField, where,
          quoted(node.name) + " is a method of " + quoted(type) + ": it has to be called")
        .suggest(std::string(name) + "()");
    return bad(span);
  }
  Diagnostic& diagnostic = error(DiagKind::UnknownField, where,
                                 "unknown field " + quoted(node.name) + " of " + quoted(outer));
  if (kind(type) == TypeKind::Weak) {
    diagnostic.note(where, "a weak reference is read with `upgrade()`");
  } else if (is_untagged(type)) {
    diagnostic.note(where, "`is` and `switch` find out which of its types it is");
  } else if (kind(type) == TypeKind::Union && !is_object(type)) {
    diagnostic.note(where, "the payload of a variant is reached with `switch`");
  } else {
    std::vector<std::string_view> known;
    for (uint32_t i = 0; i < shown_fields(row(type)); ++i)
      known.push_back(row(type).fields[i].name);
    if (auto close = near(name, known); !close.empty()) diagnostic.suggest(close);
  }
  return bad(span);
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
        if (behind_span(node)) return true;
        place = node.a;
        break;
      case T::Deref:
        if (kind(type_of(node.a)) != TypeKind::Box) return true;
        place = node.a;
        break;
      default:
        return false;
    }
  }
}

NodeId Checker::ref_expr(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  TypeId inner =
      expected.valid() && kind(expected) == TypeKind::Ref ? row(expected).elem : TypeId{};
  NodeId place = expr(node.a, inner);
  if (is_bad(place)) return bad(node.span);
  if (is_lent(type_of(place))) return place;  // `ref r` of a reference is that reference
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
  const ast::Node& node = at(id);
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
    Span drop = all_.program.functions[holder->drop.index()].span;
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
  const ast::Node& node = at(id);
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
