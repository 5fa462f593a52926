// Switches, and the binding of names to parts.
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
  for (NodeId case_id : cases) {
    for (NodeId pattern : tree_.items(node(case_id).list)) {
      for (NodeId name : tree_.items(node(pattern).list)) {
        on.binds = true;
        on.aliases |= types().is_move_only(node(name).type);
      }
    }
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

// The value that is switched on. What it made dies as soon as it is decided, unless the arms bind
// into it [O-LIFE-2].
void Lowering::evaluate(const Node& n, SwitchOn& on) {
  if (on.is_union) {
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
  if (!on.is_union && !types().is_integer(on.type)) {
    dispatch_values(n, on, arms, otherwise);
    return;
  }
  auto cases = tree_.items(n.list);
  std::vector<uint64_t> values;
  std::vector<oir::BlockId> targets;
  oir::BlockId rest = otherwise;
  for (size_t i = 0; i < cases.size() && rest == otherwise; i++) {
    for (NodeId pattern_id : tree_.items(node(cases[i]).list)) {
      const Node& pattern = node(pattern_id);
      if ((pattern.flags & tree::kAny) != 0) {
        rest = arms[i];
        break;
      }
      uint64_t value = on.is_union ? pattern.index : pattern.constant.bits;
      bool seen = false;
      for (uint64_t known : values) seen |= known == value;
      if (seen) continue;
      values.push_back(value);
      targets.push_back(arms[i]);
    }
  }
  targets.push_back(rest);
  Place key = on.is_union ? on.tag : on.value;
  b_.switch_on(Operand::copy(key), values, targets, n.span);
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
      if (on.type == types().string()) {
        StatementScope scope(*this, pattern.span);
        oir::LocalId text = new_temp(on.type, pattern.span);
        b_.init(Place::local(text), Operand::of(pattern.constant), pattern.span);
        schedule_temp(text);
        b_.runtime(same, RtFn::Equal, on.type,
                   {Operand::addr(on.value), Operand::addr(Place::local(text))}, pattern.span);
      } else {
        b_.binary(same, BinOp::Eq, Operand::copy(on.value), Operand::of(pattern.constant),
                  pattern.span);
      }
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
    if ((pattern.flags & tree::kAny) != 0 || !on.is_union) {
      for (NodeId id : tree_.items(pattern.list)) bind_part(node(id), on.value, on.by_move, named);
    } else if (on.by_move) {
      take_apart(pattern, on, unnamed, named);
    } else {
      for (NodeId id : tree_.items(pattern.list)) {
        bind_part(node(id), payload(on, pattern.index, node(id).index), false, named);
      }
    }
  }
  let_go(on, n.span);
  block_into(dst, n.b);
  b_.close(named, n.span);
  b_.close(unnamed, n.span);
}

oir::Place Lowering::payload(const SwitchOn& on, uint32_t variant, uint32_t field) {
  Place place = b_.extend(on.value, {oir::ProjKind::Variant, variant});
  return b_.field(place, field);
}

// Every part of the payload moves into a local; then nothing is left of the temporary.
void Lowering::take_apart(const Node& pattern, const SwitchOn& on, oir::ScopeId unnamed,
                          oir::ScopeId named) {
  size_t count = types()[on.type].variants[pattern.index].fields.size();
  std::vector<const Node*> names(count, nullptr);
  for (NodeId id : tree_.items(pattern.list)) {
    if (node(id).index < count) names[node(id).index] = &node(id);
  }
  for (uint32_t i = 0; i < count; i++) {
    Place part = payload(on, pattern.index, i);
    oir::TypeId type = oir::place_type(out_, b_.function(), part);
    if (names[i] != nullptr) {
      bind_part(*names[i], part, true, named);
    } else if (types().needs_drop(type)) {
      oir::LocalId rest = new_temp(type, pattern.span);
      b_.init(Place::local(rest), Operand::move(part), pattern.span);
      b_.schedule(unnamed, rest, DropReason::EndOfStatement);
    }
  }
  b_.forget(on.value, pattern.span);
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
