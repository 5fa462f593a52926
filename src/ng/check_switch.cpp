// switch: patterns, what they bind, and whether they handle all cases.
#include <algorithm>

#include "base/check.h"
#include "ng/checker.h"
#include "ng/coverage.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

std::optional<uint32_t> Checker::variant_index(TypeId type, NameId name) const {
  const oir::Type& t = row(type);
  for (uint32_t i = 0; i < t.variants.size(); ++i) {
    if (t.variants[i].name == text(name)) return i;
  }
  return std::nullopt;
}

NodeId Checker::bind_part(NameId name, Span span, TypeId type, uint32_t index,
                          const PatternPlace& place) {
  NodeId subject = place.subject;
  LocalName what;
  what.type = type;
  what.span = span;
  what.in_variant = place.in_variant;
  if (types_.is_move_only(type)) {
    bool placed = is_place(subject);
    // A value that has a `drop` of its own is not taken apart either.
    if ((placed && rooted_in_local(subject)) || (!placed && place.whole)) {
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

Checker::Flow Checker::switch_node(ast::NodeId id, TypeId expected, bool wants_value) {
  const ast::Node& node = at(id);
  NodeId subject = expr(node.a, TypeId{});
  bool known = !is_bad(subject);
  if (known) {
    TypeId type = type_of(subject);
    TypeKind k = kind(type);
    bool is_union = k == TypeKind::Union && !is_object(type);
    if (!is_union && k != TypeKind::Bool && k != TypeKind::String && k != TypeKind::Tuple &&
        !types_.is_integer(type)) {
      Diagnostic& diagnostic =
          error(DiagKind::TypeMismatch, at(node.a).span,
                "expected a union, a tuple, an integer, a string or a bool, found " + quoted(type));
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
        bind_unknown(at(pattern_id).list);
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
  } else if (known && !coverage.wrong) {
    std::string missing = missing_cases(type_of(subject), coverage);
    if (!missing.empty()) {
      error(DiagKind::MissingCases, {node.span.file, node.span.begin, at(node.a).span.end},
            "not all cases are handled: " + missing);
      wrong = true;
    }
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
