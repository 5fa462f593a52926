#include "layout/layout.h"

#include <algorithm>

#include "base/check.h"

namespace tenure::layout {

using oir::Field;
using oir::Type;
using oir::TypeId;
using oir::TypeKind;

namespace {

uint64_t align_up(uint64_t value, uint64_t align) {
  return (value + align - 1) / align * align;
}

// Size and alignment of what does not depend on other types; 0 for aggregates.
uint32_t fixed_size(TypeKind kind) {
  switch (kind) {
    case TypeKind::Unit:
    case TypeKind::FixedArray:
    case TypeKind::Tuple:
    case TypeKind::Struct:
    case TypeKind::Union:
      return 0;
    case TypeKind::Bool:
    case TypeKind::I8:
    case TypeKind::U8:
      return 1;
    case TypeKind::I16:
    case TypeKind::U16:
      return 2;
    case TypeKind::I32:
    case TypeKind::U32:
    case TypeKind::F32:
      return 4;
    case TypeKind::I64:
    case TypeKind::U64:
    case TypeKind::F64:
    case TypeKind::Ref:
    case TypeKind::Weak:
    case TypeKind::Box:
    case TypeKind::Native:
    case TypeKind::Array:
    case TypeKind::View:
    case TypeKind::Borrow:
    case TypeKind::Pointer:
    case TypeKind::Function:
      return 8;
    case TypeKind::Slice:
      return sizeof(TnSlice);
    case TypeKind::String:
    case TypeKind::Text:
      return sizeof(TnString);
  }
  TN_UNREACHABLE("a kind of type without a layout");
}

bool is_aggregate(TypeKind kind) {
  return kind == TypeKind::FixedArray || kind == TypeKind::Tuple || kind == TypeKind::Struct ||
         kind == TypeKind::Union;
}

// What a type holds by value.
void by_value_parts(const Type& type, std::vector<TypeId>& out) {
  switch (type.kind) {
    case TypeKind::FixedArray:
      out.push_back(type.elem);
      break;
    case TypeKind::Tuple:
    case TypeKind::Struct:
      for (const Field& field : type.fields) out.push_back(field.type);
      break;
    case TypeKind::Union:
      for (const oir::Variant& variant : type.variants) {
        for (const Field& field : variant.fields) out.push_back(field.type);
      }
      break;
    default:
      break;
  }
}

}  // namespace

// Lays out parts before wholes, with a stack of its own: types may nest as deep as the user likes.
class Computation {
 public:
  Computation(const oir::Program& program, Layouts& out) : types_(program.types), out_(out) {}

  void run() {
    out_.rows_.resize(types_.size());
    state_.assign(types_.size(), State::New);
    for (size_t i = 0; i < types_.size(); ++i) lay_out_with_parts(TypeId{i});
    list_described();
  }

 private:
  enum class State : uint8_t { New, Open, Done };

  void lay_out_with_parts(TypeId root) {
    std::vector<TypeId> stack{root};
    std::vector<TypeId> parts;
    while (!stack.empty()) {
      TypeId id = stack.back();
      State& state = state_[id.index()];
      if (state == State::Done) {
        stack.pop_back();
        continue;
      }
      if (state == State::Open) {
        lay_out(id);
        out_.order_.push_back(id);
        state = State::Done;
        stack.pop_back();
        continue;
      }
      state = State::Open;
      parts.clear();
      by_value_parts(types_[id], parts);
      for (TypeId part : parts) {
        TN_CHECK(state_[part.index()] != State::Open, "a type contains itself by value");
        if (state_[part.index()] == State::New) stack.push_back(part);
      }
    }
  }

  // All parts of `id` have their layout.
  void lay_out(TypeId id) {
    const Type& type = types_[id];
    TypeLayout& row = out_.rows_[id.index()];
    if (!is_aggregate(type.kind)) {
      row.size = fixed_size(type.kind);
      row.align = std::max<uint32_t>(1, std::min<uint32_t>(row.size, 8));
      return;
    }
    uint64_t end = 0;
    switch (type.kind) {
      case TypeKind::FixedArray: {
        const TypeLayout& elem = out_.rows_[type.elem.index()];
        row.align = elem.align;
        if (type.count == oir::kAnyCount) break;  // never a value of its own
        end = elem.size != 0 && type.count > kMaxSize / elem.size ? kMaxSize + 1
                                                                  : elem.size * type.count;
        break;
      }
      case TypeKind::Union:
        end = lay_out_union(type, row);
        break;
      default:
        end = lay_out_fields(type.fields, 0, row.parts, row.align, type.packed);
        // Values of an empty struct have addresses of their own: they have lives that can be told
        // apart.
        if (type.kind == TypeKind::Struct && end == 0) end = 1;
        break;
    }
    if (type.vacates && type.kind != TypeKind::Union)
      row.state_offset = static_cast<uint32_t>(end++);
    row.align = std::max(row.align, type.align);
    end = align_up(end, row.align);
    if (end > kMaxSize) {
      if (!out_.too_large_.valid()) out_.too_large_ = id;
      end = 0;
    }
    row.size = static_cast<uint32_t>(end);
  }

  // The fields one after the other from `begin`; gives the end, raises `align`.
  uint64_t lay_out_fields(const std::vector<Field>& fields, uint64_t begin,
                          std::vector<PartLayout>& parts, uint32_t& align, bool packed) {
    uint64_t end = begin;
    for (const Field& field : fields) {
      const TypeLayout& layout = out_.rows_[field.type.index()];
      uint32_t own = packed ? 1 : layout.align;
      end = align_up(end, own);
      parts.push_back({static_cast<uint32_t>(end), field.type});
      end += layout.size;
      align = std::max(align, own);
      // A reference to a last part without bytes still points into the whole.
      if (layout.size == 0 && &field == &fields.back()) ++end;
    }
    return end;
  }

  uint64_t lay_out_union(const Type& type, TypeLayout& row) {
    constexpr uint32_t kTagBytes = 4;
    row.align = kTagBytes;
    uint64_t end = kTagBytes;
    for (const oir::Variant& variant : type.variants) {
      uint32_t align = 1;
      for (const Field& field : variant.fields) {
        align = std::max(align, out_.rows_[field.type.index()].align);
      }
      row.variants.emplace_back();
      end = std::max(end, lay_out_fields(variant.fields, align_up(kTagBytes, align),
                                         row.variants.back(), row.align, false));
    }
    return end;
  }

  void list_described() {
    out_.index_.assign(types_.size(), kNoState);
    add_described(types_.string());
    for (size_t i = 0; i < types_.size(); ++i) {
      const Type& type = types_[TypeId{i}];
      if (type.kind != TypeKind::Borrow && type.complete) add_described(TypeId{i});
    }
  }

  void add_described(TypeId id) {
    uint32_t& index = out_.index_[id.index()];
    if (index != kNoState) return;
    index = static_cast<uint32_t>(out_.described_.size());
    out_.described_.push_back(id);
  }

  const oir::TypeTable& types_;
  Layouts& out_;
  std::vector<State> state_;
};

Layouts Layouts::compute(const oir::Program& program) {
  Layouts layouts;
  Computation(program, layouts).run();
  return layouts;
}

}  // namespace tenure::layout
