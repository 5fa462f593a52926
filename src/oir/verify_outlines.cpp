// Whether functions that could be spared are what their outlines say.
#include <algorithm>

#include "oir/outline.h"
#include "oir/verifier.h"

namespace tenure::oir {

namespace {

bool is_plain_work(const Inst& inst) {
  switch (inst.op) {
    case Op::MakeArray:
    case Op::New:
    case Op::MakeRef:
    case Op::MakeView:
    case Op::Alias:
    case Op::Drop:
    case Op::Swap:
    case Op::Replace:
    case Op::UniqueArray:
    case Op::CallValue:
    case Op::DeferRun:
    case Op::Catch:
      return false;
    case Op::Forget:
      return inst.dst.is_root();
    case Op::Runtime:
      return RtFn(inst.imm) != RtFn::Exit && !rt_info(RtFn(inst.imm)).runs_user_code;
    default:
      return true;
  }
}

// The functions that may come back, callees first: who waits for a call is looked at again.
class Returning {
 public:
  explicit Returning(const Program& program)
      : program_(program), known_(program.functions.size()), waiting_(program.functions.size()) {
    std::vector<uint32_t> work;
    for (uint32_t f = 0; f < known_.size(); ++f) work.push_back(f);
    while (!work.empty()) {
      uint32_t f = work.back();
      work.pop_back();
      if (known_[f] || !look(f)) continue;
      known_[f] = true;
      work.insert(work.end(), waiting_[f].begin(), waiting_[f].end());
    }
  }
  bool returns(FuncId func) const { return known_[func.index()]; }

 private:
  bool look(uint32_t f) {
    const Function& function = program_.functions[f];
    if (function.blocks.empty()) return true;
    std::vector<bool> seen(function.blocks.size());
    std::vector<BlockId> work{BlockId{size_t{0}}};
    while (!work.empty()) {
      BlockId at = work.back();
      work.pop_back();
      if (seen[at.index()]) continue;
      seen[at.index()] = true;
      for (const Inst& inst : function.blocks[at.index()].insts) {
        if (inst.op == Op::Return) return true;
        if (inst.op == Op::Call && !known_[inst.callee.index()]) {
          waiting_[inst.callee.index()].push_back(f);
          break;
        }
        work.insert(work.end(), inst.targets.begin(), inst.targets.end());
      }
    }
    return false;
  }

  const Program& program_;
  std::vector<bool> known_;
  std::vector<std::vector<uint32_t>> waiting_;  // by function: for it to be known
};

void verify_outline(const Program& program, const Function& function, VerifyReport& report) {
  auto bad = [&](const Inst& inst, const char* what) {
    report.add(program, function, BlockId{size_t{0}}, &inst, std::string("spared, but ") + what);
  };
  auto is_plain = [&](Place place) {
    return program.types.is_plain(place_type(program, function, place));
  };
  std::vector<FuncId> calls;
  for (const Local& local : function.locals) {
    if (!program.types.is_plain(local.type) || local.mode == ParamMode::Borrow)
      report.add("in @" + function.name + ": spared, but not all locals are plain");
  }
  for (const Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      if (!is_plain_work(inst)) bad(inst, "it may matter");
      if (inst.dst.valid() && (inst.dst.is_global() || !is_plain(inst.dst)))
        bad(inst, "what it writes may matter");
      for (const Operand& operand : function.args(inst)) {
        if (operand.kind == OperandKind::Move) bad(inst, "it moves");
        if (operand.has_place() && !is_plain(operand.place)) bad(inst, "not all is plain");
        if (!operand.has_place() && operand.constant.kind == ConstKind::Func)
          bad(inst, "it takes the value of a function");
      }
      if (inst.op == Op::Call) calls.push_back(inst.callee);
    }
  }
  std::vector<FuncId> said = function.calls;
  for (std::vector<FuncId>* list : {&calls, &said}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  if (calls != said) report.add("in @" + function.name + ": spared, but it calls others");
}

}  // namespace

std::vector<std::string> verify_outlines(const Program& program) {
  VerifyReport report;
  auto is_marked = [](const Function& function) { return function.spared; };
  if (std::none_of(program.functions.begin(), program.functions.end(), is_marked)) return {};
  Returning returning(program);
  for (size_t f = 0; f < program.functions.size(); ++f) {
    const Function& function = program.functions[f];
    if (!function.spared || function.blocks.empty()) continue;
    verify_outline(program, function, report);
    if (!returning.returns(FuncId{f}))
      report.add("in @" + function.name + ": spared, but it may never come back");
  }
  return report.take();
}

}  // namespace tenure::oir
