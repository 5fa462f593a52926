// The source with the decisions that the compiler made about its values [O-SEE-1].
#pragma once

#include <string>

#include "base/source.h"
#include "oir/oir.h"

namespace tenure::explain {

// The lines of `file`, each followed by a row for each fact about it:
//
//   eat(move a);
//     │ moved `a`: as written
//
// Rows of a line stand in the order of their columns. Where instances of a generic function differ,
// a row `in NAME:` opens the rows of each. Facts of other files are left out.
std::string explain(const oir::Program& program, const SourceMap& sources, FileId file);

}  // namespace tenure::explain
