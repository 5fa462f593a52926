// What can be said of a function from its typed tree alone: oir/outline.h.
#pragma once

#include "ng/tree.h"
#include "oir/outline.h"

namespace tenure::ng {

// Of all functions of a tree without mistakes. Several threads look.
std::vector<oir::Outline> outlines_of(const tree::Program& tree, const oir::TypeTable& types);

}  // namespace tenure::ng
