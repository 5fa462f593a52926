// Loops.
#include "base/check.h"
#include "ng/lowering.h"

namespace tenure::ng {

using oir::BinOp;
using oir::BlockKind;
using oir::DropReason;
using oir::LocalKind;
using oir::RtFn;
using oir::ScopeKind;
using oir::TypeKind;

// What `loop x in` runs over, and how the name is bound to an element [O-LIFE-12].
struct Lowering::Elements {
  enum class Bind : uint8_t { Copy, Alias, MoveOut } bind = Bind::Copy;
  Span owner;  // Alias: where the array came to be owned
  Place source;
  Place length;
  bool of_span = false;
};

// `next` with values: they were evaluated where it stands; here the turn is over.
void Lowering::finish_nexts(Loop& loop, oir::BlockId head) {
  for (const Loop::Pending& pending : loop.pending) {
    b_.set_block(pending.block);
    for (size_t i = 0; i < pending.values.size(); i++) {
      Place variable = places_[loop.variables[i].index()];
      Operand value = whole(pending.values[i]);
      b_.assign(variable, value, pending.span, origin_of(variable));
      hand_over({value});
    }
    b_.jump(head, pending.span);
  }
}

// The block of a loop and what leaves it. Its variables are the caller's business.
Lowering::Loop Lowering::open_loop(Span span) {
  Loop loop;
  loop.outside = b_.innermost();
  loop.scope = b_.open(ScopeKind::Block, span);
  loop.exit = b_.new_block();
  return loop;
}

void Lowering::loop_into(Place dst, NodeId id) {
  const Node& n = node(id);
  Loop loop = open_loop(n.span);
  loop.result = dst;
  for (NodeId part_id : tree_.items(n.list)) {
    const Node& part = node(part_id);
    tree::LocalId variable{size_t{part.index}};
    declare(variable);
    StatementScope scope(*this, part.span);
    value_into(places_[variable.index()], part.a);
    schedule_local(loop.scope, variable);
    loop.variables.push_back(variable);
  }
  oir::BlockId head = b_.new_block(BlockKind::LoopHead);
  if (loop.variables.empty()) loop.next = head;
  b_.jump(head, n.span);
  b_.set_block(head);
  loops_.push_back(std::move(loop));

  oir::ScopeId turn = b_.open(ScopeKind::Turn, node(n.b).span);
  block_into({}, n.b);
  b_.close(turn, oir::last_byte(n.span));
  oir::BlockId fall = b_.new_block();
  b_.jump(fall, n.span);

  loop = std::move(loops_.back());
  loops_.pop_back();
  finish_nexts(loop, head);
  b_.set_block(fall);
  b_.close(loop.scope, oir::last_byte(n.span));
  b_.jump(loop.exit, n.span);
  b_.set_block(loop.exit);
}

namespace {

// Whether the death of a value of this type might be seen: what the elements of a temporary are
// moved out one by one for. Strings and numbers, and what is made of them, die unseen.
bool may_be_watched(const oir::TypeTable& types, oir::TypeId id, int depth = 0) {
  const oir::Type& type = types[id];
  if (type.drop.valid() || depth > 16) return true;
  switch (type.kind) {
    case TypeKind::Ref:
    case TypeKind::Weak:
    case TypeKind::Box:
    case TypeKind::Native:
      return true;
    case TypeKind::Array:
    case TypeKind::FixedArray:
      return may_be_watched(types, type.elem, depth + 1);
    case TypeKind::Tuple:
    case TypeKind::Struct:
      for (const oir::Field& field : type.fields) {
        if (may_be_watched(types, field.type, depth + 1)) return true;
      }
      return false;
    case TypeKind::Union:
      for (const oir::Variant& variant : type.variants) {
        for (const oir::Field& field : variant.fields) {
          if (may_be_watched(types, field.type, depth + 1)) return true;
        }
      }
      return false;
    default:
      return false;
  }
}

}  // namespace

Lowering::Elements Lowering::loop_source(const Node& n) {
  Elements elements;
  oir::TypeId type = node(n.a).type;
  oir::TypeId elem = types()[type].elem;
  bool growable = types()[type].kind == TypeKind::Array;
  bool is_place = tree_.is_place(n.a);
  oir::ScopeId loop_scope = b_.innermost();
  StatementScope scope(*this, node(n.a).span);
  Place array;
  if (is_place && types().is_move_only(elem)) {
    elements.bind = Elements::Bind::Alias;
    array = place(n.a, Access::Write);
    elements.source = array;
    elements.owner = origin_of(array);
    if (growable) {
      oir::LocalId view = new_temp(types().view(elem), n.span, LocalKind::Hold);
      b_.make_view(Place::local(view), array, node(n.a).span);
      b_.schedule(loop_scope, view, DropReason::EndOfStatement);
      elements.source = Place::local(view);
    }
  } else {
    oir::LocalId source = new_temp(type, node(n.a).span);
    if (is_place) {
      Place from = place(n.a, Access::Look);
      b_.init(Place::local(source), Operand::copy(from), node(n.a).span);
    } else {
      value_into(Place::local(source), n.a);
      if (!types().is_span(type) && may_be_watched(types(), elem))
        elements.bind = Elements::Bind::MoveOut;
    }
    b_.schedule(loop_scope, source, DropReason::EndOfStatement);
    array = elements.source = Place::local(source);
  }
  oir::TypeId u32 = types().scalar(TypeKind::U32);
  elements.length = Place::local(new_temp(u32, n.span));
  elements.of_span = types().is_span(type);
  if (elements.of_span) {
    Place length = b_.field(array, oir::TypeTable::kSpanLength);
    b_.convert(elements.length, Operand::copy(length), n.span);
  } else if (growable) {
    b_.runtime(elements.length, RtFn::ArrayLen, type, {Operand::addr(array)}, n.span);
  } else {
    b_.init(elements.length, Operand::of(b_.const_int(u32, types()[type].count)), n.span);
  }
  return elements;
}

void Lowering::bind_element(const Node& n, const Elements& elements, Place index) {
  tree::LocalId name{size_t{n.index}};
  Place element = elements.of_span ? element_of_span(elements.source, index)
                                   : b_.index(elements.source, index.local_id());
  Span span = function_.locals[name.index()].span;
  oir::TypeId type = oir::place_type(out_, b_.function(), element);
  oir::ScopeId turn = b_.innermost();
  switch (elements.bind) {
    case Elements::Bind::Copy:
      declare(name);
      b_.init(places_[name.index()], Operand::copy(element), span);
      break;
    case Elements::Bind::Alias:
      alias_local(name, element, elements.owner);
      return;
    case Elements::Bind::MoveOut: {
      // An element moves through a reference to it, which leaves a hole that the array's end skips.
      declare(name);
      StatementScope scope(*this, span);
      oir::LocalId hold = new_temp(types().ref(type), span, LocalKind::Hold);
      b_.make_ref(Place::local(hold), element, span);
      schedule_temp(hold);
      b_.init(places_[name.index()], Operand::move(b_.deref(Place::local(hold))), span);
      schedule_local(turn, name);
      return;
    }
  }
  schedule_local(turn, name);
}

void Lowering::loop_in(NodeId id) {
  const Node& n = node(id);
  Loop loop = open_loop(n.span);
  loop.next = b_.new_block();
  Elements elements = loop_source(n);
  oir::TypeId u32 = types().scalar(TypeKind::U32);
  Place index = Place::local(new_temp(u32, n.span));
  b_.init(index, Operand::of(b_.const_int(u32, 0)), n.span);
  oir::BlockId head = b_.new_block(BlockKind::LoopHead);
  oir::BlockId body = b_.new_block();
  oir::BlockId done = b_.new_block();
  b_.jump(head, n.span);
  b_.set_block(head);
  Place more = Place::local(new_temp(types().boolean(), n.span));
  b_.binary(more, BinOp::Lt, Operand::copy(index), Operand::copy(elements.length), n.span);
  b_.branch(Operand::copy(more), body, done, n.span);
  b_.set_block(body);
  loops_.push_back(loop);
  oir::ScopeId turn = b_.open(ScopeKind::Turn, node(n.b).span);
  bind_element(n, elements, index);
  block_into({}, n.b);
  b_.close(turn, oir::last_byte(n.span));
  b_.jump(loop.next, n.span);
  loops_.pop_back();
  b_.set_block(loop.next);
  Place sum = Place::local(new_temp(u32, n.span));
  b_.binary(sum, BinOp::Add, Operand::copy(index), Operand::of(b_.const_int(u32, 1)), n.span);
  b_.assign(index, Operand::copy(sum), n.span, n.span);
  b_.jump(head, n.span);
  b_.set_block(done);
  b_.close(loop.scope, oir::last_byte(n.span));
  b_.jump(loop.exit, n.span);
  b_.set_block(loop.exit);
}

// What it asks lives until the loop is left, like what any loop runs over.
void Lowering::loop_over(NodeId id) {
  const Node& n = node(id);
  Loop loop = open_loop(n.span);
  for (NodeId part_id : tree_.items(n.list)) {
    const Node& part = node(part_id);
    tree::LocalId local{size_t{part.index}};
    oir::LocalId kept = new_temp(node(part.a).type, part.span);
    oir_locals_[local.index()] = kept;
    places_[local.index()] = Place::local(kept);
    StatementScope scope(*this, part.span);
    value_into(Place::local(kept), part.a);
    b_.schedule(loop.scope, kept, DropReason::EndOfStatement);
  }
  oir::BlockId head = b_.new_block(BlockKind::LoopHead);
  oir::BlockId body = b_.new_block();
  oir::BlockId done = b_.new_block();
  loop.next = head;
  b_.jump(head, n.span);
  b_.set_block(head);
  Place more = condition(n.a);
  b_.branch(Operand::copy(more), body, done, n.span);
  b_.set_block(body);
  loops_.push_back(loop);
  oir::ScopeId turn = b_.open(ScopeKind::Turn, node(n.b).span);
  block_into({}, n.b);
  b_.close(turn, oir::last_byte(n.span));
  b_.jump(head, n.span);
  loops_.pop_back();
  b_.set_block(done);
  b_.close(loop.scope, oir::last_byte(n.span));
  b_.jump(loop.exit, n.span);
  b_.set_block(loop.exit);
}

}  // namespace tenure::ng
