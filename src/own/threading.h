// Threading jumps past dead drops, the first half of pass elaborate.
#pragma once

#include "own/fullness.h"

namespace tenure::own {

// Each edge (a jump, a branch, unwinding) into a block that begins with a drop of what is certainly
// empty on that edge goes to what follows the drop instead. Repeated until nothing changes, since
// fewer ways into a block mean more that is certain there.
void thread_dead_drops(oir::Function& function, const oir::Program& program,
                       const Fullness& fullness);

// The drop `inst` finds nothing in `state`: every part that would have to die is certainly gone.
bool is_dead_drop(const oir::Program& program, const Fullness& fullness,
                  const Fullness::State& state, const oir::Inst& inst);

// The bits of the parts of `path` that need dropping, ored; 0 if there are none.
uint8_t drop_bits(const oir::Program& program, const Fullness& fullness,
                  const Fullness::State& state, MovePathId path);

}  // namespace tenure::own
