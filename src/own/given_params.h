// Parameters that are given instead of lent.
//
// A reference is lent to every parameter, and a function that keeps it counts it. Where such a
// parameter is kept, or what it refers to is taken apart (own/take_apart.h), it is better given: a
// caller that does not use it again moves it, and nobody counts; one that does counts in the
// callee's place. The mode of the parameter changes for all calls of the function (ParamMode):
// `borrow p` becomes `copy p` there, which the search for last uses turns into moves, and the
// function ends what it was given.
//
// Only of references to unwatched types, whose ends nobody can see, and never of functions that are
// called by others than the program: values, drops, exported ones.
//
// Which parameters are better given is found from those that are kept, backwards through calls that
// pass them on, as Ullrich and de Moura do ("Counting Immutable Beans", IFL 2019, section 5.2).
//
// Facts: Given.
#pragma once

#include <vector>

#include "oir/oir.h"
#include "own/only_read.h"
#include "own/summaries.h"
#include "own/written_slots.h"

namespace tenure::own {

// By function and parameter from 0.
using GivenParams = std::vector<std::vector<bool>>;

// `take_apart`: also those whose objects are taken apart then.
void give_params(oir::Program& program, const Summaries& summaries, const OnlyRead& only_read,
                 const WrittenSlots& slots, bool take_apart);

}  // namespace tenure::own
