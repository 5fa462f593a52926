// Calls of function values. What such a call may do to what it is lent is up to every function
// whose value is taken, so each function type that is called has a function that stands for them
// all: it takes the value and the arguments, and calls the one that the value is. The ownership
// passes look into it like into any other; after them the call goes straight to the value
// (own/value_calls.h).
#include "ng/lowering.h"
#include "oir/builder.h"

namespace tenure::ng {

using oir::Operand;
using oir::Place;
using oir::TypeId;

namespace {

oir::Local parameter(TypeId type, oir::ParamMode mode) {
  oir::Local param;
  param.type = type;
  param.mode = mode;
  return param;
}

using Taken = std::unordered_map<uint32_t, std::vector<oir::FuncId>>;  // by type

Taken taken_functions(const oir::Program& program) {
  Taken taken;
  std::unordered_set<uint64_t> seen;
  for (const oir::Function& function : program.functions) {
    for (const Operand& operand : function.operands) {
      if (operand.kind != oir::OperandKind::Const) continue;
      const oir::Const& constant = operand.constant;
      if (constant.kind != oir::ConstKind::Func || !seen.insert(constant.bits).second) continue;
      taken[constant.type.v].push_back(oir::FuncId{size_t(constant.bits)});
    }
  }
  return taken;
}

void build(oir::Program& program, oir::FuncId id, TypeId type,
           const std::vector<oir::FuncId>& functions) {
  oir::Builder b(program, id);
  const oir::Type row = program.types[type];
  Place result = row.result == program.types.unit() ? Place{} : Place::local(b.result());
  for (oir::FuncId callee : functions) {
    TypeId boolean = program.types.boolean();
    Place same = Place::local(b.add_local("", boolean, oir::LocalKind::Temp, Span{}));
    oir::Const constant{oir::ConstKind::Func, type, callee.index()};
    b.runtime(same, oir::RtFn::Equal, type,
              {Operand::addr(Place::local(b.param(0))), Operand::of(constant)}, Span{});
    oir::BlockId this_one = b.new_block();
    oir::BlockId other = b.new_block();
    b.branch(Operand::copy(same), this_one, other, Span{});
    b.set_block(this_one);
    std::vector<Operand> args;
    for (size_t i = 0; i < row.params.size(); i++) {
      Place param = Place::local(b.param(static_cast<uint32_t>(i) + 1));
      bool lent =
          oir::mode_of_value_parameter(program.types, row.params[i]) == oir::ParamMode::Borrow;
      args.push_back(lent                                      ? Operand::borrow(param)
                     : program.types.needs_drop(row.params[i]) ? Operand::move(param)
                                                               : Operand::copy(param));
    }
    b.call(result, callee, args, Span{});
    b.exit_return(Span{});
    b.set_block(other);
  }
  b.unreachable(Span{});
  b.finish(Span{});
}

}  // namespace

Dispatchers declare_dispatchers(const tree::Program& tree, oir::Program& out) {
  Dispatchers made;
  for (TypeId type : tree.called) {
    const oir::Type row = out.types[type];
    std::vector<oir::Local> params{parameter(type, oir::ParamMode::Own)};
    for (TypeId param : row.params)
      params.push_back(parameter(param, oir::mode_of_value_parameter(out.types, param)));
    std::string name = out.types.text(type);
    oir::FuncId func = oir::Builder::declare_function(out, "call " + std::to_string(type.v), name,
                                                      row.result, std::move(params), Span{});
    out[func].dispatches = true;
    made.emplace(type.v, func);
  }
  return made;
}

void build_dispatchers(const Dispatchers& dispatchers, oir::Program& out) {
  if (dispatchers.empty()) return;
  Taken taken = taken_functions(out);
  for (auto [type, func] : dispatchers) build(out, func, TypeId{size_t{type}}, taken[type]);
}

}  // namespace tenure::ng
