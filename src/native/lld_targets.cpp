// lld's ELF driver initialises every machine that LLVM was built for, for link-time optimisation,
// which is not used here. For the machines other than x86 the functions that it calls do nothing,
// so that their code generators, some 50 MB, need not be linked.

#define TENURE_NOTHING(name) \
  extern "C" void name();    \
  extern "C" void name() {}
#define LLVM_TARGET(name)                          \
  TENURE_NOTHING(LLVMInitialize##name##Target)     \
  TENURE_NOTHING(LLVMInitialize##name##TargetInfo) \
  TENURE_NOTHING(LLVMInitialize##name##TargetMC)
#define LLVM_ASM_PRINTER(name) TENURE_NOTHING(LLVMInitialize##name##AsmPrinter)
#define LLVM_ASM_PARSER(name) TENURE_NOTHING(LLVMInitialize##name##AsmParser)

// x86's are the real ones: the lists name it too, so its macros are renamed away.
#define LLVMInitializeX86Target tenure_unused_x86_target
#define LLVMInitializeX86TargetInfo tenure_unused_x86_target_info
#define LLVMInitializeX86TargetMC tenure_unused_x86_target_mc
#define LLVMInitializeX86AsmPrinter tenure_unused_x86_asm_printer
#define LLVMInitializeX86AsmParser tenure_unused_x86_asm_parser

#include <llvm/Config/AsmParsers.def>
#include <llvm/Config/AsmPrinters.def>
#include <llvm/Config/Targets.def>
