// Matches, and the binding of names to parts.
#include "tape/lowering.h"

namespace tenure::tape {

using oir::BinOp;
using oir::DropReason;
using oir::RtFn;
using oir::ScopeKind;
using oir::TypeKind;

struct Lowering::MatchOn {
  Place value;  // the union or the text; of other types a copy of the value
  Place tag;    // of a union
  oir::TypeId type;
  bool is_union = false;
  bool binds = false;
  bool by_move = false;  // a temporary that the arms take apart
  bool stable = false;   // a place that nothing changes: names stand for its parts
};

void Lowering::match(const Node& n) {
  StatementScope scope(*this, n.span, ScopeKind::Arm);
  MatchOn on;
  on.type = node(n.a).type;
  on.is_union = kind_of(on.type) == TypeKind::Union;
  auto cases = nodes_.items(n.list);
  for (NodeId case_id : cases) {
    for (NodeId pattern : nodes_.items(node(case_id).list)) {
      on.binds = on.binds || node(pattern).list.count != 0;
    }
  }
  evaluate(n, on);

  std::vector<oir::BlockId> arms;
  for (size_t i = 0; i < cases.size(); i++) arms.push_back(b_.new_block());
  oir::BlockId otherwise = b_.new_block();
  oir::BlockId done = b_.new_block();
  dispatch(n, on, arms, otherwise);
  for (size_t i = 0; i < cases.size(); i++) {
    b_.set_block(arms[i]);
    arm(cases[i], on);
    b_.jump(done, n.span);
  }
  b_.set_block(otherwise);
  if (n.c) {
    block_into({}, n.c);
    b_.jump(done, n.span);
  } else if (on.type == types().boolean()) {
    b_.unreachable(n.span);
  } else {
    // Zero may be no value of an enum, and a `union` may hold anything.
    b_.panic(oir::PanicKind::ValueOutOfRange, {}, node(n.a).span);
  }
  b_.set_block(done);
}

// The value that is matched. What it made dies as soon as it is decided, unless the arms bind into
// it [O-LIFE-2].
void Lowering::evaluate(const Node& n, MatchOn& on) {
  NodeId from = node(n.a).kind == NodeKind::Copy ? node(n.a).a : n.a;
  if (on.is_union) {
    on.tag = u32_temp(n.span);
    on.by_move = !nodes_.is_place(from);
    on.stable = is_stable(from);
    auto find_value = [&] {
      on.value = look(n.a, true);
      b_.tag(on.tag, on.value, node(n.a).span);
    };
    if (on.binds) {
      find_value();
    } else {
      StatementScope decided(*this, node(n.a).span);
      find_value();
    }
  } else if (on.type == types().text()) {
    on.value = look(n.a, true);
  } else {
    on.value = plain_temp(on.type, n.span);
    StatementScope decided(*this, node(n.a).span);
    if (nodes_.is_place(n.a)) {
      Place found = place(n.a, Access::Read);
      b_.init(on.value, Operand::copy(found), n.span);
    } else {
      value_into(on.value, n.a);
    }
  }
}

void Lowering::dispatch(const Node& n, const MatchOn& on, const std::vector<oir::BlockId>& arms,
                        oir::BlockId otherwise) {
  if (!on.is_union && !types().is_integer(on.type)) {
    compare_each(n, on, arms, otherwise);
    return;
  }
  auto cases = nodes_.items(n.list);
  std::vector<uint64_t> values;
  std::unordered_set<uint64_t> seen;
  std::vector<oir::BlockId> targets;
  oir::BlockId rest = otherwise;
  for (size_t i = 0; i < cases.size() && rest == otherwise; i++) {
    for (NodeId pattern_id : nodes_.items(node(cases[i]).list)) {
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

// Strings, bools and floats: one comparison after the other.
void Lowering::compare_each(const Node& n, const MatchOn& on, const std::vector<oir::BlockId>& arms,
                            oir::BlockId otherwise) {
  auto cases = nodes_.items(n.list);
  for (size_t i = 0; i < cases.size(); i++) {
    for (NodeId pattern_id : nodes_.items(node(cases[i]).list)) {
      const Node& pattern = node(pattern_id);
      if ((pattern.flags & tree::kAny) != 0) {
        b_.jump(arms[i], n.span);
        return;
      }
      Place same = same_as_pattern(pattern, on);
      oir::BlockId more = b_.new_block();
      b_.branch(Operand::copy(same), arms[i], more, pattern.span);
      b_.set_block(more);
    }
  }
  b_.jump(otherwise, n.span);
}

oir::Place Lowering::same_as_pattern(const Node& pattern, const MatchOn& on) {
  Place same = plain_temp(types().boolean(), pattern.span);
  if (on.type == types().text()) {
    StatementScope scope(*this, pattern.span);
    Place text = sum_started_with(Operand::of(nodes_.constant(pattern)), pattern.span);
    b_.runtime(same, RtFn::Equal, on.type, {Operand::addr(on.value), Operand::addr(text)},
               pattern.span);
  } else {
    b_.binary(same, BinOp::Eq, Operand::copy(on.value), Operand::of(nodes_.constant(pattern)),
              pattern.span);
  }
  return same;
}

// The names are locals of the arm; what of a temporary has no name dies after it.
void Lowering::arm(NodeId case_id, const MatchOn& on) {
  const Node& n = node(case_id);
  auto patterns = nodes_.items(n.list);
  oir::ScopeId unnamed = b_.open(ScopeKind::Arm, n.span);
  oir::ScopeId named = b_.open(ScopeKind::Block, n.span);
  bool of_variant = patterns.size() == 1 && (node(patterns[0]).flags & tree::kAny) == 0;
  if (on.is_union && on.binds && of_variant) take_apart(node(patterns[0]), on, unnamed, named);
  block_into({}, n.b);
  b_.close(named, n.span);
  b_.close(unnamed, n.span);
}

// Names for parts of the payload [O-LIFE-12]. Of a temporary every part moves into a local; then
// nothing is left of it.
void Lowering::take_apart(const Node& pattern, const MatchOn& on, oir::ScopeId unnamed,
                          oir::ScopeId named) {
  std::vector<oir::Field> fields = types()[on.type].variants[pattern.index].fields;
  std::vector<tree::LocalId> names(fields.size());
  for (NodeId id : nodes_.items(pattern.list)) names[node(id).index] = node(id).local;
  Place payload = b_.extend(on.value, {oir::ProjKind::Variant, pattern.index});
  for (uint32_t i = 0; i < fields.size(); i++) {
    Place part = b_.field(payload, i);
    bool managed = types().needs_drop(fields[i].type);
    Operand taken = on.by_move && managed ? Operand::move(part) : Operand::copy(part);
    if (!names[i]) {
      if (!on.by_move || !managed) continue;
      oir::LocalId rest = new_temp(fields[i].type, pattern.span);
      b_.init(Place::local(rest), taken, pattern.span);
      b_.schedule(unnamed, rest, DropReason::EndOfStatement);
    } else if (on.stable && managed && uses_[names[i].index()] == 0) {
      bind_to_place(names[i], part);
    } else {
      declare(names[i]);
      b_.init(places_[names[i].index()], taken, function_.locals[names[i].index()].span);
      schedule_local(named, names[i]);
    }
  }
  if (on.by_move) b_.forget(on.value, pattern.span);
}

}  // namespace tenure::tape
