// The event checker: no pass after elaboration may move what a program can see of its values' ends.
//
// Events are: deaths of watched values (drop and assign: place, reason, conditional or not),
// deferred runs, collection points (also a user's `new` of a watched cyclic type), weak references
// made and upgraded, and calls, which have events of their own. The checker walks the graphs of one
// function before and after a pass in lockstep: from the entry, over pairs of positions, following
// edges that correspond (ways out of instructions that may fail, and of terminators). What lies
// between events is free to differ: blocks may be split and jumps threaded, unwatched values may
// die elsewhere. Drop flags are followed as far as they are known on the way, so a flagged drop
// equals none where the flag says empty. A hold that is gone afterwards had no events: it is
// removed only where its lender refers to the same object to the end, so letting go of it ends no
// life.
//
// Linear in the size of the two functions, times the number of drop flags.
#pragma once

#include <optional>
#include <string>

#include "oir/oir.h"

namespace tenure::own {

// The first difference, in words with both instructions; nothing if there is none. `watched` and
// the like are taken from the types of `before`. Both programs have the same functions.
std::optional<std::string> compare_events(const oir::Program& before, const oir::Program& after);

}  // namespace tenure::own
