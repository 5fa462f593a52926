// n structs with random keys are sorted by their keys, equal ones as they were.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

struct Record {
  long key;
  int id;
  double weight;
};

static std::vector<Record> make_records(int n) {
  std::vector<Record> records;
  long state = 12345;
  for (int i = 0; i < n; i++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    records.push_back({state, i, static_cast<double>(i)});
  }
  return records;
}

int main(int, char** arguments) {
  std::vector<Record> records = make_records(std::atoi(arguments[1]));
  std::stable_sort(records.begin(), records.end(), [](const Record& a, const Record& b) { return a.key < b.key; });
  long sum = 0;
  bool ordered = true;
  for (std::size_t i = 0; i < records.size(); i++) {
    sum = (sum * 31 + records[i].key) % 1000000007;
    if (i > 0 && records[i].key < records[i - 1].key) ordered = false;
  }
  std::printf("%s, %ld\n", ordered ? "true" : "false", sum);
}
