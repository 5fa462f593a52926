// What references made somewhere in the program lead into: elements of arrays and contents of boxes
// of which types. Whoever has such an array or box may not be the only one who reaches them.
#pragma once

#include <vector>

#include "oir/oir.h"
#include "own/contents.h"

namespace tenure::own {

class InnerReferences {
 public:
  InnerReferences(const oir::Program& program, const Contents& contents);

  // A reference made elsewhere may lead to, or into, what `place` leads through.
  bool may_reach(const oir::Program& program, const oir::Function& function,
                 oir::Place place) const;

 private:
  std::vector<bool> elements_;  // by type of the element, or of the content of a box
};

}  // namespace tenure::own
