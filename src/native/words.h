// Locals that need no memory: scalars that are written once and read after that in the same block,
// and parameters that are never written. They are an llvm::Value from the start, which spares LLVM
// the work of making registers of allocas; of the locals of a function most are such.
#pragma once

#include <vector>

#include "native/module.h"

namespace tenure::native {

// By local. Only of plain types; none whose address the function hands out (`address_taken`, by
// local). `named`: locals with a name too, which a debugger then does not see in memory.
std::vector<bool> find_words(const ModuleLowering& module, const oir::Function& function,
                             const std::vector<bool>& address_taken, bool named);

}  // namespace tenure::native
