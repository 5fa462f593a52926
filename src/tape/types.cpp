#include "tape/types.h"

#include <algorithm>

#include "base/check.h"

namespace tenure::tape {
namespace {

struct ScalarRow {
  const char* name;
  oir::TypeKind oir;
  uint64_t size;
};

// By TyKind, from Void on.
constexpr ScalarRow kScalars[] = {
    {"void", oir::TypeKind::Unit, 0},    {"bool", oir::TypeKind::Bool, 1},
    {"i8", oir::TypeKind::I8, 1},        {"i16", oir::TypeKind::I16, 2},
    {"i32", oir::TypeKind::I32, 4},      {"i64", oir::TypeKind::I64, 8},
    {"u8", oir::TypeKind::U8, 1},        {"u16", oir::TypeKind::U16, 2},
    {"u32", oir::TypeKind::U32, 4},      {"u64", oir::TypeKind::U64, 8},
    {"f32", oir::TypeKind::F32, 4},      {"f64", oir::TypeKind::F64, 8},
    {"string", oir::TypeKind::Text, 24}, {"color", oir::TypeKind::U32, 4},
};

uint64_t round_up(uint64_t value, uint64_t align) {
  return (value + align - 1) / align * align;
}

// Sizes of types that are too large to exist stay where they are.
constexpr uint64_t kHuge = uint64_t{1} << 48;

}  // namespace

Types::Types(const Names& names, oir::Program& out) : names_(names), out_(out) {
  for (size_t i = 0; i < std::size(kScalars); ++i) {
    TypeRow row;
    row.kind = static_cast<TyKind>(i);
    row.name = kScalars[i].name;
    row.size = kScalars[i].size;
    row.alignment = row.kind == TyKind::String ? 8 : std::max<uint64_t>(row.size, 1);
    row.managed = row.kind == TyKind::String;
    row.comparable = row.kind != TyKind::Void;
    row.computed = true;
    row.oir = out.types.scalar(kScalars[i].oir);
    add_row(std::move(row));
  }
}

TypeRow& Types::add_row(TypeRow row) {
  rows_.push_back(&made_.emplace_back(std::move(row)));
  return *rows_.back();
}

Ty Types::intern(TypeRow row, std::string key) {
  if (auto found = interned_.find(key); found != interned_.end()) return found->second;
  if (out_.types.gate() != nullptr) out_.types.gate()->enter();
  auto [it, is_new] = interned_.try_emplace(std::move(key), Ty{rows_.size()});
  if (!is_new) return it->second;
  Ty id = it->second;
  add_row(std::move(row));
  if (resolved_) compute(id);
  return id;
}

Ty Types::pointer(Ty elem, bool is_const, bool non_null) {
  TypeRow row;
  row.kind = TyKind::Pointer;
  row.elem = elem;
  row.is_const = is_const;
  row.non_null = non_null;
  row.nest = rows_[elem.index()]->nest + 1;
  return intern(std::move(row), std::string("*") + (is_const ? "c" : "") + (non_null ? "!" : "") +
                                    std::to_string(elem.v));
}

Ty Types::slice(Ty elem, bool is_const) {
  TypeRow row;
  row.kind = TyKind::Slice;
  row.elem = elem;
  row.is_const = is_const;
  row.nest = rows_[elem.index()]->nest + 1;
  return intern(std::move(row), std::string("[]") + (is_const ? "c" : "") + std::to_string(elem.v));
}

Ty Types::array(Ty elem, uint64_t count) {
  TypeRow row;
  row.kind = TyKind::Array;
  row.elem = elem;
  row.count = count;
  row.nest = rows_[elem.index()]->nest + 1;
  return intern(std::move(row), "[" + std::to_string(count) + "]" + std::to_string(elem.v));
}

Ty Types::optional(Ty elem) {
  TypeRow row;
  row.kind = TyKind::Optional;
  row.elem = elem;
  row.nest = rows_[elem.index()]->nest + 1;
  return intern(std::move(row), "?" + std::to_string(elem.v));
}

Ty Types::result(Ty elem, Ty error) {
  TypeRow row;
  row.kind = TyKind::Result;
  row.elem = elem;
  row.error = error;
  row.nest = rows_[elem.index()]->nest + 1;
  return intern(std::move(row), std::to_string(elem.v) + "or" + std::to_string(error.v));
}

Ty Types::function(std::vector<Ty> params, Ty result) {
  TypeRow row;
  row.kind = TyKind::Function;
  row.elem = result;
  row.nest = rows_[result.index()]->nest;
  std::string key = "fn";
  for (Ty param : params) {
    row.nest = std::max(row.nest, rows_[param.index()]->nest);
    key += std::to_string(param.v) + ",";
  }
  ++row.nest;
  row.params = std::move(params);
  return intern(std::move(row), key + ">" + std::to_string(result.v));
}

Ty Types::declare(TyKind kind, std::string name, NameId short_name, uint32_t module, Span span) {
  TypeRow row;
  row.kind = kind;
  row.name = std::move(name);
  row.short_name = short_name;
  row.module = module;
  row.span = span;
  add_row(std::move(row));
  return Ty{rows_.size() - 1};
}

std::string Types::text(Ty id) const {
  if (!id.valid()) return "?";
  const TypeRow& row = *rows_[id.index()];
  switch (row.kind) {
    case TyKind::Pointer:
      return (row.non_null ? "*!" : row.is_const ? "*const " : "*") + text(row.elem);
    case TyKind::Slice:
      return (row.is_const ? "[]const " : "[]") + text(row.elem);
    case TyKind::Array:
      return "[" + std::to_string(row.count) + "]" + text(row.elem);
    case TyKind::Optional:
      return "?" + text(row.elem);
    case TyKind::Result:
      return text(row.elem) + " or " + text(row.error);
    case TyKind::Function: {
      std::string out = "fn(";
      for (size_t i = 0; i < row.params.size(); ++i) out += (i ? ", " : "") + text(row.params[i]);
      out += ")";
      if (row.elem != scalar(TyKind::Void)) out += " -> " + text(row.elem);
      return out;
    }
    default:
      return row.name;
  }
}

// ---- what follows from the parts

// Adds what fields say, laid out one after the other from `base` on; leaves the end in row.size.
void Types::compute_fields(TypeRow& row, const std::vector<TyField>& fields, uint64_t base) {
  uint64_t end = base;
  for (const TyField& field : fields) {
    if (!field.type.valid()) continue;
    const TypeRow& part = *rows_[field.type.index()];
    row.managed |= part.managed;
    row.views |= part.views;
    row.zero &= part.zero;
    row.comparable &= part.comparable;
    row.depth = std::max(row.depth, part.depth + 1);
    uint64_t align = row.packed ? 1 : part.alignment;
    row.alignment = std::max(row.alignment, align);
    end = std::min(kHuge, round_up(end, align) + part.size);
  }
  row.size = std::max(row.size, end);
}

void Types::compute(Ty id) {
  TypeRow row = std::move(*rows_[id.index()]);
  row.computed = true;
  auto take = [&](Ty part) {
    const TypeRow& other = *rows_[part.index()];
    row.managed |= other.managed;
    row.views |= other.views;
    row.comparable &= other.comparable;
    row.depth = std::max(row.depth, other.depth + 1);
    return &other;
  };
  switch (row.kind) {
    case TyKind::Pointer:
    case TyKind::Function:
      row.zero = !row.non_null;
      row.size = row.alignment = 8;
      break;
    case TyKind::Slice:
      row.views = true;
      row.comparable = false;
      row.size = 16;
      row.alignment = 8;
      break;
    case TyKind::Array: {
      const TypeRow* elem = take(row.elem);
      row.zero = elem->zero || row.count == 0;
      row.alignment = elem->alignment;
      row.size =
          elem->size == 0 || row.count <= kHuge / elem->size ? elem->size * row.count : kHuge;
      break;
    }
    case TyKind::Optional: {
      const TypeRow* elem = take(row.elem);
      row.alignment = std::max<uint64_t>(4, elem->alignment);
      row.size = round_up(round_up(4, elem->alignment) + elem->size, row.alignment);
      break;
    }
    case TyKind::Result: {
      const TypeRow* elem = take(row.elem);
      row.alignment = std::max<uint64_t>(4, elem->alignment);
      row.size = round_up(4, elem->alignment) + elem->size;
      const TypeRow* error = take(row.error);
      row.alignment = std::max(row.alignment, error->alignment);
      row.size = std::max(row.size, round_up(4, error->alignment) + error->size);
      row.size = round_up(row.size, row.alignment);
      row.zero = false;
      row.comparable = false;
      break;
    }
    case TyKind::Enum: {
      const TypeRow* base = take(row.elem);
      row.depth = 0;
      row.size = base->size;
      row.alignment = base->alignment;
      break;
    }
    case TyKind::Struct:
      compute_fields(row, row.fields, 0);
      // One that is empty has an address of its own.
      row.size = std::max<uint64_t>(row.size, 1);
      break;
    case TyKind::Union:
      for (const TyField& field : row.fields) {
        compute_fields(row, {field}, 0);
      }
      row.comparable = false;
      break;
    case TyKind::Tagged:
      row.alignment = 4;
      row.size = 4;
      for (const TyVariant& variant : row.variants) {
        // A payload is laid out at its own alignment, after the tag.
        TypeRow payload;
        compute_fields(payload, variant.fields, 0);
        uint64_t size = row.size;
        row.size = 0;
        compute_fields(row, variant.fields, round_up(4, payload.alignment));
        row.size = std::max(row.size, size);
      }
      // The zero is the first variant with zeros.
      row.zero = row.variants.empty() ||
                 std::all_of(row.variants[0].fields.begin(), row.variants[0].fields.end(),
                             [&](const TyField& f) {
                               return f.type.valid() && rows_[f.type.index()]->zero;
                             });
      break;
    default:
      break;
  }
  row.alignment = std::max(row.alignment, row.align);
  row.size = round_up(row.size, row.alignment);
  *rows_[id.index()] = std::move(row);
}

// ---- OIR

oir::TypeId Types::find_oir(Ty id) {
  if (out_.types.gate() != nullptr) out_.types.gate()->enter();
  if (!rows_[id.index()]->oir.valid()) {
    oir::TypeId made = make_oir(id);
    rows_[id.index()]->oir = made;
  }
  // Completed here, off a list: a chain of declarations is no chain of calls. What a constant asks
  // for before all types are known waits.
  if (!completing_ && resolved_) {
    completing_ = true;
    while (!pending_.empty()) {
      Ty next = pending_.back();
      pending_.pop_back();
      complete(next);
    }
    completing_ = false;
  }
  return rows_[id.index()]->oir;
}

oir::TypeId Types::make_oir(Ty id) {
  bool outermost = !completing_;
  completing_ = true;
  TypeRow row = *rows_[id.index()];
  oir::TypeTable& types = out_.types;
  oir::TypeId made;
  switch (row.kind) {
    case TyKind::Pointer:
      made = types.pointer(oir(row.elem));
      break;
    case TyKind::Slice:
      made = types.slice(oir(row.elem));
      break;
    case TyKind::Array:
      made = types.fixed_array(oir(row.elem), row.count);
      break;
    case TyKind::Function: {
      std::vector<oir::TypeId> params;
      for (Ty param : row.params) {
        oir::TypeId type = oir(param);
        params.push_back(rows_[param.index()]->managed ? types.ref(type) : type);
      }
      made = types.function(params, oir(row.elem));
      break;
    }
    case TyKind::Enum:
      made = oir(row.elem);
      break;
    case TyKind::Struct:
    case TyKind::Union:
      made = types.declare(oir::TypeKind::Struct, row.name, row.span);
      pending_.push_back(id);
      break;
    case TyKind::Tagged:
    case TyKind::Optional:
    case TyKind::Result:
      made = types.declare(oir::TypeKind::Union, text(id), row.span);
      pending_.push_back(id);
      break;
    default:
      TN_CHECK(false, "scalars have their rows from the start");
  }
  if (outermost) completing_ = false;
  return made;
}

std::vector<oir::Field> Types::oir_fields(const std::vector<TyField>& fields) {
  std::vector<oir::Field> out;
  for (const TyField& field : fields) {
    out.push_back({std::string(names_.text(field.name)),
                   field.type.valid() ? oir(field.type) : out_.types.unit()});
  }
  return out;
}

oir::TypeId Types::union_storage(const TypeRow& row) {
  uint64_t align = std::min<uint64_t>(row.alignment, 8);
  oir::TypeKind kind = align == 8   ? oir::TypeKind::U64
                       : align == 4 ? oir::TypeKind::U32
                       : align == 2 ? oir::TypeKind::U16
                                    : oir::TypeKind::U8;
  return out_.types.fixed_array(out_.types.scalar(kind), row.size / align);
}

void Types::complete(Ty id) {
  TypeRow row = *rows_[id.index()];
  oir::TypeTable& types = out_.types;
  types.mut(row.oir).align = static_cast<uint32_t>(row.align);
  types.mut(row.oir).packed = row.packed && row.kind == TyKind::Struct;
  switch (row.kind) {
    case TyKind::Struct:
      types.complete_struct(row.oir, oir_fields(row.fields));
      break;
    case TyKind::Union:
      types.complete_struct(row.oir, {{"bytes", union_storage(row)}});
      break;
    case TyKind::Tagged: {
      std::vector<oir::Variant> variants;
      for (const TyVariant& variant : row.variants) {
        variants.push_back({std::string(names_.text(variant.name)), oir_fields(variant.fields)});
      }
      types.complete_union(row.oir, std::move(variants));
      break;
    }
    case TyKind::Optional:
      types.complete_union(row.oir, {{"null", {}}, {"some", {{"value", oir(row.elem)}}}});
      break;
    default: {
      std::vector<oir::Field> value;
      if (row.elem != scalar(TyKind::Void)) value.push_back({"value", oir(row.elem)});
      types.complete_union(row.oir, {{"ok", value}, {"error", {{"error", oir(row.error)}}}});
      break;
    }
  }
}

// ---- kinds

bool Types::is_integer(Ty id) const {
  if (!id.valid()) return false;
  TyKind kind = rows_[id.index()]->kind;
  return kind >= TyKind::I8 && kind <= TyKind::U64;
}

bool Types::is_signed(Ty id) const {
  return rows_[id.index()]->kind >= TyKind::I8 && rows_[id.index()]->kind <= TyKind::I64;
}

bool Types::is_float(Ty id) const {
  if (!id.valid()) return false;
  TyKind kind = rows_[id.index()]->kind;
  return kind == TyKind::F32 || kind == TyKind::F64;
}

uint32_t Types::bits(Ty id) const {
  return static_cast<uint32_t>(rows_[id.index()]->size * 8);
}

bool Types::is_bytes(Ty id) const {
  return id.valid() && rows_[id.index()]->kind == TyKind::Slice &&
         rows_[id.index()]->elem == scalar(TyKind::U8);
}

bool Types::is_cstr(Ty id) const {
  return id.valid() && rows_[id.index()]->kind == TyKind::Pointer &&
         rows_[id.index()]->elem == scalar(TyKind::U8);
}

}  // namespace tenure::tape
