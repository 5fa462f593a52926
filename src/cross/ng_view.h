// Modules of Tape as NG has them.
#pragma once

#include <deque>
#include <vector>

#include "base/modules.h"
#include "ng/modules.h"
#include "tape/modules.h"

namespace tenure::cross {

// The views of the Tape modules in `loaded`, by their place there. The trees are kept in `trees`.
ng::Modules::Views ng_views(const std::vector<LoadedModule>& loaded, const SourceMap& sources,
                            ng::Modules& ng_modules, tape::Modules& tape_modules,
                            std::deque<ng::ast::Tree>& trees);

}  // namespace tenure::cross
