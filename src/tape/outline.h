// What can be said of a function from its typed tree alone: oir/outline.h.
#pragma once

#include <functional>

#include "oir/outline.h"
#include "tape/tree.h"

namespace tenure::tape {

// Of one function; `nodes`: where its nodes are. All that it calls is declared.
oir::Outline outline_of(const tree::Program& tree, const tree::Nodes& nodes,
                        const oir::TypeTable& types, oir::QuietTypes& quiet_types,
                        const tree::Function& function);

// Of all functions of a tree without mistakes. Outlines that were found before are gone then;
// `nodes_of` gives the nodes of the others. Several threads look.
using NodesOf = std::function<const tree::Nodes&(const tree::Function&)>;
oir::Sparing find_spared(tree::Program& tree, const oir::TypeTable& types, const NodesOf& nodes_of);

}  // namespace tenure::tape
