// Which locals and globals others can see in memory: those that will live in boxes, and the globals
// that are lent.
#pragma once

#include <vector>

#include "oir/oir.h"
#include "own/array_growth.h"
#include "own/escape.h"
#include "own/lent_parts.h"

namespace tenure::own {

struct EscapedRoots {
  std::vector<std::vector<bool>> locals;  // by function and local: it will live in a box
  std::vector<bool> globals;              // by global: the same
  std::vector<bool>
      lent_globals;  // its address, or that of a part, is handed out, if only for a call

  // Whether a move out of `place`, of function `func`, leaves a hole in memory for others to see.
  bool leaves_hole(const oir::Program& program, oir::FuncId func, oir::Place place) const;
};

// What escapes, and what `lent_parts`, which grows meanwhile, needs in boxes. Linear in the program
// for each time that it grows, which is at most once for each type and rarely more than twice.
EscapedRoots find_escaped_roots(const oir::Program& program, const Contents& contents,
                                const EscapesFn& escapes, const ArrayGrowth& growth,
                                LentParts& lent_parts);

}  // namespace tenure::own
