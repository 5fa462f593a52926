// Fibonacci numbers by their definition, with the checks of NG.
#include <cstdio>
#include <cstdlib>

#include "checked.h"

static int fib(int n) {
  if (n < 2) return n;
  return add(fib(subtract(n, 1)), fib(subtract(n, 2)));
}

int main(int, char** arguments) { std::printf("%d\n", fib(std::atoi(arguments[1]))); }
