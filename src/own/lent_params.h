// Functions and parameters of which every call can be seen.
#pragma once

#include <vector>

#include "oir/oir.h"

namespace tenure::own {

// By function: nobody calls it but the calls in the program that name it. No drops, exported
// functions, entries, and what is a value somewhere.
std::vector<bool> find_called_by_name(const oir::Program& program);

// By function and parameter from 0: references that are lent to such functions.
std::vector<std::vector<bool>> find_lent_params(const oir::Program& program);

}  // namespace tenure::own
