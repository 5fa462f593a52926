// How the program's functions are called. The only place that knows: specialised conventions (owned
// or borrowed parameters per function, scalars taken out of structs) come in here.
//
//   result: unit: nothing. A scalar or word: in a register. An aggregate: the caller passes raw
//     memory as the first parameter and the callee fills it.
//   parameter: unit: nothing. A scalar or word, owned or borrowed: in a register. An owned
//   aggregate:
//     the address of the caller's memory, which is the callee's from then on. A borrowed aggregate:
//     the address of the place.
//
// Functions that the runtime calls (drops, the start) have C's convention, all others fastcc; so
// has what a function value leads to. Foreign functions have C's convention and only scalars.
#pragma once

#include "native/module.h"

namespace tenure::native {

struct Signature {
  llvm::FunctionType* type;
  bool result_in_memory = false;  // then the first parameter is its address
  llvm::CallingConv::ID convention;
  // For each parameter of the OIR function, the index of the LLVM parameter; kNoParameter for unit.
  std::vector<uint32_t> parameters;
};
constexpr uint32_t kNoParameter = 0xFFFFFFFFu;

Signature signature_of(const ModuleLowering& module, oir::FuncId id);

// Of function values of the type.
Signature signature_of_value(const ModuleLowering& module, const oir::Type& type);
// A foreign function, under its symbol.
llvm::Function* declare_foreign(ModuleLowering& module, oir::FuncId id);
// The function under the name that it is exported by, with C's convention.
void declare_export(ModuleLowering& module, oir::FuncId id);
void fill_export(ModuleLowering& module, oir::FuncId id);

// Declares the function with its attributes, without a body.
llvm::Function* declare_function(ModuleLowering& module, oir::FuncId id, bool may_fail);

}  // namespace tenure::native
