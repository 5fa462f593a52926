#include "own/lastuse.h"

#include <functional>
#include <string>
#include <utility>

#include "own/appends.h"
#include "own/copy_removal.h"
#include "own/cursors.h"
#include "own/escape.h"
#include "own/given_params.h"
#include "own/hold_removal.h"
#include "own/kept_by_new.h"
#include "own/liveness.h"
#include "own/pointed.h"
#include "own/referred_arrays.h"
#include "own/steps.h"
#include "own/take_apart.h"

namespace tenure::own {

using namespace oir;

namespace {

class LastUse {
 public:
  LastUse(Program& program, FuncId func, const SourceMap& sources, const EscapesFn& escapes,
          const std::vector<bool>& referred)
      : program_(program),
        func_(func),
        function_(program[func]),
        sources_(sources),
        escapes_(escapes),
        referred_(referred),
        exposed_(pointed_locals(program, program[func])),
        wanted_(function_.locals.size()) {}

  void run() {
    find_locals();
    Liveness liveness(function_, wanted_);
    liveness_ = &liveness;
    for (uint32_t b = 0; b < function_.blocks.size(); ++b) {
      std::vector<Inst>& insts = function_.blocks[b].insts;
      for (uint32_t i = 0; i < insts.size(); ++i) {
        for (uint32_t a = 0; a < insts[i].args_count; ++a) look_at(insts[i], a, b, i);
      }
    }
  }

 private:
  // Locals that are copied as a whole, and those of which an address may be alive longer than an
  // instruction.
  void find_locals() {
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        for (const Operand& operand : function_.args(inst)) {
          if (!operand.has_place() || !operand.place.is_local()) continue;
          size_t local = operand.place.local_id().index();
          if (operand.kind == OperandKind::Copy && operand.place.is_root()) wanted_[local] = true;
          if (inst.op == Op::Alias || inst.op == Op::MakeView) exposed_[local] = true;
        }
        for_each_escaping(program_, function_, inst, escapes_, [&](Place place) {
          if (!place.is_local()) return;
          // Behind a reference it is not the local that is referred to.
          for (const Step& step : steps_of(program_, function_, place)) {
            if (step.proj.kind == ProjKind::Deref) return;
            if (leaves_storage(program_, step)) break;
          }
          exposed_[place.local_id().index()] = true;
        });
      }
    }
    wanted_[0] = false;
  }

  void look_at(Inst& inst, uint32_t arg, uint32_t block, uint32_t index) {
    Operand& operand = function_.operands[inst.args_begin + arg];
    if (operand.kind == OperandKind::Borrow) record_lent(inst, operand);
    if (operand.kind != OperandKind::Copy) return;
    TypeId type = place_type(program_, function_, operand.place);
    if (program_.types.is_plain(type)) return;
    std::string kept = why_copied(inst, arg, block, index, type);
    bool moves = kept.empty();
    bool is_hold = inst.dst.is_local() && !inst.dst.is_global() &&
                   function_.locals[inst.dst.local_id().index()].kind == LocalKind::Hold;
    if (moves) operand.kind = OperandKind::Move;
    if (is_hold && moves && inst.fact.valid()) {
      program_.facts[inst.fact.index()].kind = FactKind::Moved;
      program_.facts[inst.fact.index()].why = "it is not used later";
    }
    if (is_hold) return;  // its fact was left by the removal of holds
    std::string text = place_text(program_, function_, operand.place);
    if (operand.place.is_local() &&
        function_.locals[operand.place.local_id().index()].name.empty()) {
      return;
    }
    FactId fact = program_.add_fact({moves ? FactKind::Moved : FactKind::Copied, func_, inst.span,
                                     text, moves ? "it is not used later" : std::move(kept)});
    if (!inst.fact.valid()) inst.fact = fact;
  }

