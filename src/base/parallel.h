// Work on many things that have nothing to do with each other, on all processors.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace tenure {

// Calls `work(begin, end)` for ranges that together are the numbers below `count`, in any order and
// several at the same time; for few numbers once, on the thread that calls.
template <class Work>
void in_ranges(size_t count, const Work& work) {
  constexpr size_t kMany = 1000, kRange = 128;
  // The system is asked for its processors, which takes as long as some hundred numbers.
  unsigned threads = count < kMany ? 1 : std::thread::hardware_concurrency();
  if (threads < 2) return work(size_t{0}, count);
  std::atomic<size_t> next = 0;
  auto take = [&] {
    for (;;) {
      size_t begin = next.fetch_add(kRange);
      if (begin >= count) return;
      work(begin, std::min(begin + kRange, count));
    }
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(take);
  take();
  for (std::thread& other : others) other.join();
}

// What nobody looks at any more, and is so many blocks of memory that taking it apart takes its
// time: others go on meanwhile.
template <class Whole>
void take_apart_aside(std::unique_ptr<Whole> whole) {
  std::thread([](std::unique_ptr<Whole>) {}, std::move(whole)).detach();
}

}  // namespace tenure
