// Strings: one buffer that grows, linear in the length of the result.
#include "tape/lowering.h"

namespace tenure::tape {

using oir::RtFn;
using oir::TypeKind;
using tree::NodeId;

// What a string is put together of, left to right: the parts of sums and interpolations inside of
// it are its own, so that no string is made only to be appended. As deep as the expression nests.
void Lowering::pieces_of(NodeId id, std::vector<NodeId>& pieces) {
  const Node& n = node(id);
  if (n.kind != NodeKind::Interpolate && n.kind != NodeKind::Concat) {
    pieces.push_back(id);
    return;
  }
  for (NodeId part : nodes_.items(n.list)) pieces_of(part, pieces);
}

std::vector<NodeId> Lowering::pieces_of(std::span<const NodeId> parts) {
  std::vector<NodeId> pieces;
  for (NodeId part : parts) pieces_of(part, pieces);
  return pieces;
}

// `part` is where the value of the piece lies.
void Lowering::append_piece(Place text, NodeId piece, Place part, Span span) {
  oir::TypeId type = node(piece).type;
  bool is_text = type == types().text();
  b_.runtime({}, is_text ? RtFn::StrAppend : RtFn::AppendValue, is_text ? oir::TypeId{} : type,
             {Operand::addr(text), Operand::addr(part)}, span);
}

void Lowering::concat_into(Place dst, NodeId id) {
  const Node& n = node(id);
  auto ids = nodes_.items(n.list);
  for (NodeId part : ids) {
    if (node(part).kind == NodeKind::Interpolate) return interpolate_into(dst, id);
  }
  Place left = look(ids[0], effects_.changes_nothing(ids[1]));
  Place right = look(ids[1], true);
  if (ids.size() == 2) {
    b_.runtime(dst, RtFn::StrConcat, {}, {Operand::addr(left), Operand::addr(right)}, n.span);
    return;
  }
  oir::LocalId sum = new_temp(n.type, n.span);
  b_.runtime(Place::local(sum), RtFn::StrConcat, {}, {Operand::addr(left), Operand::addr(right)},
             n.span);
  schedule_temp(sum);
  for (size_t i = 2; i < ids.size(); i++) {
    append_piece(Place::local(sum), ids[i], look(ids[i], true), node(ids[i]).span);
  }
  Operand text = whole(Place::local(sum));
  b_.init(dst, text, n.span);
  hand_over({text});
}

// A temporary that more is appended to.
oir::Place Lowering::sum_started_with(Operand text, Span span) {
  oir::LocalId sum = new_temp(types().text(), span);
  b_.init(Place::local(sum), text, span);
  schedule_temp(sum);
  return Place::local(sum);
}

void Lowering::interpolate_into(Place dst, NodeId id) {
  const Node& n = node(id);
  std::vector<NodeId> pieces;
  pieces_of(id, pieces);
  bool starts_with_text = !pieces.empty() && node(pieces[0]).type == types().text() &&
                          node(pieces[0]).kind == NodeKind::Const;
  Operand start =
      Operand::of(starts_with_text ? nodes_.constant(node(pieces[0])) : b_.const_text(""));
  Place sum = sum_started_with(start, n.span);
  for (NodeId piece : std::span(pieces).subspan(starts_with_text ? 1 : 0)) {
    append_piece(sum, piece, look(piece, true), node(piece).span);
  }
  Operand text = whole(sum);
  b_.init(dst, text, n.span);
  hand_over({text});
}

void Lowering::switch_text_into(Place dst, NodeId id) {
  const Node& n = node(id);
  Place value = word(n.a, true);
  auto parts = nodes_.items(n.list);
  std::vector<uint64_t> values;
  std::vector<oir::BlockId> targets;
  for (NodeId part : parts) {
    values.push_back(node(part).constant().bits);
    targets.push_back(b_.new_block());
  }
  targets.push_back(b_.new_block());
  oir::BlockId done = b_.new_block();
  b_.switch_on(Operand::copy(value), values, targets, n.span);
  for (size_t i = 0; i < targets.size(); i++) {
    b_.set_block(targets[i]);
    b_.init(dst, Operand::of(b_.const_text(nodes_.switch_texts[n.index + i])), n.span);
    b_.jump(done, n.span);
  }
  b_.set_block(done);
}

// Whether growing the target itself can be told from the sum of what it was before: nobody may read
// or write it while the rest is evaluated.
bool Lowering::appends_in_place(const Node& n) {
  std::vector<NodeId> items = pieces_of(nodes_.items(n.list));
  if (effects_.unchanging_tail(items.size(), [&](size_t i) { return items[i]; }) == 0) return true;
  // What is evaluated may change something, but not a local whose address nobody has.
  tree::LocalId root = root_local(nodes_, types(), n.a);
  if (!root || (uses_[root.index()] & kAddressed) != 0) return false;
  for (NodeId item : items) {
    if (effects_.writes_local(item, root)) return false;
  }
  return true;
}

// Whether the operand may lie in what the target lies in (none: not in a local).
bool Lowering::may_be_target(NodeId operand, tree::LocalId target) {
  NodeId from = node(operand).kind == NodeKind::Copy ? node(operand).a : operand;
  if (!nodes_.is_place(from)) return false;
  tree::LocalId root = root_local(nodes_, types(), from);
  if (root && target) return root == target;
  tree::LocalId local = root ? root : target;
  return !local || (uses_[local.index()] & kAddressed) != 0;
}

void Lowering::append_text(const Node& n) {
  StatementScope scope(*this, n.span);
  std::vector<NodeId> items = pieces_of(nodes_.items(n.list));
  if (!appends_in_place(n)) {
    prepare(n.a, false);
    auto prepared = prepared_;
    Place before = find(n.a);
    check_memory(n.a, before, Access::Read);
    Place sum = sum_started_with(Operand::copy(before), n.span);
    prepared_ = std::move(prepared);
    for (NodeId id : items) {
      append_piece(sum, id, look(id, true), node(id).span);
    }
    Place target = find(n.a);
    check_memory(n.a, target, Access::Write);
    Operand text = whole(sum);
    b_.assign(target, text, n.span, origin_of(target));
    hand_over({text});
    return;
  }
  prepare(n.a, true);
  tree::LocalId root = root_local(nodes_, types(), n.a);
  std::vector<Place> parts;
  size_t tail = effects_.unchanging_tail(items.size(), [&](size_t i) { return items[i]; });
  for (size_t i = 0; i < items.size(); i++) {
    // When the second part is appended the target is not what it was any more.
    bool may_have_grown = i > 0 && may_be_target(items[i], root);
    parts.push_back(look(items[i], i + 1 >= tail && !may_have_grown));
  }
  Place target = find(n.a);
  check_memory(n.a, target, Access::Write);
  for (size_t i = 0; i < items.size(); i++) append_piece(target, items[i], parts[i], n.span);
}

}  // namespace tenure::tape
