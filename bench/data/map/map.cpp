// A map of n strings: filled, looked up, changed, and every third key taken out; std::unordered_map.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>

int main(int, char** arguments) {
  const long n = std::atol(arguments[1]);
  std::unordered_map<std::string, long> counts;
  for (long i = 0; i < n; i++) counts["key " + std::to_string(i * 7919 % n)] = i;
  long found = 0, sum = 0;
  for (long i = 0; i < n; i++) {
    auto at = counts.find("key " + std::to_string(i * 2));
    if (at != counts.end()) {
      found++;
      sum += at->second;
      at->second = 0;
    }
  }
  for (long i = 0; i < n; i += 3) counts.erase("key " + std::to_string(i));
  long rest = 0;
  for (const auto& [key, value] : counts) rest += value;
  std::printf("%ld, %ld, %zu, %ld\n", found, sum, counts.size(), rest);
}
