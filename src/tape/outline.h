// What can be said of a function from its typed tree alone: oir/outline.h.
#pragma once

#include "oir/outline.h"
#include "tape/tree.h"

namespace tenure::tape {

// Of one function; `nodes`: where its nodes are. All that it calls is declared.
oir::Outline outline_of(const tree::Program& tree, const tree::Nodes& nodes,
                        const oir::TypeTable& types, oir::QuietTypes& quiet_types,
                        const tree::Function& function);

// Of all functions of a tree without mistakes: those that were found before, which are gone then,
// and the others. Several threads look.
std::vector<oir::Outline> take_outlines(tree::Program& tree, const oir::TypeTable& types);

}  // namespace tenure::tape
