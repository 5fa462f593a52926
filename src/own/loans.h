// [O-MOVE-9, O-LIFE-12] What may not be moved, grown or replaced because a reference to it is used
// later.
//
// A loan is made where a reference to a place is made (`ref`) or a name is bound to a part
// (`alias`), and is held by the local that gets the reference, and by those that get a copy of it.
// Forward data flow over pairs (holder, loan); backward liveness of holders (a drop is no use).
// Of references only those whose place is moved, grown or replaced somewhere in the function are
// followed at all. An alias also ends where a reference, a callee or a `drop` may write its lender.
// References in aggregates are not followed: what is missed here is found as the program runs,
// because references keep what they refer to; aliases, which do not, are never copied.
#pragma once

#include "base/diag.h"
#include "oir/oir.h"
#include "own/inner_references.h"
#include "own/spelling.h"
#include "own/summaries.h"

namespace tenure::own {

void check_loans(const oir::Program& program, oir::FuncId func, const Summaries& summaries,
                 const InnerReferences& inner, const Spelling& spelling, DiagnosticSink& sink);

}  // namespace tenure::own
