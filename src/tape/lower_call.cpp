// Calls: of functions, of function values, of the runtime.
#include "base/check.h"
#include "tape/lowering.h"

namespace tenure::tape {

using oir::ParamMode;
using oir::RtFn;

// By parameter, evaluated in the order in which the list has them.
std::vector<oir::Operand> Lowering::arguments(const Node& n, const std::vector<ParamMode>& modes) {
  auto parts = tree_.items(n.list);
  std::vector<Operand> args(parts.size());
  size_t tail = effects_.unchanging_tail(parts.size(), [&](size_t i) { return node(parts[i]).a; });
  for (size_t i = 0; i < parts.size(); i++) {
    const Node& part = node(parts[i]);
    bool lent = modes[part.index] == ParamMode::Borrow;
    args[part.index] = lent ? borrowed(part.a) : owned(part.a, i + 1 >= tail);
  }
  return args;
}

// What is lent is the value that the argument has now: it stays whole and alive until the statement
// ends, whatever is written meanwhile to the place that it was read from [O-LIFE-3].
oir::Operand Lowering::borrowed(NodeId operand) {
  NodeId from = node(operand).kind == NodeKind::Copy ? node(operand).a : operand;
  if (!tree_.is_place(from)) return Operand::addr(temp_of(operand));
  Place found = place(from, Access::Read);
  if (is_stable(from)) return Operand::addr(found);
  return Operand::addr(hold_of(found, node(from).span));
}

void Lowering::call_into(Place dst, NodeId id) {
  const Node& n = node(id);
  const tree::Function& callee = tree_.functions[n.func.index()];
  std::vector<Operand> args = arguments(n, callee.modes);
  b_.call(callee.result == types().unit() ? Place{} : dst, n.func, args, n.span);
  hand_over(args);
}

void Lowering::call_value_into(Place dst, NodeId id) {
  const Node& n = node(id);
  const oir::Type type = types()[node(n.a).type];
  std::vector<ParamMode> modes;
  for (oir::TypeId param : type.params)
    modes.push_back(oir::mode_of_value_parameter(types(), param));
  auto parts = tree_.items(n.list);
  size_t tail = effects_.unchanging_tail(parts.size(), [&](size_t i) { return node(parts[i]).a; });
  Place function = word(n.a, tail == 0);
  std::vector<Operand> args = arguments(n, modes);
  b_.null_check(function, n.span);
  b_.call_value(type.result == types().unit() ? Place{} : dst, Operand::copy(function), args,
                n.span);
  hand_over(args);
}

void Lowering::runtime_into(Place dst, NodeId id) {
  const Node& n = node(id);
  const oir::RtInfo& info = oir::rt_info(n.rt);
  auto ids = tree_.items(n.list);
  TN_CHECK(ids.size() == info.params.size(), "lowering: wrong number of operands for the runtime");
  size_t tail = effects_.unchanging_tail(ids.size(), [&](size_t i) { return ids[i]; });
  std::vector<Operand> args;
  for (size_t i = 0; i < ids.size(); i++) {
    bool pure = i + 1 >= tail;
    switch (info.params[i]) {
      case 'a':
        args.push_back(Operand::addr(look(ids[i], pure)));
        break;
      case 'b':
        args.push_back(Operand::borrow(word(ids[i], pure)));
        break;
      case 'm':
        args.push_back(Operand::addr(place(ids[i], Access::Write)));
        break;
      default:
        args.push_back(owned(ids[i], pure));
        break;
    }
  }
  b_.runtime(info.result == 'u' ? Place{} : dst, n.rt, n.targ, args, n.span);
  hand_over(args);
}

}  // namespace tenure::tape
