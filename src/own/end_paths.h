// Paths end where a function is called that never returns.
//
// A function returns if a `return` can be reached in it without passing a call of one that does
// not; the least such set, over the components of the call graph. So a function that always calls
// `exit`, or that only calls itself, leaves nobody behind who could read what was moved before the
// call [O-MOVE-4]. A call that fails still unwinds, and what a Catch goes on with is reached.
#pragma once

#include "oir/oir.h"
#include "own/call_graph.h"
#include "own/contents.h"

namespace tenure::own {

// What follows such a call in its block is gone, and the blocks that only it led to.
void end_paths(oir::Program& program, const CallGraph& graph, const Contents& contents);

}  // namespace tenure::own
