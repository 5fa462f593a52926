// What may be moved, copied and kept at all, whatever is full: rules that need no data flow.
//   [O-MOVE-1] nothing out of an index · [O-MOVE-7] nothing out of a type with a `drop` · nothing
//   out of an alias [O-LIFE-12] · a copy of a move-only value that slipped through the front end
//   [O-MOVE-12] a `self` that leaves its `drop`
// A move that is refused becomes a copy, so that one mistake makes one error.
#pragma once

#include "base/diag.h"
#include "oir/oir.h"
#include "own/spelling.h"
#include "own/summaries.h"

namespace tenure::own {

void check_move_rules(oir::Program& program, oir::FuncId func, const Summaries& summaries,
                      const Spelling& spelling, DiagnosticSink& sink);

// The implicit moves of `return x` in `func`: where a counted reference to x may exist by then,
// they become copies, or errors for what cannot be copied [O-LIFE-4].
void settle_implicit_moves(oir::Program& program, oir::FuncId func, const Summaries& summaries,
                           DiagnosticSink& sink);

Span span_of(const oir::Inst& inst, const oir::Operand& operand);

}  // namespace tenure::own
