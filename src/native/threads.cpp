#include "native/threads.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include <llvm/Support/thread.h>

namespace tenure::native {

namespace {

const std::optional<unsigned> kStackSize = 512u << 20;

}  // namespace

void on_large_stack(const std::function<void()>& work) {
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
