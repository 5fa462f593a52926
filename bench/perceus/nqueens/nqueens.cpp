// All ways to put n queens on a board, as lists that share their ends; nodes count their references themselves.
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "counted.h"

struct Queens {
  unsigned count = 0;
  int column;
  Counted<Queens> before;
  Queens(int c, Counted<Queens> b) : column(c), before(std::move(b)) {}
};

struct Solutions {
  unsigned count = 0;
  Counted<Queens> first;
  Counted<Solutions> rest;
  Solutions(Counted<Queens> f, Counted<Solutions> r) : first(std::move(f)), rest(std::move(r)) {}
};

static bool is_safe(int column, const Queens* at) {
  for (int distance = 1; at != nullptr; distance++) {
    if (at->column == column || at->column == column + distance || at->column == column - distance) return false;
    at = at->before.get();
  }
  return true;
}

static Counted<Solutions> solve(int size, int row) {
  if (row == 0) return Counted<Solutions>(new Solutions(nullptr, nullptr));
  Counted<Solutions> shorter = solve(size, row - 1);
  Counted<Solutions> all;
  for (const Solutions* at = shorter.get(); at != nullptr; at = at->rest.get()) {
    for (int column = size; column > 0; column--) {
      if (is_safe(column, at->first.get())) {
        all = Counted<Solutions>(new Solutions(Counted<Queens>(new Queens(column, at->first)), std::move(all)));
      }
    }
  }
  return all;
}

int main(int, char** arguments) {
  const int size = std::atoi(arguments[1]);
  Counted<Solutions> all = solve(size, size);
  int count = 0;
  for (const Solutions* at = all.get(); at != nullptr; at = at->rest.get()) count++;
  std::printf("%d\n", count);
}
