// Parameters of which every argument can be seen: references that are lent to functions which
// nobody calls but the calls in the program. No drops, exported functions, entries, and what is a
// value somewhere.
#pragma once

#include <vector>

#include "oir/oir.h"

namespace tenure::own {

// By function and parameter from 0.
std::vector<std::vector<bool>> find_lent_params(const oir::Program& program);

}  // namespace tenure::own
