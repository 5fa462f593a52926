// Names and positions for the call traces of code that was compiled into this process.
#pragma once

#include <cstdint>

#include <llvm/Object/ObjectFile.h>

#include "tenure_rt.h"

namespace tenure::native {

// Takes a loaded object with its debug information, whose addresses are those in memory.
void add_symbols(llvm::object::OwningBinary<llvm::object::ObjectFile> object);
void forget_symbols();
// A TnSymbolizer.
bool symbolize(uintptr_t pc, const char** name, TnSite* site, void* context);

}  // namespace tenure::native
