// The part of a summary that needs data flow: what a function does to what its borrowed parameters
// refer to, path by path.
#pragma once

#include <vector>

#include "own/summaries.h"

namespace tenure::own {

struct SummaryPathsResult {
  std::vector<std::vector<SummaryPath>> params;
  bool may_return = false;
};

// One look at `func`, with what `summaries` says of its callees so far.
SummaryPathsResult summarize_paths(oir::Program& program, oir::FuncId func,
                                   const Summaries& summaries);

}  // namespace tenure::own
