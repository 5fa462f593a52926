// Which types vacate: a hole of such a type can be in memory that the function at hand does not
// know.
//
// A type does if it is not plain and a value of it is moved out through a dereference, out of a
// part of a global, or out of a local or global that will be boxed; if it is that of elements which
// a growing array takes along from under references (own/array_growth.h); or if a place of it may
// be empty while its address, or that of a place that holds it or of one in it, is handed out. If
// an aggregate does, so do all its parts. Collected by pass moves, which sees all of that; written
// into the types by pass types.
#pragma once

#include <vector>

#include "oir/oir.h"

namespace tenure::own {

class LentParts;

class Vacates {
 public:
  explicit Vacates(const oir::Program& program) : program_(&program), set_(program.types.size()) {}

  // `type` and its parts vacate (nothing for plain types).
  void add(oir::TypeId type);
  // By-value parts that have, or hold, a `drop`, of types whose objects may be in a cycle: a
  // collection leaves their places empty in objects that live on after all [O-CYC-4]. Errs towards
  // more: references to parts count as references to whatever such a part can lie in.
  void add_parts_in_cycles();
  bool vacates(oir::TypeId type) const { return type.index() < set_.size() && set_[type.index()]; }
  // A value of this type can hold a hole: it vacates, or a part or element of it does.
  bool may_hold_hole(oir::TypeId type) const;
  // A print of a value of this type can come, by a reference, to a value that can hold a hole, or
  // to a plain one that lies in such. Always asked with the same `lent`.
  bool may_print_hole(oir::TypeId type, const LentParts& lent) const;
  const std::vector<bool>& all() const { return set_; }
  // Types that were made after construction never vacate. Call when no more will be added.
  void close() {
    holds_.assign(set_.size(), 0);
    prints_.assign(set_.size(), 0);
  }

 private:
  const oir::Program* program_;
  std::vector<bool> set_;
  // By type; 0: unknown, 1: no, 2: yes.
  mutable std::vector<uint8_t> holds_;
  mutable std::vector<uint8_t> prints_;
};

}  // namespace tenure::own
