#include "own/move_rules.h"

#include "own/flow.h"
#include "own/kept_references.h"
#include "own/path_bits.h"
#include "own/pointed.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

Span span_of(const Inst& inst, const Operand& operand) {
  return operand.span.valid() ? operand.span : inst.span;
}

namespace {

class RuleChecker {
 public:
  RuleChecker(Program& program, FuncId func, const Summaries& summaries, const Spelling& spelling,
              DiagnosticSink& sink)
      : program_(program),
        function_(program[func]),
        summaries_(summaries),
        spelling_(spelling),
        sink_(sink) {}

  void run() {
    for (Block& block : function_.blocks) {
      for (Inst& inst : block.insts) {
        for (uint32_t i = 0; i < inst.args_count; ++i) {
          check_copy(inst, i);
          check_move(inst, i);
        }
        if (function_.is_drop) check_self(inst);
      }
    }
  }

 private:
  Operand& operand(const Inst& inst, uint32_t index) { return function_.args(inst)[index]; }

  // The front end knows the syntax and says this better; here it is said at all.
  void check_copy(const Inst& inst, uint32_t index) {
    const Operand& from = operand(inst, index);
    if (from.kind != OperandKind::Copy) return;
    TypeId type = operand_type(program_, function_, from);
    if (!program_.types.is_move_only(type)) return;
    std::string name = spelling_.text(from.place);
    TypeId cause = program_.types.move_only_cause(type);
    sink_.report(DiagKind::CannotCopy, span_of(inst, from), "cannot copy `" + name + "`")
        .note(program_.types[cause].span, "`" + program_.types.text(cause) +
                                              "` is move-only: it has a `drop` or owns its value")
        .suggest("move " + name);
  }

  void check_move(const Inst& inst, uint32_t index) {
    Operand& from = operand(inst, index);
    if (from.kind != OperandKind::Move) return;
    bool no = from.place.is_root() ? is_alias(from.place) && refuse_alias(inst, from)
                                   : refused(inst, from);
    if (no) from.kind = OperandKind::Copy;
  }

