#include "own/parts.h"

#include <unordered_set>
#include <vector>

namespace tenure::own {

using namespace oir;

void each_part(const Type& row, const std::function<void(TypeId)>& visit) {
  for (const Field& field : row.fields) visit(field.type);
  for (const Variant& variant : row.variants) {
    for (const Field& field : variant.fields) visit(field.type);
  }
  if (row.kind == TypeKind::FixedArray) visit(row.elem);
}

bool any_part(const Program& program, TypeId type, const std::function<bool(TypeId)>& is) {
  std::vector<TypeId> work{type};
  std::unordered_set<uint32_t> seen;
  while (!work.empty()) {
    TypeId at = work.back();
    work.pop_back();
    if (!seen.insert(at.v).second) continue;
    if (is(at)) return true;
    each_part(program.types[at], [&](TypeId part) { work.push_back(part); });
  }
  return false;
}

}  // namespace tenure::own
