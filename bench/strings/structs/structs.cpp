// A million structs with a short string each are copied, and every copy is changed.
#include <cstdio>
#include <string>
#include <vector>

struct Item {
  long id;
  std::string name;
};

int main() {
  std::vector<Item> items(1000000);
  for (long i = 0; i < 1000000; ++i) items[i] = {i, "item " + std::to_string(i)};
  std::vector<Item> copies = items;
  for (Item& item : copies) item.name += "!";
  long total = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    total += static_cast<long>(copies[i].name.size() * 2 - items[i].name.size()) + copies[i].name.back();
  }
  std::printf("%ld\n", total);
}
