// How OIR types look in memory: sizes and offsets in bytes, and the type descriptors (TnType) that
// the runtime reads. One answer for the interpreter and for native code. Computed once, after own/
// has set the facts of the types.
//
// Scalars have their natural size and alignment (unit: nothing), every word is 8 bytes, a
// string 24. Tuples and structs keep the order of declaration, each part at its natural alignment;
// of a packed struct the parts follow each other without padding. A struct or union may ask to be
// aligned to more than its parts are.
// A union is a u32 tag at 0 and after it the payloads, one over the other, each laid out like a
// tuple at its own alignment. An aggregate that vacates has one byte more, after its parts: the
// state byte. A union that vacates needs none: its hole is the tag TN_HOLE_TAG.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "oir/oir.h"
#include "tenure_rt.h"

namespace tenure::layout {

constexpr uint32_t kNoState = 0xFFFFFFFFu;
static_assert(kNoState == TN_NO_STATE);

// The largest value of any type: offsets stay positive in 32 bits, also in the sum of two.
constexpr uint64_t kMaxSize = 0x7FFFFFFFu;

struct PartLayout {
  uint32_t offset;  // from the start of the value; for a union's payload too
  oir::TypeId type;
};

struct TypeLayout {
  uint32_t size = 0;  // bytes, a multiple of align
  uint32_t align = 1;
  std::vector<PartLayout> parts;                  // Tuple, Struct
  std::vector<std::vector<PartLayout>> variants;  // Union: payloads
  uint32_t tag_offset = 0;                        // Union: a u32
  uint32_t state_offset = kNoState;  // a byte, 0 full, 1 empty: aggregates that vacate as a whole
};

class Layouts {
 public:
  // A type that contains itself by value is a bug of the front end, which reports it. Types larger
  // than kMaxSize are the user's mistake: see too_large.
  static Layouts compute(const oir::Program& program);

  const TypeLayout& operator[](oir::TypeId id) const { return rows_[id.index()]; }
  // The first type whose values would be larger than kMaxSize, if there is one. The layouts are
  // then not to be used; the driver reports it.
  oir::TypeId too_large() const { return too_large_; }

  // The types that have a TnType: every complete one but Borrow. Index in this list = TnType::id.
  // described()[0] is the string type.
  const std::vector<oir::TypeId>& described() const { return described_; }
  // The TnType::id of a type of that list.
  uint32_t described_index(oir::TypeId id) const { return index_[id.index()]; }
  bool is_described(oir::TypeId id) const { return index_[id.index()] != kNoState; }

  // All types, parts before the wholes that hold them by value.
  const std::vector<oir::TypeId>& parts_first() const { return order_; }

 private:
  friend class Computation;
  std::vector<oir::TypeId> order_;
  std::vector<TypeLayout> rows_;
  std::vector<oir::TypeId> described_;
  std::vector<uint32_t> index_;
  oir::TypeId too_large_;
};

// The descriptors as C structs in memory, for engines that live in this process (interpreter). The
// `drop` member of each is `drop_handle(func, context)`. Owns everything that it points to.
class DescriptorTable {
 public:
  DescriptorTable(const oir::Program& program, const Layouts& layouts,
                  void* (*drop_handle)(oir::FuncId, void*), void* context);
  ~DescriptorTable();
  DescriptorTable(const DescriptorTable&) = delete;
  DescriptorTable& operator=(const DescriptorTable&) = delete;
  const TnType* type(oir::TypeId id) const;
  // As TnProgram wants them.
  const TnType* const* types() const;
  uint32_t count() const;

 private:
  struct Storage;
  Storage* storage_;
};

}  // namespace tenure::layout
