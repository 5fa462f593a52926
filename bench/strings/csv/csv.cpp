// Joins fields to 10 MB of CSV, ten times, and takes each apart again.
#include <cstdio>
#include <string>

int main() {
  long total = 0;
  for (int round = 0; round < 10; ++round) {
    std::string csv;
    for (long i = 0; csv.size() < 10000000; ++i) {
      std::string line;
      for (long f = 0; f < 8; ++f) {
        if (f > 0) line += ',';
        line += std::to_string((i * 7919 + f * 104729 + round) % 100000);
      }
      csv += line + "\n";
    }
    size_t at = 0;
    while (at < csv.size()) {
      size_t end = csv.find('\n', at);
      std::string line = csv.substr(at, end - at);
      size_t begin = 0;
      for (;;) {
        size_t comma = line.find(',', begin);
        std::string field = line.substr(begin, comma == std::string::npos ? comma : comma - begin);
        total += static_cast<long>(field.size()) + field[0];
        if (comma == std::string::npos) break;
        begin = comma + 1;
      }
      at = end + 1;
    }
  }
  std::printf("%ld\n", total);
}
