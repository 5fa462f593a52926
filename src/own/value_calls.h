// The last of the ownership passes: a call of a function that dispatches (Function::dispatches)
// becomes a call of the value that it is given. What such a call may do was known through that
// function until here; what it does is one jump.
#pragma once

#include "oir/oir.h"

namespace tenure::own {

void call_values(oir::Program& program);

}  // namespace tenure::own
