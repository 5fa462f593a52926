// Interned names: equal texts have equal ids, so names compare and hash as integers.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/id.h"

namespace tenure {

struct NameTag;
using NameId = Id<NameTag>;

class Names {
 public:
  NameId intern(std::string_view text);
  size_t size() const { return texts_.size(); }
  // Valid as long as this table lives.
  std::string_view text(NameId id) const { return texts_[id.index()]; }

 private:
  // Where a name with this hash is, or the free slot where it belongs.
  size_t slot_of(std::string_view text, uint32_t hash) const;
  void grow();
  std::string_view keep(std::string_view text);

  std::vector<std::string_view> texts_;
  std::vector<uint32_t> hashes_;                 // by name
  std::vector<uint32_t> slots_;                  // 1 + a name, 0: free. At most half are taken
  std::vector<std::unique_ptr<char[]>> blocks_;  // where the texts lie
  char* next_ = nullptr;
  size_t left_ = 0;
};

}  // namespace tenure
