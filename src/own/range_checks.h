// Checks that cannot fail, because of what numbers may be where they are made (own/ranges.h).
//
// What is added, subtracted, multiplied or negated without leaving its type becomes the operator
// that does not check; so does a cast whose value fits. An index that is less than the length of a
// fixed array is not compared with it. What can be one number only becomes that number.
//
// Through calls: first what each function returns, callees first, then its parameters, callers
// first, where every call can be seen. Nothing is known of functions that call themselves.
#pragma once

#include "oir/oir.h"

namespace tenure::own {

// Two passes over the program, each linear. What cannot fail any more still has `unwind` where
// somebody else has to be asked: see Summaries::remove_unwind_edges.
void remove_range_checks(oir::Program& program);

}  // namespace tenure::own
