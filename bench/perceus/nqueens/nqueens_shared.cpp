// All ways to put n queens on a board, as lists that share their ends; std::shared_ptr.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

struct Queens {
  int column;
  std::shared_ptr<Queens> before;
  Queens(int c, std::shared_ptr<Queens> b) : column(c), before(std::move(b)) {}
};

struct Solutions {
  std::shared_ptr<Queens> first;
  std::shared_ptr<Solutions> rest;
  Solutions(std::shared_ptr<Queens> f, std::shared_ptr<Solutions> r) : first(std::move(f)), rest(std::move(r)) {}
};

static bool is_safe(int column, const Queens* at) {
  for (int distance = 1; at != nullptr; distance++) {
    if (at->column == column || at->column == column + distance || at->column == column - distance) return false;
    at = at->before.get();
  }
  return true;
}

static std::shared_ptr<Solutions> solve(int size, int row) {
  if (row == 0) return std::make_shared<Solutions>(nullptr, nullptr);
  std::shared_ptr<Solutions> shorter = solve(size, row - 1);
  std::shared_ptr<Solutions> all;
  for (const Solutions* at = shorter.get(); at != nullptr; at = at->rest.get()) {
    for (int column = size; column > 0; column--) {
      if (is_safe(column, at->first.get())) {
        all = std::make_shared<Solutions>(std::make_shared<Queens>(column, at->first), std::move(all));
      }
    }
  }
  return all;
}

int main(int, char** arguments) {
  const int size = std::atoi(arguments[1]);
  std::shared_ptr<Solutions> all = solve(size, size);
  int count = 0;
  for (const Solutions* at = all.get(); at != nullptr; at = at->rest.get()) count++;
  std::printf("%d\n", count);
}
