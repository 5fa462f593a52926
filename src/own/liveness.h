// Liveness of single locals, for the question of pass `lastuse`: is this the last use of x?
//
// Uses are all mentions of a local but the drops that end its life; a whole new value and a drop
// end the range. Sparse: each local asked for costs as much as the blocks that it is live in, so
// that a function with many short-lived locals stays cheap.
#pragma once

#include <unordered_map>
#include <vector>

#include "oir/oir.h"

namespace tenure::own {

// Another operand, or the destination, names the local of operand `arg`, so that it must stay
// whole. Of copies the last may take it.
bool is_named_again(const oir::Function& function, const oir::Inst& inst, uint32_t arg);

class Liveness {
 public:
  // `wanted[l]`: whether local l will be asked for. The function must not change as long as this is
  // used.
  Liveness(const oir::Function& function, const std::vector<bool>& wanted);

  // Whether the local is used on some way onwards after instruction `index` of `block`, that
  // instruction's own unwinding included. The instruction itself does not count.
  bool live_after(oir::LocalId local, oir::BlockId block, uint32_t index);

  // Whether the local is used on some way from the start of the block.
  bool live_at(oir::LocalId local, oir::BlockId block);

  // The position of a use that comes later in the text, the nearest; not valid if there is none.
  Span later_use(oir::LocalId local, Span after) const;

 private:
  enum class Kind : uint8_t { Use, End };
  struct Mention {
    uint32_t block;
    uint32_t index;
    Kind kind;
    Span span;
  };
  struct Entry {  // an edge, seen from its target
    uint32_t block;
    uint32_t index;  // of the instruction that it leaves from
  };
  struct Row {
    bool wanted = false;
    bool solved = false;
    std::vector<Mention> mentions;                 // in the order of blocks and instructions
    std::unordered_map<uint32_t, uint32_t> first;  // block: its first mention
    std::unordered_map<uint32_t, bool> live_in;    // blocks at whose start the local is live
  };

  void collect(const oir::Function& function);
  void mention(uint32_t local, const oir::Inst& inst, uint32_t block, uint32_t index, Kind kind);
  void mention_path(const oir::Function& function, oir::Place place, const oir::Inst& inst,
                    uint32_t block, uint32_t index);
  void solve(Row& row);

  const oir::Function& function_;
  std::vector<Row> rows_;
  std::vector<std::vector<Entry>> entries_;
};

}  // namespace tenure::own
