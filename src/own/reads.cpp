#include "own/reads.h"

#include "own/steps.h"

namespace tenure::own {

using namespace oir;

void ReadWalker::collect(const Inst& inst) {
  reads_.clear();
  moves_ = 0;
  if (inst.op == Op::Return) return;
  for (uint32_t i = 0; i < inst.args_count; ++i) operand(inst, i);
  destination(inst);
}

void ReadWalker::operand(const Inst& inst, uint32_t index) {
  Operand operand = function_.args(inst)[index];
  switch (operand.kind) {
    case OperandKind::Const:
      return;
    case OperandKind::Move:
      ++moves_;
      place(operand.place, Read::Mode::Whole, index, true, true);
      return;
    case OperandKind::Copy:
      place(operand.place, Read::Mode::Whole, index, false, true);
      return;
    case OperandKind::Borrow:
      place(operand.place, Read::Mode::Whole, index, false, true);
      if (inst.op == Op::Call && index == 0) {
        const Function& callee = program_[inst.callee];
        if (callee.params == 0 || callee.locals[1].name != "self") return;
        MovePaths::Found found = fullness_.paths().find(operand.place);
        if (!found.exact) return;
        MovePathId target = fullness_.paths().target(found.path);
        if (!target.valid()) return;
        reads_.push_back(
            {Read::Mode::Self, fullness_.paths()[target].place, target, true, false, index, false});
      }
      return;
    case OperandKind::Addr:
      break;
  }
  Read::Mode mode = Read::Mode::Whole;
  if (inst.op == Op::Call) mode = Read::Mode::Argument;
  if (looks_at_word(inst, index)) mode = Read::Mode::Word;
  place(operand.place, mode, index, false, true);
  bool prints = inst.op == Op::Runtime && rt_prints(RtFn(inst.imm));
  if (prints) printed(index);
}

// References print what they refer to. The value itself is the last read.
void ReadWalker::printed(uint32_t operand) {
  const MovePaths& paths = fullness_.paths();
  Read reached = reads_.back();
  reached.mode = Read::Mode::Reached;
  if (reached.exact) {
    paths.each_below(reached.path, [&](MovePathId path) {
      if (paths[path].deref.valid()) {
        reads_.push_back(
            {Read::Mode::Printed, reached.place, paths[path].deref, true, false, operand, false});
      }
    });
  }
  reads_.push_back(reached);
}

void ReadWalker::destination(const Inst& inst) {
  if (!inst.dst.valid() || inst.dst.is_root()) return;
  place(inst.dst, Read::Mode::Whole, Read::kNoOperand, false, false);
  // [O-MOVE-2] A part may be filled only while the value with the `drop` around it is there.
  const MovePaths& paths = fullness_.paths();
  MovePaths::Found found = paths.find(inst.dst);
  MovePathId at = found.path;
  while (at.valid()) {
    const MovePath& path = paths[at];
    bool itself = found.exact && at == found.path;
    bool dying =
        function_.is_drop && path.type == function_.drop_of && path.proj.kind == ProjKind::Deref;
    if (!itself && !dying && path.proj.kind != ProjKind::Variant &&
        program_.types[path.type].drop.valid()) {
      reads_.push_back(
          {Read::Mode::Enclosing, path.place, at, true, false, Read::kNoOperand, false});
    }
    if (path.proj.kind == ProjKind::Deref) return;
    at = path.parent;
  }
}

void ReadWalker::place(Place place, Read::Mode mode, uint32_t operand, bool moves, bool last) {
  const MovePaths& paths = fullness_.paths();
  Place at{place.root, PathId{size_t{0}}};
  MovePathId path = paths.of_root(at);
  bool exact = true;  // `path` is `at`
  bool untracked = false;
  auto push = [&](Read::Mode m) {
    reads_.push_back({m, at, path, exact, untracked, operand, moves});
  };
  if (!place.is_root()) {
    for (const Step& step : steps_of(program_, function_, place)) {
      TypeKind from = program_.types[step.from].kind;
      bool index = step.proj.kind == ProjKind::Index && from != TypeKind::FixedArray;
      bool alias = from == TypeKind::Borrow;
      if ((step.proj.kind == ProjKind::Deref && !alias) || index) push(Read::Mode::Word);
      at = project(function_, at, step.proj);
      if (untracked) continue;
      MovePathId next = exact ? paths.step(path, step.proj) : MovePathId{};
      if (next.valid()) {
        path = next;
      } else {
        MovePaths::Found found = paths.find(at);
        path = found.path;
        exact = false;
        if (step.proj.kind == ProjKind::Deref) untracked = true;
      }
    }
  }
  if (last) push(mode);
}

}  // namespace tenure::own
