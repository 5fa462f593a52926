// How OIR types look in memory: sizes and offsets in bytes, and the type descriptors (TnType) that the
// runtime reads. One answer for the interpreter and for native code. Computed once, after own/ has set
// the facts of the types.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "oir/oir.h"
#include "tenure_rt.h"

namespace tenure::layout {

constexpr uint32_t kNoState = 0xFFFFFFFFu;

struct PartLayout {
  uint32_t offset;  // from the start of the value; for a union's payload too
  oir::TypeId type;
};

struct TypeLayout {
  uint32_t size = 0;   // bytes, a multiple of align
  uint32_t align = 1;
  std::vector<PartLayout> parts;                  // Tuple, Struct
  std::vector<std::vector<PartLayout>> variants;  // Union: payloads
  uint32_t tag_offset = 0;                        // Union: a u32
  uint32_t state_offset = kNoState;  // a byte, 0 full, 1 empty: aggregates that vacate as a whole
};

class Layouts {
 public:
  // Fails (returns a message) if a type contains itself by value or is larger than 2^31 - 1 bytes.
  static Layouts compute(const oir::Program& program);
  const TypeLayout& operator[](oir::TypeId id) const { return rows_[id.index()]; }
  // Types in which a TnType is wanted: all that need one (objects, arguments of runtime functions,
  // parts of these). Index in this list = TnType::id.
  const std::vector<oir::TypeId>& described() const { return described_; }
  uint32_t described_index(oir::TypeId id) const { return index_[id.index()]; }

 private:
  std::vector<TypeLayout> rows_;
  std::vector<oir::TypeId> described_;
  std::vector<uint32_t> index_;
};

// The descriptors as C structs in memory, for engines that live in this process (interpreter). The
// `drop` member of each is `drop_handle(func)` cast to a pointer. Owns everything that it points to.
class DescriptorTable {
 public:
  DescriptorTable(const oir::Program& program, const Layouts& layouts,
                  const SourceMap& sources, void* (*drop_handle)(oir::FuncId, void*), void* context);
  ~DescriptorTable();
  const TnType* type(oir::TypeId id) const;

 private:
  struct Storage;
  Storage* storage_;
};

}  // namespace tenure::layout
