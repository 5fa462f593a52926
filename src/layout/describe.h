// What a type descriptor (TnType) says, as plain data: the one source of the descriptors that the
// interpreter builds in memory and of those that native code emits as constants.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layout/layout.h"
#include "oir/oir.h"

namespace tenure::layout {

struct PartDescription {
  std::string name;  // empty for the parts of a plain tuple
  uint32_t offset;   // from the start of the whole value, payloads too
  oir::TypeId type;
};

struct VariantDescription {
  std::string name;
  std::vector<PartDescription> parts;
};

struct TypeDescription {
  oir::TypeId type;
  uint32_t id = 0;     // TnType::id
  uint32_t kind = 0;   // TnKind
  uint32_t flags = 0;  // TN_PLAIN ...
  uint32_t size = 0;
  uint32_t align = 1;
  uint32_t state_offset = TN_NO_STATE;
  uint32_t tag_offset = 0;
  std::vector<PartDescription> parts;        // Struct, Tuple
  std::vector<VariantDescription> variants;  // Union
  oir::TypeId elem;                          // invalid: none
  uint64_t count = 0;
  std::string name;     // as the user reads it
  oir::FuncId drop;     // invalid: none
  std::string release;  // symbol of the runtime's function; empty: none
};

// A row for each type of layouts.described(), in that order.
std::vector<TypeDescription> describe(const oir::Program& program, const Layouts& layouts);

}  // namespace tenure::layout
