// Modules of NG as Tape has them.
#pragma once

#include <deque>
#include <vector>

#include "ng/interface.h"
#include "tape/modules.h"

namespace tenure::cross {

// By the modules' place in the order of all. The trees are kept in `trees`.
tape::Modules::Views tape_views(const std::vector<ng::Interface>& interfaces,
                                const std::vector<LoadedModule>& loaded,
                                const oir::Program& program, tape::Modules& tape_modules,
                                std::deque<tape::ast::Tree>& trees);

}  // namespace tenure::cross
