// switch: patterns, what they bind, and whether they handle all cases.
#include <algorithm>

#include "base/check.h"
#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

struct Checker::Coverage {
  std::vector<bool> variants;
  std::unordered_set<uint64_t> numbers;  // integers, bools, ids of strings
  bool all = false;                      // a pattern that matches everything came
  bool wrong = false;

  bool complete(TypeKind kind) const {
    if (all) return true;
    if (kind == TypeKind::Bool) return numbers.size() == 2;
    return kind == TypeKind::Union &&
           std::all_of(variants.begin(), variants.end(), [](bool seen) { return seen; });
  }
};

std::optional<uint32_t> Checker::variant_index(TypeId type, NameId name) const {
  const oir::Type& t = row(type);
  for (uint32_t i = 0; i < t.variants.size(); ++i) {
    if (t.variants[i].name == text(name)) return i;
  }
  return std::nullopt;
}

NodeId Checker::bind_part(NameId name, Span span, TypeId type, uint32_t index, NodeId subject,
                          bool in_variant) {
  LocalName what;
  what.type = type;
  what.span = span;
  what.in_variant = in_variant;
  if (types_.is_move_only(type)) {
    bool placed = is_place(subject);
    // A value that has a `drop` of its own is not taken apart either.
    bool whole = row(type_of(subject)).drop.valid();
    if ((placed && rooted_in_local(subject)) || (!placed && whole)) {
      what.alias = true;
      what.subject = subject;
    } else if (placed) {
      explain_move_only(error(DiagKind::CannotCopy, span, "cannot copy " + quoted(name))
                            .suggest("move " + place_text(subject)),
                        type);
    }
  }
  what.local = add_local(std::string(text(name)), type, span);
  bind_name(name, what);
  tree::Node bind = make(T::Bind, type, span);
  bind.index = index;
  bind.local = what.local;
  return add(bind);
}

// Whether what stands in front of a variant in a pattern names its union or the module of it.
bool Checker::qualifies(const ast::Node& pattern, TypeId type) {
  const TypeInst* known = inst(type);
  if (known == nullptr) return true;
  ast::Node owner = at(items(pattern.list2)[pattern.list2.count - 1]);
  if (owner.name == known->decl->name || text(owner.name) == "Self") return true;
  auto variants = module_of(items(pattern.list2)).used == pattern.list2.count
                      ? exported_variants(module_of(items(pattern.list2)).module, pattern.name)
                      : std::vector<VariantRef>{};
  if (std::any_of(variants.begin(), variants.end(),
                  [&](const VariantRef& variant) { return variant.decl == known->decl; }))
    return true;
  owner.list2 = pattern.list2;
  --owner.list2.count;
  Symbol symbol = type_symbol(owner);
  return symbol.kind == Symbol::Kind::Type && symbol.type == known->decl;
}

