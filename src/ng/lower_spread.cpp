// `...e`: the elements of an array as elements of another, and operands of which several parts are
// wanted.
#include <algorithm>

#include "base/check.h"
#include "ng/lowering.h"

namespace tenure::ng {

using oir::BinOp;
using oir::BlockKind;
using oir::LocalKind;
using oir::RtFn;

// The temporary of a Held, made where it is met first.
oir::Place Lowering::held(NodeId id) {
  const Node& n = node(id);
  if (n.kind == NodeKind::HeldAgain) {
    auto made = held_.find(n.index);
    TN_CHECK(made != held_.end(), "lowering: a part of what was not evaluated before");
    return made->second;
  }
  return held_[id.v] = temp_of(n.a);
}

bool Lowering::has_spread(const Node& literal) const {
  auto items = tree_.items(literal.list);
  return std::any_of(items.begin(), items.end(),
                     [&](NodeId item) { return node(item).kind == NodeKind::Spread; });
}

// All is evaluated before anything is appended: if that fails, what was evaluated before ends, last
// first [O-LIFE-7].
void Lowering::spread_array_into(Place dst, NodeId id) {
  const Node& n = node(id);
  auto list = tree_.items(n.list);
  std::vector<NodeId> items(list.begin(), list.end());
  size_t constants = items.size();  // from here on there are only constants
  while (constants > 0 && node(items[constants - 1]).kind == NodeKind::Const) constants--;
  size_t tail = unchanging_tail(items);
  std::vector<Operand> values(items.size());
  std::vector<Place> spreads(items.size());
  for (size_t i = 0; i < items.size(); i++) {
    const Node& item = node(items[i]);
    if (item.kind != NodeKind::Spread) {
      values[i] = owned(items[i], i + 1 >= tail, i + 1 >= constants);
    } else if (moves_elements(item)) {
      spreads[i] = temp_of(item.a);
    } else {
      spreads[i] = look(item.a, i + 1 >= tail);
    }
  }
  oir::LocalId local = new_temp(n.type, n.span);
  Place array = Place::local(local);
  b_.make_array(array, {}, n.span);
  schedule_temp(local);
  for (size_t i = 0; i < items.size(); i++) {
    if (spreads[i].valid()) {
      push_elements(array, spreads[i], node(items[i]));
      continue;
    }
    b_.runtime({}, RtFn::ArrayPush, n.type, {Operand::addr(array), values[i]}, node(items[i]).span);
    hand_over({values[i]});
  }
  b_.init(dst, Operand::move(array), n.span);
  hand_over({Operand::move(array)});
}

bool Lowering::moves_elements(const Node& spread) {
  return !tree_.is_place(spread.a) && types().is_move_only(spread.type);
}

// Nothing of the user's runs between two elements, so nobody changes what they are copied from.
void Lowering::push_elements(Place array, Place from, const Node& spread) {
  oir::TypeId type = oir::place_type(out_, b_.function(), array);
  bool moves = moves_elements(spread);
  bool of_span = types().is_span(oir::place_type(out_, b_.function(), from));
  oir::TypeId u64 = types().scalar(oir::TypeKind::U64);
  Place length = length_of(from, u64, spread.span);
  Place index = Place::local(new_temp(u64, spread.span));
  b_.init(index, Operand::of(b_.const_int(u64, 0)), spread.span);
  oir::BlockId head = b_.new_block(BlockKind::LoopHead);
  oir::BlockId body = b_.new_block();
  oir::BlockId done = b_.new_block();
  b_.jump(head, spread.span);
  b_.set_block(head);
  Place more = Place::local(new_temp(types().boolean(), spread.span));
  b_.binary(more, BinOp::Lt, Operand::copy(index), Operand::copy(length), spread.span);
  b_.branch(Operand::copy(more), body, done, spread.span);
  b_.set_block(body);
  {
    StatementScope scope(*this, spread.span);
    Place element = of_span ? element_of_span(from, index) : b_.index(from, index.local_id());
    Operand value = Operand::copy(element);
    if (moves) {
      // Through a reference, which leaves a hole that the end of what is spread skips.
      oir::LocalId hold = new_temp(types().ref(spread.type), spread.span, LocalKind::Hold);
      b_.make_ref(Place::local(hold), element, spread.span);
      schedule_temp(hold);
      value = Operand::move(b_.deref(Place::local(hold)));
    }
    b_.runtime({}, RtFn::ArrayPush, type, {Operand::addr(array), value}, spread.span);
  }
  Place next = Place::local(new_temp(u64, spread.span));
  b_.binary(next, BinOp::WrapAdd, Operand::copy(index), Operand::of(b_.const_int(u64, 1)),
            spread.span);
  b_.assign(index, Operand::copy(next), spread.span, spread.span);
  b_.jump(head, spread.span);
  b_.set_block(done);
}

}  // namespace tenure::ng
