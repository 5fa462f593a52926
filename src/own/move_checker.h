// Move analysis of one function: reads compared with fullness [O-MOVE-2 .. -6, -8, -11].
//
// `find` runs the data flow and collects findings; `report` says the errors and warnings; `insert`
// puts the checks in. They are apart because which checks memory needs depends on what all
// functions move.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/diag.h"
#include "own/drop_flags.h"
#include "own/move_sites.h"
#include "own/reads.h"
#include "own/spelling.h"
#include "own/vacates.h"

namespace tenure::own {

struct Finding {
  enum class Kind : uint8_t {
    Moved,      // certainly empty: error
    Partial,    // a part is certainly empty: error
    MovedPart,  // a part of what is certainly empty is assigned, and its type has a `drop`: error
    Maybe,      // empty on some ways: warning and check
    Memory,     // memory knows: a check if its type can be left empty
  };
  Kind kind;
  uint32_t block;
  uint32_t inst;
  Read read;
  MovePathId
      part;  // Moved: the largest empty value around it; Partial, Maybe: the (maybe) empty part
};

class MoveChecker {
 public:
  MoveChecker(oir::Program& program, oir::FuncId func, const Summaries& summaries);

  // Collects findings, and in `vacates` what the function may leave empty for others to see.
  void find(Vacates& vacates);
  void report(const SourceMap& sources, DiagnosticSink& sink);
  // Marks globals that this function (the start of the program) may show to others too early.
  void find_early_reads(std::vector<bool>& early);
  // `always_full` is known now. Adds flags and facts.
  void insert(const Vacates& vacates, DropFlags& flags, const SourceMap& sources);

 private:
  using State = PathBits;

  void replay(uint32_t block, State state, bool errors_only);
  void second_runs();
  void later_errors();
  bool has_errors() const;
  static bool is_error(Finding::Kind kind);
  bool empties_more(const State& seed, const State& head) const;
  void vacated_by_moves(Vacates& vacates) const;

  void judge(const Read& read, const State& state);
  void judge_exact(const Read& read, const State& state);
  void judge_inside(const Read& read, const State& state);
  void judge_argument(const Read& read, const State& state);
  bool in_global(const Read& read) const;
  void judge_filled_part(const Read& read, uint32_t leaf, const State& state);
  void judge_printed(const Read& read, const State& state);
  bool all_printed_is_full(const Read& read, const State& state) const;
  void judge_enclosing(const Read& read, const State& state);
  void judge_leaf(const Read& read, uint32_t leaf, uint8_t bits);
  void add(Finding::Kind kind, const Read& read, MovePathId part);

  MovePathId largest_empty(MovePathId path, const State& state) const;
  MovePathId may_be_hole(uint32_t leaf, const State& state) const;
  MovePathId value_root(MovePathId path) const;
  const oir::Inst& inst_of(const Finding& finding) const;
  Span span_of(const Finding& finding) const;
  void report_one(const Finding& finding, DiagnosticSink& sink);
  bool is_news(const Finding& finding, const SourceMap& sources);
  Finding as_moved(Finding finding);
  std::optional<MoveSites::Site> site_of(const Finding& finding, MovePathId path);
  void note_site(const Finding& finding, MovePathId path, Diagnostic& diagnostic);

  bool memory_check_needed(const Finding& finding, const Vacates& vacates) const;
  bool print_covers(size_t index, const Vacates& vacates) const;
  bool in_state_byte(oir::Place place, const Vacates& vacates) const;
  bool is_lent_part(oir::Place place) const;
  uint32_t start_of_print(uint32_t block, uint32_t inst) const;
  bool has_name(oir::Place place) const;
  static const char* why_unknown(const Read& read);
  oir::Inst make_check(const Finding& finding, oir::Place place, oir::LocalId flag);
  void add_check(const Finding& finding, oir::Place place, oir::LocalId flag, std::string why,
                 std::vector<std::pair<uint32_t, oir::Inst>>& out);

  oir::Program& program_;
  oir::FuncId func_;
  oir::Function& function_;
  const Summaries& summaries_;
  MovePaths paths_;
  Fullness fullness_;
  Cfg cfg_;
  Flow<Fullness> flow_;
  ReadWalker walker_;
  Spelling spelling_;
  MoveSites sites_;
  Vacates* vacates_ = nullptr;
  std::vector<Finding> findings_;
  std::set<std::tuple<uint32_t, Finding::Kind, MovePathId>> reported_;  // by line
  uint32_t block_ = 0;
  uint32_t inst_ = 0;
  bool errors_only_ = false;
};

}  // namespace tenure::own
