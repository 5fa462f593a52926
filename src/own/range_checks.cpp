#include "own/range_checks.h"

#include <algorithm>
#include <vector>

#include "own/call_graph.h"
#include "own/lent_params.h"
#include "own/ranges.h"

namespace tenure::own {

using namespace oir;

namespace {

bool is_operator(const Inst& inst) {
  return inst.op == Op::Unary || inst.op == Op::Binary || inst.op == Op::Cast;
}

class RangeChecks {
 public:
  explicit RangeChecks(Program& program)
      : program_(program), graph_(program), recursive_(program.functions.size()) {
    size_t count = program.functions.size();
    for (const std::vector<uint32_t>& component : graph_.components()) {
      if (!graph_.is_recursive(component)) continue;
      for (uint32_t node : component) {
        if (node < count) recursive_[node] = true;
      }
    }
    known_.results.assign(count, KnownRanges::kAnything);
    known_.params.resize(count);
    std::vector<bool> by_name = find_called_by_name(program);
    for (size_t f = 0; f < count; ++f) {
      const Function& function = program.functions[f];
      if (!by_name[f] || recursive_[f]) continue;
      auto first = function.locals.begin() + 1;
      if (std::any_of(first, first + function.params, [&](const Local& param) {
            return range_of_type(program.types, param.type).has_value();
          }))
        known_.params[f].resize(function.params);
    }
  }

  void run() {
    const auto& components = graph_.components();
    for (const std::vector<uint32_t>& component : components) {
      for (uint32_t node : component) find_result(node);
    }
    for (auto it = components.rbegin(); it != components.rend(); ++it) {
      for (uint32_t node : *it) visit(node);
    }
  }

 private:
  bool has_code(uint32_t node) const {
    return node < program_.functions.size() && !program_.functions[node].blocks.empty();
  }

  void find_result(uint32_t node) {
    if (!has_code(node) || recursive_[node]) return;
    const Function& function = program_.functions[node];
    if (!range_of_type(program_.types, function.result_type())) return;
    known_.results[node] = Ranges(program_, function, known_, nullptr).result();
  }

  bool has_numbers(const Function& function) const {
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (is_operator(inst) || inst.op == Op::BoundsCheck) return true;
        if (inst.op == Op::Call && !known_.params[inst.callee.index()].empty()) return true;
      }
    }
    return false;
  }

  // When all that call it were visited.
  void visit(uint32_t node) {
    if (!has_code(node)) return;
    Function& function = program_.functions[node];
    if (!has_numbers(function)) return;
    const std::vector<Range>& params = known_.params[node];
    Ranges ranges(program_, function, known_, params.empty() ? nullptr : &params);
    std::vector<std::pair<BlockId, size_t>> answered;
    ranges.each_inst([&](BlockId block, size_t index) {
      Inst& inst = function.blocks[block.index()].insts[index];
      if (inst.op == Op::Call) tell_callee(ranges, function, inst);
      if (inst.op == Op::BoundsCheck && is_in_bounds(ranges, function, inst))
        answered.push_back({block, index});
      if (is_operator(inst)) settle(ranges, function, inst);
    });
    for (auto it = answered.rbegin(); it != answered.rend(); ++it) {
      auto& insts = function.blocks[it->first.index()].insts;
      insts.erase(insts.begin() + static_cast<ptrdiff_t>(it->second));
    }
  }

  void tell_callee(const Ranges& ranges, const Function& function, const Inst& call) {
    std::vector<Range>& params = known_.params[call.callee.index()];
    if (params.empty()) return;
    auto args = function.args(call);
    for (size_t p = 0; p < params.size(); ++p) {
      params[p] = params[p].join(ranges.of(args[p]).value_or(KnownRanges::kAnything));
    }
  }

  bool is_in_bounds(const Ranges& ranges, const Function& function, const Inst& inst) const {
    auto args = function.args(inst);
    if (args[0].kind != OperandKind::Addr) return false;
    TypeId type = place_type(program_, function, args[0].place);
    if (program_.types[type].kind != TypeKind::FixedArray || program_.types.is_run(type))
      return false;
    auto index = ranges.of(args[1]);
    Range::Number count = program_.types[type].count;
    return index && index->within({0, count - 1});
  }

  // An operator whose result is known to fit does not check it; one with one result is that.
  void settle(const Ranges& ranges, Function& function, Inst& inst) const {
    auto given = ranges.given_by(inst);
    if (!given || given->empty()) return;
    TypeId type = place_type(program_, function, inst.dst);
    if (!given->within(*range_of_type(program_.types, type))) return;
    auto args = function.args(inst);
    BinOp op = BinOp(inst.imm);
    bool divides = inst.op == Op::Binary && (op == BinOp::Div || op == BinOp::Rem ||
                                             op == BinOp::WrapDiv || op == BinOp::WrapRem);
    if (divides && ranges.of(args[1])->holds(0)) return;
    inst.unwind = divides ? inst.unwind : BlockId{};
    if (given->is_number()) return become(function, inst, type, given->low);
    // (A division looks at its divisor anyway.)
    if (inst.op == Op::Binary && !divides) inst.imm = uint8_t(wrapping(op));
    if (inst.op == Op::Unary && UnOp(inst.imm) == UnOp::Neg) inst.imm = uint8_t(UnOp::WrapNeg);
    bool integers = program_.types.is_integer(operand_type(program_, function, args[0])) &&
                    program_.types.is_integer(type);
    if (inst.op == Op::Cast && integers) inst.imm = 1;
  }

  void become(Function& function, Inst& inst, TypeId type, Range::Number number) const {
    bool is_bool = program_.types[type].kind == TypeKind::Bool;
    Const value{is_bool ? ConstKind::Bool : ConstKind::Int, type, static_cast<uint64_t>(number)};
    function.args(inst)[0] = Operand::of(value);
    inst.op = Op::Init;
    inst.imm = 0;
    inst.args_count = 1;
    inst.unwind = {};
  }

  Program& program_;
  CallGraph graph_;
  std::vector<bool> recursive_;
  KnownRanges known_;
};

}  // namespace

void remove_range_checks(Program& program) {
  RangeChecks(program).run();
}

}  // namespace tenure::own
