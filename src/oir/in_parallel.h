// The bodies of a program are worked on by several threads at the same time, and what comes of them
// is the same as if they had been worked on one after the other.
//
// What is a body's own is written by the one thread that works on it. What all bodies share (types
// and texts, for one) is only looked up, but where something is missing: then whoever needs it
// enters the gate, which waits until all bodies before its own are done, and until nobody else is
// at work; from there on it is alone, and may add what it looks for again then, until it comes to
// where it says that it adds nothing (`pause`), or to its end. Others that are at work wait for it
// where they say so, too. So what is added, and in what order, does not depend on the threads.
//
// A body that waits may hold references into what is shared. So whatever grows there leaves the
// rows that it has where they are.
#pragma once

#include <functional>

#include "oir/oir.h"

namespace tenure::oir {

// How many threads work on so many bodies. Few bodies are left to the one that calls.
size_t workers_for(size_t bodies);

// Calls `work` with the number of a worker, below workers_for(count), and that of a body, for each
// body below `count`.
void in_parallel(Program& program, size_t count, const std::function<void(size_t, size_t)>& work);

// Calls `lower` with each number below `count`: the index of a function of `program`, or of none.
void lower_functions(Program& program, size_t count, const std::function<void(size_t)>& lower);

}  // namespace tenure::oir
