// `match`: patterns, what they bind, and whether every case is handled.
#include <set>
#include <unordered_map>

#include "tape/checker.h"

namespace tenure::tape {

using ast::NodeKind;
using T = tree::NodeKind;

// What the arms so far have handled.
struct Checker::Coverage {
  bool all = false;
  std::set<uint64_t> values;  // variants; constants by their bits
  std::set<std::string> texts;
  std::unordered_map<NameId, uint32_t> variants;  // of the type that is matched, by name
};

Checker::Flow Checker::match_stmt(ast::NodeId id) {
  const ast::Node node = at(id);
  NodeId subject = plain(node.a, Ty{});
  if (!is_bad(subject)) subject = auto_deref(subject, at(node.a).span);
  Ty type = type_of(subject);
  bool known = type.valid();
  if (known && !types_.is_integer(type) && !is(type, TyKind::Bool) && !is(type, TyKind::String) &&
      !is(type, TyKind::Enum) && !is(type, TyKind::Tagged) && !is(type, TyKind::Color)) {
    Diagnostic& diagnostic = error(DiagKind::BadOperand, at(node.a).span,
                                   "`match` is not for a value of " + quoted(type));
    if (is(type, TyKind::Optional))
      diagnostic.note(at(node.a).span, "`or { … }` says what stands for `null`");
    known = false;
  }
  Coverage coverage;
  std::vector<NodeId> cases;
  NodeId otherwise;
  bool falls = false;
  bool ok = known;
  for (ast::NodeId arm_id : items(node.list)) {
    const ast::Node arm = at(arm_id);
    if (arm.kind != NodeKind::MatchArm) continue;
    ScopeMark mark = push_scope();
    bool any = at(arm.a).kind == NodeKind::PatAny;
    NodeId made_pattern;
    if (known && coverage.all) {
      error(DiagKind::CaseNotReached, at(arm.a).span,
            "this case is never reached: all are handled before it");
    }
    if (any) {
      coverage.all = true;
    } else if (known) {
      made_pattern = pattern(arm.a, subject, coverage);
      ok &= made_pattern.valid();
    } else {
      bind_unknown(at(arm.a));
    }
    Flow flow = block(arm.b);
    pop_scope(mark);
    falls |= flow.falls;
    if (any) {
      if (!otherwise.valid()) otherwise = flow.node;
      continue;
    }
    if (!made_pattern.valid()) continue;
    Made made = make(T::Case, void_type(), arm.span);
    made.n.list = add_list({made_pattern});
    made.n.b = flow.node;
    cases.push_back(add(made));
  }
  if (!ok) return {NodeId{}, falls};
  Span header{node.span.file, node.span.begin, at(node.a).span.end};
  if (!is_cut_short(node.list)) report_missing(type, coverage, header);
  Made made = make(T::Match, void_type(), node.span);
  made.n.a = subject;
  made.n.list = add_list(cases);
  made.n.c = otherwise;
  return {add(made), falls};
}

// The names of a pattern of what is not known: so that the arm has no unknown names.
void Checker::bind_unknown(const ast::Node& pattern) {
  for (ast::NodeId id : items(pattern.list)) {
    const ast::Node& field = at(id);
    if (field.kind != NodeKind::PatField) continue;
    NameId name = field.c.valid() ? at(field.c).name : field.name;
    bind(name, {add_local("", Ty{}, field.span), Ty{}, Mutability::Bound, {}, field.span, 0});
  }
}

// One pattern; none: it was wrong.
NodeId Checker::pattern(ast::NodeId id, NodeId subject, Coverage& coverage) {
  const ast::Node node = at(id);
  Ty type = type_of(subject);
  if (node.kind == NodeKind::PatLiteral) {
    NodeId constant = value(node.a, type);
    if (is_bad(constant)) return NodeId{};
    return constant_pattern(constant, type, coverage, node.span);
  }
  if (node.kind != NodeKind::PatName) return NodeId{};
  const ast::Node name = at(node.a);
  if (is(type, TyKind::Tagged)) return variant_pattern(node, type, coverage);
  if (node.has(ast::kFlagCall)) {
    error(DiagKind::BadOperand, node.span, "a value of " + quoted(type) + " has no fields to bind");
    bind_unknown(node);
    return NodeId{};
  }
  if (is(type, TyKind::Enum) && name.kind == NodeKind::Name && find_binding(name.name) == nullptr &&
      find_symbol(name.name) == nullptr) {
    for (const TyValue& value : row(type).values) {
      if (value.name == name.name)
        return constant_pattern(int_const(type, value.bits, name.span), type, coverage, node.span);
    }
  }
  NodeId constant = value(node.a, type);
  if (is_bad(constant)) return NodeId{};
  if (!is_const(constant)) {
    error(DiagKind::NotConstant, name.span, "a pattern is a constant");
    return NodeId{};
  }
  return constant_pattern(constant, type, coverage, node.span);
}

NodeId Checker::constant_pattern(NodeId constant, Ty /*type*/, Coverage& coverage, Span span) {
  Made made = make(T::Pattern, void_type(), span);
  made.n.set_constant(tree_[constant].constant());
  oir::Const value = made.n.constant();
  bool is_new = value.kind == oir::ConstKind::String
                    ? coverage.texts.emplace(words_of(value)).second
                    : coverage.values.insert(value.bits).second;
  if (!is_new) {
    error(DiagKind::CaseNotReached, span, "this case is never reached: it is handled before");
  }
  return add(made);
}

NodeId Checker::variant_pattern(const ast::Node& node, Ty type, Coverage& coverage) {
  const ast::Node name = at(node.a);
  bool wrong = false;
  if (name.kind == NodeKind::Member) {
    Ty named = type_named(name.a);
    if (!named.valid()) {
      NodeId other = plain(name.a, Ty{});
      if (!is_bad(other))
        error(DiagKind::BadOperand, name.span, "this is no variant of " + quoted(type));
      wrong = true;
    } else if (named != type) {
      mismatch(name.span, type, quoted(named));
      wrong = true;
    }
  }
  if (coverage.variants.empty()) {
    for (const TyVariant& variant : row(type).variants) {
      coverage.variants.try_emplace(variant.name, uint32_t(coverage.variants.size()));
    }
  }
  auto variant = coverage.variants.find(name.name);
  if (!wrong && variant == coverage.variants.end()) {
    unknown_field(type, name.name, name.name_span().valid() ? name.name_span() : name.span);
    wrong = true;
  }
  if (wrong) {
    bind_unknown(node);
    return NodeId{};
  }
  uint32_t index = variant->second;
  if (!coverage.values.insert(index).second) {
    error(DiagKind::CaseNotReached, node.span, "this case is never reached: it is handled before");
  }
  const std::vector<TyField> fields = row(type).variants[index].fields;
  std::vector<NodeId> binds;
  std::vector<bool> has(fields.size());
  bool ok = true;
  for (ast::NodeId id : items(node.list)) {
    const ast::Node field = at(id);
    if (field.kind != NodeKind::PatField) continue;
    uint32_t at_field = 0;
    while (at_field < fields.size() && fields[at_field].name != field.name) ++at_field;
    NameId bound = field.c.valid() ? at(field.c).name : field.name;
    Ty field_type = at_field < fields.size() ? fields[at_field].type : Ty{};
    Span span = field.c.valid() ? at(field.c).span : field.span;
    tree::LocalId local = add_local(std::string(text(bound)), field_type, span);
    declare_local(bound, {local, field_type, Mutability::Bound, {}, span, 0});
    if (at_field == fields.size()) {
      std::vector<std::string_view> known;
      known.reserve(fields.size());
      for (const TyField& other : fields) known.push_back(text(other.name));
      unknown(DiagKind::UnknownField, "field", field.name, field.span, known);
      ok = false;
      continue;
    }
    if (has[at_field]) {
      error(DiagKind::Redeclared, field.span, quoted(field.name) + " is bound twice");
      ok = false;
    }
    has[at_field] = true;
    Made bind = make(T::Bind, void_type(), field.span);
    bind.n.index = at_field;
    bind.n.local = local;
    binds.push_back(add(bind));
  }
  // Braces name every field, or say `..`.
  if (ok && node.has(ast::kFlagCall) && !node.has(ast::kFlagRest)) {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (has[i]) continue;
      error(DiagKind::MissingField, node.span,
            "field " + quoted(fields[i].name) + " is not bound: `..` leaves out the rest");
      return NodeId{};
    }
  }
  Made made = make(T::Pattern, void_type(), node.span);
  made.n.index = index;
  made.n.list = add_list(binds);
  return ok ? add(made) : NodeId{};
}

