#include "own/move_sites.h"

namespace tenure::own {

using namespace oir;

MoveSites::MoveSites(const Function& function, const Cfg& cfg, const Fullness& fullness,
                     const Summaries& summaries)
    : function_(function), cfg_(cfg), fullness_(fullness), summaries_(summaries) {}

bool MoveSites::touches(MovePathId a, MovePathId b) const {
  return fullness_.paths().is_part(a, b) || fullness_.paths().is_part(b, a);
}

std::optional<MoveSites::Site> MoveSites::empties(const Inst& inst, MovePathId path) const {
  const MovePaths& paths = fullness_.paths();
  auto args = function_.args(inst);
  for (uint32_t i = 0; i < args.size(); ++i) {
    const Operand& operand = args[i];
    if (!operand.has_place()) continue;
    Span span = operand.span.valid() ? operand.span : inst.span;
    if (operand.kind == OperandKind::Move) {
      MovePaths::Found found = paths.find(operand.place);
      if (found.exact && touches(found.path, path)) return Site{operand.place, span};
      continue;
    }
    if (inst.op != Op::Call || operand.kind == OperandKind::Copy) continue;
    const Summary& summary = summaries_.of(inst.callee);
    if (i >= summary.params.size()) continue;
    MovePaths::Found found = paths.find(operand.place);
    MovePathId target = found.path;
    if (operand.kind == OperandKind::Borrow) target = paths.target(target);
    if (!found.exact || !target.valid()) continue;
    const std::vector<SummaryPath>& rows = summary.params[i].paths;
    std::vector<MovePathId> at(rows.size());
    for (size_t r = 0; r < rows.size(); ++r) {
      if (r == 0) {
        at[r] = target;
      } else if (at[rows[r].parent].valid()) {
        at[r] = paths.step(at[rows[r].parent], rows[r].proj);
      }
      bool leaves_hole = rows[r].is_leaf() && (rows[r].on_return & kEmpty);
      if (at[r].valid() && leaves_hole && touches(at[r], path)) {
        return Site{paths[at[r]].place, span};
      }
    }
  }
  return std::nullopt;
}

std::optional<MoveSites::Site> MoveSites::find(uint32_t block, uint32_t inst, bool own,
                                               MovePathId path) {
  if (own) {
    if (auto site = empties(function_.blocks[block].insts[inst], path)) return site;
  }
  std::vector<bool> seen(function_.blocks.size());
  std::vector<uint32_t> work;
  auto scan = [&](uint32_t b, size_t end) -> std::optional<Site> {
    const std::vector<Inst>& insts = function_.blocks[b].insts;
    for (size_t i = end; i-- > 0;) {
      if (budget_ == 0) return std::nullopt;
      --budget_;
      if (auto site = empties(insts[i], path)) return site;
    }
    for (uint32_t pred : cfg_.preds(b)) {
      if (seen[pred]) continue;
      seen[pred] = true;
      work.push_back(pred);
    }
    return std::nullopt;
  };
  if (auto site = scan(block, inst)) return site;
  for (size_t i = 0; i < work.size(); ++i) {
    if (auto site = scan(work[i], function_.blocks[work[i]].insts.size())) return site;
  }
  return std::nullopt;
}

}  // namespace tenure::own
