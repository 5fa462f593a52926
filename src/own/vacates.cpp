#include "own/vacates.h"

#include <functional>

#include "own/lent_parts.h"
#include "own/parts.h"

namespace tenure::own {

using namespace oir;

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

namespace {

// The types that a value leads to by its parts and elements, and by references too if `follow`.
void each_step(const Program& program, TypeId type, bool follow,
               const std::function<void(TypeId)>& visit) {
  const Type& row = program.types[type];
  each_part(row, visit);
  bool by_value =
      row.kind == TypeKind::Array || row.kind == TypeKind::View || row.kind == TypeKind::Box;
  if (row.elem.valid() && (by_value || (follow && row.kind == TypeKind::Ref))) visit(row.elem);
}

class DropHolders {
 public:
  explicit DropHolders(const Program& program)
      : program_(program), known_(program.types.size(), 0) {}

  // A value of it has, or holds, a `drop`; references are not followed.
  bool holds(TypeId type) {
    uint8_t& known = known_[type.index()];
    if (known == 0) known = search(type) ? 2 : 1;
    return known == 2;
  }

 private:
  bool search(TypeId type) const {
    std::vector<TypeId> work{type};
    std::vector<bool> seen(program_.types.size());
    while (!work.empty()) {
      TypeId at = work.back();
      work.pop_back();
      if (seen[at.index()]) continue;
      seen[at.index()] = true;
      if (program_.types[at].drop.valid()) return true;
      each_step(program_, at, false, [&](TypeId part) { work.push_back(part); });
    }
    return false;
  }

  const Program& program_;
  std::vector<uint8_t> known_;
};

}  // namespace

void Vacates::add_parts_in_cycles() {
  const size_t count = program_->types.size();
  std::vector<std::vector<TypeId>> holders(count);  // by type: what has it as a part
  for (size_t i = 0; i < count; i++) {
    each_step(*program_, TypeId{i}, false,
              [&](TypeId part) { holders[part.index()].push_back(TypeId{i}); });
  }
  // Whether following references from `from` leads back to it.
  auto cyclic = [&](TypeId from) {
    std::vector<bool> seen(2 * count);
    std::vector<std::pair<TypeId, bool>> work{{from, false}};
    while (!work.empty()) {
      auto [at, referred] = work.back();
      work.pop_back();
      if (at == from && referred) return true;
      size_t mark = 2 * at.index() + (referred ? 1 : 0);
      if (seen[mark]) continue;
      seen[mark] = true;
      bool is_ref = program_->types[at].kind == TypeKind::Ref;
      each_step(*program_, at, true,
                [&, inside = referred](TypeId next) { work.push_back({next, inside || is_ref}); });
      if (!referred) continue;
      for (TypeId holder : holders[at.index()]) work.push_back({holder, true});
    }
    return false;
  };
  DropHolders drops(*program_);
  for (size_t i = 0; i < count; i++) {
    bool any = false;
    each_part(program_->types[TypeId{i}], [&](TypeId part) { any = any || drops.holds(part); });
    if (!any || !cyclic(TypeId{i})) continue;
    each_part(program_->types[TypeId{i}], [&](TypeId part) {
      if (drops.holds(part)) add(part);
    });
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

// Each type is met at most twice: with and without a reference on the way.
bool Vacates::may_print_hole(TypeId type, const LentParts& lent) const {
  if (type.index() >= prints_.size()) prints_.resize(program_->types.size(), 0);
  if (prints_[type.index()] != 0) return prints_[type.index()] == 2;
  std::vector<bool> seen(2 * program_->types.size());
  std::vector<std::pair<TypeId, bool>> work{{type, false}};
  bool found = false;
  while (!work.empty() && !found) {
    auto [at, referred] = work.back();
    work.pop_back();
    size_t mark = 2 * at.index() + (referred ? 1 : 0);
    if (seen[mark]) continue;
    seen[mark] = true;
    found = referred && (vacates(at) || lent.may_lie_in_hole(at));
    const Type& row = program_->types[at];
    bool refers =
        row.kind == TypeKind::Ref || row.kind == TypeKind::Weak || row.kind == TypeKind::View;
    bool behind = referred || refers;
    each_part(row, [&](TypeId part) { work.push_back({part, behind}); });
    bool shows_elem = row.kind == TypeKind::Array || row.kind == TypeKind::Box || refers;
    if (shows_elem) work.push_back({row.elem, behind});
  }
  prints_[type.index()] = found ? 2 : 1;
  return found;
}

}  // namespace tenure::own
