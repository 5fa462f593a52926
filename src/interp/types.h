// What the interpreter knows of each type: size, descriptor, and which of its bytes are leaves.
#pragma once

#include <cstdint>
#include <vector>

#include "layout/layout.h"
#include "oir/oir.h"

namespace tenure::interp {

// Bytes of a value that belong to leaves; the rest is padding.
struct Range {
  uint32_t offset;
  uint32_t size;
};

enum class LeafKind : uint8_t { Word, String, Union, Whole };

// A part that has to die: a word, a string, a union, or a struct with a `drop` of its own (Whole).
struct OwnedLeaf {
  uint32_t offset;
  uint32_t size;
  LeafKind kind;
  uint32_t state_offset;  // Whole: of its state byte, from the start of the whole value
  bool vacates;           // it can be a hole, also where what encloses it cannot
};

struct TypeInfo {
  oir::TypeId id;
  oir::TypeKind kind = oir::TypeKind::Unit;
  const TnType* tn = nullptr;  // null: Borrow, incomplete types
  const TypeInfo* elem = nullptr;
  uint32_t size = 0;
  uint32_t align = 1;
  bool plain = true;
  bool vacates = false;
  bool holds_holes = false;  // it, a part, an element or the content of a box can be a hole
  bool is_signed = false;
  bool is_float = false;
  std::vector<Range> leaves;     // sorted, neighbours joined
  std::vector<OwnedLeaf> owned;  // sorted
};

class TypeInfos {
 public:
  TypeInfos(const oir::Program& program, const layout::Layouts& layouts,
            const layout::DescriptorTable& descriptors);
  const TypeInfo& operator[](oir::TypeId id) const { return rows_[id.index()]; }

 private:
  void complete(const oir::TypeTable& types, const layout::Layouts& layouts, oir::TypeId id);
  std::vector<TypeInfo> rows_;
};

}  // namespace tenure::interp
