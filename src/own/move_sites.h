// Where a place was emptied: for notes. Searched backwards from the read, only when there is
// something to report, within a budget for each function.
#pragma once

#include <optional>

#include "own/fullness.h"

namespace tenure::own {

class MoveSites {
 public:
  MoveSites(const oir::Function& function, const Cfg& cfg, const Fullness& fullness,
            const Summaries& summaries);

  struct Site {
    oir::Place place;  // what was moved
    Span span;
  };
  // The nearest instruction before `inst` of `block` (on some way) that leaves a leaf of `path`
  // empty. `own`: the instruction's own operands count too.
  std::optional<Site> find(uint32_t block, uint32_t inst, bool own, MovePathId path);

 private:
  std::optional<Site> empties(const oir::Inst& inst, MovePathId path) const;
  bool touches(MovePathId a, MovePathId b) const;

  const oir::Function& function_;
  const Cfg& cfg_;
  const Fullness& fullness_;
  const Summaries& summaries_;
  size_t budget_ = 4'000'000;  // instructions
};

}  // namespace tenure::own
