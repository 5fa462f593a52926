// Patterns: what they take and what they bind, and whether those of a switch take every value.
//
// Whether cases are missing is asked of the matrix of patterns (Maranget, Warnings for pattern
// matching, JFP 2007): is there a value that no row takes? Columns are taken apart from the left;
// the work is bounded, and a switch that is too large for it needs `otherwise`.
#include <algorithm>

#include "ng/checker.h"
#include "ng/coverage.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

namespace {

constexpr size_t kMostSteps = 100'000;

}  // namespace

// ---- what a set of patterns leaves

// A value that no row takes, as the user would write it; nothing: there is none. The types are
// those of the columns.
std::optional<std::vector<std::string>> Checker::left_out(
    const std::vector<std::vector<PatternShape>>& rows, const std::vector<TypeId>& types,
    size_t& steps) {
  using Kind = PatternShape::Kind;
  if (types.empty()) {
    if (rows.empty()) return std::vector<std::string>{};
    return std::nullopt;
  }
  if (++steps > kMostSteps) return std::vector<std::string>(types.size(), "otherwise");
  TypeId type = types[0];
  std::vector<TypeId> rest(types.begin() + 1, types.end());
  const oir::Type shape = row(type);
  // The rows that take one way to be of this type, its parts in front of the other columns.
  auto of = [&](auto&& takes, size_t parts) {
    std::vector<std::vector<PatternShape>> chosen;
    for (const std::vector<PatternShape>& one : rows) {
      if (one[0].kind != Kind::Any && !takes(one[0])) continue;
      std::vector<PatternShape> made = one[0].parts;
      made.resize(parts);
      made.insert(made.end(), one.begin() + 1, one.end());
      chosen.push_back(std::move(made));
    }
    return chosen;
  };
  auto with_parts = [&](const std::vector<oir::Field>& fields) {
    std::vector<TypeId> all;
    for (const oir::Field& field : fields) all.push_back(field.type);
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
  };
  auto words = [&](std::string name, size_t parts, std::vector<std::string> found) {
    std::string inner;
    for (size_t i = 0; i < parts; ++i) inner += (i == 0 ? "" : ", ") + found[i];
    if (parts != 0) name += "(" + inner + ")";
    std::vector<std::string> out{std::move(name)};
    out.insert(out.end(), found.begin() + static_cast<ptrdiff_t>(parts), found.end());
    return out;
  };
  bool only_any = std::all_of(rows.begin(), rows.end(),
                              [](const auto& one) { return one[0].kind == Kind::Any; });
  if (!only_any && shape.kind == TypeKind::Tuple) {
    size_t parts = shape.fields.size();
    auto found = left_out(of([](const PatternShape&) { return true; }, parts),
                          with_parts(shape.fields), steps);
    if (!found) return found;
    return words("", parts, *found);
  }
  if (!only_any && shape.kind == TypeKind::Union) {
    for (uint32_t v = 0; v < shape.variants.size(); ++v) {
      const oir::Variant& variant = shape.variants[v];
      auto found = left_out(
          of([&](const PatternShape& one) { return one.index == v; }, variant.fields.size()),
          with_parts(variant.fields), steps);
      if (found) return words(variant.name, variant.fields.size(), *found);
    }
    return std::nullopt;
  }
  // A literal that stands somewhere, and (there is no end of numbers and strings) any other value.
  std::vector<uint64_t> literals;
  for (const std::vector<PatternShape>& one : rows) {
    bool fresh = one[0].kind == Kind::Literal &&
                 std::find(literals.begin(), literals.end(), one[0].bits) == literals.end();
    if (fresh) literals.push_back(one[0].bits);
  }
  bool all = shape.kind == TypeKind::Bool && literals.size() == 2;
  for (size_t i = 0; i < literals.size() + (all ? 0 : 1); ++i) {
    bool other = i == literals.size();
    auto found =
        left_out(of([&](const PatternShape& one) { return !other && one.bits == literals[i]; }, 0),
                 rest, steps);
    if (!found) continue;
    std::string word = "_";
    if (shape.kind == TypeKind::Bool && other && literals.size() == 1)
      word = literals[0] != 0 ? "false" : "true";
    if (shape.kind == TypeKind::Bool && !other) word = literals[i] != 0 ? "true" : "false";
    return words(word, 0, *found);
  }
  return std::nullopt;
}

// ---- patterns

void Checker::bind_unknown(ast::List patterns) {
  for (ast::NodeId id : items(patterns)) {
    const ast::Node& node = at(at(id).kind == NodeKind::PatField ? at(id).a : id);
    bool name = node.kind == NodeKind::PatName && !node.has(ast::kFlagCall) && node.name.valid();
    if (name) bind_name(node.name, LocalName{});
    bind_unknown(node.list);
  }
}

