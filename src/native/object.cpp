// Executables: an object file, then the linker.
#include <cstdlib>
#include <filesystem>

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Support/FileSystem.h>

#include "native/link.h"
#include "native/llvm_headers.h"
#include "native/native.h"
#include "native/target.h"

namespace tenure::native {

namespace {

bool write_object(llvm::Module& module, llvm::TargetMachine& machine, const std::string& path,
                  std::string& error) {
  std::error_code code;
  llvm::raw_fd_ostream out(path, code, llvm::sys::fs::OF_None);
  if (code) {
    error = "cannot write `" + path + "`: " + code.message();
    return false;
  }
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, out, nullptr, llvm::CodeGenFileType::ObjectFile)) {
    error = "LLVM cannot make object files for this machine";
    return false;
  }
  passes.run(module);
  out.close();
  if (out.has_error()) {
    error = "cannot write `" + path + "`: " + out.error().message();
    out.clear_error();
    return false;
  }
  return true;
}

}  // namespace

bool build_executable(const oir::Program& program, const SourceMap& sources,
                      const std::string& out_path, const Options& options, std::string& error) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> machine = portable_machine(options);
  std::unique_ptr<llvm::Module> module =
      compile_module(program, sources, options, true, *machine, context);
  llvm::SmallString<128> object;
  if (std::error_code code = llvm::sys::fs::createTemporaryFile("tenure", "o", object)) {
    error = "cannot make a temporary file: " + code.message();
    return false;
  }
  std::string object_path = object.str().str();
  bool done = write_object(*module, *machine, object_path, error) &&
              link_executable(object_path, out_path, error);
  llvm::sys::fs::remove(object_path);
  return done;
}

}  // namespace tenure::native
