// Pass 5, types: the facts of the whole program about each type, written into its row.
//
//   interior  a counted reference to a value of this type inside of a larger object can exist: one
//   is
//             made to a part or an element, or the address of one is kept by a callee
//   cyclic    [O-CYC-3] following parts, elements, variants and references leads back to the type;
//   a
//             reference to a type with `interior` leads to everything that such a part can lie in.
//             Not of unwatched types that lead back only through slots that are never written
//             (own/written_slots.h): nobody can tell. Of watched ones the rule counts as it is
//             written, since it decides where collection points are [O-CYC-2]
//   watched   [O-KIND-4] it has a `drop` or a release, the program makes a Weak of it, or such a
//   type
//             can be reached
//   vacates   a hole of it can be in memory (own/vacates.h)
//
// Runs after escape, because boxes are objects too. Linear in the size of the type table and
// program. Facts: Cyclic, Acyclic, Watched, Vacates, each at the declaration of a nominal type.
#pragma once

#include <vector>

#include "oir/oir.h"
#include "own/escape.h"

namespace tenure::own {

// `find_acyclic`: with the exception for slots that are never written.
void run_types(oir::Program& program, const EscapesFn& escapes, const std::vector<bool>& vacates,
               bool find_acyclic);

}  // namespace tenure::own
