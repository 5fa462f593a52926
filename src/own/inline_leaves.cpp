#include "own/inline_leaves.h"

#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "own/emit.h"

namespace tenure::own {

using namespace oir;

namespace {

constexpr size_t kMostInsts = 12;

// The instructions of a leaf in order, without the jumps between them and the return.
using Body = std::vector<const Inst*>;

bool is_simple(Op op) {
  switch (op) {
    case Op::Init:
    case Op::Aggregate:
    case Op::MakeVariant:
    case Op::New:
    case Op::Tag:
    case Op::IsNull:
    case Op::SameRef:
    case Op::Unary:
    case Op::Binary:
    case Op::Cast:
    case Op::Drop:
      return true;
    default:
      return false;
  }
}

bool is_given_or_lent(const Program& program, const Local& param) {
  return param.mode == ParamMode::Own ? program.types.is_plain(param.type)
                                      : program.types[param.type].kind == TypeKind::Ref;
}

std::optional<Body> leaf_body(const Program& program, const Function& function,
                              const Summaries& summaries) {
  if (function.blocks.empty() || function.is_drop || function.dispatches) return std::nullopt;
  for (uint32_t p = 1; p <= function.params; ++p) {
    if (!is_given_or_lent(program, function.locals[p])) return std::nullopt;
  }
  Body body;
  bool makes = false;
  size_t jumps = 0;
  for (BlockId at{size_t{0}};;) {
    for (const Inst& inst : function.blocks[at.index()].insts) {
      if (inst.op == Op::Return) return makes ? std::optional(std::move(body)) : std::nullopt;
      makes |= inst.op == Op::New;
      if (inst.op == Op::Jump) {
        if (++jumps > kMostInsts) return std::nullopt;
        at = inst.targets[0];
        break;
      }
      bool own = inst.dst.is_local() && inst.dst.local_id().index() > function.params;
      bool result = inst.dst.is_local() && inst.dst.local_id().index() == 0;
      if (!is_simple(inst.op) || !(own || result) || body.size() == kMostInsts ||
          inst.unwind.valid() || summaries.inst_may_fail(function, inst)) {
        return std::nullopt;
      }
      body.push_back(&inst);
    }
  }
}

class Inliner {
 public:
  Inliner(const Program& program, Function& function,
          const std::vector<std::optional<Body>>& leaves)
      : program_(program), function_(function), leaves_(leaves) {}

  void run() {
    for (size_t b = 0; b < function_.blocks.size(); ++b) {
      if (!calls_leaf(function_.blocks[b])) continue;
      std::vector<Inst> old = std::move(function_.blocks[b].insts);
      std::vector<Inst> out;
      for (Inst& inst : old) {
        if (is_leaf_call(inst)) {
          put_body(inst, out);
        } else {
          out.push_back(std::move(inst));
        }
      }
      function_.blocks[b].insts = std::move(out);
    }
  }

 private:
  bool calls_leaf(const Block& block) const {
    for (const Inst& inst : block.insts) {
      if (is_leaf_call(inst)) return true;
    }
    return false;
  }

  bool is_leaf_call(const Inst& inst) const {
    if (inst.op != Op::Call || !leaves_[inst.callee.index()]) return false;
    const Function& callee = program_[inst.callee];
    if (&callee == &function_) return false;
    auto args = function_.args(inst);
    for (uint32_t p = 0; p < callee.params; ++p) {
      if (callee.locals[p + 1].mode == ParamMode::Own) continue;
      if (args[p].kind != OperandKind::Borrow && !only_copied(callee, inst, p)) return false;
    }
    return true;
  }

  // A constant can stand for copies of a parameter, and nowhere else.
  bool only_copied(const Function& callee, const Inst& call, uint32_t param) const {
    if (function_.args(call)[param].kind != OperandKind::Const) return false;
    for (const Inst* inst : *leaves_[call.callee.index()]) {
      for (const Operand& operand : callee.args(*inst)) {
        if (!operand.has_place() || operand.place.root != param + 1) continue;
        if (operand.kind != OperandKind::Copy || !operand.place.is_root()) return false;
      }
    }
    return true;
  }

  void put_body(const Inst& call, std::vector<Inst>& out) {
    const Function& callee = program_[call.callee];
    places_.clear();
    for (uint32_t p = 0; p < callee.params; ++p) {
      Operand operand = function_.args(call)[p];
      if (callee.locals[p + 1].mode == ParamMode::Own) {
        Place temp = Place::local(add_temp(function_, callee.locals[p + 1].type, call.span));
        out.push_back(make_inst(function_, Op::Init, temp, {operand}, call.span));
        operand = Operand::copy(temp);
      }
      places_[p + 1] = operand;
    }
    for (const Inst* inst : *leaves_[call.callee.index()]) {
      out.push_back(translate(callee, *inst, call.span));
    }
    if (!call.dst.valid()) return;
    TypeId type = callee.result_type();
    Place result = home(callee, 0, call.span).place;
    Operand value = program_.types.is_plain(type) ? Operand::copy(result) : Operand::move(result);
    out.push_back(make_inst(function_, Op::Init, call.dst, {value}, call.span));
  }

  // What stands for a local of the callee.
  Operand home(const Function& callee, uint32_t local, Span span) {
    auto it = places_.find(local);
    if (it != places_.end()) return it->second;
    Place temp = Place::local(add_temp(function_, callee.locals[local].type, span));
    return places_[local] = Operand::copy(temp);
  }

  Place translate(const Function& callee, Place place, Span span) {
    Place at = home(callee, place.root, span).place;
    for (Proj proj : callee.paths.projs(place.path)) at = project(function_, at, proj);
    return at;
  }

  Inst translate(const Function& callee, const Inst& inst, Span span) {
    Inst made = inst;
    made.span = span;
    made.fact = {};
    std::vector<Operand> operands(callee.args(inst).begin(), callee.args(inst).end());
    for (Operand& operand : operands) {
      if (!operand.has_place()) continue;
      Operand argument = home(callee, operand.place.root, span);
      if (argument.kind == OperandKind::Const) {
        operand = argument;
      } else {
        operand.place = translate(callee, operand.place, span);
        operand.span = span;
      }
    }
    made.dst = translate(callee, inst.dst, span);
    made.args_begin = static_cast<uint32_t>(function_.operands.size());
    function_.operands.insert(function_.operands.end(), operands.begin(), operands.end());
    return made;
  }

  const Program& program_;
  Function& function_;
  const std::vector<std::optional<Body>>& leaves_;
  std::unordered_map<uint32_t, Operand> places_;  // by local of the callee at hand
};

}  // namespace

void inline_leaves(Program& program, const Summaries& summaries) {
  std::vector<std::optional<Body>> leaves;
  leaves.reserve(program.functions.size());
  for (const Function& function : program.functions) {
    leaves.push_back(leaf_body(program, function, summaries));
  }
  // A leaf calls nobody, so no body changes while others are put in its place.
  for (Function& function : program.functions) {
    if (!function.blocks.empty()) Inliner(program, function, leaves).run();
  }
}

}  // namespace tenure::own
