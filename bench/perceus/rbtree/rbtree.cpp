// Insertions into a std::map, which changes its tree in place.
#include <cstdio>
#include <cstdlib>
#include <map>

int main(int, char** arguments) {
  const int n = std::atoi(arguments[1]);
  std::map<int, bool> tree;
  for (int key = n; key > 0; key--) tree.insert_or_assign(key, key % 10 == 0);
  int count = 0;
  for (const auto& [key, value] : tree) count += value ? 1 : 0;
  std::printf("%d\n", count);
}
