#include "own/summary_paths.h"

#include "own/fullness.h"

namespace tenure::own {

using namespace oir;

namespace {

class PathSummarizer {
 public:
  PathSummarizer(Program& program, FuncId func, const Summaries& summaries)
      : program_(program),
        function_(program[func]),
        summaries_(summaries),
        paths_(program, func, &summaries.escaped(func), &summaries),
        fullness_(program, func, paths_, &summaries, true) {}

  SummaryPathsResult run() {
    read_first_.resize(paths_.leaf_count());
    Cfg cfg(function_);
    Flow<Fullness> flow = solve(cfg, fullness_);
    for (uint32_t block : cfg.order()) {
      if (flow.reached(block)) replay(block, flow.at_entry[block]);
    }
    SummaryPathsResult result;
    result.may_return = may_return_;
    for (uint32_t p = 0; p < function_.params; ++p) result.params.push_back(rows_of(p));
    return result;
  }

 private:
  void replay(uint32_t block, PathBits state) {
    for (const Inst& inst : function_.blocks[block].insts) {
      note_reads(inst, state);
      if (inst.op == Op::Return) {
        may_return_ = true;
        on_return_.join(state);
      }
      if (inst.op == Op::Resume) on_unwind_.join(state);
      bool leaves = !inst.unwind.valid() && (inst_may_fail(program_, function_, inst) ||
                                             inst_may_need_check(function_, inst));
      if (leaves) {
        PathBits side = state;
        fullness_.failed(inst, side);
        on_unwind_.join(side);
      }
      if (!fullness_.step(inst, state)) return;
    }
  }

  // ---- reads of what has not been filled here

  void note(const PathBits& state, MovePathId id) {
    const MovePath& path = paths_[id];
    for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) {
      if (state.get(leaf) & kUnknown) read_first_[leaf] = true;
    }
  }

  void note_pointers(const PathBits& state, MovePathId id) {
    for (; id.valid(); id = paths_[id].parent) {
      if (paths_[id].proj.kind == ProjKind::Deref && paths_[id].parent.valid()) {
        note(state, paths_[id].parent);
      }
    }
  }

  void note_place(const PathBits& state, Place place) {
    MovePaths::Found found = paths_.find(place);
    note_pointers(state, found.path);
    note(state, found.path);
  }

  void note_reads(const Inst& inst, const PathBits& state) {
    if (inst.op == Op::FullCheck || inst.op == Op::Drop || inst.op == Op::Forget) return;
    if (inst.dst.valid() && !inst.dst.is_root()) {
      MovePaths::Found found = paths_.find(inst.dst);
      note_pointers(state, found.path);
      if (!found.exact) note(state, found.path);
    }
    auto args = function_.args(inst);
    for (uint32_t i = 0; i < args.size(); ++i) {
      if (!args[i].has_place()) continue;
      if (inst.op == Op::Call && args[i].kind == OperandKind::Addr) {
        MovePaths::Found found = paths_.find(args[i].place);
        note_pointers(state, found.path);
        if (found.exact) {
          note_callee(inst.callee, i, found.path, state);
        } else {
          note(state, found.path);
        }
        continue;
      }
      note_place(state, args[i].place);
      if (inst.op == Op::Call && args[i].kind == OperandKind::Borrow) {
        MovePaths::Found found = paths_.find(args[i].place);
        MovePathId target = found.exact ? paths_.target(found.path) : MovePathId{};
        if (target.valid()) note_callee(inst.callee, i, target, state);
      }
    }
  }

  // The callee reads what it reads of the argument.
  void note_callee(FuncId callee, uint32_t param, MovePathId target, const PathBits& state) {
    const Summary& summary = summaries_.of(callee);
    if (param >= summary.params.size()) return;
    const std::vector<SummaryPath>& rows = summary.params[param].paths;
    if (rows.empty()) return;
    std::vector<MovePathId> at(rows.size());
    at[0] = target;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (i > 0) {
        MovePathId part = paths_.step(at[rows[i].parent], rows[i].proj);
        at[i] = part.valid() ? part : at[rows[i].parent];
      }
      if (rows[i].read_first) note(state, at[i]);
    }
  }

  // ---- the result

  std::vector<SummaryPath> rows_of(uint32_t param) {
    std::vector<SummaryPath> rows;
    if (function_.locals[param + 1].mode != ParamMode::Borrow) return rows;
    MovePathId word = paths_.of_root(Place::local(LocalId{size_t{param} + 1}));
    MovePathId target = paths_.target(word);
    if (!target.valid()) return rows;
    bool touched = false;
    std::vector<std::pair<MovePathId, uint32_t>> work{{target, SummaryPath::kNone}};
    for (size_t i = 0; i < work.size(); ++i) {
      auto [id, parent] = work[i];
      const MovePath& path = paths_[id];
      uint32_t at = static_cast<uint32_t>(rows.size());
      SummaryPath row;
      row.proj = path.proj;
      row.type = path.type;
      row.parent = parent;
      if (path.is_leaf()) {
        row.on_return = on_return_.get(path.leaf_begin);
        row.on_unwind = on_unwind_.get(path.leaf_begin);
        row.read_first = read_first_[path.leaf_begin];
        touched = touched || row.read_first || ((row.on_return | row.on_unwind) & (kFull | kEmpty));
      }
      if (parent != SummaryPath::kNone) {
        // Breadth first in order: the parts of one parent are neighbours.
        if (rows[parent].first_part == SummaryPath::kNone) {
          rows[parent].first_part = at;
        } else {
          rows[at - 1].next = at;
        }
      }
      rows.push_back(row);
      for (MovePathId part = path.first_part; part.valid(); part = paths_[part].next) {
        work.push_back({part, at});
      }
    }
    if (!touched) rows.clear();
    return rows;
  }

  const Program& program_;
  Function& function_;
  const Summaries& summaries_;
  MovePaths paths_;
  Fullness fullness_;
  std::vector<bool> read_first_;  // by leaf
  PathBits on_return_;
  PathBits on_unwind_;
  bool may_return_ = false;
};

}  // namespace

SummaryPathsResult summarize_paths(Program& program, FuncId func, const Summaries& summaries) {
  return PathSummarizer(program, func, summaries).run();
}

}  // namespace tenure::own
