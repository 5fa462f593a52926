#include "interp/types.h"

#include "base/check.h"
#include "layout/holes.h"

namespace tenure::interp {

using oir::Type;
using oir::TypeId;
using oir::TypeKind;

namespace {

// Fixed arrays whose leaves would be more than this are taken as one leaf.
constexpr size_t kMaxLeaves = 4096;

void add_leaf(TypeInfo& info, uint32_t offset, uint32_t size) {
  if (size == 0) return;
  if (!info.leaves.empty()) {
    Range& last = info.leaves.back();
    if (last.offset + last.size == offset) {
      last.size += size;
      return;
    }
  }
  info.leaves.push_back({offset, size});
}

void add_part(TypeInfo& info, const TypeInfo& part, uint32_t offset) {
  for (Range range : part.leaves) add_leaf(info, offset + range.offset, range.size);
  for (OwnedLeaf leaf : part.owned) {
    leaf.offset += offset;
    if (leaf.state_offset != layout::kNoState) leaf.state_offset += offset;
    info.owned.push_back(leaf);
  }
}

void add_whole(TypeInfo& info, LeafKind kind, uint32_t state_offset) {
  info.leaves = {};
  add_leaf(info, 0, info.size);
  if (!info.plain) info.owned = {{0, info.size, kind, state_offset, info.vacates}};
}

}  // namespace

TypeInfos::TypeInfos(const oir::Program& program, const layout::Layouts& layouts,
                     const layout::DescriptorTable& descriptors) {
  const oir::TypeTable& types = program.types;
  rows_.resize(types.size());
  for (size_t i = 0; i < types.size(); ++i) {
    TypeId id{i};
    const Type& type = types[id];
    TypeInfo& info = rows_[i];
    info.id = id;
    info.kind = type.kind;
    info.size = layouts[id].size;
    info.align = layouts[id].align;
    info.elem = type.elem.valid() ? &rows_[type.elem.index()] : nullptr;
    if (layouts.is_described(id)) info.tn = descriptors.type(id);
    info.plain = type.kind == TypeKind::Borrow || (type.complete && types.is_plain(id));
    info.vacates = type.vacates;
    info.is_signed = types.is_signed(id);
    info.is_float = types.is_float(id);
  }
  for (TypeId id : layouts.parts_first()) complete(types, layouts, id);
  std::vector<bool> holds_holes = layout::types_that_hold_holes(types);
  for (size_t i = 0; i < rows_.size(); ++i) rows_[i].holds_holes = holds_holes[i];
}

void TypeInfos::complete(const oir::TypeTable& types, const layout::Layouts& layouts, TypeId id) {
  const Type& type = types[id];
  const layout::TypeLayout& layout = layouts[id];
  TypeInfo& info = rows_[id.index()];
  switch (type.kind) {
    case TypeKind::String:
    case TypeKind::Text:
      add_whole(info, LeafKind::String, layout::kNoState);
      return;
    case TypeKind::Union:
      add_whole(info, LeafKind::Union, layout::kNoState);
      return;
    case TypeKind::Tuple:
    case TypeKind::Struct:
      for (const layout::PartLayout& part : layout.parts) {
        add_part(info, rows_[part.type.index()], part.offset);
      }
      break;
    case TypeKind::FixedArray: {
      if (types.is_run(id)) return;  // never a value of its own
      const TypeInfo& elem = rows_[type.elem.index()];
      if (type.count * (elem.leaves.size() + elem.owned.size()) > kMaxLeaves) {
        // One range is exact where elements have no padding.
        add_whole(info, LeafKind::Whole, layout.state_offset);
        return;
      }
      for (uint64_t i = 0; i < type.count; ++i) {
        add_part(info, elem, static_cast<uint32_t>(i * elem.size));
      }
      break;
    }
    default:  // a word, or the two of a slice
      add_whole(info, LeafKind::Word, layout::kNoState);
      return;
  }
  // A struct of no bytes of its own, and one with a drop, live and die as a whole.
  bool own_drop = type.drop.valid();
  if (own_drop) info.owned = {{0, info.size, LeafKind::Whole, layout.state_offset, info.vacates}};
  if (info.leaves.empty()) add_leaf(info, 0, info.size);
}

}  // namespace tenure::interp