  bool refused(const Inst& inst, const Operand& from) {
    std::vector<Step> steps = steps_of(program_, function_, from.place);
    size_t first =
        0;  // after the last counted reference: what was behind it is not part of what follows
    for (size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].proj.kind != ProjKind::Deref) continue;
      TypeKind kind = program_.types[steps[i].from].kind;
      if (kind == TypeKind::Ref) first = i + 1;
      if (kind == TypeKind::Borrow) return refuse_alias(inst, from);
    }
    for (size_t i = first; i < steps.size(); ++i) {
      const Step& step = steps[i];
      if (step.proj.kind == ProjKind::Index || step.proj.kind == ProjKind::Const) {
        sink_.report(DiagKind::CannotMoveIndex, span_of(inst, from), "cannot move out of an index")
            .suggest("use `swap`, `replace` or `take`");
        return true;
      }
      if (step.proj.kind != ProjKind::Field || !program_.types[step.from].drop.valid()) continue;
      if (is_dying_self(from.place, i, step.from)) continue;
      sink_
          .report(DiagKind::CannotMoveOut, span_of(inst, from),
                  "cannot move out of `" + spelling_.text(from.place) + "`")
          .note(program_.types[step.from].span, "`" + program_.types.text(step.from) +
                                                    "` has a `drop`, which needs all of its parts");
      return true;
    }
    return false;
  }

  bool is_alias(Place place) const {
    return place.is_local() && function_.locals[place.local_id().index()].kind == LocalKind::Alias;
  }

  // [O-LIFE-12] The name is a part of a value that keeps it.
  bool refuse_alias(const Inst& inst, const Operand& from) {
    Place lender = spelling_.lender(from.place);
    std::string name = spelling_.text(from.place);
    Place alias{from.place.root, PathId{size_t{0}}};
    sink_
        .report(DiagKind::CannotMoveOut, span_of(inst, from),
                "cannot move out of `" + name + "`: a name for a part cannot move out of `" +
                    spelling_.text(lender) + "`")
        .note(function_.locals[from.place.local_id().index()].span,
              "`" + place_text(program_, function_, alias) + "` was bound to a part here");
    return true;
  }

  // Field step `i` leaves `*self` of the `drop` at hand.
  bool is_dying_self(Place place, size_t i, TypeId type) const {
    bool in_self =
        function_.is_drop && type == function_.drop_of && place.is_local() && place.root == 1;
    if (!in_self) return false;
    std::vector<Proj> projs = function_.paths.projs(place.path);
    size_t after = 1;  // `*`, or `*` and the variant
    if (projs.size() > 1 && projs[1].kind == ProjKind::Variant) after = 2;
    return projs[0].kind == ProjKind::Deref && i == after;
  }

  // ---- [O-MOVE-12]

  bool is_self(Place place) const { return place.is_local() && place.root == 1; }
  // `*self` itself, or with `parts` also what lies in it or belongs to it alone.
  bool in_self(Place place, bool parts) const {
    if (!is_self(place) || place.is_root()) return false;
    std::vector<Step> steps = steps_of(program_, function_, place);
    if (steps.size() == 1) return true;
    if (!parts) return false;
    for (size_t i = 1; i < steps.size(); ++i) {
      if (steps[i].proj.kind == ProjKind::Deref) return false;
    }
    return true;
  }

  void leaves(Span span) {
    sink_.report(DiagKind::SelfLeavesDrop, span, "cannot let `self` leave `drop`")
        .note(function_.span,
              "`self` is dying here: it may be read, changed, and its parts moved out");
  }

  bool is_hold(Place place) const {
    return place.is_local() && place.is_root() &&
           function_.locals[place.local_id().index()].kind == LocalKind::Hold;
  }

  void check_self(const Inst& inst) {
    if (inst.op == Op::Drop || inst.op == Op::Forget) return;
    if (inst.dst.valid() && in_self(inst.dst, false)) leaves(inst.span);
    for (uint32_t i = 0; i < inst.args_count; ++i) {
      const Operand from = operand(inst, i);
      if (!from.has_place() || !is_self(spelling_.resolve(from.place))) continue;
      check_self_operand(inst, i, from);
    }
  }

  void check_self_operand(const Inst& inst, uint32_t index, const Operand& from) {
    Place place = spelling_.resolve(from.place);
    Span span = span_of(inst, from);
    switch (from.kind) {
      case OperandKind::Copy:
        if (place.is_root() && !(inst.op == Op::Init && is_hold(inst.dst))) leaves(span);
        return;
      case OperandKind::Move:
        if (place.is_root() || in_self(place, false)) leaves(span);
        return;
      case OperandKind::Borrow:
        if (!place.is_root()) return;
        if (inst.op == Op::Runtime && RtFn(inst.imm) == RtFn::WeakNew) leaves(span);
        if (inst.op == Op::Call && keeps(inst.callee, index, true)) leaves(span);
        return;
      case OperandKind::Addr:
        if (inst.op == Op::MakeRef && in_self(place, true)) leaves(span);
        if ((inst.op == Op::Swap || inst.op == Op::Replace) && in_self(place, false)) leaves(span);
        if (inst.op == Op::Runtime && RtFn(inst.imm) == RtFn::WeakNew && in_self(place, true)) {
          leaves(span);
        }
        if (inst.op == Op::Call && in_self(place, true) &&
            keeps(inst.callee, index, in_self(place, false))) {
          leaves(span);
        }
        return;
      case OperandKind::Const:
        return;
    }
  }

  bool keeps(FuncId callee, uint32_t index, bool whole) const {
    const ParamSummary& param = summaries_.of(callee).params[index];
    return param.escapes || (whole && param.changes_whole);
  }

  Program& program_;
  Function& function_;
  const Summaries& summaries_;
  const Spelling& spelling_;
  DiagnosticSink& sink_;
};

