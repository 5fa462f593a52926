// Who may read a place in memory, by its kind: the functions that name a place of the same type and
// field, or a value that holds one, and all that call them.
#pragma once

#include <vector>

#include "oir/oir.h"
#include "own/call_graph.h"
#include "own/summaries.h"

namespace tenure::own {

// The kind of a place of which it is asked who reads it.
struct ReadPlace {
  MemoryKey key;
  oir::GlobalId global;  // the place is in this global; none
  friend bool operator==(const ReadPlace& a, const ReadPlace& b) = default;
};
ReadPlace read_place(const oir::Program& program, const oir::Function& function, oir::Place place);

class PlaceReaders {
 public:
  // Linear in the program.
  PlaceReaders(const oir::Program& program, const CallGraph& graph, const ReadPlace& place);

  // The instruction itself reads it, as far as type and field tell, or what it calls
  // does, or the end of a life that it brings about. A place in a local may be read by its name
  // besides.
  bool by(const oir::Function& function, const oir::Inst& inst) const {
    return names(function, inst) || calls_reader(function, inst);
  }
  // An operand reads it.
  bool by_operands(const oir::Function& function, const oir::Inst& inst) const;
  bool of(oir::FuncId func) const { return reads_[func.index()]; }
  // Somebody reads it when something has failed: what is done on the way out, a user's `drop`, or
  // who goes on after a `catch`.
  bool after_failure() const { return after_failure_; }
  // Somewhere a raw pointer or a slice is made of such a place, or of what it holds.
  bool is_pointed_into() const { return is_pointed_into_; }

 private:
  bool names(const oir::Function& function, const oir::Inst& inst) const;
  bool names(const oir::Function& function, oir::Place place, bool whole) const;
  bool calls_reader(const oir::Function& function, const oir::Inst& inst) const;
  bool holds_place(oir::TypeId type) const { return holds_[type.index()]; }
  void find_holders();
  void find_readers();
  bool anybody_after_failure() const;

  const oir::Program& program_;
  const CallGraph& graph_;
  ReadPlace place_;
  std::vector<bool> holds_;    // by type: a value of it has such places among its parts
  std::vector<bool> reaches_;  // or refers to such a value, however far
  std::vector<bool> reads_;    // by node of the call graph
  bool after_failure_ = false;
  bool is_pointed_into_ = false;
};

}  // namespace tenure::own