// A pattern of a part. `binds` gets the name or the pattern for it, if it is more than `_`.
PatternShape Checker::part_pattern(ast::NodeId id, TypeId type, uint32_t index,
                                   const PatternPlace& place, std::vector<NodeId>& binds) {
  const ast::Node& node = at(id);
  if (node.kind == NodeKind::Error) {
    place.coverage->wrong = true;
    return {};
  }
  bool plain = node.kind == NodeKind::PatName && node.a.valid() && !node.has(ast::kFlagCall) &&
               node.list2.count == 0;
  if (plain && text(node.name) == "_") return {};
  bool variant = plain && kind(type) == TypeKind::Union && !is_object(type) &&
                 (is_untagged(type) ? named_member(node.a, type, true).has_value()
                                    : variant_index(type, node.name).has_value());
  if (plain && !variant) {
    if (place.alternative) {
      if (!place.coverage->wrong)
        not_supported(node.span, "names in a case of more than one pattern");
      place.coverage->wrong = true;
      return {};
    }
    binds.push_back(bind_part(node.name, node.span, type, index, place));
    return {};
  }
  PatternShape shape;
  NodeId made = any_pattern(id, type, place, shape);
  if (!made.valid()) return shape;
  place.coverage->nested = true;
  tree::Node bind = make(T::Bind, type, node.span);
  bind.index = index;
  bind.a = made;
  binds.push_back(add(bind));
  return shape;
}

// The patterns of the parts of a payload or a tuple.
bool Checker::part_patterns(const ast::Node& node, std::string_view what,
                            const std::vector<oir::Field>& fields, const PatternPlace& place,
                            std::vector<NodeId>& binds, PatternShape& shape) {
  auto subs = items(node.list);
  size_t positional = 0;
  for (ast::NodeId sub : subs) positional += at(sub).kind != NodeKind::PatField;
  if (node.has(ast::kFlagCall) && positional != 0 && subs.size() != fields.size()) {
    error(DiagKind::WrongArguments, node.span,
          "`" + std::string(what) + "` has " + std::to_string(fields.size()) +
              (fields.size() == 1 ? " part" : " parts") + ", and " + std::to_string(subs.size()) +
              (subs.size() == 1 ? " name stands here" : " names stand here"));
    place.coverage->wrong = true;
    bind_unknown(node.list);
    return false;
  }
  shape.parts.resize(fields.size());
  for (uint32_t i = 0; i < subs.size(); ++i) {
    ast::NodeId sub = subs[i];
    uint32_t field = i;
    if (at(sub).kind == NodeKind::PatField) {
      const ast::Node named = at(sub);
      field = 0;
      while (field < fields.size() && fields[field].name != text(named.name)) ++field;
      if (field == fields.size()) {
        error(DiagKind::UnknownField, named.span,
              "unknown field " + quoted(named.name) + " of `" + std::string(what) + "`");
        place.coverage->wrong = true;
        continue;
      }
      sub = named.a;
    }
    shape.parts[field] = part_pattern(sub, fields[field].type, field, place, binds);
  }
  return true;
}

NodeId Checker::union_pattern(ast::NodeId id, TypeId type, const PatternPlace& place,
                              PatternShape& shape) {
  const ast::Node& node = at(id);
  auto index = is_untagged(type) ? named_member(node.a, type) : variant_index(type, node.name);
  if (!index) {
    if (!is_untagged(type)) {
      std::vector<std::string_view> known;
      for (const oir::Variant& variant : row(type).variants) known.push_back(variant.name);
      std::string close = near(text(node.name), known);
      Diagnostic& diagnostic = error(DiagKind::UnknownVariant, node.span,
                                     quoted(type) + " has no variant " + quoted(node.name));
      if (!close.empty()) diagnostic.suggest(close);
    }
    place.coverage->wrong = true;
    // Its names are bound all the same, so that the arm is not full of unknown names.
    bind_unknown(node.list);
    return {};
  }
  if (!is_untagged(type)) lookup_variants(node.name);  // an import of it is used
  if (node.list2.count != 0 && !is_untagged(type) && !qualifies(node, type)) {
    error(DiagKind::UnknownVariant, node.span,
          quoted(type) + " has no variant `" + qualifiers(node) +
              "::" + std::string(text(node.name)) + "`");
    place.coverage->wrong = true;
  }
  oir::Variant variant = row(type).variants[*index];
  shape.kind = PatternShape::Kind::Variant;
  shape.index = *index;
  PatternPlace inside = place;
  inside.in_variant = true;
  inside.whole |= row(type).drop.valid();
  std::vector<NodeId> binds;
  if (!part_patterns(node, variant.name, variant.fields, inside, binds, shape)) return {};
  tree::Node made = make(T::Pattern, type, node.span);
  made.index = *index;
  made.list = add_list(binds);
  return add(made);
}

