#include "own/move_checker.h"

#include <algorithm>

#include "own/move_rules.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

MoveChecker::MoveChecker(Program& program, FuncId func, const Summaries& summaries)
    : program_(program),
      func_(func),
      function_(program[func]),
      summaries_(summaries),
      paths_(program, func, &summaries.escaped(func), &summaries),
      fullness_(program, func, paths_, &summaries, true),
      cfg_(function_),
      walker_(program, function_, fullness_),
      spelling_(program, function_),
      sites_(function_, cfg_, fullness_, summaries) {}

// ---- running the flow

void MoveChecker::find(Vacates& vacates) {
  vacates_ = &vacates;
  vacated_by_moves(vacates);
  flow_ = solve(cfg_, fullness_);
  for (uint32_t block : cfg_.order()) {
    if (flow_.reached(block)) replay(block, flow_.at_entry[block], false);
  }
  second_runs();
  if (has_errors()) later_errors();
}

bool MoveChecker::is_error(Finding::Kind kind) {
  return kind != Finding::Kind::Maybe && kind != Finding::Kind::Memory;
}

bool MoveChecker::has_errors() const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [](const Finding& finding) { return is_error(finding.kind); });
}

// What was read although it is empty stays empty: every later read is an error too [O-MOVE-3].
void MoveChecker::later_errors() {
  Flow<Fullness> checked = std::move(flow_);
  fullness_.set_reads_fill(false);
  flow_ = solve(cfg_, fullness_);
  for (uint32_t block : cfg_.order()) {
    if (flow_.reached(block)) replay(block, flow_.at_entry[block], true);
  }
  second_runs();
  fullness_.set_reads_fill(true);
  flow_ = std::move(checked);
}

void MoveChecker::replay(uint32_t block, State state, bool errors_only) {
  block_ = block;
  errors_only_ = errors_only;
  size_t count = function_.blocks[block].insts.size();
  for (uint32_t i = 0; i < count; ++i) {
    inst_ = i;
    bool goes_on = walker_.walk(function_.blocks[block].insts[i], state,
                                [&](const Read& read, const State& now) { judge(read, now); });
    if (!goes_on) return;
  }
}

// [O-MOVE-3] What comes round from the turn before, judged on its own.
void MoveChecker::second_runs() {
  std::vector<uint32_t> position;
  for (const Cfg::Loop& loop : cfg_.loops()) {
    if (!flow_.reached(loop.head)) continue;
    State seed;
    bool any = false;
    for (uint32_t latch : loop.latches) {
      if (!flow_.reached(latch)) continue;
      detail::run_block(function_, latch, fullness_, flow_.at_entry[latch],
                        [&](uint32_t target, const State& state) {
                          if (target != loop.head) return;
                          any = true;
                          seed.join(state);
                        });
    }
    if (!any || !empties_more(seed, flow_.at_entry[loop.head])) continue;
    Flow<Fullness> turn = solve_turn(cfg_, loop, fullness_, std::move(seed), position);
    for (size_t i = 0; i < loop.blocks.size(); ++i) {
      if (turn.reached(static_cast<uint32_t>(i))) replay(loop.blocks[i], turn.at_entry[i], true);
    }
  }
}

bool MoveChecker::empties_more(const State& seed, const State& head) const {
  bool more = false;
  seed.differences(head, [&](size_t, uint8_t here, uint8_t there) {
    more = more || (here == kEmpty && there != kEmpty);
  });
  return more;
}

void MoveChecker::vacated_by_moves(Vacates& vacates) const {
  for (const Operand& operand : function_.operands) {
    if (operand.kind != OperandKind::Move) continue;
    if (!summaries_.roots().leaves_hole(program_, func_, operand.place)) continue;
    vacates.add(place_type(program_, function_, operand.place));
  }
}

