// Copies that are only looked at, a part of pass lastuse.
//
// `let e = table[i];`, the value that a `for` goes over, a name that a `match` binds: a local that
// gets a copy of a place, and is read until it dies. If nobody writes the place while the local is
// used, what it would say is what the place says: its uses name the place, and the copy and its end
// go [O-KIND-2]. Not of watched types, whose ends can be seen.
//
// The place lies in a local or a global itself; that of a reference may lie behind other
// references. The local is read until its last use, or, where a view of it is made, until it dies:
// views end before what they view.
//
// Facts: Borrowed.
#pragma once

#include <cstdint>
#include <vector>

#include "oir/oir.h"
#include "own/only_read.h"
#include "own/summaries.h"

namespace tenure::own {

// Which copies are worth it: references, texts and what holds one, and arrays of some length. Not
// what lies elsewhere and may be written there, as a growable array's elements
// may.
class CopyCosts {
 public:
  explicit CopyCosts(const oir::Program& program)
      : program_(program), known_(program.types.size()) {}
  bool is_worth_it(oir::TypeId type);

 private:
  enum : uint8_t { kKnown = 1, kText = 2, kElsewhere = 4 };
  uint8_t of(oir::TypeId type);

  const oir::Program& program_;
  std::vector<uint8_t> known_;  // by type: what it holds, 0: nobody has asked
};

void remove_copies(oir::Program& program, oir::FuncId func, const Summaries& summaries,
                   const OnlyRead& only_read, CopyCosts& costs);

}  // namespace tenure::own
