// Which path has which drop flag. Pass moves makes flags for paths that a check needs them for;
// pass elaborate makes those that drops need, and emits the `set_flag`s for all of them: at every
// instruction that fills or empties the path (or something that holds it), and `empty` with site
// 0's meaning at the entry where the path begins empty.
//
// A flag is a u32 local of kind Flag: 0 full, else 1 + index into Program::move_sites.
#pragma once

#include <unordered_map>
#include <vector>

#include "oir/oir.h"

namespace tenure::own {

class DropFlags {
 public:
  explicit DropFlags(size_t functions) : flags_(functions) {}

  // The flag of `place` in `func`, or none.
  oir::LocalId find(oir::FuncId func, oir::Place place) const {
    const auto& table = flags_[func.index()];
    auto it = table.find(key(place));
    return it == table.end() ? oir::LocalId{} : it->second.flag;
  }
  // The flag of `place`, made if there is none.
  oir::LocalId get(oir::Program& program, oir::FuncId func, oir::Place place);
  // Calls `visit(place, flag)` for all flags of the function, in no particular order.
  template <class Visit>
  void each(oir::FuncId func, Visit&& visit) const {
    for (const auto& [at, row] : flags_[func.index()]) visit(row.place, row.flag);
  }

 private:
  struct Row {
    oir::Place place;
    oir::LocalId flag;
  };
  static uint64_t key(oir::Place place) { return uint64_t{place.root} << 32 | place.path.v; }
  std::vector<std::unordered_map<uint64_t, Row>> flags_;
};

}  // namespace tenure::own
