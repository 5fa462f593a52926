// The reference interpreter: runs OIR as it is written. It is the definition of what OIR means, and
// it trusts no pass before it: for every byte of every frame and global it knows whether it is
// full, for every object whether it lives, and it stops with `internal error: ...` (exit code 70)
// at the first violation: a read of an empty place, an `init` over a value that should have died, a
// second drop, a use of a dead object, a dereference or index without its check, a value left over
// at a return. What leaks is found by the runtime's leak check.
#pragma once

#include "base/source.h"
#include "oir/oir.h"
#include "tenure_rt.h"

namespace tenure::interp {

// Runs the whole program (start, then the end of the globals) and gives its exit code. The program
// is elaborated: each drop is static or has a flag, and its foreign functions can be found. May be
// called more than once in a process as far as the runtime allows it.
int run(const oir::Program& program, const SourceMap& sources, const TnOptions& options);

}  // namespace tenure::interp
