// Null checks that are answered already: a reference local that was checked, or compared with null,
// on the only way to where it is checked again, and not written since.
//
// Follows ways without joins: a block with several ways into it knows nothing. Linear.
#pragma once

#include "oir/oir.h"

namespace tenure::own {

void remove_null_checks(oir::Program& program);

}  // namespace tenure::own
