#include "own/pipeline.h"

#include <cstdio>
#include <optional>
#include <string>

#include "base/check.h"
#include "oir/outline.h"
#include "oir/verify.h"
#include "own/elaborate.h"
#include "own/escape.h"
#include "own/events.h"
#include "own/inline_leaves.h"
#include "own/lastuse.h"
#include "own/lent_values.h"
#include "own/moves.h"
#include "own/null_checks.h"
#include "own/range_checks.h"
#include "own/rebuilt_places.h"
#include "own/reuse_memory.h"
#include "own/summaries.h"
#include "own/types.h"
#include "own/value_calls.h"

namespace tenure::own {

using namespace oir;

namespace {

constexpr size_t kMostProblemsShown = 10;

[[noreturn]] void stop(std::string_view pass, const std::vector<std::string>& problems) {
  for (size_t i = 0; i < problems.size() && i < kMostProblemsShown; ++i) {
    std::fprintf(stderr, "internal error: after pass %.*s: %s\n", int(pass.size()), pass.data(),
                 problems[i].c_str());
  }
  std::string what = "the program is wrong after pass " + std::string(pass);
  TN_UNREACHABLE(what.c_str());
}

class Pipeline {
 public:
  Pipeline(const Options& options) : options_(options) {}

  void done(std::string_view pass, const Program& program, Phase phase) const {
    if (options_.after) options_.after(pass, program);
    check(pass, program, phase);
  }
  void lowered(const Program& program) const {
    done("lower", program, Phase::Lowered);
    if (!options_.verify) return;
    std::vector<std::string> problems = verify_outlines(program);
    if (!problems.empty()) stop("lower", problems);
  }
  // What the engines run. Nobody prints it: it differs in how function values are called.
  bool finish(Program& program) const {
    call_values(program);
    check("value_calls", program, Phase::Elaborated);
    return true;
  }

 private:
  void check(std::string_view pass, const Program& program, Phase phase) const {
    if (!options_.verify) return;
    std::vector<std::string> problems = verify(program, phase);
    if (!problems.empty()) stop(pass, problems);
  }

  const Options& options_;
};

}  // namespace

const std::vector<std::string_view>& pass_names() {
  static const std::vector<std::string_view> names = {"lower", "summaries", "moves",  "escape",
                                                      "types", "elaborate", "lastuse"};
  return names;
}

bool run(Program& program, const SourceMap& sources, DiagnosticSink& sink, const Options& options) {
  Pipeline pipeline(options);
  pipeline.lowered(program);
  Summaries summaries(program, !sink.has_errors(), options.only_report);
  pipeline.done("summaries", program, Phase::Lowered);
  MovesResult moves = run_moves(program, summaries, sources, sink, options.only_report);
  if (sink.has_errors()) return false;
  pipeline.done("moves", program, Phase::Lowered);
  EscapesFn escapes = summaries.escapes_fn();
  if (options.only_report) {
    report_escape(program, sink, summaries.contents(), escapes, summaries.lent_parts());
    return !sink.has_errors();
  }
  run_escape(program, sources, sink, escapes, summaries.lent_parts(),
             [&](const Function& function, const Inst& inst) {
               return summaries.inst_may_fail(function, inst);
             });
  if (sink.has_errors()) return false;
  pipeline.done("escape", program, Phase::Lowered);
  const Optimisations& on = options.optimisations;
  run_types(program, escapes, moves.vacates.all(), on.has(Optimisation::Acyclic));
  pipeline.done("types", program, Phase::Lowered);

  if (on.is_none()) {
    run_elaborate(program, summaries, moves.flags, sources);
    pipeline.done("elaborate", program, Phase::Elaborated);
    return pipeline.finish(program);
  }
  if (on.has(Optimisation::Ranges)) {
    remove_range_checks(program);
    summaries.remove_unwind_edges(program);
  }
  if (on.has(Optimisation::Inline)) inline_leaves(program, summaries);
  if (on.has(Optimisation::Lend)) lend_values(program, summaries);
  if (on.has(Optimisation::Checks)) remove_null_checks(program);
  // Last uses are decided on conditional drops, so that elaboration finds out what has become of
  // them. The reference OIR is made beside it, for those who want to see it or compare with it.
  std::optional<Program> reference;
  if (options.verify || options.after) {
    reference = program;
    DropFlags flags = moves.flags;
    run_elaborate(*reference, summaries, flags, sources);
    pipeline.done("elaborate", *reference, Phase::Elaborated);
  }
  run_lastuse(program, summaries, sources, on);
  run_elaborate(program, summaries, moves.flags, sources);
  if (on.has(Optimisation::Rebuild)) take_from_rebuilt(program, summaries);
  if (on.has(Optimisation::Reuse)) reuse_memory(program, summaries);
  pipeline.done("lastuse", program, Phase::Elaborated);
  if (reference && options.verify) {
    if (auto difference = compare_events(*reference, program)) stop("lastuse", {*difference});
  }
  return pipeline.finish(program);
}

}  // namespace tenure::own
