// Locals whose object a new one keeps.
//
//   %1 = aggregate copy at                  seen = init borrow at
//   node = new move %1                      %1 = aggregate move at
//   at.*.next = assign copy node            node = new move %1
//   at = assign move node                   seen.*.next = assign copy node
//                                           at = assign move node
//
// A reference is copied into an object that is just being made, and from then on the local is only
// looked through until it ends. While the new object is there and nobody writes that field of it,
// the field keeps what the local refers to: it gets the local's own count, and the local's later
// uses are a cursor's. So links back, of lists that go both ways and of trees that know their
// parents, are counted once.
//
// A cycle that ends is found as before: what refers to it from outside is the new object's owner
// now, whose end suspects it. Not of watched types, whose ends can be seen.
//
// Facts: Moved.
#pragma once

#include "oir/oir.h"
#include "own/only_read.h"
#include "own/summaries.h"

namespace tenure::own {

void keep_by_new(oir::Program& program, oir::FuncId func, const Summaries& summaries,
                 const OnlyRead& only_read);

}  // namespace tenure::own
