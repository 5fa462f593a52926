// Parameters by value that a function only looks at are lent to it.
//
// `fun has(word: string, c: i32) -> bool` gets a text of its own from each caller and ends it.
// Where it only looks at that, the parameter becomes a reference that is lent, as a receiver is,
// and what was given is a local of the caller, which gets the value as before the call and ends
// behind it: the search for copies that are only looked at (own/copy_removal.h) then finds that
// most of these need not be made, where nobody writes the place meanwhile.
//
// Only of types of which a copy costs something and nobody can see the end (CopyCosts), and of
// functions of which every call can be seen. A parameter that is handed on to another function by
// value is lent if that one's is: decided for all at once, from all of them downwards.
#pragma once

#include "oir/oir.h"
#include "own/summaries.h"

namespace tenure::own {

// The place is a part of what such a parameter refers to, without another step through memory.
bool is_part_of_lent_value(const oir::Program& program, const oir::Function& function,
                           oir::Place place);

// Before last uses are looked for. Linear in the program.
void lend_values(oir::Program& program, const Summaries& summaries);

}  // namespace tenure::own
