#include "native/target.h"

#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>

#include "base/check.h"
#include "native/module.h"
#include "native/passes.h"

namespace tenure::native {

void initialise_target() {
  static const bool done = [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    return true;
  }();
  (void)done;
}

std::unique_ptr<llvm::TargetMachine> portable_machine(const Options& options) {
  initialise_target();
  std::string triple = llvm::sys::getDefaultTargetTriple();
  std::string error;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
  TN_CHECK(target != nullptr, "LLVM does not know this machine");
  auto level = options.opt_level > 0 ? llvm::CodeGenOptLevel::Default : llvm::CodeGenOptLevel::None;
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, "x86-64", "", llvm::TargetOptions(), llvm::Reloc::PIC_, std::nullopt, level));
}

namespace {

void verify(const llvm::Module& module) {
  std::string problem;
  llvm::raw_string_ostream out(problem);
  if (!llvm::verifyModule(module, &out)) return;
  llvm::errs() << problem << "\n";
  TN_UNREACHABLE("native code made wrong LLVM IR");
}

// A part declares the whole program, and uses little of it; every pass would look at all of it.
void remove_unused_declarations(llvm::Module& module) {
  for (llvm::Function& function : llvm::make_early_inc_range(module)) {
    if (function.isDeclaration() && function.use_empty()) function.eraseFromParent();
  }
  for (llvm::GlobalVariable& global : llvm::make_early_inc_range(module.globals())) {
    if (global.isDeclaration() && global.use_empty()) global.eraseFromParent();
  }
}

}  // namespace

std::unique_ptr<llvm::Module> compile_module(const oir::Program& program, const SourceMap& sources,
                                             const Options& options, Part part, bool with_main,
                                             llvm::TargetMachine& machine,
                                             llvm::LLVMContext& context, bool optimise) {
  ModuleLowering lowering(program, sources, options, part, context);
  lowering.module().setTargetTriple(machine.getTargetTriple().str());
  lowering.module().setDataLayout(machine.createDataLayout());
  lowering.module().setPICLevel(llvm::PICLevel::BigPIC);
  std::unique_ptr<llvm::Module> module = lowering.run(with_main);
  if (!part.is_whole()) remove_unused_declarations(*module);
  if (options.verify) verify(*module);
  if (optimise && options.opt_level > 0) run_passes(*module, machine);
  return module;
}

}  // namespace tenure::native
