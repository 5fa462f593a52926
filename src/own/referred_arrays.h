// Arrays to whose elements counted references are made.
#pragma once

#include <vector>

#include "oir/oir.h"
#include "own/escape.h"

namespace tenure::own {

// By type: a value of it holds, as a part, an array to whose elements a counted reference is made
// somewhere. Such an array is copied at once, and a write to the copy must not be seen through the
// reference [O-REF-9].
std::vector<bool> find_referred_arrays(const oir::Program& program, const EscapesFn& escapes);

}  // namespace tenure::own
