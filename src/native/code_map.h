// The code map of an executable: where its code comes from, for call traces (`TnCodeMap`,
// tenure_rt.h).
#pragma once

#include <memory>

#include <llvm/Object/ObjectFile.h>

#include "native/llvm_headers.h"

namespace tenure::native {

// A module that defines `tn_code_map` for the code of `object`, an unlinked object file with debug
// information. It refers to the object's functions by name, so these must not be local symbols.
std::unique_ptr<llvm::Module> make_code_map(const llvm::object::ObjectFile& object,
                                            llvm::LLVMContext& context);

}  // namespace tenure::native
