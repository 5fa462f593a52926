// Names and positions for the call traces of code that was compiled into this process.
#pragma once

#include <cstdint>

#include <llvm/DebugInfo/DIContext.h>
#include <llvm/Object/ObjectFile.h>

#include "tenure_rt.h"

namespace tenure::native {

// How positions are read from debug information: files as they were given, names as the user reads
// them.
inline const llvm::DILineInfoSpecifier kNamesAsWritten(
    llvm::DILineInfoSpecifier::FileLineInfoKind::RelativeFilePath, llvm::DINameKind::ShortName);

// Takes a loaded object with its debug information, whose addresses are those in memory.
void add_symbols(llvm::object::OwningBinary<llvm::object::ObjectFile> object);
void forget_symbols();
// A TnSymbolizer.
bool symbolize(uintptr_t pc, uint32_t depth, const char** name, TnSite* site, void* context);

}  // namespace tenure::native
