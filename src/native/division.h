// Which functions are compiled together. A small program is one LLVM module; of a large one, parts
// of about the same size become modules of their own, which are compiled at the same time.
//
// Part 0 defines what belongs to no function: descriptors, globals, literals, the entry. The others
// declare it. How a program is divided depends on nothing but the program.
//
// What is optimised must not suffer from it. So a part has copies of the small functions of other
// parts that it calls, for LLVM to inline; and a function that no other part refers to is local to
// its own, so that LLVM knows all of its calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "native/native.h"
#include "oir/oir.h"

namespace tenure::native {

// How large a program is: its instructions, functions and types.
size_t size_of(const oir::Program& program);

class Division {
 public:
  Division() = default;  // all in one part
  Division(const oir::Program& program, const Options& options);

  uint32_t parts() const { return parts_; }
  uint32_t part_of(oir::FuncId id) const { return parts_ == 1 ? 0 : part_of_[id.index()]; }
  // Whether only its own part refers to it.
  bool is_local(oir::FuncId id) const {
    return parts_ == 1 || (optimises_ && is_local_[id.index()]);
  }
  // The functions of other parts that `part` has copies of.
  std::vector<oir::FuncId> copies_in(const oir::Program& program, uint32_t part) const;

 private:
  void find_local(const oir::Program& program);

  uint32_t parts_ = 1;
  bool optimises_ = false;
  std::vector<uint32_t> part_of_;  // by function
  std::vector<bool> is_local_;     // by function
};

// One part of a program.
struct Part {
  const Division& division;
  uint32_t index;
  bool is_whole() const { return division.parts() == 1; }
  bool is_first() const { return index == 0; }
};

}  // namespace tenure::native
