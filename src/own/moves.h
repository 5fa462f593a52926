// Pass 3, moves: every diagnostic about ownership, and the run-time checks where it cannot be
// known.
//
// Reads what the summaries say, follows fullness through each function, and
//   reports   reads of empty places, partial uses, moves and assignments under a reference that is
//   used
//             later, moves out of what may not be taken apart, and a `self` that leaves its `drop`
//   rewrites  the implicit move of a returned local into a copy where a reference to it has escaped
//   inserts   `full_check` before reads of places that may be empty: with a drop flag for places
//   that
//             this function alone knows (and a warning), without for places that memory knows
//   computes  Global::always_full, the types that vacate, the flags that checks need
// Facts: Moved, Copied, CheckedMove.
#pragma once

#include "base/diag.h"
#include "oir/oir.h"
#include "own/drop_flags.h"
#include "own/summaries.h"
#include "own/vacates.h"

namespace tenure::own {

struct MovesResult {
  DropFlags flags;
  Vacates vacates;
};

// Errors go to `sink`; the program is then of no more use. Ends with
// `summaries.remove_unwind_edges`. `only_report`: nothing will be made of the program; nothing is
// inserted, and the result says nothing.
MovesResult run_moves(oir::Program& program, Summaries& summaries, const SourceMap& sources,
                      DiagnosticSink& sink, bool only_report = false);

}  // namespace tenure::own
