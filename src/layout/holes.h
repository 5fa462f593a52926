// Which types can hold a hole: they vacate, or a part, an element or the content of a box does.
// What `full_check` of a place has to look for, and tn_find_hole may find.
#pragma once

#include <vector>

#include "oir/types.h"

namespace tenure::layout {

// By type. Linear in the size of the table.
std::vector<bool> types_that_hold_holes(const oir::TypeTable& types);

}  // namespace tenure::layout
