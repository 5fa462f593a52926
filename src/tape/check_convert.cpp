// The conversions that nobody writes: to optionals, strings, views, and between kinds of pointers.
#include "tape/checker.h"

namespace tenure::tape {

using T = tree::NodeKind;

// What was found, as messages say it.
std::string Checker::found_text(NodeId node) const {
  if (tree_[node].kind == T::Const && tree_[node].constant().kind == oir::ConstKind::Null)
    return "`null`";
  return quoted(type_of(node));
}

// Reports the result of a call that may have failed, where its value is used. [T or E]
bool Checker::must_handle(NodeId node, Span span) {
  if (!is(type_of(node), TyKind::Result)) return false;
  const tree::Node& n = tree_[node];
  std::string name =
      n.kind == T::Call ? all_.program.functions[n.func.index()].shown_name : std::string("this");
  if (is_place(node)) name = place_text(node);
  error(DiagKind::MustHandle, span, "result of `" + name + "` must be handled")
      .note(span, "`or return;` passes the error on, `or { … }` handles it");
  return true;
}

NodeId Checker::convert(NodeId node, Ty want, Span span) {
  if (is_bad(node) || !want.valid()) return bad(span);
  Ty found = type_of(node);
  if (found == want) return node;
  if (is(found, TyKind::Result)) {
    if (is(want, TyKind::Result)) {
      mismatch(span, want, quoted(found));
    } else {
      must_handle(node, span);
    }
    return bad(span);
  }
  NodeId made;
  switch (kind(want)) {
    case TyKind::Optional: {
      Ty elem = row(want).elem;
      // A mistake in what is wrapped is said of the optional's value.
      NodeId inner = convert(node, elem, span);
      if (is_bad(inner)) return inner;
      return variant(want, tree::kSome, to_value(inner), span);
    }
    case TyKind::String:
      made = convert_text(node, span);
      break;
    case TyKind::Slice:
      made = convert_slice(node, want, span);
      break;
    case TyKind::Pointer:
      made = convert_pointer(node, want, span);
      break;
    default:
      break;
  }
  if (made.valid()) return made;
  Diagnostic& diagnostic = mismatch(span, want, found_text(node));
  if (types_.is_number(want) && types_.is_number(found)) {
    diagnostic.suggest((is_place(node) ? place_text(node) : "(…)") + " as " + types_.text(want));
  } else if (is(found, TyKind::Optional) && row(found).elem == want) {
    diagnostic.note(span, "`!` takes the value out, `or { … }` says what stands for `null`");
  } else if (is(found, TyKind::Array) && is(want, TyKind::Slice) &&
             row(found).elem == row(want).elem) {
    diagnostic.note(span, "`[..]` makes a view of an array");
  }
  return bad(span);
}

// Bytes become a string by copying. None: it is no bytes.
NodeId Checker::convert_text(NodeId node, Span span) {
  Ty found = type_of(node);
  if (types_.is_bytes(found)) {
    return runtime(oir::RtFn::TextOfBytes, string_type(), {to_value(node)}, span);
  }
  if (types_.is_cstr(found)) {
    const tree::Node& n = tree_[node];
    // A literal that became a pointer is a literal still.
    if (n.kind == T::Const && n.constant().kind == oir::ConstKind::String) {
      return text_const(std::string(words_of(n.constant())), span);
    }
    return runtime(oir::RtFn::TextOfCStr, string_type(), {to_value(node)}, span);
  }
  return NodeId{};
}

NodeId Checker::convert_slice(NodeId node, Ty want, Span span) {
  Ty found = type_of(node);
  if (is(found, TyKind::Slice) && row(found).elem == row(want).elem && row(want).is_const) {
    return retyped(to_value(node), want);
  }
  if (!is(found, TyKind::String) || !types_.is_bytes(want)) return NodeId{};
  Made made = make(T::SliceOf, want, span);
  made.n.a = node;
  if (!row(want).is_const) {
    if (!writable_bytes(node, want, span)) return bad(span);
    made.n.flags = tree::kOwnBytes;
  }
  return text_view(made);
}

// A view of a string. Of a global's, or of one behind a pointer, it is one of a hidden copy that
// lives to the end of the block. [T-VIEW-2]
NodeId Checker::text_view(Made view) {
  NodeId text = view.n.a;
  Root root = is_place(text) ? root_of(text) : Root{};
  bool elsewhere = root.kind == Root::Kind::Pointer || root.kind == Root::Kind::Slice;
  if (root.kind == Root::Kind::Global)
    elsewhere = !all_.global_rows[tree_[root.node].global.index()]->is_const;
  if (!elsewhere || const_depth_ != 0 || !current_id_.valid()) return add(view);
  Span span = view.n.span;
  tree::LocalId held = add_local("", string_type(), span);
  function().locals[held.index()].assigned = true;
  before_.push_back(let_node(held, zero(string_type(), span), span));
  NodeId fill = assign_node(local_node(held, string_type(), span), to_value(text), span);
  view.n.a = local_node(held, string_type(), span);
  return block_node({fill}, add(view), span);
}

// Bytes that can be written are had of a variable's string only, which makes them its own.
bool Checker::writable_bytes(NodeId text, Ty want, Span span) {
  auto refuse = [&](const std::string& why) {
    mismatch(span, want, "`[]const u8`").note(span, why);
    return false;
  };
  if (!is_place(text)) return refuse("bytes that can be written are had of a `var` only");
  if (std::optional<std::string> why = fixed_because(text))
    return refuse("`" + place_text(text) + "` gives `[]const u8` only: " + *why);
  if (root_of(text).kind != Root::Kind::Local)
    return refuse("only `[]const u8` can be had of what is no local variable");
  note_pointed(text);
  return true;
}

// The same value under another name of its type.
NodeId Checker::retyped(NodeId value, Ty type) {
  tree_.types[value.index()] = type;
  tree_[value].type = types_.oir(type);
  if (tree_[value].kind == T::Const) tree_[value].targ = tree_[value].type;
  return value;
}

NodeId Checker::convert_pointer(NodeId node, Ty want, Span span) {
  Ty found = type_of(node);
  const TypeRow& to = row(want);
  if (is(found, TyKind::String)) {
    const tree::Node& n = tree_[node];
    bool literal = n.kind == T::Const && n.constant().kind == oir::ConstKind::String;
    if (!literal || to.elem != scalar(TyKind::U8)) return NodeId{};
    if (!to.is_const) literals_exposed_ = true;
    Made made = make(T::Const, want, span);
    made.n.set_constant({oir::ConstKind::String, made.n.type, n.constant().bits});
    return add(made);
  }
  if (!is(found, TyKind::Pointer)) return NodeId{};
  const TypeRow& from = row(found);
  if (from.elem != to.elem) return NodeId{};
  if (from.is_const && !to.is_const) return NodeId{};
  if (to.non_null && !is_non_null(node)) return NodeId{};
  return retyped(to_value(node), want);
}

}  // namespace tenure::tape
