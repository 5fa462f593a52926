// Pass 6, elaborate: every conditional drop becomes what it really is. The result is the reference
// OIR, which the interpreter and -O0 run.
//
//   dead      the value is gone on every way here: the drop is removed
//   static    it is there on every way here (or memory knows: holes are skipped): the drop stays
//   flagged   it depends on the way: a drop flag decides, kept up to date where the value comes and
//   goes open      parts of it were moved out: a drop for each part that is, or may be, there, in
//   the
//             order of declaration
//
// An assignment to a place that is certainly empty becomes `init`; to one that may be, it gets the
// flag; to one that is partly empty, the parts that are left die and then it is an `init`.
//
// Before that, jumps into drops that are dead on that edge are threaded past them, until nothing
// changes, so that ways that share cleanup blocks do not invent flags. After it, `set_flag`s that
// nobody reads, `unwind` of drops that cannot fail, and blocks that are not reached are removed.
//
// The scheme is that of rustc's drop elaboration (compiler/rustc_mir_transform/elaborate_drops.rs);
// threading is ours.
//
// Facts: DroppedStatic, DroppedIf, DroppedOpen, NotDropped, for places that have a name.
#pragma once

#include "oir/oir.h"
#include "own/drop_flags.h"
#include "own/summaries.h"

namespace tenure::own {

void run_elaborate(oir::Program& program, const Summaries& summaries, DropFlags& flags,
                   const SourceMap& sources);

}  // namespace tenure::own