void MoveChecker::find_early_reads(std::vector<bool>& early) {
  auto must_be_full = [&](uint32_t global, const State& state) {
    MovePathId root = paths_.of_root(Place::global(GlobalId{size_t{global}}));
    if (!root.valid() || fullness_.bits(state, root) != kFull) early[global] = true;
  };
  for (uint32_t block : cfg_.order()) {
    if (!flow_.reached(block)) continue;
    State state = flow_.at_entry[block];
    for (const Inst& inst : function_.blocks[block].insts) {
      if (const Effects* effects = summaries_.of_inst(function_, inst)) {
        for (uint32_t global : effects->globals_read.items) must_be_full(global, state);
      }
      if (inst.op != Op::FullCheck) {
        for (const Operand& operand : function_.args(inst)) {
          if (operand.has_place() && operand.place.is_global()) {
            must_be_full(operand.place.global_id().v, state);
          }
        }
      }
      if (!fullness_.step(inst, state)) break;
    }
  }
}

// ---- judging a read

void MoveChecker::add(Finding::Kind kind, const Read& read, MovePathId part) {
  if (errors_only_ && !is_error(kind)) return;
  findings_.push_back({kind, block_, inst_, read, part});
}

void MoveChecker::judge(const Read& read, const State& state) {
  using Mode = Read::Mode;
  if (read.mode == Mode::Reached) {
    if (!all_printed_is_full(read, state)) add(Finding::Kind::Memory, read, {});
  } else if (read.untracked) {
    if (read.mode != Mode::Argument) add(Finding::Kind::Memory, read, {});
  } else if (read.mode == Mode::Printed) {
    judge_printed(read, state);
  } else if (read.mode == Mode::Enclosing) {
    judge_enclosing(read, state);
  } else if ((read.mode == Mode::Argument && read.exact) || read.mode == Mode::Self) {
    judge_argument(read, state);
  } else if (read.exact) {
    judge_exact(read, state);
  } else {
    judge_inside(read, state);
  }
}

void MoveChecker::judge_leaf(const Read& read, uint32_t leaf, uint8_t bits) {
  if (!(bits & kEmpty) || bits == kEmpty) return;
  add(Finding::Kind::Maybe, read, paths_.leaf(leaf));
}

void MoveChecker::judge_exact(const Read& read, const State& state) {
  const MovePath& path = paths_[read.path];
  uint8_t all = kEmpty, any = 0;
  for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) {
    uint8_t bits = state.get(leaf);
    if (bits != kEmpty) all = 0;
    any |= bits;
  }
  if (any == kFull) return;
  if (all == kEmpty) {
    add(Finding::Kind::Moved, read, largest_empty(read.path, state));
    return;
  }
  for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) {
    if (state.get(leaf) != kEmpty) continue;
    add(Finding::Kind::Partial, read, largest_empty(paths_.leaf(leaf), state));
    return;
  }
  for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) {
    judge_leaf(read, leaf, state.get(leaf));
  }
  if (any & kUnknown) add(Finding::Kind::Memory, read, {});
}

// The place lies in a leaf (or in a variant that is not followed).
void MoveChecker::judge_inside(const Read& read, const State& state) {
  const MovePath& path = paths_[read.path];
  uint8_t common = kFull | kEmpty | kUnknown, any = 0;
  for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) {
    common &= state.get(leaf);
    any |= state.get(leaf);
  }
  if (any == kEmpty) {
    add(Finding::Kind::Moved, read, largest_empty(read.path, state));
    return;
  }
  if (common & kEmpty) {
    for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) {
      judge_leaf(read, leaf, state.get(leaf));
    }
  }
  if ((any & kUnknown) && (read.mode != Read::Mode::Argument || in_global(read))) {
    add(Finding::Kind::Memory, read, {});
  }
}

// In a global itself, not behind a reference: whether that is there, its state byte knows.
bool MoveChecker::in_global(const Read& read) const {
  return read.place.is_global() && !read.untracked && !paths_[read.path].deep;
}

