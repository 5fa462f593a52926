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

// Who is at work, who is done, and whose turn it is.
//
// A body that wants to be alone says so before its turn has come, so that no later one begins in
// the meantime that it would have to wait for.
//
// One side says that it is at work and then looks whether somebody wants to be alone; the other
// says so and then looks whether somebody is at work. The operations are in one order for all
// threads, so at least one of the two sees the other.
class Turns : public GrowthGate {
 public:
  Turns(Program& program, size_t bodies) : program_(program), done_(bodies) {}

  void begin(size_t body) {
    current = body;
    alone = false;
    work();
  }
  void end() {
    if (alone) leave();
    --working_;
    done_[current] = 1;
  }

  void enter() override {
    if (alone) return;
    want();
    --working_;
    wait_until([&] {
      want();
      return is_turn();
    });
    want();  // from here on nobody else takes it back
    wait_until([&] { return working_ == 0; });
    alone = true;
  }

  void pause() override {
    if (alone) {
      leave();
    } else if (wanted_ < current) {
      --working_;
      work();
    }
  }

 private:
  static constexpr size_t kNone = ~size_t{0};

  void work() {
    for (;;) {
      ++working_;
      if (wanted_ >= current) return;
      --working_;
      wait_until([&] { return wanted_ >= current; });
    }
  }

  // It is at work, like others, but as long as it is not done only it can be alone again.
  void leave() {
    program_.types.settle();
    alone = false;
    ++working_;
    wanted_ = kNone;  // others that want to be alone say so again
  }

  void want() {
    size_t wanted = wanted_;
    while (current < wanted && !wanted_.compare_exchange_weak(wanted, current)) {
    }
  }

  // All bodies before it are done.
  bool is_turn() {
    size_t first = first_;
    while (first < current && done_[first] != 0) ++first;
    first_ = first;
    return first == current;
  }

  static thread_local size_t current;  // the body that this thread is at
  static thread_local bool alone;      // it has entered

  Program& program_;
  std::vector<std::atomic<uint8_t>> done_;  // by body
  std::atomic<size_t> first_ = 0;           // all before it are done, and perhaps more
  std::atomic<size_t> working_ = 0;         // threads that may look at what is shared
  std::atomic<size_t> wanted_ = kNone;      // the first body that is or wants to be alone
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

void in_parallel(Program& program, size_t count, const std::function<void(size_t, size_t)>& work) {
  size_t workers = workers_for(count);
  if (workers == 1) {
    for (size_t i = 0; i < count; ++i) work(0, i);
    return;
  }
  Turns turns(program, count);
  program.types.share(&turns);
  std::atomic<size_t> next = 0;
  auto take = [&](size_t worker) {
    for (size_t i = next++; i < count; i = next++) {
      turns.begin(i);
      work(worker, i);
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
  in_parallel(program, count, [&](size_t, size_t i) { lower(i); });
}

}  // namespace tenure::oir
