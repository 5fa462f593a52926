// Reads a text, splits it into words, counts them, and prints the most frequent one.
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <unordered_map>

int main(int, char** argv) {
  std::ifstream file(argv[1], std::ios::binary | std::ios::ate);
  std::string text(static_cast<size_t>(file.tellg()), '\0');
  file.seekg(0);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  std::unordered_map<std::string, long> counts;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    bool space = i == text.size() || text[i] == ' ' || text[i] == '\n';
    if (!space) continue;
    if (i > begin) ++counts[text.substr(begin, i - begin)];
    begin = i + 1;
  }
  std::string best;
  long most = 0;
  for (const auto& [word, count] : counts) {
    if (count > most || (count == most && word < best)) {
      best = word;
      most = count;
    }
  }
  std::printf("%s %ld of %zu\n", best.c_str(), most, counts.size());
}
