// Calls of small functions that make an object of their arguments, go one way, call nobody and
// cannot fail become what the function does: then it is seen here what is kept, and the object can
// be made in the place of one that ends. (Everything else that is small is LLVM's to inline.)
//
// What was lent is named where it lies: nothing is written between the call and the last use of its
// arguments, because such a function writes its own locals alone. The positions are the call's.
#pragma once

#include "oir/oir.h"
#include "own/summaries.h"

namespace tenure::own {

void inline_leaves(oir::Program& program, const Summaries& summaries);

}  // namespace tenure::own
