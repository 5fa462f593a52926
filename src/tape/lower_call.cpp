// Calls: of functions, of function values, of the runtime.
#include "base/check.h"
#include "tape/lowering.h"

namespace tenure::tape {

using oir::ParamMode;
using oir::RtFn;

// By parameter, evaluated in the order in which the list has them.
std::vector<oir::Operand> Lowering::arguments(const Node& n, const std::vector<ParamMode>& modes,
                                              bool callee_is_pure) {
  auto parts = nodes_.items(n.list);
  std::vector<Operand> args(parts.size());
  size_t tail = effects_.unchanging_tail(parts.size(), [&](size_t i) { return node(parts[i]).a; });
  for (size_t i = 0; i < parts.size(); i++) {
    const Node& part = node(parts[i]);
    bool pure = i + 1 >= tail;
    bool lent = modes[part.index] == ParamMode::Borrow;
    args[part.index] =
        lent ? borrowed(part.a, pure && callee_is_pure, parts.subspan(i + 1)) : owned(part.a, pure);
  }
  return args;
}

// What is lent is the value that the argument has now: it stays whole and alive until the callee
// has returned, whatever is written meanwhile to the place that it was read from [O-LIFE-3].
oir::Operand Lowering::borrowed(NodeId operand, bool nothing_changes,
                                std::span<const NodeId> later) {
  NodeId from = node(operand).kind == NodeKind::Copy ? node(operand).a : operand;
  if (!nodes_.is_place(from)) return Operand::addr(temp_of(operand));
  Place found = place(from, Access::Read);
  if (keeps_its_value(from, nothing_changes, later))
    return Operand::addr(found).at(node(from).span);
  return Operand::addr(hold_of(found, node(from).span));
}

// Whether it is seen here that nobody writes the place until the call has returned: neither the
// later arguments nor the callee. Who has no address of a local cannot write it.
bool Lowering::keeps_its_value(NodeId place, bool nothing_changes, std::span<const NodeId> later) {
  if (nothing_changes || is_stable(place)) return true;
  tree::LocalId root = root_local(nodes_, types(), place);
  if (!root || (uses_[root.index()] & kAddressed) != 0) return false;
  for (NodeId part : later) {
    if (effects_.writes_local(part, root)) return false;
  }
  return true;
}

void Lowering::call_into(Place dst, NodeId id) {
  const Node& n = node(id);
  const tree::Function& callee = tree_.functions[n.func.index()];
  std::vector<Operand> args = arguments(n, callee.modes, pure_.is_pure(n.func));
  b_.call(callee.result == types().unit() ? Place{} : dst, n.func, args, n.span);
  hand_over(args);
}

void Lowering::call_value_into(Place dst, NodeId id) {
  const Node& n = node(id);
  const oir::Type type = types()[node(n.a).type];
  std::vector<ParamMode> modes;
  for (oir::TypeId param : type.params)
    modes.push_back(oir::mode_of_value_parameter(types(), param));
  auto parts = nodes_.items(n.list);
  size_t tail = effects_.unchanging_tail(parts.size(), [&](size_t i) { return node(parts[i]).a; });
  Place function = word(n.a, tail == 0);
  std::vector<Operand> args = arguments(n, modes, false);
  b_.null_check(function, n.span);
  b_.call_value(type.result == types().unit() ? Place{} : dst, Operand::copy(function), args,
                n.span);
  hand_over(args);
}

void Lowering::runtime_into(Place dst, NodeId id) {
  const Node& n = node(id);
  const oir::RtInfo& info = oir::rt_info(n.rt);
  auto ids = nodes_.items(n.list);
  TN_CHECK(ids.size() == info.params.size(), "lowering: wrong number of operands for the runtime");
  size_t tail = effects_.unchanging_tail(ids.size(), [&](size_t i) { return ids[i]; });
  std::vector<Operand> args;
  for (size_t i = 0; i < ids.size(); i++) {
    bool pure = i + 1 >= tail;
    switch (info.params[i]) {
      case 'a':
        args.push_back(Operand::addr(look(ids[i], pure)).at(node(ids[i]).span));
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
  if (n.rt == RtFn::Exit) b_.unreachable(n.span);  // it leaves every block and never comes back
}

}  // namespace tenure::tape
