// Rings are made and abandoned steadily, while one of a million objects lives; std::shared_ptr. The way back is a weak_ptr, and the ring is
// opened by hand before it is abandoned.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

struct Node {
  long id;
  std::shared_ptr<Node> next;
  std::weak_ptr<Node> previous;
  explicit Node(long i) : id(i) {}
};

class Ring {
 public:
  explicit Ring(long size) : first_(std::make_shared<Node>(0)) {
    std::shared_ptr<Node> at = first_;
    for (long id = 1; id < size; id++) {
      at->next = std::make_shared<Node>(id);
      at->next->previous = at;
      at = at->next;
    }
    at->next = first_;
    first_->previous = at;
  }
  ~Ring() {
    std::shared_ptr<Node> at = std::move(first_->next);
    while (at != first_) at = std::move(at->next);
  }
  long sum(long size) const {
    long total = 0;
    const Node* at = first_.get();
    for (long i = 0; i < size; i++, at = at->next.get()) total += at->id;
    return total;
  }

 private:
  std::shared_ptr<Node> first_;
};

static long now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int main(int, char** arguments) {
  const long turns = std::atol(arguments[1]), live = std::atol(arguments[2]), size = std::atol(arguments[3]);
  const Ring kept(live);
  std::vector<long> times;
  long total = 0;
  for (long turn = 0; turn < turns; turn++) {
    const long start = now();
    total += Ring(size).sum(size);
    times.push_back(now() - start);
  }
  std::printf("%ld, %ld\n", total, kept.sum(live));
  std::sort(times.begin(), times.end());
  const std::size_t n = times.size();
  std::fprintf(stderr, "%ld %ld %ld\n", times[n / 2], times[n - 1 - n / 100], times[n - 1]);
}
