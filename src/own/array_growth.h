// Which arrays leave holes behind when they grow.
//
// Growing an array to which references or views exist gives it a buffer of its own [O-REF-9].
// Elements that cannot be copied move there, and their old places are empty for whoever refers to
// them. That can only be where the program both grows arrays of a type and refers to elements of
// such.
#pragma once

#include <unordered_map>
#include <vector>

#include "oir/oir.h"
#include "own/contents.h"

namespace tenure::own {

class ArrayGrowth {
 public:
  ArrayGrowth(const oir::Program& program, const Contents& contents);

  // The type of the elements that the instruction may leave empty for others; none: it does not.
  oir::TypeId left_behind(const oir::Inst& inst) const;
  // All of these.
  const std::vector<oir::TypeId>& elements() const { return elements_; }

 private:
  void look(const oir::Program& program, const oir::Function& function, const oir::Inst& inst);

  struct Use {
    bool grown = false;
    bool referred = false;
    oir::TypeId elem;
  };
  std::unordered_map<uint32_t, Use> uses_;  // by array type
  std::vector<oir::TypeId> elements_;
};

}  // namespace tenure::own
