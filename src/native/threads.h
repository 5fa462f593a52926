// Threads for LLVM, which recurses over whatever a program has: types that refer to one another
// make as many frames as there are types. So their stacks are large; only what is used of them is
// there. What is small needs none: making a thread takes as long as lowering a small program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace tenure::native {

// Calls `work` and waits for it; on a thread of its own, unless this one's stack is enough for a
// program of `size` instructions and types.
void on_large_stack(size_t size, const std::function<void()>& work);

// Calls `work` with each number below `count`, on as many threads at a time as the machine has
// processors, all with large stacks.
void in_parallel(uint32_t count, const std::function<void(uint32_t)>& work);

}  // namespace tenure::native
