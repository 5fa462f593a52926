// Locals that raw pointers or slices lead into.
//
// A pointer keeps nothing alive and nobody follows it, so what it leads to stays where it is: such
// a local is never moved out of, no hold of it is removed, and whatever may write memory that it
// cannot name may write it.
#pragma once

#include <vector>

#include "oir/oir.h"

namespace tenure::own {

// By local: a `ptr` or a `slice` is made of it or of a part of it.
std::vector<bool> pointed_locals(const oir::Program& program, const oir::Function& function);
// By local: it, or a part of it, may be written by who does not name it. A view of a text whose
// bytes were not made its own for it only reads.
std::vector<bool> locals_written_unnamed(const oir::Program& program,
                                         const oir::Function& function);
// Both, and those of which a part has a name of its own (an alias, a view): somebody may look at
// the local, or at what it holds, who does not mention it.
std::vector<bool> locals_with_other_names(const oir::Program& program,
                                          const oir::Function& function);
// The function owns the local by its name alone: it is dropped or moved here, lies in no box, and
// has no other names.
bool is_owned_by_name(const oir::Function& function, oir::LocalId local,
                      const std::vector<bool>& with_other_names);
// The place lies behind a raw pointer, or in what a slice views.
bool is_behind_pointer(const oir::Program& program, const oir::Function& function,
                       oir::Place place);
// The instruction itself may write memory that it does not name: through a pointer, or as a foreign
// function does. What a call of the program's own functions does is in their summaries.
bool writes_unknown_memory(const oir::Program& program, const oir::Function& function,
                           const oir::Inst& inst);

}  // namespace tenure::own
