#include "native/native.h"

#include "native/target.h"

namespace tenure::native {

std::string llvm_text(const oir::Program& program, const SourceMap& sources, const Options& options,
                      bool optimised) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> machine = portable_machine(options);
  const Division whole;
  std::unique_ptr<llvm::Module> module =
      compile_module(program, sources, options, Part{whole, 0}, true, *machine, context, optimised);
  std::string text;
  llvm::raw_string_ostream out(text);
  module->print(out, nullptr);
  return out.str();
}

}  // namespace tenure::native