// What is not certain here is for the check of all that is reached, which knows about null.
void MoveChecker::judge_printed(const Read& read, const State& state) {
  const MovePath& path = paths_[read.path];
  for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) {
    if (state.get(leaf) != kEmpty) continue;
    add(Finding::Kind::Partial, read, largest_empty(paths_.leaf(leaf), state));
    return;
  }
  for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) {
    judge_leaf(read, leaf, state.get(leaf));
  }
}

// Whether all that a print of the place reads behind references is followed, and there.
bool MoveChecker::all_printed_is_full(const Read& read, const State& state) const {
  if (!read.exact || read.untracked) return false;
  bool full = true;
  paths_.each_below(read.path, [&](MovePathId id) {
    const MovePath& path = paths_[id];
    if (!path.is_leaf() || program_.types.is_plain(path.type)) return;
    TypeKind kind = program_.types[path.type].kind;
    bool ends_here = kind == TypeKind::String || (kind == TypeKind::Ref && path.deref.valid());
    full = full && ends_here && (!path.deep || state.get(path.leaf_begin) == kFull);
  });
  return full;
}

void MoveChecker::judge_enclosing(const Read& read, const State& state) {
  uint8_t bits = fullness_.bits(state, read.path);
  if (bits == kFull) return;
  if (bits == kEmpty) {
    add(Finding::Kind::MovedPart, read, read.path);
    return;
  }
  judge_exact(read, state);
}

// [O-MOVE-8, -11] What the callee reads before it fills it must be there; what it certainly fills
// need not be; the rest of an argument must be there, and of a receiver that is not wholly empty
// may not.
void MoveChecker::judge_argument(const Read& read, const State& state) {
  const Inst& inst = function_.blocks[block_].insts[inst_];
  const MovePath& path = paths_[read.path];
  uint8_t any = 0;
  bool all_empty = true;
  for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) {
    any |= state.get(leaf);
    all_empty = all_empty && state.get(leaf) == kEmpty;
  }
  // A hole that memory knows is found by the callee, but not that a global is empty.
  bool asks_global = (any & kUnknown) && in_global(read);
  if (!(any & kEmpty) && !asks_global) return;
  const Function& callee = program_[inst.callee];
  bool receiver = read.operand == 0 && callee.params > 0 && callee.locals[1].name == "self";
  const std::vector<SummaryPath>& rows = summaries_.of(inst.callee).params[read.operand].paths;
  std::vector<uint8_t> needed(path.leaf_end - path.leaf_begin, receiver && !all_empty ? 0 : 1);
  std::vector<MovePathId> at(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i == 0) {
      at[0] = read.path;
    } else {
      MovePathId part = paths_.step(at[rows[i].parent], rows[i].proj);
      at[i] = part.valid() ? part : at[rows[i].parent];
    }
    if (!rows[i].is_leaf()) continue;
    const MovePath& row = paths_[at[i]];
    bool coarse = i > 0 && at[i] == at[rows[i].parent];
    for (uint32_t leaf = row.leaf_begin; leaf < row.leaf_end; ++leaf) {
      uint8_t& need = needed[leaf - path.leaf_begin];
      if (rows[i].read_first) {
        need = 2;
      } else if (rows[i].on_return == kFull && !coarse && need != 2) {
        need = 0;
      }
    }
  }
  auto is_needed = [](uint8_t need) { return need != 0; };
  if (asks_global && std::any_of(needed.begin(), needed.end(), is_needed)) {
    add(Finding::Kind::Memory, read, {});
  }
  bool partial_reported = false;
  bool all_needed = std::all_of(needed.begin(), needed.end(), is_needed);
  for (uint32_t leaf = path.leaf_begin; leaf < path.leaf_end; ++leaf) {
    uint8_t bits = state.get(leaf);
    if (!(bits & kEmpty)) continue;
    if (!needed[leaf - path.leaf_begin]) {
      judge_filled_part(read, leaf, state);
      vacates_->add(paths_[may_be_hole(leaf, state)].type);  // the callee sees a hole
    } else if (bits != kEmpty) {
      if (read.mode != Read::Mode::Self) judge_leaf(read, leaf, bits);
    } else if (!partial_reported) {
      partial_reported = true;
      bool whole = all_empty && all_needed;
      add(whole ? Finding::Kind::Moved : Finding::Kind::Partial, read,
          largest_empty(whole ? read.path : paths_.leaf(leaf), state));
    }
  }
}

