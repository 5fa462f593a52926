// Pass 7, lastuse: what nobody can tell apart from less work becomes less work.
//
//   copy x    becomes `move x` where x is not used afterwards on any way but by the drop that ends
//   it,
//             no reference, alias or view of it is alive, and its type is not watched (the death of
//             a watched value would come earlier) [O-KIND-2]
//   holds     `hold = copy p ... borrow hold ... drop hold` uses p itself where nothing writes p,
//   or
//             what leads to it, before the hold ends (own/hold_removal.h)
//
//   cursors   of references that go through objects which others keep (own/cursors.h)
//   parameters that are kept are given (own/given_params.h), and objects that end are taken apart
//             (own/take_apart.h)
//
// Works on OIR before elaboration, whose drops are conditional: a drop of what is moved now is
// found dead there, by the same data flow that finds all others. The event checker compares the
// elaborated result with what elaboration makes of the program without this pass.
//
// Facts: Moved, Copied, Borrowed, Held: one for each copy of a value that is not plain.
#pragma once

#include "oir/oir.h"
#include "own/optimisations.h"
#include "own/summaries.h"

namespace tenure::own {

void run_lastuse(oir::Program& program, const Summaries& summaries, const SourceMap& sources,
                 const Optimisations& on);

}  // namespace tenure::own
