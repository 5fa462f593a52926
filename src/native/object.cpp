// Executables: object files of the program and of its code map, then the linker.
#include <memory>

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Support/FileSystem.h>

#include "base/check.h"
#include "native/code_map.h"
#include "native/link.h"
#include "native/llvm_headers.h"
#include "native/native.h"
#include "native/target.h"

namespace tenure::native {

namespace {

bool make_object(llvm::Module& module, llvm::TargetMachine& machine,
                 llvm::SmallVectorImpl<char>& object, std::string& error) {
  llvm::raw_svector_ostream out(object);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, out, nullptr, llvm::CodeGenFileType::ObjectFile)) {
    error = "LLVM cannot make object files for this machine";
    return false;
  }
  passes.run(module);
  return true;
}

// The code map refers to functions by name. Done after the passes, which know more of what is
// internal.
void give_functions_names(llvm::Module& module) {
  for (llvm::Function& function : module) {
    if (!function.hasLocalLinkage() || function.isDeclaration()) continue;
    function.setLinkage(llvm::GlobalValue::ExternalLinkage);
    function.setVisibility(llvm::GlobalValue::HiddenVisibility);
  }
}

// The program's code and its code map.
bool make_objects(llvm::Module& module, llvm::TargetMachine& machine,
                  llvm::SmallVectorImpl<char>& code, llvm::SmallVectorImpl<char>& map,
                  std::string& error) {
  give_functions_names(module);
  if (!make_object(module, machine, code, error)) return false;
  auto object = llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef({code.data(), code.size()}, "program"));
  TN_CHECK(static_cast<bool>(object), "LLVM cannot read the object that it made");
  std::unique_ptr<llvm::Module> code_map = make_code_map(**object, module.getContext());
  code_map->setTargetTriple(module.getTargetTriple());
  code_map->setDataLayout(module.getDataLayout());
  return make_object(*code_map, machine, map, error);
}

// A file that is gone when this is.
class TemporaryFile {
 public:
  ~TemporaryFile() {
    if (!path_.empty()) llvm::sys::fs::remove(path_);
  }
  std::string path() const { return path_.str().str(); }

  bool write(llvm::ArrayRef<char> bytes, std::string& error) {
    int descriptor = -1;
    if (std::error_code code =
            llvm::sys::fs::createTemporaryFile("tenure", "o", descriptor, path_)) {
      error = "cannot make a temporary file: " + code.message();
      return false;
    }
    llvm::raw_fd_ostream out(descriptor, /*shouldClose=*/true);
    out.write(bytes.data(), bytes.size());
    out.close();
    if (!out.has_error()) return true;
    error = "cannot write `" + path() + "`: " + out.error().message();
    out.clear_error();
    return false;
  }

 private:
  llvm::SmallString<128> path_;
};

}  // namespace

bool build_executable(const oir::Program& program, const SourceMap& sources,
                      const std::string& out_path, const Options& options, std::string& error) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> machine = portable_machine(options);
  std::unique_ptr<llvm::Module> module =
      compile_module(program, sources, options, true, *machine, context);
  llvm::SmallVector<char, 0> code, map;
  TemporaryFile code_file, map_file;
  auto input = [&] {
    LinkInput out{{code_file.path(), map_file.path()}, {}, {}};
    for (const oir::Library& library : program.libraries) out.libraries.push_back(library.name);
    for (const oir::Function& function : program.functions) {
      if (!function.exported.empty()) out.exported.push_back(function.exported);
    }
    return out;
  };
  return make_objects(*module, *machine, code, map, error) && code_file.write(code, error) &&
         map_file.write(map, error) && link_executable(input(), out_path, error);
}

}  // namespace tenure::native
