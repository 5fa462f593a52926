// What is known of the indexes of places, and with it whether one place lies in another.
//
// Each evaluation of an index has a temporary of its own, so `xs[0]` and `xs[0]` are two paths. Two
// indexes are the same if both are the same constant, or copies of one local that has not been
// written in between; whether it has, the caller knows.
#pragma once

#include <vector>

#include "oir/oir.h"

namespace tenure::own {

enum class Within : uint8_t { No, Maybe, Yes };

class IndexValues {
 public:
  explicit IndexValues(const oir::Function& function);

  // Whether `inner` is `outer` or a part, an element, or behind it. `fresh`: the locals that the
  // indexes of both depend on have not been written since the first of them was evaluated.
  Within within(oir::Place inner, oir::Place outer, bool fresh) const;

  // Calls `visit(local)` for the locals that decide which elements `place` leads through.
  template <class Visit>
  void each_local(oir::Place place, Visit&& visit) const {
    for (oir::Proj proj : function_.paths.projs(place.path)) {
      if (proj.kind != oir::ProjKind::Index) continue;
      Value value = value_of(proj);
      if (!value.constant) visit(static_cast<uint32_t>(value.number));
    }
  }

 private:
  struct Value {
    bool constant;
    uint64_t number;  // the constant, or the local
  };
  Value value_of(oir::Proj proj) const {
    return proj.kind == oir::ProjKind::Const ? Value{true, proj.index} : locals_[proj.index];
  }

  const oir::Function& function_;
  std::vector<Value> locals_;  // by local: what it is worth as an index
};

}  // namespace tenure::own
