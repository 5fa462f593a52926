// The memory of objects that are taken apart: what is made in it.
//
//   m = recycle move t                        m = recycle move t
//   free_memory copy m                        branch copy %1 bb2 bb3
//   branch copy %1 bb2 bb3             bb2:   %3 = call @balance(move %2, copy k, copy m)
//   bb2: %3 = call @balance(move %2, copy k)  jump bb4
//        jump bb4                      bb3:   result = new move %5, copy m
//   bb3: result = new move %5                 jump bb4
//        jump bb4                      bb4:   return
//   bb4: return
//
// Where own/take_apart.h has put that an object's memory is given back, it is kept for what is made
// next instead: on each way on from there for the first `new` of the type, or the first call of a
// function that makes one on each of its ways. That function gets one more parameter, the memory or
// null. Where no such thing comes any more, also where the way is left by an error, the memory is
// given back. Turns of a loop keep nothing for each other.
//
// On elaborated OIR: memory is a plain pointer, which nobody drops. This is drop-guided reuse
// (Lorenzen, Leijen, ICFP 2022) on a graph of blocks, across calls.
//
// Facts: Reused.
#pragma once

#include "oir/oir.h"
#include "own/summaries.h"

namespace tenure::own {

void reuse_memory(oir::Program& program, const Summaries& summaries);

}  // namespace tenure::own
