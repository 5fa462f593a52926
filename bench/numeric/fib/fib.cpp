// Fibonacci numbers by their definition.
#include <cstdio>
#include <cstdlib>

static int fib(int n) {
  if (n < 2) return n;
  return fib(n - 1) + fib(n - 2);
}

int main(int, char** arguments) { std::printf("%d\n", fib(std::atoi(arguments[1]))); }
