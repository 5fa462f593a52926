// Where the memory of an object that was taken apart waits for the next one to be made in it.
#pragma once

#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "oir/oir.h"
#include "own/summaries.h"

namespace tenure::own {

// The blocks that hold a memory, from where it is had to the instructions that take it over. Found
// for the function as it is; applying it to the function makes it stale.
class MemoryRegion {
 public:
  using IsTaker = std::function<bool(const oir::Inst&)>;

  // From instruction `index` of `block` on. Each way on ends at the first taker; a way on which
  // none comes any more does not belong to it, nor does a turn of a loop that has not begun.
  MemoryRegion(const oir::Function& function, uint32_t block, uint32_t index,
               const IsTaker& is_taker);

  // No taker is reached.
  bool is_empty() const { return !leads_on_[start_]; }

  // Makes it so: takers get `memory` as one more operand and are shown to `taken`; where the region
  // is left without one the memory is given back, and where it is entered from elsewhere there is
  // none (null).
  void apply(oir::Function& function, const Summaries& summaries, oir::Place memory,
             const std::function<void(oir::Inst&)>& taken) const;

 private:
  struct Edge {
    uint32_t block;
    size_t target;  // of its terminator
    bool leaves;    // gives back; else: enters
  };

  uint32_t from(uint32_t block) const { return block == start_ ? start_index_ : 0; }
  bool in_region(uint32_t block) const { return leads_on_[block]; }
  // At the end of the block it is still held.
  bool passes(uint32_t block) const { return in_region(block) && taker_[block] == kNone; }
  void find_held(const oir::Function& function, const IsTaker& is_taker);
  std::vector<Edge> edges(const oir::Function& function) const;

  static constexpr uint32_t kNone = 0xFFFFFFFFu;
  uint32_t start_, start_index_;
  std::vector<oir::BlockId> order_;  // reverse post order
  std::vector<uint32_t> taker_;      // by block: the first taker, where it is held
  std::vector<bool> leads_on_;       // by block: it is held there, and a taker comes
};

}  // namespace tenure::own
