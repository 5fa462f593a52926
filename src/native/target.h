// The machine that is compiled for, and the passes before code generation.
#pragma once

#include <memory>
#include <string>

#include "native/division.h"
#include "native/llvm_headers.h"
#include "native/native.h"

namespace tenure::native {

// LLVM's x86 code generator, once per process.
void initialise_target();
// For executables: any x86-64; position independent.
std::unique_ptr<llvm::TargetMachine> portable_machine(const Options& options);

// Lowers, verifies (a failure is a bug) and optimises the part. Gives a module ready for code
// generation.
std::unique_ptr<llvm::Module> compile_module(const oir::Program& program, const SourceMap& sources,
                                             const Options& options, Part part, bool with_main,
                                             llvm::TargetMachine& machine,
                                             llvm::LLVMContext& context, bool optimise = true);

}  // namespace tenure::native