// [O-MOVE-2] What the callee fills lies in a value with a `drop` that must be there, as if it were
// assigned here.
void MoveChecker::judge_filled_part(const Read& read, uint32_t leaf, const State& state) {
  if (paths_[read.path].proj.kind == ProjKind::Deref) return;
  MovePathId around = paths_[read.path].parent;
  for (; around.valid(); around = paths_[around].parent) {
    const MovePath& path = paths_[around];
    bool dying =
        function_.is_drop && path.type == function_.drop_of && path.proj.kind == ProjKind::Deref;
    bool variant = path.proj.kind == ProjKind::Variant;
    if (!dying && !variant && program_.types[path.type].drop.valid()) {
      if (fullness_.bits(state, around) == kEmpty) {
        add(Finding::Kind::MovedPart, read, around);
      } else {
        judge_leaf(read, leaf, state.get(leaf));
      }
      return;
    }
    if (path.proj.kind == ProjKind::Deref) return;
  }
}

MovePathId MoveChecker::largest_empty(MovePathId path, const State& state) const {
  for (;;) {
    MovePathId up = paths_[path].parent;
    if (!up.valid() || paths_[path].proj.kind == ProjKind::Deref) return path;
    if (fullness_.bits(state, up) != kEmpty) return path;
    path = up;
  }
}

// The largest value around the leaf that may be empty as a whole: where it was moved, the hole is
// that value's and not only the leaf's, which is just what somebody named.
MovePathId MoveChecker::may_be_hole(uint32_t leaf, const State& state) const {
  MovePathId path = paths_.leaf(leaf);
  for (;;) {
    MovePathId up = paths_[path].parent;
    if (!up.valid() || paths_[path].proj.kind == ProjKind::Deref) return path;
    for (uint32_t i = paths_[up].leaf_begin; i < paths_[up].leaf_end; ++i) {
      if (!(state.get(i) & kEmpty)) return path;
    }
    path = up;
  }
}

MovePathId MoveChecker::value_root(MovePathId path) const {
  while (paths_[path].parent.valid() && paths_[path].proj.kind != ProjKind::Deref) {
    path = paths_[path].parent;
  }
  return path;
}

// ---- saying it

const Inst& MoveChecker::inst_of(const Finding& finding) const {
  return function_.blocks[finding.block].insts[finding.inst];
}

Span MoveChecker::span_of(const Finding& finding) const {
  const Inst& inst = inst_of(finding);
  if (finding.read.operand == Read::kNoOperand) return inst.span;
  return own::span_of(inst, function_.args(inst)[finding.read.operand]);
}

void MoveChecker::report(const SourceMap& sources, DiagnosticSink& sink) {
  // An error hides what else was found at the same read: warnings of the first run, and the other
  // way round of a loop.
  auto key = [](const Finding& f) { return std::make_tuple(f.block, f.inst, f.read.operand); };
  std::stable_sort(findings_.begin(), findings_.end(), [&](const Finding& a, const Finding& b) {
    if (key(a) != key(b)) return key(a) < key(b);
    return is_error(a.kind) && !is_error(b.kind);
  });
  for (size_t i = 0; i < findings_.size();) {
    bool error = is_error(findings_[i].kind);
    bool warned = false;
    size_t end = i;
    for (; end < findings_.size() && key(findings_[end]) == key(findings_[i]); ++end) {
      const Finding finding = as_moved(findings_[end]);
      if (end == i && error && is_news(finding, sources)) report_one(finding, sink);
      if (error || warned || finding.kind != Finding::Kind::Maybe) continue;
      warned = true;
      report_one(finding, sink);
    }
    i = end;
  }
}

