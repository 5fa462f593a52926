// A list of n numbers is built, reversed, summed and dropped; std::forward_list, which is reversed in place.
#include <cstdio>
#include <cstdlib>
#include <forward_list>
#include <numeric>

int main(int, char** arguments) {
  const long n = std::atol(arguments[1]);
  std::forward_list<long> list;
  for (long i = 0; i < n; i++) list.push_front(i);
  list.reverse();
  std::printf("%ld, %ld\n", list.front(), std::accumulate(list.begin(), list.end(), 0L));
}
