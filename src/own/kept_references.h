// Which reference locals keep what they hold to themselves: the reference is looked through, lent
// to callees that do not keep it, or handed on to other such locals, but never stored, returned or
// referred to from elsewhere. What such a local refers to is referred to by nobody else because of
// it, once the function is left [O-LIFE-4].
#pragma once

#include <vector>

#include "oir/oir.h"
#include "own/escape.h"

namespace tenure::own {

// By local: true if a reference in it may come to be held by something other than a local. Of
// locals of other types it says nothing.
std::vector<bool> find_leaking_references(const oir::Program& program,
                                          const oir::Function& function, const EscapesFn& escapes);

}  // namespace tenure::own
