// Locals that go through objects without owning them.
//
//   at = init copy list                       at = init borrow list
//   loop: ... copy at.*.value ...             loop: ... copy at.*.value ...
//     %2 = init copy at.*.next                  %2 = init borrow at.*.next
//     at = assign move %2                       at = init borrow %2
//   drop at                                   (nothing)
//
// A reference local that gets what other places hold, looks, and goes on, need not be counted while
// those places keep what they hold: what the first of them refers to is kept by a parameter of the
// caller's, or by a local that stays as it is for so long; what each next one refers to, by the
// field that it was read from. Such a local is of kind Cursor: it owns nothing and never dies.
//
// Decided together for all locals of a function that hand references on to each other, from all of
// them downwards: what turns out to own something takes those out that have it from there. Not of
// watched types, and nowhere where somebody may write a field on the way (own/lenders.h).
//
// Facts: Borrowed.
#pragma once

#include "oir/oir.h"
#include "own/only_read.h"
#include "own/summaries.h"

namespace tenure::own {

void find_cursors(oir::Program& program, oir::FuncId func, const Summaries& summaries,
                  const OnlyRead& only_read);

}  // namespace tenure::own
