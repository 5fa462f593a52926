#include "oir/in_parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

namespace tenure::oir {

namespace {

// Who is at work, who is done, and whose turn it is. Of runs of bodies.
class Turns : public GrowthGate {
 public:
  Turns(Program& program, size_t runs) : program_(program), done_(runs, 0) {}

  void begin(size_t run) {
    current = run;
    alone = false;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !claimed_; });
    ++working_;
  }
  void end() {
    if (alone) program_.types.settle();
    std::lock_guard lock(mutex_);
    if (alone) {
      claimed_ = false;
    } else {
      --working_;
    }
    alone = false;
    done_[current] = 1;
    while (first_ < done_.size() && done_[first_] != 0) ++first_;
    changed_.notify_all();
  }

  void enter() override {
    if (alone) return;
    std::unique_lock lock(mutex_);
    --working_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return first_ == current; });
    claimed_ = true;
    changed_.wait(lock, [&] { return working_ == 0; });
    alone = true;
  }

 private:
  static thread_local size_t current;  // the run that this thread is at
  static thread_local bool alone;      // it has entered

  Program& program_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<uint8_t> done_;  // by run
  size_t first_ = 0;           // that is not done
  size_t working_ = 0;         // threads that may look at what is shared
  bool claimed_ = false;       // by whose turn it is
};

thread_local size_t Turns::current = 0;
thread_local bool Turns::alone = false;

// From how many bodies on it pays. Tests set it, so that small programs go the way of large ones.
size_t many() {
  static const size_t many = [] {
    const char* text = std::getenv("TENURE_PARALLEL_FROM");
    size_t number = text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
    return number != 0 ? number : size_t{1000};
  }();
  return many;
}

}  // namespace

size_t workers_for(size_t bodies) {
  return bodies < many() ? 1 : std::max(std::thread::hardware_concurrency(), 1u);
}

void in_parallel(Program& program, size_t count, size_t run,
                 const std::function<void(size_t, size_t)>& work) {
  size_t workers = workers_for(count);
  if (workers == 1) {
    for (size_t i = 0; i < count; ++i) work(0, i);
    return;
  }
  Turns turns(program, (count + run - 1) / run);
  program.types.share(&turns);
  std::atomic<size_t> next = 0;
  auto take = [&](size_t worker) {
    for (size_t i = next++; i * run < count; i = next++) {
      turns.begin(i);
      for (size_t body = i * run; body < std::min(count, (i + 1) * run); ++body) work(worker, body);
      turns.end();
    }
  };
  std::vector<std::thread> others;
  for (size_t i = 1; i < workers; ++i) others.emplace_back(take, i);
  take(0);
  for (std::thread& other : others) other.join();
  program.types.share(nullptr);
}

void lower_functions(Program& program, size_t count, const std::function<void(size_t)>& lower) {
  in_parallel(program, count, 1, [&](size_t, size_t i) { lower(i); });
}

}  // namespace tenure::oir
