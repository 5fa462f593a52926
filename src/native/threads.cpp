#include "native/threads.h"

#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include <llvm/Support/thread.h>

namespace tenure::native {

namespace {

const std::optional<unsigned> kStackSize = 512u << 20;
// A quarter of this thread's stack at most is used already, by arguments and environment.
constexpr rlim_t kUsualStack = 8u << 20;
// Programs that do nothing but nest, in expressions, calls, blocks or types, were seen to need less
// than 1 KiB for each of these.
constexpr size_t kSmall = 2000;

bool is_enough_here(size_t size) {
  rlimit stack{};
  return size <= kSmall && getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur >= kUsualStack;
}

}  // namespace

void on_large_stack(size_t size, const std::function<void()>& work) {
  if (is_enough_here(size)) return work();
  // Nobody waits for malloc while this thread works: memory of its own would be nothing but more
  // pages, and of no use to who comes after it.
  mallopt(M_ARENA_MAX, 1);
  llvm::thread(kStackSize, work).join();
}

void in_parallel(uint32_t count, const std::function<void(uint32_t)>& work) {
  std::atomic<uint32_t> next{0};
  auto take = [&] {
    for (uint32_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<llvm::thread> threads;
  uint32_t wanted = std::min(count, std::max(std::thread::hardware_concurrency(), 1u));
  for (uint32_t i = 0; i < wanted; ++i) threads.emplace_back(kStackSize, take);
  for (llvm::thread& thread : threads) thread.join();
}

}  // namespace tenure::native
