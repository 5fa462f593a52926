// Which slots of objects are written after the object was made: the fields, elements and whole
// contents that some instruction of the program gives a value in memory.
//
// An object can only refer to objects that are older than it, unless a slot of it is written later.
// So of the objects of a cycle one, the youngest, is referred to by a slot that was written when
// its own object was there already: types that lead back to themselves only through slots that
// nobody writes are never part of a cycle [O-CYC-3]. (What is known of a field of ours is that of
// the whole program, which is closed.)
#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "oir/oir.h"

namespace tenure::own {

class WrittenSlots {
 public:
  // Of a program after pass escape: what lives in a box is written through a dereference.
  explicit WrittenSlots(const oir::Program& program);

  // A value of type `part` that lies in one of type `whole` may be written by itself.
  bool is_written(oir::TypeId whole, oir::TypeId part) const {
    return parts_.count(key(whole, part)) != 0;
  }
  // All of an object of this type, or a value of it that may lie anywhere, may be written.
  bool is_written(oir::TypeId type) const { return wholes_[type.index()]; }
  // The same of the elements of growable and fixed arrays and spans.
  bool elements_are_written(oir::TypeId element) const { return elements_[element.index()]; }

 private:
  static uint64_t key(oir::TypeId whole, oir::TypeId part) {
    return uint64_t{whole.v} << 32 | part.v;
  }
  void look_at(const oir::Function& function, const oir::Inst& inst);
  void write(const oir::Function& function, oir::Place place);
  void grow(const oir::Function& function, oir::Place array);

  const oir::Program& program_;
  std::unordered_set<uint64_t> parts_;
  std::vector<bool> wholes_;
  std::vector<bool> elements_;
};

}  // namespace tenure::own
