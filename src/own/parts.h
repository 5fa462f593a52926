// The parts of a value: fields, those of variants, elements of fixed arrays; what lies in it
// without a step through memory.
#pragma once

#include <functional>

#include "oir/oir.h"

namespace tenure::own {

// The types of the parts that lie in a value of `row` itself.
void each_part(const oir::Type& row, const std::function<void(oir::TypeId)>& visit);

// Whether `is` holds of the type or of a part of it, to any depth. Each type is asked about once,
// however many ways lead to it: there may be exponentially many.
bool any_part(const oir::Program& program, oir::TypeId type,
              const std::function<bool(oir::TypeId)>& is);

}  // namespace tenure::own
