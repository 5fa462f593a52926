// Interned names: equal texts have equal ids, so names compare and hash as integers.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/id.h"

namespace tenure {

struct NameTag;
using NameId = Id<NameTag>;

class Names {
 public:
  NameId intern(std::string_view text);
  // Valid as long as this table lives.
  std::string_view text(NameId id) const { return texts_[id.index()]; }

 private:
  std::deque<std::string> texts_;  // a deque: views into it stay valid while it grows
  std::unordered_map<std::string_view, NameId> ids_;
};

}  // namespace tenure
