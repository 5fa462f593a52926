// Threads for LLVM, which recurses over whatever a program has: types that refer to one another
// make as many frames as there are types. So their stacks are large; only what is used of them is
// there.
#pragma once

#include <cstdint>
#include <functional>

namespace tenure::native {

// Calls `work` on a thread of its own and waits for it.
void on_large_stack(const std::function<void()>& work);

// Calls `work` with each number below `count`, on as many threads at a time as the machine has
// processors.
void in_parallel(uint32_t count, const std::function<void(uint32_t)>& work);

}  // namespace tenure::native