  // A reference that goes to a call uncounted. Of those that needed a hold at first it was said
  // when the hold went; `explain` shows what is said twice once.
  void record_lent(const Inst& inst, const Operand& operand) {
    if (inst.op != Op::Call || !operand.place.is_local()) return;
    const Local& local = function_.locals[operand.place.local_id().index()];
    if (local.name.empty() || local.kind == LocalKind::Hold) return;
    bool callers = local.kind == LocalKind::Param && local.mode == ParamMode::Borrow;
    program_.add_fact({FactKind::Borrowed, func_, inst.span,
                       place_text(program_, function_, operand.place),
                       callers && operand.place.is_root() ? "the caller keeps it alive"
                                                          : "nothing writes it while it is lent"});
  }

  // Empty: it need not be copied.
  std::string why_copied(const Inst& inst, uint32_t arg, uint32_t block, uint32_t index,
                         TypeId type) {
    const Operand& operand = function_.args(inst)[arg];
    Place place = operand.place;
    std::string name = "`" + place_text(program_, function_, place) + "`";
    if (place.is_global()) return "a global keeps its value";
    const Local& local = function_.locals[place.local_id().index()];
    if (!place.is_root()) return name + " stays where it is";
    if (local.kind == LocalKind::Param && local.mode == ParamMode::Borrow) {
      return name + " belongs to the caller";
    }
    if (local.kind == LocalKind::Cursor) return name + " belongs to somebody else";
    if (local.boxed) return "a reference to it is made";
    if (local.kind == LocalKind::Alias) return name + " stays where it is";
    if (is_named_again(function_, inst, arg)) return name + " is used again in the same expression";
    if (liveness_->live_after(place.local_id(), BlockId{size_t{block}}, index)) {
      Span later = liveness_->later_use(place.local_id(), inst.span);
      if (!later.valid()) return name + " is used again in the next turn";
      return name + " is used again at line " + std::to_string(sources_.locate(later).line);
    }
    if (program_.types[type].watched) {
      return "its type is watched: moving it would change when it dies";
    }
    if (exposed_[place.local_id().index()] ||
        (type.index() < referred_.size() && referred_[type.index()])) {
      return "there may be a reference or a pointer into it";
    }
    return "";
  }

  Program& program_;
  FuncId func_;
  Function& function_;
  const SourceMap& sources_;
  const EscapesFn& escapes_;
  const std::vector<bool>& referred_;
  std::vector<bool> exposed_;
  std::vector<bool> wanted_;
  Liveness* liveness_ = nullptr;
};

}  // namespace

void run_lastuse(Program& program, const Summaries& summaries, const SourceMap& sources,
                 const Optimisations& on) {
  EscapesFn escapes = summaries.escapes_fn();
  std::vector<bool> referred = find_referred_arrays(program, escapes);
  OnlyRead only_read(program);
  CopyCosts costs(program);
  auto each_function = [&](const std::function<void(FuncId)>& visit) {
    for (size_t i = 0; i < program.functions.size(); ++i) {
      if (!program.functions[i].blocks.empty()) visit(FuncId{i});
    }
  };
  each_function([&](FuncId func) {
    if (on.has(Optimisation::Holds)) remove_holds(program, func, summaries, only_read, sources);
    if (on.has(Optimisation::Copies)) remove_copies(program, func, summaries, only_read, costs);
    if (on.has(Optimisation::Cursors)) find_cursors(program, func, summaries, only_read);
  });
  bool reuse = on.has(Optimisation::Reuse);
  WrittenSlots slots(program);
  if (on.has(Optimisation::Give)) give_params(program, summaries, only_read, slots, reuse);
  each_function([&](FuncId func) {
    if (reuse) take_apart(program, func, summaries, only_read, slots);
    if (on.has(Optimisation::Append)) append_to_last(program, func, summaries, only_read);
    if (on.has(Optimisation::Keep)) keep_by_new(program, func, summaries, only_read);
    if (on.has(Optimisation::LastUse)) LastUse(program, func, sources, escapes, referred).run();
  });
}

}  // namespace tenure::own