NodeId Checker::union_pattern(ast::NodeId id, NodeId subject, Coverage& coverage,
                              bool alternative) {
  const ast::Node node = at(id);
  TypeId type = type_of(subject);
  auto index = is_untagged(type) ? named_member(node.a, type) : variant_index(type, node.name);
  if (!index) {
    std::vector<std::string_view> known;
    for (const oir::Variant& variant : row(type).variants) known.push_back(variant.name);
    std::string close = is_untagged(type) ? "" : near(text(node.name), known);
    if (!is_untagged(type)) {
      Diagnostic& diagnostic = error(DiagKind::UnknownVariant, node.span,
                                     quoted(type) + " has no variant " + quoted(node.name));
      if (!close.empty()) diagnostic.suggest(close);
    }
    coverage.wrong = true;
    // Its names are bound all the same, so that the arm is not full of unknown names.
    for (ast::NodeId sub : items(node.list)) {
      const ast::Node inner = at(at(sub).kind == NodeKind::PatField ? at(sub).a : sub);
      if (inner.kind == NodeKind::PatName) bind_name(inner.name, LocalName{});
    }
    return {};
  }
  lookup_variants(node.name);  // an import of it is used
  if (node.list2.count != 0 && !qualifies(node, type)) {
    error(DiagKind::UnknownVariant, node.span,
          quoted(type) + " has no variant `" + qualifiers(node) +
              "::" + std::string(text(node.name)) + "`");
    coverage.wrong = true;
  }
  if (coverage.all || coverage.variants[*index]) {
    error(
        DiagKind::CaseNotReached, node.span,
        "this case is never reached: `" + row(type).variants[*index].name + "` was handled before");
  }
  coverage.variants[*index] = true;
  std::vector<oir::Field> fields = row(type).variants[*index].fields;
  auto subs = items(node.list);
  size_t positional = 0;
  for (ast::NodeId sub : subs) positional += at(sub).kind != NodeKind::PatField;
  if (node.has(ast::kFlagCall) && positional != 0 && subs.size() != fields.size()) {
    error(DiagKind::WrongArguments, node.span,
          "`" + row(type).variants[*index].name + "` has " + std::to_string(fields.size()) +
              (fields.size() == 1 ? " part" : " parts") + ", and " + std::to_string(subs.size()) +
              (subs.size() == 1 ? " name stands here" : " names stand here"));
    coverage.wrong = true;
    for (ast::NodeId sub : subs) {
      if (at(sub).kind == NodeKind::PatName) bind_name(at(sub).name, LocalName{});
    }
    return {};
  }
  std::vector<NodeId> binds;
  for (uint32_t i = 0; i < subs.size(); ++i) {
    ast::Node sub = at(subs[i]);
    uint32_t field = i;
    if (sub.kind == NodeKind::PatField) {
      field = 0;
      while (field < fields.size() && fields[field].name != text(sub.name)) ++field;
      if (field == fields.size()) {
        error(DiagKind::UnknownField, sub.span,
              "unknown field " + quoted(sub.name) + " of " + quoted(node.name));
        coverage.wrong = true;
        continue;
      }
      sub = at(sub.a);
    }
    if (sub.kind == NodeKind::Error) {
      coverage.wrong = true;
      continue;
    }
    if (sub.kind != NodeKind::PatName || sub.has(ast::kFlagCall) || sub.list2.count != 0) {
      not_supported(sub.span, "patterns inside of patterns");
      coverage.wrong = true;
      continue;
    }
    if (text(sub.name) == "_") continue;
    if (alternative) {
      not_supported(sub.span, "names in a case of more than one pattern");
      coverage.wrong = true;
      continue;
    }
    binds.push_back(bind_part(sub.name, sub.span, fields[field].type, field, subject, true));
  }
  tree::Node made = make(T::Pattern, type, node.span);
  made.index = *index;
  made.list = add_list(binds);
  return add(made);
}

NodeId Checker::literal_pattern(ast::NodeId id, NodeId subject, Coverage& coverage) {
  const ast::Node node = at(id);
  TypeId type = type_of(subject);
  NodeId constant = value(node.a, type);
  if (is_bad(constant) || tree_[constant].kind != T::Const) {
    if (!is_bad(constant)) error(DiagKind::BadOperand, node.span, "a case is a literal");
    coverage.wrong = true;
    return {};
  }
  if (coverage.complete(kind(type)) ||
      !coverage.numbers.insert(tree_[constant].constant.bits).second) {
    error(DiagKind::CaseNotReached, node.span, "this case is never reached: it was handled before");
  }
  tree::Node made = make(T::Pattern, type, node.span);
  made.constant = tree_[constant].constant;
  return add(made);
}

NodeId Checker::pattern(ast::NodeId id, NodeId subject, Coverage& coverage, bool alternative) {
  const ast::Node node = at(id);
  TypeId type = type_of(subject);
  if (node.kind == NodeKind::Error) {
    coverage.wrong = true;
    return {};
  }
  if (node.kind == NodeKind::PatName && text(node.name) == "_" && !node.has(ast::kFlagCall)) {
    if (coverage.complete(kind(type)))
      error(DiagKind::CaseNotReached, node.span,
            "this case is never reached: all were handled before");
    coverage.all = true;
    tree::Node made = make(T::Pattern, type, node.span);
    made.flags = tree::kAny;
    return add(made);
  }
  if (kind(type) == TypeKind::Union) {
    bool named = node.kind == NodeKind::PatName && node.a.valid();
    if (named || (node.kind == NodeKind::PatType && is_untagged(type)))
      return union_pattern(id, subject, coverage, alternative);
    error(DiagKind::TypeMismatch, node.span, "expected a variant of " + quoted(type));
    coverage.wrong = true;
    return {};
  }
  if (node.kind == NodeKind::PatLiteral) return literal_pattern(id, subject, coverage);
  error(DiagKind::TypeMismatch, node.span, "expected a literal of type " + quoted(type));
  coverage.wrong = true;
  return {};
}

