// Plain parts of values that are moved away while somebody refers to such a part.
//
// An empty place of an owning type holds a hole; a plain one has no pattern to spare. Read by its
// owner's name, the state byte of what encloses it tells. Read through a reference to itself, the
// address is all there is: the check has to find what encloses it [O-MOVE-5]. It can where that is
// an object of the heap, so the roots of such places live in boxes, as if the reference were kept.
//
// All of this is for programs that both refer to plain parts of an aggregate and move values of its
// type out from under references; elsewhere the sets are empty.
#pragma once

#include <unordered_map>
#include <vector>

#include "oir/oir.h"
#include "own/contents.h"
#include "own/vacates.h"

namespace tenure::own {

class ArrayGrowth;
struct EscapedRoots;

class LentParts {
 public:
  LentParts(const oir::Program& program, const Contents& contents);

  // Looks at all moves again, for more roots may have escaped. True: there are more types of which
  // plain parts can be read in a hole.
  bool grow(const EscapedRoots& roots, const ArrayGrowth& growth);

  // Whether a value of the plain type may be read through a reference when what encloses it has
  // been moved away.
  bool may_lie_in_hole(oir::TypeId plain) const;
  // Whether lending the address of `place` may lead to such a read.
  bool may_show_hole(const oir::Function& function, oir::Place place) const;

 private:
  void find_lent(const oir::Function& function, const oir::Inst& inst);
  void lend(oir::TypeId plain, const std::vector<oir::TypeId>& around);
  bool holds_left(oir::TypeId type) const;

  const oir::Program& program_;
  // By plain type: the aggregates in the middle of which a reference to such a value is made.
  std::unordered_map<uint32_t, std::vector<oir::TypeId>> around_;
  Vacates vacates_;         // as far as moves were seen
  std::vector<bool> left_;  // by type: in some `around_`, and may be moved away
};

}  // namespace tenure::own
