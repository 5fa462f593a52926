// Texts that are joined to one that is not needed any more are put at its end.
//
//   %1 = rt.str_concat addr a, addr b          %1 = init move a
//   (a is not used again)                      rt.str_append addr %1, addr b
//
//   %1 = rt.str_concat addr P, addr b          rt.str_append addr P, addr b
//   P = assign move %1
//
// Appending is in place where nobody else sees the buffer, and amortised; joining copies both. So a
// text that is handed through functions which add to it, or that lies in a field, grows in linear
// time. A literal is not appended to: the buffer would have room that nobody may ever need.
//
// Facts: Moved.
#pragma once

#include "oir/oir.h"
#include "own/only_read.h"
#include "own/summaries.h"

namespace tenure::own {

void append_to_last(oir::Program& program, oir::FuncId func, const Summaries& summaries,
                    const OnlyRead& only_read);

}  // namespace tenure::own
