// Typed tree → OIR. The conventions that it follows are in docs/internals.md ("Conventions of
// lowering", "Tape on the core").
#pragma once

#include "oir/outline.h"
#include "tape/tree.h"

namespace tenure::tape {

struct LowerOptions {
  bool check_pointers = false;  // a `mem_check` before each read and write through a pointer
  bool test = false;            // the program runs the tests of the tree, and not `main`
  oir::Bodies bodies = oir::Bodies::All;
};

// Fills `out`, whose type table the tree's types are rows of. The tree has no mistakes. Every drop
// is scheduled, every copy is a copy: own/ finds out what is needed.
void lower(tree::Program& tree, const LowerOptions& options, oir::Program& out);

}  // namespace tenure::tape
