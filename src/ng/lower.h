// The typed tree to OIR, through oir::Builder.
#pragma once

#include "ng/tree.h"
#include "oir/oir.h"

namespace tenure::ng {

// `out` holds the types that the tree names, with the finalizers set, and the strings of its constants; its functions and globals are made
// here. Cannot fail: what is wrong with a program was found before.
void lower(const tree::Program& tree, oir::Program& out);

}  // namespace tenure::ng
