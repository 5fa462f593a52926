// Functions are lowered on several processors at the same time, and the program is the same as if
// they had been lowered one after the other.
//
// A function's own rows are written by the one thread that lowers it. What all functions share, the
// types and the texts, is only looked up, but where something is missing: then whoever needs it
// waits until all functions before its own are done, and until nobody else is at work, and adds it.
// So what is added, and in what order, does not depend on the threads.
#pragma once

#include <functional>

#include "oir/oir.h"

namespace tenure::oir {

// Calls `lower` with each number below `count`: the index of a function of `program`, or of none.
// Small programs are lowered by the thread that calls.
void lower_functions(Program& program, size_t count, const std::function<void(size_t)>& lower);

}  // namespace tenure::oir
