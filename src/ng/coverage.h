// What the patterns of a switch take. Private to check_switch.cpp and check_patterns.cpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "ng/checker.h"

namespace tenure::ng {

struct Checker::Coverage {
  std::vector<bool> variants;            // all of whose values are taken
  std::unordered_set<uint64_t> numbers;  // integers, bools, ids of strings
  std::vector<PatternShape> shapes;
  bool nested = false;  // a pattern has patterns in it, or is of a tuple: only `shapes` tell
  bool all = false;     // a pattern that matches everything came
  bool wrong = false;

  bool complete(oir::TypeKind kind) const {
    if (all) return true;
    if (kind == oir::TypeKind::Bool) return numbers.size() == 2;
    return kind == oir::TypeKind::Union &&
           std::all_of(variants.begin(), variants.end(), [](bool seen) { return seen; });
  }

  // False if every value that it takes was taken before, as far as that is easily seen.
  bool add(const PatternShape& shape, oir::TypeKind kind) {
    using Kind = PatternShape::Kind;
    bool reached = !complete(kind);
    if (shape.takes_all()) {
      all = true;
    } else if (shape.kind == Kind::Variant) {
      bool whole = std::all_of(shape.parts.begin(), shape.parts.end(),
                               [](const PatternShape& part) { return part.takes_all(); });
      reached = reached && !variants[shape.index];
      if (whole) variants[shape.index] = true;
    } else if (shape.kind == Kind::Literal) {
      reached = numbers.insert(shape.bits).second && reached;
    }
    shapes.push_back(shape);
    return reached;
  }
};

}  // namespace tenure::ng
