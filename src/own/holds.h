// Holds that stand for what they hold.
//
// `hold = copy P` (or a view of P) keeps alive what a call borrows. If nothing can change P from
// there to the last use of the hold, then `*hold` is `*P`, and move analysis may follow one path
// for both: what the caller knows about `*P` it knows about the argument, and what the callee does
// to it is done to `*P`.
#pragma once

#include <unordered_map>
#include <vector>

#include "oir/oir.h"

namespace tenure::own {

// By local: the place P. Only holds that are filled once, are used in that block only, and whose P
// is not changed meanwhile. `escaped`: by local, whether it may be referred to; null: none is.
std::unordered_map<uint32_t, oir::Place> holds_that_stand(const oir::Program& program,
                                                          const oir::Function& function,
                                                          const std::vector<bool>* escaped);

}  // namespace tenure::own