// Fullness knows leaves only: of a value whose one part was moved it says that all of it is empty.
// What is said is what was moved: that part, and of the whole that it is partially moved.
Finding MoveChecker::as_moved(Finding finding) {
  if (finding.kind != Finding::Kind::Moved) return finding;
  auto site = site_of(finding, finding.read.path);
  if (!site) return finding;
  MovePathId moved = paths_.find(site->place).path;
  if (moved == finding.part || !paths_.is_part(moved, finding.part)) return finding;
  finding.part = moved;
  bool inside = moved != finding.read.path && paths_.is_part(moved, finding.read.path);
  if (inside) finding.kind = Finding::Kind::Partial;
  return finding;
}

// Several instructions, and several names on one line, may read what is one mistake to the user.
bool MoveChecker::is_news(const Finding& finding, const SourceMap& sources) {
  Span span = span_of(finding);
  uint32_t line = span.valid() ? sources.locate(span).line : 0;
  return reported_.insert({line, finding.kind, finding.part}).second;
}

std::optional<MoveSites::Site> MoveChecker::site_of(const Finding& finding, MovePathId path) {
  bool own_operands = finding.read.mode == Read::Mode::Argument || finding.read.operand > 0;
  return sites_.find(finding.block, finding.inst, own_operands, path);
}

void MoveChecker::note_site(const Finding& finding, MovePathId path, Diagnostic& diagnostic) {
  auto site = site_of(finding, path);
  if (!site) return;
  std::string text = spelling_.text(site->place);
  diagnostic.note(site->span, "use after move: `" + text + "` was moved here");
}

void MoveChecker::report_one(const Finding& finding, DiagnosticSink& sink) {
  Span span = span_of(finding);
  const MovePath& part = paths_[finding.part];
  std::string text = spelling_.text(part.place);
  switch (finding.kind) {
    case Finding::Kind::Moved: {
      auto site = sites_.find(finding.block, finding.inst, true, finding.part);
      bool global = part.place.is_global() && part.place.is_root();
      if (global && !site) {
        sink.report(DiagKind::UseOfMoved, span, "use of `" + text + "` before it is initialised");
        return;
      }
      MovePathId root = value_root(finding.part);
      std::string message = "use of moved value `" + text + "`";
      if (root != finding.part) {
        // What the user wrote is `r.name`; that `r` is a reference is not the point.
        bool behind = paths_[root].proj.kind == ProjKind::Deref && paths_[root].parent.valid();
        Place whole = paths_[behind ? paths_[root].parent : root].place;
        message += ": `" + spelling_.text(whole) + "` is partially moved";
      }
      note_site(finding, finding.part, sink.report(DiagKind::UseOfMoved, span, message));
      return;
    }
    case Finding::Kind::Partial: {
      std::string whole = spelling_.text(finding.read.place);
      Diagnostic& diagnostic = sink.report(DiagKind::UseOfPartiallyMoved, span,
                                           "use of partially moved value `" + whole + "`");
      size_t before = diagnostic.notes.size();
      note_site(finding, finding.part, diagnostic);
      if (diagnostic.notes.size() == before) diagnostic.note({}, "`" + text + "` is empty here");
      return;
    }
    case Finding::Kind::MovedPart:
      note_site(finding, finding.part,
                sink.report(DiagKind::CannotAssignMovedPart, span,
                            "cannot assign to a part of moved value `" + text + "`"));
      return;
    case Finding::Kind::Maybe: {
      bool inside = finding.read.exact && paths_.is_part(finding.part, finding.read.path);
      std::string name = inside ? spelling_.text(finding.read.place) : text;
      note_site(
          finding, finding.part,
          sink.report(DiagKind::MaybeMoved, span, "value `" + name + "` may have been moved"));
      return;
    }
    case Finding::Kind::Memory:
      return;
  }
}

}  // namespace tenure::own
