// Places that are given what is made of their own value.
//
//   %1 = init copy self.*.root                 %1 = replace addr self.*.root, null
//   %2 = call @insert(move %1, copy key)       %2 = call @insert(move %1, copy key)
//   self.*.root = assign move %2               self.*.root = assign move %2
//
// A reference, a text or an array is copied out of a place, and on each way on from there the place
// gets another one before anybody looks at it: nobody can tell whether it still holds the old one
// meanwhile. So it is taken out instead of counted, and who gets it may be the only one who has it:
// a tree that lies in a field or in a global is changed in place as one in a local is
// (own/take_apart.h), and an array is appended to without a copy.
//
// Nobody looks: not the instructions on the way and what they call, and, where one of them may
// fail, not what runs after that. Not of watched types, nor of elements, whose array may be shared.
//
// On elaborated OIR. Facts: Moved.
#pragma once

#include "oir/oir.h"
#include "own/summaries.h"

namespace tenure::own {

void take_from_rebuilt(oir::Program& program, const Summaries& summaries);

}  // namespace tenure::own
