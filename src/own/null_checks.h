// Null checks that are answered already: a reference local that was checked, or compared with null,
// on the only way to where it is checked again, and not written since; a parameter to which every
// call lends the address of a place, or a reference that is known not to be null there.
//
// Follows ways without joins: a block with several ways into it knows nothing. A few rounds over
// the program, each linear.
#pragma once

#include "oir/oir.h"

namespace tenure::own {

void remove_null_checks(oir::Program& program);

}  // namespace tenure::own
