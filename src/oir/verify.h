// The verifier: what must hold of OIR after each pass. Returns what does not hold, in words; the
// caller (own/pipeline) treats anything as a bug of the compiler.
#pragma once

#include <string>
#include <vector>

#include "oir/oir.h"

namespace tenure::oir {

enum class Phase : uint8_t {
  Lowered,     // drops are conditional; obligations are all present
  Elaborated,  // every drop is static or flagged; each owned value is consumed exactly once on
               // every path
};

// Shape (ids in range, terminators last, types of operands match), ownership (Elaborated: no read
// of a place that may be empty unless checked; no second drop; nothing owned is left at a `return`
// or `resume`), borrows (a Borrow word is never copied, stored or dropped; Alias locals are
// assigned once).
std::vector<std::string> verify(const Program& program, Phase phase);

}  // namespace tenure::oir
