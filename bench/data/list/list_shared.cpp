// A list of n numbers is built, reversed, summed and dropped; std::shared_ptr, and nobody else is assumed not to have it.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

struct Node;
using List = std::shared_ptr<Node>;

struct Node {
  long value;
  List next;
  Node(long v, List n) : value(v), next(std::move(n)) {}
};

static List build(long n) {
  List list;
  for (long i = 0; i < n; i++) list = std::make_shared<Node>(i, std::move(list));
  return list;
}

static List reverse(const List& list) {
  List done;
  for (const Node* at = list.get(); at != nullptr; at = at->next.get()) {
    done = std::make_shared<Node>(at->value, std::move(done));
  }
  return done;
}

static long sum(const List& list) {
  long total = 0;
  for (const Node* at = list.get(); at != nullptr; at = at->next.get()) total += at->value;
  return total;
}

// Without this the end of a long list would need a long stack.
static void drop(List list) {
  while (list != nullptr && list.use_count() == 1) {
    List next = std::move(list->next);
    list = std::move(next);
  }
}

int main(int, char** arguments) {
  List list = build(std::atol(arguments[1]));
  drop(std::exchange(list, reverse(list)));
  std::printf("%ld, %ld\n", list->value, sum(list));
  drop(std::move(list));
}
