#include "native/emitter.h"

#include <llvm/CodeGen/TargetSubtargetInfo.h>

#include "base/check.h"
#include "native/target.h"

namespace tenure::native {

namespace {

// Has the machine find out what its processors can do and what it makes of each operation. It keeps
// that, and would find it out for the first function that it compiles: all are for the same
// processor.
void find_abilities(const llvm::TargetMachine& machine) {
  llvm::LLVMContext context;
  llvm::Module module("", context);
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), false);
  machine.getSubtargetImpl(
      *llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, "", module));
}

}  // namespace

Emitter::Emitter(const Options& options) : machine_(portable_machine(options)) {
  bool refused =
      machine_->addPassesToEmitFile(passes_, out_, nullptr, llvm::CodeGenFileType::ObjectFile);
  TN_CHECK(!refused, "LLVM cannot make object files for this machine");
  find_abilities(*machine_);
}

llvm::ArrayRef<char> Emitter::emit(llvm::Module& module) {
  passes_.run(module);
  return object_;
}

}  // namespace tenure::native
