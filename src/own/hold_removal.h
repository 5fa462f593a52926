// Removing holds, the first half of pass lastuse.
//
// A hold is a counted copy (or a view) that keeps alive what a call borrows while its statement
// runs [O-LIFE-3]. It is not needed if the lender, the place that it was read from, keeps it alive
// by itself: if nothing between the hold's birth and its end writes the lender, or a word on the
// way to it. Then the uses of the hold name the lender, and no value dies at another moment than
// before.
//
// What is looked at: places that instructions name; memory that callees, and the `drop`s that may
// run meanwhile, write (own/summaries.h, by type and field). Lenders behind an index of a growable
// array are always held.
//
// Facts: Borrowed, Held.
#pragma once

#include "oir/oir.h"
#include "own/only_read.h"
#include "own/summaries.h"

namespace tenure::own {

void remove_holds(oir::Program& program, oir::FuncId func, const Summaries& summaries,
                  const OnlyRead& only_read, const SourceMap& sources);

}  // namespace tenure::own
