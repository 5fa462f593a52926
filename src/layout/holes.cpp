#include "layout/holes.h"

namespace tenure::layout {

using oir::Type;
using oir::TypeId;
using oir::TypeKind;

// From the types that vacate to all that hold them by value.
std::vector<bool> types_that_hold_holes(const oir::TypeTable& types) {
  std::vector<std::vector<uint32_t>> holders(types.size());
  std::vector<uint32_t> work;
  std::vector<bool> found(types.size());
  for (uint32_t i = 0; i < types.size(); ++i) {
    const Type& type = types[TypeId{size_t{i}}];
    bool holds_elem = type.kind == TypeKind::FixedArray || type.kind == TypeKind::Array ||
                      type.kind == TypeKind::Box;
    if (holds_elem) holders[type.elem.index()].push_back(i);
    for (const oir::Field& field : type.fields) holders[field.type.index()].push_back(i);
    for (const oir::Variant& variant : type.variants) {
      for (const oir::Field& field : variant.fields) holders[field.type.index()].push_back(i);
    }
    found[i] = type.vacates;
    if (type.vacates) work.push_back(i);
  }
  while (!work.empty()) {
    uint32_t type = work.back();
    work.pop_back();
    for (uint32_t holder : holders[type]) {
      if (found[holder]) continue;
      found[holder] = true;
      work.push_back(holder);
    }
  }
  return found;
}

}  // namespace tenure::layout
