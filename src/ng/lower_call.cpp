// Calls: of NG's functions, of the runtime, and what the prelude has of its own.
#include "base/check.h"
#include "ng/lowering.h"

namespace tenure::ng {

using oir::RtFn;

// The arguments of a call, by parameter. `has_self`: of a method, which relies on it.
std::vector<oir::Operand> Lowering::arguments(tree::List list,
                                              const std::vector<oir::ParamMode>& modes,
                                              bool has_self) {
  auto parts = tree_.items(list);
  Ids ids;
  ids.reserve(parts.size());
  for (NodeId part : parts) ids.push_back(node(part).a);
  std::vector<Operand> args(parts.size());
  size_t constants = ids.size();
  while (constants > 0 && node(ids[constants - 1]).kind == NodeKind::Const) constants--;
  size_t tail = unchanging_tail(ids);
  size_t blocks = ids.size();
  while (blocks > 0 && !has_block(ids[blocks - 1])) blocks--;
  for (size_t i = 0; i < ids.size(); i++) {
    uint32_t param = node(parts[i]).index;
    if (modes[param] == oir::ParamMode::Borrow) {
      bool is_self = param == 0 && has_self;
      bool outer = block_follows_;
      block_follows_ = outer || i + 1 < blocks;
      args[param] = borrowed(ids[i], is_self);
      block_follows_ = outer;
    } else {
      args[param] = owned(ids[i], i + 1 >= tail, i + 1 >= constants);
    }
  }
  return args;
}

void Lowering::call_into(Place dst, NodeId id) {
  const Node& n = node(id);
  const tree::Function& callee = program_.functions[n.func.index()];
  bool has_self = callee.params != 0 && callee.locals[0].name == "self";
  std::vector<Operand> args = arguments(n.list, callee.modes, has_self);
  // From the start of the call its by-value arguments are the callee's [O-LIFE-7].
  b_.call(callee.result == types().unit() ? Place{} : dst, n.func, args, n.span);
  hand_over(args);
}

void Lowering::call_value_into(Place dst, NodeId id) {
  const Node& n = node(id);
  const oir::Type type = types()[node(n.a).type];
  std::vector<oir::ParamMode> modes;
  for (oir::TypeId param : type.params)
    modes.push_back(oir::mode_of_value_parameter(types(), param));
  std::vector<NodeId> parts;
  for (NodeId part : tree_.items(n.list)) parts.push_back(node(part).a);
  std::vector<Operand> args{owned(n.a, all_change_nothing(parts, 0), false)};
  for (const Operand& arg : arguments(n.list, modes, false)) args.push_back(arg);
  oir::FuncId callee = dispatchers_.at(node(n.a).type.v);
  b_.call(type.result == types().unit() ? Place{} : dst, callee, args, n.span);
  hand_over(args);
}

// An argument of mode Borrow: it stays whole and alive until the statement ends [O-LIFE-3].
oir::Operand Lowering::borrowed(NodeId id, bool is_self) {
  const Node& n = node(id);
  if (types()[n.type].kind != oir::TypeKind::Ref) return lent_object(id, is_self);
  if (n.kind == NodeKind::Const) return Operand::of(tree_.constant(n));
  if (n.kind == NodeKind::RefOf) return Operand::addr(referent(id));
  Place pointer;
  if (n.kind == NodeKind::Copy && stable_reference(n.a)) {
    pointer = place(n.a, Access::Look);
  } else if (n.kind == NodeKind::Copy) {
    Place from = place(n.a, Access::Look);
    oir::LocalId hold = new_temp(n.type, n.span, oir::LocalKind::Hold);
    b_.init(Place::local(hold), Operand::copy(from), n.span);
    schedule_temp(hold);
    pointer = Place::local(hold);
  } else {
    pointer = temp_of(id);
  }
  // `self` is never null: who calls a method has looked.
  bool known =
      n.kind == NodeKind::New || (n.kind == NodeKind::Copy && node(n.a).kind == NodeKind::Local &&
                                  function_.locals[node(n.a).local.index()].name == "self" &&
                                  unassigned_borrow_[node(n.a).local.index()]);
  if (is_self && !known) b_.null_check(pointer, n.span);
  return Operand::borrow(pointer);
}

void Lowering::runtime_into(Place dst, NodeId id) {
  const Node& n = node(id);
  const oir::RtInfo& info = oir::rt_info(n.rt);
  auto ids = tree_.items(n.list);
  TN_CHECK(ids.size() == info.params.size(), "lowering: wrong number of operands for the runtime");
  std::vector<Operand> args;
  for (size_t i = 0; i < ids.size(); i++) {
    bool pure = all_change_nothing(ids, i + 1);
    switch (info.params[i]) {
      case 'a':
        args.push_back(Operand::addr(look(ids[i], pure)));
        break;
      case 'b':
        if (n.rt == RtFn::WeakNew) {
          // It outlives the statement in its way: a local is lifted for it.
          args.push_back(node(ids[i]).kind == NodeKind::Const
                             ? Operand::of(tree_.constant(node(ids[i])))
                             : Operand::borrow(temp_of(ids[i])));
        } else {
          args.push_back(word(ids[i], pure));
        }
        break;
      case 'm':
        // Of a native function a reference to it.
        args.push_back(Operand::addr(tree_.is_place(ids[i]) ? place(ids[i], Access::Write)
                                                            : referent(ids[i])));
        break;
      default:
        args.push_back(owned(ids[i], pure, i + 1 == ids.size()));
        break;
    }
  }
  b_.runtime(info.result == 'u' ? Place{} : dst, n.rt, n.targ, args, n.span);
  hand_over(args);
  if (n.rt == RtFn::Exit) b_.unreachable(n.span);  // it leaves every block and never comes back
}

void Lowering::print(NodeId id) {
  const Node& n = node(id);
  auto ids = tree_.items(n.list);
  std::vector<Place> places;
  size_t tail = unchanging_tail(ids);
  places.reserve(ids.size());
  for (size_t i = 0; i < ids.size(); i++) places.push_back(look(ids[i], i + 1 >= tail));
  for (size_t i = 0; i < ids.size(); i++) {
    if (i != 0) b_.runtime({}, RtFn::PrintSep, {}, {}, n.span);
    b_.runtime({}, RtFn::PrintValue, node(ids[i]).type, {Operand::addr(places[i])},
               node(ids[i]).span);
  }
  b_.runtime({}, RtFn::PrintEnd, {}, {}, n.span);
}

void Lowering::assertion(NodeId id) {
  const Node& n = node(id);
  Operand holds = owned(n.a, true, true);
  oir::BlockId good = b_.new_block();
  oir::BlockId bad = b_.new_block();
  b_.branch(holds, good, bad, n.span);
  b_.set_block(bad);
  {
    StatementScope scope(*this, n.span);
    std::vector<Operand> message;
    if (n.b) message.push_back(Operand::addr(look(n.b, true)));
    bool alone = (n.flags & tree::kImplicit) != 0;
    b_.panic(alone ? oir::PanicKind::Message : oir::PanicKind::AssertionFailed, message, n.span);
  }
  b_.set_block(good);
}

// What `id` refers to, while `later` is still to be evaluated.
oir::Place Lowering::referent_before(NodeId id, NodeId later) {
  bool outer = block_follows_;
  block_follows_ = outer || has_block(later);
  Place place = referent(id);
  block_follows_ = outer;
  return place;
}

void Lowering::swap(NodeId id) {
  const Node& n = node(id);
  auto is_part = [&](NodeId arg) {
    return node(arg).kind == NodeKind::RefOf && tree_.is_place(node(arg).a) && changes_nothing(arg);
  };
  Place a, b;
  if (is_part(n.a) && is_part(n.b)) {
    // From finding the places to the exchange nothing happens that they would need to be held for.
    a = place(node(n.a).a, Access::Write);
    b = place(node(n.b).a, Access::Write);
  } else {
    a = referent_before(n.a, n.b);
    b = referent(n.b);
  }
  b_.swap(a, b, n.span);
}

void Lowering::replace_into(Place dst, NodeId id) {
  const Node& n = node(id);
  Place place = referent_before(n.a, n.b);
  Operand value = owned(n.b, true, true);
  if (!dst.valid()) dst = Place::local(new_temp(n.type, n.span));  // a unit that nobody takes
  b_.replace(dst, place, value, n.span);
  hand_over({value});
}

}  // namespace tenure::ng
