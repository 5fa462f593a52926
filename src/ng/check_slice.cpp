// Indexes and slices: what has elements, and which of them are meant.
#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

// What is indexed, sliced, run over and spread: arrays, fixed arrays and spans.
bool Checker::is_sequence(TypeId type) const {
  TypeKind k = kind(type);
  return k == TypeKind::Array || k == TypeKind::FixedArray || types_.is_span(type);
}

// An index or a bound, which may count from the end. None: there is none.
NodeId Checker::index_value(ast::NodeId id, bool& from_end) {
  if (!id) return {};
  from_end = at(id).kind == NodeKind::FromEnd;
  ast::NodeId source = from_end ? at(id).a : id;
  NodeId index = value(source, TypeId{});
  if (is_bad(index) || types_.is_integer(type_of(index))) return index;
  error(DiagKind::TypeMismatch, at(source).span,
        "expected an integer, found " + quoted(type_of(index)));
  return bad(at(id).span);
}

NodeId Checker::index_expr(ast::NodeId id) {
  const ast::Node& node = at(id);
  NodeId base = expr(node.a, TypeId{});
  if (!is_bad(base)) base = auto_deref(base, tree_[base].span);
  bool from_end = false;
  NodeId index = index_value(node.b, from_end);
  if (is_bad(base) || is_bad(index)) return bad(node.span);
  TypeId type = type_of(base);
  if (!is_sequence(type)) {
    Diagnostic& diagnostic =
        error(DiagKind::BadOperand, node.span, quoted(type) + " cannot be indexed");
    if (kind(type) == TypeKind::Tuple)
      diagnostic.note(node.span, "a part of a tuple is written `t.0`");
    if (kind(type) == TypeKind::String)
      diagnostic.note(node.span, "`charAt(s, i)` of `std.string` gives a byte");
    return bad(node.span);
  }
  tree::Node made = make(T::Index, row(type).elem, node.span);
  made.a = base;
  made.b = index;
  made.index = from_end ? tree::kFromEnd : 0;
  return add(made);
}

NodeId Checker::slice_expr(ast::NodeId id, TypeId expected) {
  const ast::Node& node = at(id);
  bool span_wanted = expected.valid() && types_.is_span(expected);
  // `[]` takes its elements from the span that is wanted.
  NodeId base = span_wanted && needs_context(node.a)
                    ? expr(node.a, types_.array(row(expected).elem))
                    : expr(node.a, TypeId{});
  if (!is_bad(base)) base = auto_deref(base, tree_[base].span);
  bool from_end = false, to_end = false;
  NodeId from = index_value(node.b, from_end);
  NodeId to = index_value(node.c, to_end);
  if (is_bad(base) || (from && is_bad(from)) || (to && is_bad(to))) return bad(node.span);
  TypeId type = type_of(base);
  if (!is_sequence(type)) {
    Diagnostic& diagnostic =
        error(DiagKind::BadOperand, node.span, quoted(type) + " cannot be sliced");
    if (kind(type) == TypeKind::String)
      diagnostic.note(node.span,
                      "a part of a string is `substring(s, start, end)` of `std.string`");
    return bad(node.span);
  }
  if (node.has(ast::kFlagInclusive) && !to) {
    error(DiagKind::BadOperand, node.span, "`..=` needs the last index").suggest("..");
    return bad(node.span);
  }
  if (const LocalName* alias =
          kind(type) == TypeKind::FixedArray && is_place(base) ? alias_root(base) : nullptr;
      alias != nullptr && alias->in_variant) {
    error(DiagKind::CannotReferVariant, node.span, "cannot refer into a variant")
        .note(alias->span, "`" + place_text(base) + "` is a part of one");
    return bad(node.span);
  }
  tree::Node made = make(T::SliceOf, types_.span(row(type).elem), node.span);
  made.a = base;
  made.b = from;
  made.c = to;
  if (node.has(ast::kFlagInclusive)) made.flags |= tree::kInclusive;
  made.index = (from_end ? tree::kFromEnd : 0) | (to_end ? tree::kToFromEnd : 0);
  return add(made);
}

// How many elements a span has, as `len` gives it.
NodeId Checker::span_length(NodeId span_value, Span span) {
  tree::Node made = make(T::Cast, u32(), span);
  made.a = to_value(field_node(span_value, oir::TypeTable::kSpanLength, span));
  return add(made);
}

}  // namespace tenure::ng
