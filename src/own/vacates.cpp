#include "own/vacates.h"

#include <functional>

namespace tenure::own {

using namespace oir;

namespace {

// The types of the parts that lie in a value of `row` itself.
void each_part(const Type& row, const std::function<void(TypeId)>& visit) {
  for (const Field& field : row.fields) visit(field.type);
  for (const Variant& variant : row.variants) {
    for (const Field& field : variant.fields) visit(field.type);
  }
  if (row.kind == TypeKind::FixedArray) visit(row.elem);
}

}  // namespace

void Vacates::add(TypeId type) {
  std::vector<TypeId> work{type};
  while (!work.empty()) {
    TypeId at = work.back();
    work.pop_back();
    if (at.index() >= set_.size()) set_.resize(at.index() + 1);
    if (set_[at.index()] || program_->types.is_plain(at)) continue;
    set_[at.index()] = true;
    each_part(program_->types[at], [&](TypeId part) { work.push_back(part); });
  }
}

// Parts and elements, to any depth: types are finite, but arrays may lead back to where they began.
bool Vacates::may_hold_hole(TypeId type) const {
  if (type.index() >= holds_.size()) holds_.resize(type.index() + 1, 0);
  if (holds_[type.index()] != 0) return holds_[type.index()] == 2;
  std::vector<TypeId> work{type};
  std::vector<TypeId> seen;
  std::vector<bool> visited(program_->types.size());
  bool found = false;
  while (!work.empty() && !found) {
    TypeId at = work.back();
    work.pop_back();
    if (visited[at.index()]) continue;
    visited[at.index()] = true;
    seen.push_back(at);
    found = vacates(at);
    const Type& row = program_->types[at];
    each_part(row, [&](TypeId part) { work.push_back(part); });
    if (row.kind == TypeKind::Array || row.kind == TypeKind::View) work.push_back(row.elem);
  }
  if (found) {
    holds_[type.index()] = 2;
  } else {
    if (holds_.size() < program_->types.size()) holds_.resize(program_->types.size(), 0);
    for (TypeId none : seen) holds_[none.index()] = 1;
  }
  return found;
}

}  // namespace tenure::own