Checker::Flow Checker::switch_node(ast::NodeId id, TypeId expected, bool wants_value) {
  const ast::Node node = at(id);
  NodeId subject = expr(node.a, TypeId{});
  bool known = !is_bad(subject);
  if (known) {
    TypeId type = type_of(subject);
    TypeKind k = kind(type);
    bool is_union = k == TypeKind::Union && !is_object(type);
    if (!is_union && k != TypeKind::Bool && k != TypeKind::String && !types_.is_integer(type)) {
      Diagnostic& diagnostic =
          error(DiagKind::TypeMismatch, at(node.a).span,
                "expected a union, an integer, a string or a bool, found " + quoted(type));
      if ((k == TypeKind::Ref || k == TypeKind::Box) && is_place(subject))
        diagnostic.suggest("*" + place_text(subject));
      known = false;
    }
  }
  Coverage coverage;
  if (known) coverage.variants.resize(row(type_of(subject)).variants.size());
  bool wrong = !known;
  bool falls = false;
  TypeId type = expected;
  std::vector<NodeId> cases;
  for (ast::NodeId case_id : items(node.list)) {
    const ast::Node one = at(case_id);
    if (one.kind != NodeKind::Case) {
      wrong = true;
      continue;
    }
    ScopeMark scope = push_scope();
    ++block_depth_;
    std::vector<NodeId> patterns;
    for (ast::NodeId pattern_id : items(one.list)) {
      if (known) {
        NodeId made = pattern(pattern_id, subject, coverage, one.list.count > 1);
        if (made.valid()) patterns.push_back(made);
      } else {
        for (ast::NodeId sub : items(at(pattern_id).list)) {
          const ast::Node inner = at(at(sub).kind == NodeKind::PatField ? at(sub).a : sub);
          if (inner.kind == NodeKind::PatName) bind_name(inner.name, LocalName{});
        }
      }
    }
    Flow flow = arm(one.b, type, wants_value, wrong);
    falls |= flow.falls;
    --block_depth_;
    pop_scope(scope);
    tree::Node made = make(T::Case, types_.unit(), one.span);
    made.list = add_list(patterns);
    made.b = flow.node;
    cases.push_back(add(made));
  }
  NodeId otherwise;
  if (node.c) {
    Flow flow = arm(node.c, type, wants_value, wrong);
    falls |= flow.falls;
    otherwise = flow.node;
  } else if (known && !coverage.wrong && !coverage.complete(kind(type_of(subject)))) {
    std::string missing;
    TypeId of = type_of(subject);
    for (uint32_t i = 0; i < coverage.variants.size(); ++i) {
      if (!coverage.variants[i])
        missing += (missing.empty() ? "`" : ", `") + row(of).variants[i].name + "`";
    }
    if (kind(of) == TypeKind::Bool)
      missing = coverage.numbers.count(1) != 0   ? "`false`"
                : coverage.numbers.count(0) != 0 ? "`true`"
                                                 : "`true`, `false`";
    if (missing.empty()) missing = "`otherwise`";
    error(DiagKind::MissingCases, {node.span.file, node.span.begin, at(node.a).span.end},
          "not all cases are handled: " + missing);
    wrong = true;
  }
  if (wrong || coverage.wrong) {
    // What is missing may have left the function, or not.
    saw_error_ = true;
    return {bad(node.span), true};
  }
  tree::Node made = make(T::Switch, wants_value && type.valid() ? type : types_.unit(), node.span);
  made.a = subject;
  made.list = add_list(cases);
  made.c = otherwise;
  return {add(made), falls};
}

}  // namespace tenure::ng
