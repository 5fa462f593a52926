// Rings are made and abandoned steadily, while one of a million objects lives. A vector owns the nodes of a ring.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

struct Node {
  long id;
  Node* next = nullptr;
  Node* previous = nullptr;
};

using Ring = std::vector<std::unique_ptr<Node>>;

static Ring ring(long size) {
  Ring nodes;
  for (long id = 0; id < size; id++) {
    nodes.push_back(std::make_unique<Node>(Node{id}));
    if (id > 0) {
      nodes[id]->previous = nodes[id - 1].get();
      nodes[id - 1]->next = nodes[id].get();
    }
  }
  nodes.back()->next = nodes.front().get();
  nodes.front()->previous = nodes.back().get();
  return nodes;
}

static long sum(const Node* at, long size) {
  long total = 0;
  for (long i = 0; i < size; i++, at = at->next) total += at->id;
  return total;
}

static long now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int main(int, char** arguments) {
  const long turns = std::atol(arguments[1]), live = std::atol(arguments[2]), size = std::atol(arguments[3]);
  const Ring kept = ring(live);
  std::vector<long> times;
  long total = 0;
  for (long turn = 0; turn < turns; turn++) {
    const long start = now();
    total += sum(ring(size).front().get(), size);
    times.push_back(now() - start);
  }
  std::printf("%ld, %ld\n", total, sum(kept.front().get(), live));
  std::sort(times.begin(), times.end());
  const std::size_t n = times.size();
  std::fprintf(stderr, "%ld %ld %ld\n", times[n / 2], times[n - 1 - n / 100], times[n - 1]);
}
