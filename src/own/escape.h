// Pass 4, escape: which locals and globals cannot live in the frame.
//
// A counted reference must point into a heap object, or counting it would write into a frame that
// may be gone. So a local to which a counted reference is made, or whose address is passed to a
// parameter that the callee keeps, lives in a heap box from its birth [O-REF-3]. It is never moved
// there later: no reference then ever has to be corrected. So do the few to which references are
// only lent but that may be moved away around a plain part (own/lent_parts.h).
//
//   init x = a          becomes   new x = a          (imm 0: not a `new` of the user; origin: the
//   declaration) aggregate x = ...   becomes   aggregate t = ...; new x = move t x.f becomes (*x).f
//   drop x              stays: the block lets go of the box
//   d = ref addr x      becomes   init d = copy x
//
// A box of a plain value may have no obligation from the front end: it is let go of before its
// declaration is reached again, and where the function is left. Elaboration finds out which of
// these drops are needed.
//
// A by-value parameter is moved into a boxed local at the entry. The elements of a growable array
// lie behind its buffer already, so a reference to one boxes nothing.
//
// Facts: Boxed; InFrame, of a local whose address is lent to calls that do not keep it.
// Diagnostics: CannotReferVariant, for a part of a variant that a method keeps.
#pragma once

#include <functional>

#include "base/diag.h"
#include "oir/oir.h"
#include "own/lent_parts.h"

namespace tenure::own {

// Whether Borrow parameter `index` (from 0) of `func` may be kept by it.
using EscapesFn = std::function<bool(oir::FuncId func, uint32_t index)>;
// Whether the instruction can fail, given what it calls.
using MayFailFn = std::function<bool(const oir::Function& function, const oir::Inst& inst)>;

// Only the diagnostics; the program stays as it is.
void report_escape(const oir::Program& program, DiagnosticSink& sink, const Contents& contents,
                   const EscapesFn& escapes, const LentParts& lent_parts);

void run_escape(oir::Program& program, const SourceMap& sources, DiagnosticSink& sink,
                const EscapesFn& escapes, const LentParts& lent_parts, const MayFailFn& may_fail);

// The operands of `inst` that hand out the address of a place for good: of MakeRef, of weak
// references, and of parameters that escape. Calls `visit(place)`.
void for_each_escaping(const oir::Program& program, const oir::Function& function,
                       const oir::Inst& inst, const EscapesFn& escapes,
                       const std::function<void(oir::Place)>& visit);
// The addresses that `inst` lends to parameters for the time of a call.
void for_each_lent(const oir::Program& program, const oir::Function& function,
                   const oir::Inst& inst, const EscapesFn& escapes,
                   const std::function<void(oir::Place)>& visit);

}  // namespace tenure::own
