// Places as the user wrote them: what a hold holds stands for the hold.
#pragma once

#include <string>
#include <unordered_map>

#include "oir/oir.h"

namespace tenure::own {

class Spelling {
 public:
  Spelling(const oir::Program& program, oir::Function& function);
  std::string text(oir::Place place) const;
  // `place` with holds replaced by what they hold.
  oir::Place resolve(oir::Place place) const;
  // `place` with names of parts replaced by what they name, and holds by what they hold.
  oir::Place unaliased(oir::Place place) const;
  // The local or global that the part lies in that an alias names; `place` begins with the alias.
  oir::Place lender(oir::Place place) const;

 private:
  const oir::Program& program_;
  oir::Function& function_;
  std::unordered_map<uint32_t, oir::Place> source_;  // by local: what a hold holds
  std::unordered_map<uint32_t, oir::Place>
      referred_;  // what a hold that is a new reference refers to
  std::unordered_map<uint32_t, oir::Place> aliased_;  // by local: what an alias names
};

}  // namespace tenure::own