void Checker::report_missing(Ty type, const Coverage& coverage, Span span) {
  if (coverage.all || row(type).partial) return;
  std::vector<std::string> missing;
  std::string owner = types_.text(type) + ".";
  if (is(type, TyKind::Tagged)) {
    for (size_t i = 0; i < row(type).variants.size(); ++i) {
      if (coverage.values.count(i) == 0)
        missing.push_back(owner + std::string(text(row(type).variants[i].name)));
    }
  } else if (is(type, TyKind::Enum)) {
    for (const TyValue& value : row(type).values) {
      if (coverage.values.count(value.bits) == 0)
        missing.push_back(owner + std::string(text(value.name)));
    }
  } else if (is(type, TyKind::Bool)) {
    if (coverage.values.count(1) == 0) missing.emplace_back("true");
    if (coverage.values.count(0) == 0) missing.emplace_back("false");
  } else {
    bool bytes = types_.is_integer(type) && types_.bits(type) == 8 && coverage.values.size() == 256;
    if (!bytes) missing.emplace_back("_");
  }
  if (missing.empty()) return;
  constexpr size_t kShown = 8;
  std::string names;
  for (size_t i = 0; i < missing.size() && i < kShown; ++i)
    names += (i ? ", `" : "`") + missing[i] + "`";
  if (missing.size() > kShown) names += ", …";
  error(
      DiagKind::MissingCases, span,
      "not all cases are handled: " + names + (missing.size() == 1 ? " is" : " are") + " missing");
}

}  // namespace tenure::tape