NodeId Checker::tuple_pattern(ast::NodeId id, TypeId type, const PatternPlace& place,
                              PatternShape& shape) {
  const ast::Node& node = at(id);
  shape.kind = PatternShape::Kind::Tuple;
  std::vector<NodeId> binds;
  std::vector<oir::Field> fields = row(type).fields;
  if (!part_patterns(node, types_.text(type), fields, place, binds, shape)) return {};
  place.coverage->nested = true;
  tree::Node made = make(T::Pattern, type, node.span);
  made.list = add_list(binds);
  return add(made);
}

NodeId Checker::literal_pattern(ast::NodeId id, TypeId type, const PatternPlace& place,
                                PatternShape& shape) {
  const ast::Node& node = at(id);
  NodeId constant = value(node.a, type);
  if (is_bad(constant) || tree_[constant].kind != T::Const ||
      tree_[constant].constant().kind == oir::ConstKind::Null) {
    if (!is_bad(constant)) error(DiagKind::BadOperand, node.span, "a case is a literal");
    place.coverage->wrong = true;
    return {};
  }
  shape.kind = PatternShape::Kind::Literal;
  shape.bits = tree_[constant].constant().bits;
  tree::Node made = make(T::Pattern, type, node.span);
  made.set_constant(tree_[constant].constant());
  return add(made);
}

// A pattern that is more than a name.
NodeId Checker::any_pattern(ast::NodeId id, TypeId type, const PatternPlace& place,
                            PatternShape& shape) {
  const ast::Node& node = at(id);
  if (node.kind == NodeKind::Error) {
    place.coverage->wrong = true;
    return {};
  }
  bool is_union = kind(type) == TypeKind::Union && !is_object(type);
  bool named = (node.kind == NodeKind::PatName && node.a.valid()) ||
               (node.kind == NodeKind::PatType && is_untagged(type));
  if (is_union && named) return union_pattern(id, type, place, shape);
  bool tuple = node.kind == NodeKind::PatName && !node.a.valid();
  if (kind(type) == TypeKind::Tuple && tuple) return tuple_pattern(id, type, place, shape);
  bool has_literals =
      types_.is_integer(type) || kind(type) == TypeKind::Bool || kind(type) == TypeKind::String;
  if (has_literals && node.kind == NodeKind::PatLiteral)
    return literal_pattern(id, type, place, shape);
  std::string what = is_union                        ? "a variant"
                     : kind(type) == TypeKind::Tuple ? "the parts"
                     : has_literals                  ? "a literal"
                                                     : "a name for a value";
  std::string of = is_union || kind(type) == TypeKind::Tuple ? " of " : " of type ";
  error(DiagKind::TypeMismatch, node.span, "expected " + what + of + quoted(type));
  place.coverage->wrong = true;
  bind_unknown(node.list);
  return {};
}

// A pattern of what is switched on.
NodeId Checker::pattern(ast::NodeId id, NodeId subject, Coverage& coverage, bool alternative) {
  const ast::Node& node = at(id);
  TypeId type = type_of(subject);
  PatternShape shape;
  NodeId made;
  bool is_any = node.kind == NodeKind::PatName && node.a.valid() && text(node.name) == "_" &&
                !node.has(ast::kFlagCall);
  if (is_any) {
    tree::Node any = make(T::Pattern, type, node.span);
    any.flags = tree::kAny;
    made = add(any);
  } else {
    made = any_pattern(id, type, {subject, alternative, false, false, &coverage}, shape);
  }
  if (made.valid() && !coverage.wrong && !coverage.add(shape, kind(type)))
    error(DiagKind::CaseNotReached, node.span,
          is_any ? "this case is never reached: all were handled before"
          : shape.kind == PatternShape::Kind::Variant
              ? "this case is never reached: `" + row(type).variants[shape.index].name +
                    "` was handled before"
              : "this case is never reached: it was handled before");
  return made;
}

// What of the values of a type no case takes; empty: nothing.
std::string Checker::missing_cases(TypeId type, const Coverage& coverage) {
  if (coverage.complete(kind(type))) return {};
  if (coverage.nested) {
    size_t steps = 0;
    std::vector<std::vector<PatternShape>> rows;
    for (const PatternShape& shape : coverage.shapes) rows.push_back({shape});
    auto found = left_out(rows, {type}, steps);
    if (!found) return {};
    return steps > kMostSteps || (*found)[0] == "_" ? "`otherwise`" : "`" + (*found)[0] + "`";
  }
  std::string missing;
  for (uint32_t i = 0; i < coverage.variants.size(); ++i) {
    if (!coverage.variants[i])
      missing += (missing.empty() ? "`" : ", `") + row(type).variants[i].name + "`";
  }
  if (kind(type) == TypeKind::Bool) {
    return coverage.numbers.count(1) != 0   ? "`false`"
           : coverage.numbers.count(0) != 0 ? "`true`"
                                            : "`true`, `false`";
  }
  return missing.empty() ? "`otherwise`" : missing;
}

}  // namespace tenure::ng
