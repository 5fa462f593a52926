// Switches, and the binding of names to parts.
#include <unordered_set>

#include "base/check.h"
#include "ng/lowering.h"

namespace tenure::ng {

using oir::BinOp;
using oir::DropReason;
using oir::LocalKind;
using oir::RtFn;
using oir::ScopeKind;
using oir::TypeKind;

struct Lowering::SwitchOn {
  Place value;           // the union or the string; of other types a copy of the value
  Place tag;             // of a union
  bool by_move = false;  // a temporary that the arms take apart
  bool is_union = false;
  bool is_tuple = false;
  bool nested =
      false;  // patterns have patterns in them, or are of a tuple: asked one after the other
  bool binds = false;
  bool aliases = false;  // a name is the part itself
  oir::LocalId
      until_bound;  // what keeps the value as it was; the arms do not, once names are bound
  oir::TypeId type;
};

void Lowering::switch_into(Place dst, NodeId id) {
  const Node& n = node(id);
  StatementScope scope(*this, n.span, ScopeKind::Arm);
  SwitchOn on;
  on.type = node(n.a).type;
  on.is_union = types()[on.type].kind == TypeKind::Union;
  auto cases = tree_.items(n.list);
  on.is_tuple = types()[on.type].kind == TypeKind::Tuple;
  on.nested = on.is_tuple;
  for (NodeId case_id : cases) {
    for (NodeId pattern : tree_.items(node(case_id).list)) find_names(pattern, on);
  }
  evaluate(n, on);

  std::vector<oir::BlockId> arms;
  arms.reserve(cases.size());
  for (size_t i = 0; i < cases.size(); i++) arms.push_back(b_.new_block());
  oir::BlockId otherwise = b_.new_block();
  oir::BlockId done = b_.new_block();
  dispatch(n, on, arms, otherwise);
  for (size_t i = 0; i < cases.size(); i++) {
    b_.set_block(arms[i]);
    arm(dst, cases[i], on);
    b_.jump(done, n.span);
  }
  b_.set_block(otherwise);
  if (n.c) {
    let_go(on, node(n.c).span);
    block_into(dst, n.c);
    b_.jump(done, n.span);
  } else {
    b_.unreachable(n.span);
  }
  b_.set_block(done);
}

// What the arms bind.
void Lowering::find_names(NodeId pattern, SwitchOn& on) {
  for (NodeId id : tree_.items(node(pattern).list)) {
    const Node& name = node(id);
    if (name.a) {
      on.nested = true;
      find_names(name.a, on);
      continue;
    }
    on.binds = true;
    on.aliases |= types().is_move_only(name.type);
  }
}

// The value that is switched on. What it made dies as soon as it is decided, unless the arms bind
// into it [O-LIFE-2].
void Lowering::evaluate(const Node& n, SwitchOn& on) {
  if (on.nested) {
    // Patterns are asked in front of the arms, so the value stays until one of them begins.
    on.by_move = !tree_.is_place(n.a) && !types()[on.type].drop.valid();
    evaluate_bound(n.a, on);
    bool temporary = on.value.is_local() && on.value.is_root() && !tree_.is_place(n.a);
    if (!on.binds && temporary) on.until_bound = on.value.local_id();
  } else if (on.is_union) {
    on.tag = Place::local(new_temp(types().scalar(TypeKind::U32), n.span));
    on.by_move = !tree_.is_place(n.a) && !types()[on.type].drop.valid();
    if (on.binds) {
      evaluate_bound(n.a, on);
      b_.tag(on.tag, on.value, node(n.a).span);
    } else {
      StatementScope decided(*this, node(n.a).span);
      on.value = tree_.is_place(n.a) ? place(n.a, Access::Look) : temp_of(n.a);
      b_.tag(on.tag, on.value, node(n.a).span);
    }
  } else if (on.type == types().string() && changes_nothing(n.a)) {
    on.value = look(n.a, true);
  } else {
    oir::LocalId value = new_temp(on.type, n.span);
    oir::ScopeId arms = temp_scope_;
    on.value = Place::local(value);
    StatementScope decided(*this, node(n.a).span);
    if (tree_.is_place(n.a)) {
      Place from = place(n.a, Access::Look);
      b_.init(on.value, Operand::copy(from), n.span);
    } else {
      value_into(on.value, n.a);
    }
    b_.schedule(arms, value, DropReason::EndOfStatement);
  }
}

// What the arms bind into outlives the condition: the temporary itself, or the one that the place
// is a part of. Where operands of the place were evaluated, their end may change the place: so what
// was in it is kept until the names are bound, by a copy, or, if it cannot be copied, by holding
// what it lies in.
void Lowering::evaluate_bound(NodeId id, SwitchOn& on) {
  oir::ScopeId arms = temp_scope_;
  Span span = node(id).span;
  StatementScope decided(*this, span);
  auto outlive = [&](oir::LocalId local) {
    b_.unschedule(local);
    b_.schedule(arms, local, DropReason::EndOfStatement);
  };
  if (!tree_.is_place(id)) {
    on.value = temp_of(id);
    outlive(on.value.local_id());
    return;
  }
  prepare(id, true);
  NodeId base = id;
  while (tree_.is_place(base) && node(base).a) base = node(base).a;
  if (!tree_.is_place(base)) outlive(prepared_[base.v].local_id());
  if (changes_nothing(id)) {
    on.value = find(id, Access::Write);
  } else if (types().is_move_only(on.type)) {
    on.value = find(id, Access::Hold);
    if (on.value.is_global()) return;
    oir::LocalId root = on.value.local_id();
    if (b_.function().locals[root.index()].kind != LocalKind::Hold) return;
    outlive(root);
    if (!on.aliases) on.until_bound = root;
  } else {
    oir::LocalId copy = new_temp(on.type, span);
    Place from = find(id, Access::Look);
    b_.init(Place::local(copy), Operand::copy(from), span);
    b_.schedule(arms, copy, DropReason::EndOfStatement);
    on.value = Place::local(copy);
    on.until_bound = copy;
  }
}

void Lowering::let_go(const SwitchOn& on, Span span) {
  if (!on.until_bound) return;
  Span origin = b_.function().locals[on.until_bound.index()].span;
  b_.drop(Place::local(on.until_bound), DropReason::EndOfStatement, span, origin);
}

void Lowering::dispatch(const Node& n, const SwitchOn& on, const std::vector<oir::BlockId>& arms,
                        oir::BlockId otherwise) {
  if (on.nested) {
    dispatch_nested(n, on, arms, otherwise);
    return;
  }
  if (!on.is_union && !types().is_integer(on.type)) {
    dispatch_values(n, on, arms, otherwise);
    return;
  }
  auto cases = tree_.items(n.list);
  std::vector<uint64_t> values;
  std::unordered_set<uint64_t> seen;
  std::vector<oir::BlockId> targets;
  oir::BlockId rest = otherwise;
  for (size_t i = 0; i < cases.size() && rest == otherwise; i++) {
    for (NodeId pattern_id : tree_.items(node(cases[i]).list)) {
      const Node& pattern = node(pattern_id);
      if ((pattern.flags & tree::kAny) != 0) {
        rest = arms[i];
        break;
      }
      uint64_t value = on.is_union ? pattern.index : pattern.constant().bits;
      if (!seen.insert(value).second) continue;
      values.push_back(value);
      targets.push_back(arms[i]);
    }
  }
  targets.push_back(rest);
  Place key = on.is_union ? on.tag : on.value;
  b_.switch_on(Operand::copy(key), values, targets, n.span);
}

// Patterns in patterns: one case after the other.
void Lowering::dispatch_nested(const Node& n, const SwitchOn& on,
                               const std::vector<oir::BlockId>& arms, oir::BlockId otherwise) {
  auto cases = tree_.items(n.list);
  for (size_t i = 0; i < cases.size(); i++) {
    for (NodeId pattern_id : tree_.items(node(cases[i]).list)) {
      oir::BlockId next = b_.new_block();
      ask(pattern_id, on.value, next);
      b_.jump(arms[i], n.span);
      b_.set_block(next);
    }
  }
  b_.jump(otherwise, n.span);
}

// Goes on where the pattern takes what lies in `place`, else to `fails`. Nothing is moved or
// copied.
void Lowering::ask(NodeId pattern_id, Place place, oir::BlockId fails) {
  const Node& pattern = node(pattern_id);
  if ((pattern.flags & tree::kAny) != 0) return;
  TypeKind kind = types()[pattern.type].kind;
  if (kind == TypeKind::Tuple) {
    ask_parts(pattern, place, fails);
    return;
  }
  Place same = Place::local(new_temp(types().boolean(), pattern.span));
  if (kind == TypeKind::Union) {
    oir::TypeId u32 = types().scalar(TypeKind::U32);
    Place tag = Place::local(new_temp(u32, pattern.span));
    b_.tag(tag, place, pattern.span);
    b_.binary(same, BinOp::Eq, Operand::copy(tag), Operand::of(b_.const_int(u32, pattern.index)),
              pattern.span);
  } else {
    compare_literal(same, pattern, place);
  }
  oir::BlockId more = b_.new_block();
  b_.branch(Operand::copy(same), more, fails, pattern.span);
  b_.set_block(more);
  if (kind == TypeKind::Union)
    ask_parts(pattern, b_.extend(place, {oir::ProjKind::Variant, pattern.index}), fails);
}

void Lowering::ask_parts(const Node& pattern, Place whole, oir::BlockId fails) {
  for (NodeId id : tree_.items(pattern.list)) {
    if (node(id).a) ask(node(id).a, b_.field(whole, node(id).index), fails);
  }
}

void Lowering::compare_literal(Place same, const Node& pattern, Place value) {
  oir::TypeId type = pattern.type;
  if (type == types().string()) {
    StatementScope scope(*this, pattern.span);
    oir::LocalId text = new_temp(type, pattern.span);
    b_.init(Place::local(text), Operand::of(tree_.constant(pattern)), pattern.span);
    schedule_temp(text);
    b_.runtime(same, RtFn::Equal, type, {Operand::addr(value), Operand::addr(Place::local(text))},
               pattern.span);
  } else {
    b_.binary(same, BinOp::Eq, Operand::copy(value), Operand::of(tree_.constant(pattern)),
              pattern.span);
  }
}

// Strings and bools: one comparison after the other.
void Lowering::dispatch_values(const Node& n, const SwitchOn& on,
                               const std::vector<oir::BlockId>& arms, oir::BlockId otherwise) {
  auto cases = tree_.items(n.list);
  for (size_t i = 0; i < cases.size(); i++) {
    for (NodeId pattern_id : tree_.items(node(cases[i]).list)) {
      const Node& pattern = node(pattern_id);
      if ((pattern.flags & tree::kAny) != 0) {
        b_.jump(arms[i], n.span);
        return;
      }
      Place same = Place::local(new_temp(types().boolean(), pattern.span));
      compare_literal(same, pattern, on.value);
      oir::BlockId more = b_.new_block();
      b_.branch(Operand::copy(same), arms[i], more, pattern.span);
      b_.set_block(more);
    }
  }
  b_.jump(otherwise, n.span);
}

// The names are locals of the arm; what of a temporary has no name dies after it.
void Lowering::arm(Place dst, NodeId case_id, const SwitchOn& on) {
  const Node& n = node(case_id);
  auto patterns = tree_.items(n.list);
  oir::ScopeId unnamed = b_.open(ScopeKind::Arm, n.span);
  oir::ScopeId named = b_.open(ScopeKind::Block, n.span);
  if (patterns.size() == 1 && on.binds) {
    const Node& pattern = node(patterns[0]);
    if (on.by_move) {
      take_apart(pattern, on.value, unnamed, named);
    } else {
      bind_pattern(pattern, on.value, named);
    }
  }
  let_go(on, n.span);
  block_into(dst, n.b);
  b_.close(named, n.span);
  b_.close(unnamed, n.span);
}

// Where the parts of a value that a pattern takes lie.
oir::Place Lowering::parts_of(const Node& pattern, Place value) {
  bool is_union = types()[pattern.type].kind == TypeKind::Union;
  return is_union ? b_.extend(value, {oir::ProjKind::Variant, pattern.index}) : value;
}

// The names of a pattern for what stays where it is.
void Lowering::bind_pattern(const Node& pattern, Place value, oir::ScopeId named) {
  if (tree_.items(pattern.list).empty()) return;
  Place whole = parts_of(pattern, value);
  for (NodeId id : tree_.items(pattern.list)) {
    Place part = b_.field(whole, node(id).index);
    if (node(id).a) {
      bind_pattern(node(node(id).a), part, named);
    } else {
      bind_part(node(id), part, false, named);
    }
  }
}

// Every part of the value moves into a local; then nothing is left of it. `value` is a local.
void Lowering::take_apart(const Node& pattern, Place value, oir::ScopeId unnamed,
                          oir::ScopeId named) {
  const oir::Type type = types()[pattern.type];
  bool is_union = type.kind == TypeKind::Union;
  if ((pattern.flags & tree::kAny) != 0 || (!is_union && type.kind != TypeKind::Tuple)) return;
  const auto& fields = is_union ? type.variants[pattern.index].fields : type.fields;
  std::vector<const Node*> names(fields.size(), nullptr);
  for (NodeId id : tree_.items(pattern.list)) names[node(id).index] = &node(id);
  Place whole = parts_of(pattern, value);
  for (uint32_t i = 0; i < fields.size(); i++) {
    Place part = b_.field(whole, i);
    if (names[i] != nullptr && !names[i]->a) {
      bind_part(*names[i], part, true, named);
    } else if (types().needs_drop(fields[i].type)) {
      oir::LocalId rest = new_temp(fields[i].type, pattern.span);
      b_.init(Place::local(rest), Operand::move(part), pattern.span);
      b_.schedule(unnamed, rest, DropReason::EndOfStatement);
      if (names[i] == nullptr) continue;
      const Node& inner = node(names[i]->a);
      if (types()[inner.type].drop.valid()) {
        bind_pattern(inner, Place::local(rest), named);
      } else {
        take_apart(inner, Place::local(rest), unnamed, named);
      }
    } else if (names[i] != nullptr) {
      bind_pattern(node(names[i]->a), part, named);
    }
  }
  if (is_union) b_.forget(value, pattern.span);
}

void Lowering::bind_part(const Node& name, Place part, bool by_move, oir::ScopeId scope) {
  bind(name, part, by_move);
  if (name.local) schedule_local(scope, name.local);
}

// A name for a part [O-LIFE-12]: the part itself of a temporary, a copy, or, of a move-only part,
// the place where it lies.
void Lowering::bind(const Node& name, Place part, bool by_move) {
  oir::TypeId type = oir::place_type(out_, b_.function(), part);
  bool needs_drop = types().needs_drop(type);
  if (name.local && !by_move && types().is_move_only(type)) {
    alias_local(name.local, part, origin_of(part));
    return;
  }
  Place target = bind_target(name);
  b_.init(target, by_move && needs_drop ? Operand::move(part) : Operand::copy(part), name.span);
}

oir::Place Lowering::bind_target(const Node& name) {
  if (!name.local) return Place::global(name.global);
  declare(name.local);
  return places_[name.local.index()];
}

void Lowering::alias_local(tree::LocalId name, Place part, Span owner) {
  const tree::Local& local = function_.locals[name.index()];
  oir::TypeId type = types().borrow(oir::place_type(out_, b_.function(), part));
  oir::LocalId alias = b_.add_local(local.name, type, LocalKind::Alias, local.span);
  owners_of_aliases_[alias.index()] = owner;
  b_.alias(Place::local(alias), part, local.span);
  oir_locals_[name.index()] = alias;
  places_[name.index()] = b_.deref(Place::local(alias));
}

}  // namespace tenure::ng
