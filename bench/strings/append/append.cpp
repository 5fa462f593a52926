// Ten times a million appends of two bytes to a string that nobody else sees.
#include <cstdio>
#include <string>

int main() {
  long total = 0;
  for (int round = 0; round < 10; ++round) {
    std::string s;
    for (int i = 0; i < 1000000; ++i) s += "ab";
    total += static_cast<long>(s.size()) + s[s.size() / 2];
  }
  std::printf("%ld\n", total);
}
