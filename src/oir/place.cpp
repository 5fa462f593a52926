#include "oir/place.h"

#include "base/check.h"

namespace tenure::oir {

PathId PathTable::extend(PathId parent, Proj proj) {
  TN_CHECK(parent.index() < rows_.size(), "a path of another function");
  auto [it, fresh] = children_.try_emplace(Key{parent.v, proj}, PathId{rows_.size()});
  if (fresh) rows_.push_back({parent, proj, rows_[parent.index()].depth + 1});
  return it->second;
}

std::vector<Proj> PathTable::projs(PathId id) const {
  std::vector<Proj> out(depth(id));
  for (size_t i = out.size(); i-- > 0; id = parent(id)) out[i] = last(id);
  return out;
}

void PathTable::rename_index(uint32_t from, uint32_t to) {
  for (uint32_t id = 1; id < rows_.size(); ++id) {
    Row& row = rows_[id];
    if (row.proj.kind != ProjKind::Index || row.proj.index != from) continue;
    children_.erase(Key{row.parent.v, row.proj});
    row.proj.index = to;
    children_.emplace(Key{row.parent.v, row.proj}, PathId{size_t{id}});
  }
}

bool PathTable::is_prefix(PathId prefix, PathId of) const {
  while (depth(of) > depth(prefix)) of = parent(of);
  return of == prefix;
}

}  // namespace tenure::oir
