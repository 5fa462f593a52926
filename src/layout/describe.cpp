#include "layout/describe.h"

#include "base/check.h"

namespace tenure::layout {

using oir::Field;
using oir::Type;
using oir::TypeId;
using oir::TypeKind;
using oir::TypeTable;

// TnKind lists the kinds in the order of types.def, without Borrow.
static_assert(static_cast<int>(TypeKind::Unit) == TN_UNIT);
static_assert(static_cast<int>(TypeKind::F64) == TN_F64);
static_assert(static_cast<int>(TypeKind::String) == TN_STRING);
static_assert(static_cast<int>(TypeKind::Text) == TN_TEXT);
static_assert(static_cast<int>(TypeKind::Native) == TN_NATIVE);
static_assert(static_cast<int>(TypeKind::Function) == TN_FUNCTION);
static_assert(static_cast<int>(TypeKind::View) == TN_VIEW);
static_assert(static_cast<int>(TypeKind::Slice) == TN_SLICE);
static_assert(static_cast<int>(TypeKind::FixedArray) == TN_FIXED);
static_assert(static_cast<int>(TypeKind::Union) == TN_UNION);

namespace {

// Whether the end of a value can run a user's `drop`, which may fail: backwards from the types with
// a `drop` over parts, elements and counted references. A reference into the middle of an object
// may be the last to the whole, whatever that is.
class DropFails {
 public:
  explicit DropFails(const TypeTable& types) : types_(types), users_(types.size()) {
    fails_.assign(types.size(), false);
    for (size_t i = 0; i < types.size(); ++i) add_edges(TypeId{i});
    bool any_drop = false;
    for (size_t i = 0; i < types.size(); ++i) {
      if (!types[TypeId{i}].drop.valid()) continue;
      any_drop = true;
      mark(TypeId{i});
    }
    for (size_t i = 0; any_drop && i < types.size(); ++i) {
      const Type& type = types[TypeId{i}];
      if (type.kind == TypeKind::Ref && types[type.elem].interior) mark(TypeId{i});
    }
    spread();
  }

  bool operator[](TypeId id) const { return fails_[id.index()]; }

 private:
  void add_edges(TypeId id) {
    const Type& type = types_[id];
    bool keeps = type.kind != TypeKind::Weak && type.kind != TypeKind::Borrow &&
                 type.kind != TypeKind::Pointer && type.kind != TypeKind::Slice;
    if (keeps && type.elem.valid()) {
      users_[type.elem.index()].push_back(id);
    }
    for (const Field& field : type.fields) users_[field.type.index()].push_back(id);
    for (const oir::Variant& variant : type.variants) {
      for (const Field& field : variant.fields) users_[field.type.index()].push_back(id);
    }
  }
  void mark(TypeId id) {
    if (fails_[id.index()]) return;
    fails_[id.index()] = true;
    work_.push_back(id);
  }
  void spread() {
    while (!work_.empty()) {
      TypeId id = work_.back();
      work_.pop_back();
      for (TypeId user : users_[id.index()]) mark(user);
    }
  }

  const TypeTable& types_;
  std::vector<std::vector<TypeId>> users_;
  std::vector<bool> fails_;
  std::vector<TypeId> work_;
};

uint32_t flags_of(const TypeTable& types, TypeId id, const DropFails& drop_fails) {
  const Type& type = types[id];
  uint32_t flags = 0;
  if (types.is_plain(id)) flags |= TN_PLAIN;
  if (type.cyclic) flags |= TN_CYCLIC;
  if (type.watched) flags |= TN_WATCHED;
  if (type.interior) flags |= TN_INTERIOR;
  if (type.vacates) flags |= TN_VACATES;
  if (types.is_move_only(id)) flags |= TN_MOVE_ONLY;
  if (drop_fails[id]) flags |= TN_DROP_FAILS;
  if (types.is_span(id)) flags |= TN_SPAN;
  if (types.is_range(id)) flags |= TN_RANGE;
  return flags;
}

std::vector<PartDescription> parts_of(const std::vector<Field>& fields,
                                      const std::vector<PartLayout>& layouts) {
  TN_CHECK(fields.size() == layouts.size(), "a type changed after its layout");
  std::vector<PartDescription> parts;
  parts.reserve(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    parts.push_back({fields[i].name, layouts[i].offset, fields[i].type});
  }
  return parts;
}

TypeDescription describe_one(const oir::Program& program, const Layouts& layouts, TypeId id,
                             const DropFails& drop_fails) {
  const Type& type = program.types[id];
  const TypeLayout& layout = layouts[id];
  TypeDescription row;
  row.type = id;
  row.id = layouts.described_index(id);
  row.kind = static_cast<uint32_t>(type.kind);
  row.flags = flags_of(program.types, id, drop_fails);
  row.size = layout.size;
  row.align = layout.align;
  row.state_offset = layout.state_offset;
  row.tag_offset = layout.tag_offset;
  if (type.kind == TypeKind::Struct || type.kind == TypeKind::Tuple) {
    row.parts = parts_of(type.fields, layout.parts);
  }
  if (type.kind == TypeKind::Union) {
    for (size_t i = 0; i < type.variants.size(); ++i) {
      const oir::Variant& variant = type.variants[i];
      row.variants.push_back(
          {type.bare ? "" : variant.name, parts_of(variant.fields, layout.variants[i])});
    }
  }
  if (type.elem.valid() && layouts.is_described(type.elem)) row.elem = type.elem;
  row.count = type.count == oir::kAnyCount ? 0 : type.count;
  row.name = program.types.text(id);
  row.drop = type.drop;
  row.release = type.release;
  return row;
}

}  // namespace

std::vector<TypeDescription> describe(const oir::Program& program, const Layouts& layouts) {
  DropFails drop_fails(program.types);
  std::vector<TypeDescription> rows;
  rows.reserve(layouts.described().size());
  for (TypeId id : layouts.described()) {
    rows.push_back(describe_one(program, layouts, id, drop_fails));
  }
  return rows;
}

}  // namespace tenure::layout
