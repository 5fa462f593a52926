#include "oir/in_parallel.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace tenure::oir {

namespace {

// Who is at work, who is done, and whose turn it is.
class Turns : public GrowthGate {
 public:
  explicit Turns(size_t count) : done_(count, 0) {}

  void begin(size_t index) {
    current = index;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !claimed_; });
    ++working_;
  }
  void end() {
    std::lock_guard lock(mutex_);
    --working_;
    done_[current] = 1;
    while (first_ < done_.size() && done_[first_] != 0) ++first_;
    changed_.notify_all();
  }

  void enter() override {
    std::unique_lock lock(mutex_);
    --working_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return first_ == current; });
    claimed_ = true;
    changed_.wait(lock, [&] { return working_ == 0; });
  }
  void leave() override {
    std::lock_guard lock(mutex_);
    claimed_ = false;
    ++working_;
    changed_.notify_all();
  }

 private:
  static thread_local size_t current;  // the function that this thread is at

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<uint8_t> done_;  // by function
  size_t first_ = 0;           // that is not done
  size_t working_ = 0;         // threads that may look at what is shared
  bool claimed_ = false;       // by whose turn it is
};

thread_local size_t Turns::current = 0;

}  // namespace

void lower_functions(Program& program, size_t count, const std::function<void(size_t)>& lower) {
  constexpr size_t kMany = 1000;
  unsigned threads = std::thread::hardware_concurrency();
  if (count < kMany || threads < 2) {
    for (size_t i = 0; i < count; ++i) lower(i);
    return;
  }
  Turns turns(count);
  program.types.share(&turns);
  std::atomic<size_t> next = 0;
  auto work = [&] {
    for (size_t i = next++; i < count; i = next++) {
      turns.begin(i);
      lower(i);
      turns.end();
    }
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
  program.types.share(nullptr);
}

}  // namespace tenure::oir