// To which locals a counted reference may have been made by now that may outlive the function.
class MadeReferences {
 public:
  using State = PathBits;  // by local
  MadeReferences(const Program& program, const Function& function, const EscapesFn& escapes)
      : program_(program),
        function_(function),
        escapes_(escapes),
        leaking_(find_leaking_references(program, function, escapes)) {}
  State entry() { return {}; }
  bool step(const Inst& inst, State& state) {
    if (inst.op == Op::Init && inst.dst.is_local() && inst.dst.is_root()) {
      state.set(inst.dst.root, 0);  // a life of its own
    }
    bool kept = inst.op == Op::MakeRef && inst.dst.is_local() && inst.dst.is_root() &&
                inst.dst.root != 0 && !leaking_[inst.dst.root];
    if (kept) return true;
    for_each_escaping(program_, function_, inst, escapes_, [&](Place place) {
      if (is_part_of_local(program_, function_, place)) state.set(place.root, 1);
    });
    return true;
  }
  void failed(const Inst& inst, State& state) { step(inst, state); }
  bool join(State& into, const State& from) { return into.join(from); }

 private:
  const Program& program_;
  const Function& function_;
  const EscapesFn& escapes_;
  std::vector<bool> leaking_;
};

// What a pointer leads to is not moved away from under it [O-LIFE-4].
void keep_pointed_locals(Program& program, FuncId func) {
  Function& function = program[func];
  std::vector<bool> pointed = pointed_locals(program, function);
  for (Block& block : function.blocks) {
    for (Inst& inst : block.insts) {
      if (inst.op != Op::Init || inst.imm != 1) continue;
      Operand& from = function.args(inst)[0];
      bool stays = from.kind == OperandKind::Move && from.place.is_local() &&
                   from.place.is_root() && pointed[from.place.local_id().index()] &&
                   !program.types.is_move_only(operand_type(program, function, from));
      if (!stays) continue;
      from.kind = OperandKind::Copy;
      inst.fact = program.add_fact({FactKind::Copied, func, inst.span,
                                    place_text(program, function, from.place),
                                    "a pointer to it was made, so it stays where it is"});
    }
  }
}

}  // namespace

void check_move_rules(Program& program, FuncId func, const Summaries& summaries,
                      const Spelling& spelling, DiagnosticSink& sink) {
  RuleChecker(program, func, summaries, spelling, sink).run();
}

void settle_implicit_moves(Program& program, FuncId func, const Summaries& summaries,
                           DiagnosticSink& sink) {
  Function& function = program[func];
  keep_pointed_locals(program, func);
  const std::vector<bool>& escaped = summaries.escaped(func);
  auto is_doubtful = [&](const Inst& inst) {
    if (inst.op != Op::Init || inst.imm != 1) return false;
    const Operand& from = function.args(inst)[0];
    return from.kind == OperandKind::Move && from.place.is_local() && from.place.is_root() &&
           escaped[from.place.local_id().index()];
  };
  bool any = false;
  for (const Block& block : function.blocks) {
    for (const Inst& inst : block.insts) any = any || is_doubtful(inst);
  }
  if (!any) return;
  EscapesFn escapes = summaries.escapes_fn();
  MadeReferences problem(program, function, escapes);
  Cfg cfg(function);
  Flow<MadeReferences> flow = solve(cfg, problem);
  for (uint32_t b : cfg.order()) {
    PathBits state = flow.at_entry[b];
    for (Inst& inst : function.blocks[b].insts) {
      if (is_doubtful(inst)) {
        Operand& from = function.args(inst)[0];
        std::string name = place_text(program, function, from.place);
        if (state.get(from.place.root)) {
          if (program.types.is_move_only(operand_type(program, function, from))) {
            sink.report(DiagKind::CannotMoveBorrowed, span_of(inst, from),
                        "cannot move `" + name + "` while it is borrowed")
                .note(function.locals[from.place.local_id().index()].span,
                      "a reference to `" + name + "` may still exist, and it cannot be copied");
          }
          from.kind = OperandKind::Copy;
          inst.fact = program.add_fact({FactKind::Copied, func, inst.span, name,
                                        "a reference to it has escaped, so it stays where it is"});
        }
      }
      problem.step(inst, state);
    }
  }
}

}  // namespace tenure::own
