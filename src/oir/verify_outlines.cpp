// Whether functions that could be spared are what their outlines say.
#include <algorithm>

#include "oir/outline.h"
#include "oir/verifier.h"

namespace tenure::oir {

namespace {

bool is_quiet_work(const Inst& inst) {
  switch (inst.op) {
    case Op::MakeRef:
    case Op::MakeView:
    case Op::Alias:
    case Op::Swap:
    case Op::Replace:
    case Op::CallValue:
    case Op::DeferRun:
    case Op::Catch:
      return false;
    case Op::Runtime:
      return RtFn(inst.imm) != RtFn::Exit && RtFn(inst.imm) != RtFn::WeakNew;
    default:
      return true;
  }
}

bool collects(const Inst& inst) {
  return (inst.op == Op::New && inst.imm == 1) ||
         (inst.op == Op::Runtime && rt_info(RtFn(inst.imm)).runs_user_code);
}

// It, or what it is a part of, lies in a local itself.
bool is_in_local(const Function& function, Place place) {
  if (!place.is_local()) return false;
  for (PathId at = place.path; at.v != 0; at = function.paths.parent(at)) {
    ProjKind kind = function.paths.last(at).kind;
    if (kind != ProjKind::Field && kind != ProjKind::Variant) return false;
  }
  return true;
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

class OutlineCheck {
 public:
  OutlineCheck(const Program& program, const Function& function, QuietTypes& quiet,
               VerifyReport& report)
      : program_(program), function_(function), quiet_(quiet), report_(report) {}

  void run() {
    for (const Local& local : function_.locals) {
      if (!quiet_.has(local.type) || local.mode == ParamMode::Borrow) bad("a local may matter");
    }
    bool collects_here = false;
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        look(inst);
        collects_here = collects_here || collects(inst);
      }
    }
    if (collects_here != function_.collects) bad("it collects, or does not");
    compare_calls();
  }

 private:
  void bad(const std::string& what) {
    report_.add("in @" + function_.name + ": spared, but " + what);
  }
  void bad(const Inst& inst, const std::string& what) {
    report_.add(program_, function_, BlockId{size_t{0}}, &inst, "spared, but " + what);
  }

  void look(const Inst& inst) {
    if (!is_quiet_work(inst)) bad(inst, "it may matter");
    if (inst.dst.valid()) {
      bool plain = program_.types.is_plain(place_type(program_, function_, inst.dst));
      bool matters = inst.dst.is_global() || (!plain && !is_in_local(function_, inst.dst));
      if (matters) bad(inst, "what it writes may matter");
    }
    for (const Operand& operand : function_.args(inst)) {
      bool lends = operand.kind == OperandKind::Addr || operand.kind == OperandKind::Borrow;
      if (lends && inst.op == Op::Call) bad(inst, "it lends");
      if (operand.kind == OperandKind::Move && !is_unseen_move(inst, operand))
        bad(inst, "it moves");
      if (!operand.has_place() && operand.constant.kind == ConstKind::Func)
        bad(inst, "it takes the value of a function");
      if (operand.has_place() && !quiet_.has(operand_type(program_, function_, operand)))
        bad(inst, "not all is quiet");
    }
    if (inst.op == Op::Call) calls_.push_back(inst.callee);
  }

  // Of a temporary or a part of it, or of a local that is returned.
  bool is_unseen_move(const Inst& inst, const Operand& operand) const {
    if (!is_in_local(function_, operand.place)) return false;
    if (function_.locals[operand.place.local_id().index()].kind == LocalKind::Temp) return true;
    return inst.op == Op::Init && inst.imm == 1 && inst.dst.is_root();
  }

  void compare_calls() {
    std::vector<FuncId> said = function_.calls;
    for (std::vector<FuncId>* list : {&calls_, &said}) {
      std::sort(list->begin(), list->end());
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    if (calls_ != said) bad("it calls others");
  }

  const Program& program_;
  const Function& function_;
  QuietTypes& quiet_;
  VerifyReport& report_;
  std::vector<FuncId> calls_;
};

}  // namespace

std::vector<std::string> verify_outlines(const Program& program) {
  VerifyReport report;
  auto is_marked = [](const Function& function) { return function.spared; };
  if (std::none_of(program.functions.begin(), program.functions.end(), is_marked)) return {};
  Returning returning(program);
  QuietTypes quiet(program.types);
  for (size_t f = 0; f < program.functions.size(); ++f) {
    const Function& function = program.functions[f];
    if (!function.spared || function.blocks.empty()) continue;
    OutlineCheck(program, function, quiet, report).run();
    if (!returning.returns(FuncId{f}))
      report.add("in @" + function.name + ": spared, but it may never come back");
  }
  return report.take();
}

}  // namespace tenure::oir
