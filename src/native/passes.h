// The passes over LLVM IR before code generation.
#pragma once

namespace llvm {
class Module;
class TargetMachine;
}  // namespace llvm

namespace tenure::native {

// Optimises the module in place, as LLVM does at -O2, for the machine.
void run_passes(llvm::Module& module, llvm::TargetMachine& machine);

}  // namespace tenure::native
