// Typed tree → OIR. The conventions that it follows are in docs/internals.md ("Conventions of
// lowering").
#pragma once

#include "ng/tree.h"
#include "oir/outline.h"

namespace tenure::ng {

// Fills `out`, whose type table the tree's types are rows of. Every drop is scheduled, every copy
// is a copy: own/ finds out what is needed. Of a tree with mistakes, what lower_errors.cpp says.
// `bodies`: of such a tree always all.
void lower(tree::Program& tree, oir::Program& out, oir::Bodies bodies = oir::Bodies::All);

}  // namespace tenure::ng
