#include "oir/in_parallel.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <vector>

namespace tenure::oir {

namespace {

// Who waits here waits for the end of a body, or of a few: a thread that slept would be woken too
// late to be of use.
template <class Condition>
void wait_until(const Condition& holds) {
  constexpr int kSpins = 2000;
  for (int i = 0; !holds(); ++i) {
    if (i > kSpins) std::this_thread::yield();
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  }
}

// Who is at work, who is done, and whose turn it is. Of runs of bodies.
//
// One side says that it is at work and then looks whether somebody has claimed to be alone; the
// other claims and then looks whether somebody is at work. The operations are in one order for all
// threads, so at least one of the two sees the other.
class Turns : public GrowthGate {
 public:
  Turns(Program& program, size_t runs) : program_(program), done_(runs) {}

  void begin(size_t run) {
    current = run;
    alone = false;
    for (;;) {
      ++working_;
      if (!claimed_) return;
      --working_;
      wait_until([&] { return !claimed_; });
    }
  }
  void end() {
    if (alone) program_.types.settle();
    done_[current] = 1;
    if (alone) {
      claimed_ = false;
    } else {
      --working_;
    }
    alone = false;
  }

  void enter() override {
    if (alone) return;
    --working_;
    wait_until([&] { return is_turn(); });
    claimed_ = true;
    wait_until([&] { return working_ == 0; });
    alone = true;
  }

 private:
  // All runs before it are done.
  bool is_turn() {
    size_t first = first_;
    while (first < current && done_[first] != 0) ++first;
    first_ = first;
    return first == current;
  }

  static thread_local size_t current;  // the run that this thread is at
  static thread_local bool alone;      // it has entered

  Program& program_;
  std::vector<std::atomic<uint8_t>> done_;  // by run
  std::atomic<size_t> first_ = 0;           // all before it are done, and perhaps more
  std::atomic<size_t> working_ = 0;         // threads that may look at what is shared
  std::atomic<bool> claimed_ = false;       // by whose turn it is
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
