// Objects that die are taken apart.
//
// Where a reference that its function owns is used for the last time, on a way without branches, by
// reading what it refers to, its parts are read at once and it ends there:
//
//   %2 = call @insert(copy t.*.left)         branch_sole borrow t bb1 bb2
//   %3 = aggregate %2, copy t.*.right   bb1: l = take_part addr t.*.left; r = take_part …
//   result = new move %3                     m = recycle move t; free_memory copy m; jump bb3
//   drop t                              bb2: l = copy t.*.left; r = …; drop t; jump bb3
//                                       bb3: %2 = call @insert(move l)
//                                            %3 = aggregate %2, move r
//                                            result = new move %3
//
// So what nobody else refers to is handed on without being counted; what the memory is used for is
// decided later (own/reuse_memory.h). Together this is the reuse of Perceus (Reinking, Xie, de
// Moura, Leijen, PLDI 2021), decided on a graph of blocks.
//
// Only of types that are not watched, never left empty, and in no cycle, so that neither deaths nor
// the collector can be seen in between.
#pragma once

#include <optional>

#include "oir/oir.h"
#include "own/given_params.h"
#include "own/only_read.h"
#include "own/summaries.h"
#include "own/written_slots.h"

namespace tenure::own {

// Whether it pays to give the parameter, because its object would be taken apart for another of its
// type.
bool would_take_apart(const oir::Program& program, oir::FuncId func, uint32_t param,
                      const Summaries& summaries, const OnlyRead& only_read,
                      const WrittenSlots& slots, const GivenParams& given);

// Whether the function itself makes an object of the type.
bool makes(const oir::Function& function, oir::TypeId type);

void take_apart(oir::Program& program, oir::FuncId func, const Summaries& summaries,
                const OnlyRead& only_read, const WrittenSlots& slots);

}  // namespace tenure::own
