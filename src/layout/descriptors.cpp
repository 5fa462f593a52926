#include <deque>
#include <vector>

#include "base/check.h"
#include "layout/describe.h"
#include "layout/layout.h"

namespace tenure::layout {

struct DescriptorTable::Storage {
  std::vector<TypeDescription> rows;  // owns the names; never changes after construction
  std::vector<TnType> types;
  std::vector<const TnType*> pointers;
  std::deque<std::vector<TnPart>> parts;
  std::deque<std::vector<TnVariant>> variants;
  std::vector<uint32_t> index;  // TypeId to row

  const TnType* find(oir::TypeId id) const {
    if (!id.valid() || index[id.index()] == kNoState) return nullptr;
    return &types[index[id.index()]];
  }

  const TnPart* add_parts(const std::vector<PartDescription>& from) {
    std::vector<TnPart>& list = parts.emplace_back();
    for (const PartDescription& part : from) {
      list.push_back({part.name.c_str(), part.offset, find(part.type)});
    }
    return list.data();
  }

  const TnVariant* add_variants(const std::vector<VariantDescription>& from) {
    std::vector<TnVariant> list;
    list.reserve(from.size());
    for (const VariantDescription& variant : from) {
      list.push_back({variant.name.c_str(), static_cast<uint32_t>(variant.parts.size()),
                      add_parts(variant.parts)});
    }
    return variants.emplace_back(std::move(list)).data();
  }
};

namespace {

void (*release_function(const std::string& symbol))(void*) {
  if (symbol.empty()) return nullptr;
  TN_CHECK(symbol == "tn_native_release", "an unknown release function of a native type");
  return tn_native_release;
}

}  // namespace

DescriptorTable::DescriptorTable(const oir::Program& program, const Layouts& layouts,
                                 void* (*drop_handle)(oir::FuncId, void*), void* context)
    : storage_(new Storage) {
  Storage& s = *storage_;
  s.rows = describe(program, layouts);
  s.types.resize(s.rows.size());  // before anything points into it
  s.index.assign(program.types.size(), kNoState);
  for (const TypeDescription& row : s.rows) s.index[row.type.index()] = row.id;
  for (const TypeDescription& row : s.rows) {
    TnType& type = s.types[row.id];
    type.id = row.id;
    type.kind = row.kind;
    type.flags = row.flags;
    type.size = row.size;
    type.align = row.align;
    type.state_offset = row.state_offset;
    type.tag_offset = row.tag_offset;
    bool is_union = row.kind == TN_UNION;
    type.part_count = static_cast<uint32_t>(is_union ? row.variants.size() : row.parts.size());
    type.parts = is_union ? nullptr : s.add_parts(row.parts);
    type.variants = is_union ? s.add_variants(row.variants) : nullptr;
    type.elem = s.find(row.elem);
    type.count = row.count;
    type.name = row.name.c_str();
    type.drop = row.drop.valid() ? drop_handle(row.drop, context) : nullptr;
    type.release = release_function(row.release);
    type.steps = nullptr;
    s.pointers.push_back(&type);
  }
}

DescriptorTable::~DescriptorTable() {
  delete storage_;
}

const TnType* DescriptorTable::type(oir::TypeId id) const {
  const TnType* type = storage_->find(id);
  TN_CHECK(type != nullptr, "a type without a descriptor is asked for");
  return type;
}

const TnType* const* DescriptorTable::types() const {
  return storage_->pointers.data();
}
uint32_t DescriptorTable::count() const {
  return static_cast<uint32_t>(storage_->pointers.size());
}

}  // namespace tenure::layout
