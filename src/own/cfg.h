// The control-flow graph of a function, as its passes see it: blocks with side exits.
#pragma once

#include <functional>
#include <vector>

#include "oir/oir.h"

namespace tenure::own {

// Every way from a block to another: side exits in the order of their instructions, then targets of
// the terminator. `visit` may change the target.
void for_each_exit(
    oir::Block& block,
    const std::function<void(oir::Inst& inst, oir::BlockId& target, bool unwinds)>& visit);
void for_each_exit(
    const oir::Block& block,
    const std::function<void(const oir::Inst& inst, oir::BlockId target, bool unwinds)>& visit);

// Follows every way on from behind instruction `index` of `block`, each block once. `step(inst,
// block, index)` says of each instruction on it whether the way goes on, ends there, or makes all
// fail. False: it failed.
enum class Way : uint8_t { GoesOn, Ends, Fails };
bool follow_ways(
    const oir::Function& function, uint32_t block, uint32_t index,
    const std::function<Way(const oir::Inst& inst, uint32_t block, uint32_t index)>& step);

// Blocks that can be reached from the entry, in reverse post order: but for back edges, each comes
// after all that lead to it.
std::vector<oir::BlockId> reverse_post_order(const oir::Function& function);

// Jumps and unwinding go straight to where chains of empty blocks end; what unwinds into nothing
// but `resume` has no `unwind` any more.
void skip_empty_blocks(oir::Function& function);

// Removes the blocks that are not reached and numbers the others anew, in their old order.
void remove_unreachable_blocks(oir::Function& function);

}  // namespace tenure::own
