// Executables: object files of the program's parts and of its code map, then the linker. The parts
// are compiled at the same time, on as many threads as the machine has.
#include <algorithm>
#include <memory>
#include <vector>

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Support/FileSystem.h>

#include "base/check.h"
#include "native/code_map.h"
#include "native/link.h"
#include "native/llvm_headers.h"
#include "native/native.h"
#include "native/target.h"
#include "native/threads.h"

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
// internal, and make variants of functions: two parts may make one of the same name.
void give_functions_names(llvm::Module& module, Part part) {
  for (llvm::Function& function : module) {
    if (!function.hasLocalLinkage() || function.isDeclaration()) continue;
    if (!part.is_whole()) function.setName(function.getName() + ".part" + llvm::Twine(part.index));
    function.setLinkage(llvm::GlobalValue::ExternalLinkage);
    function.setVisibility(llvm::GlobalValue::HiddenVisibility);
  }
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

// A part of the program on its way to an object file. Nothing of it is shared with other parts.
struct PartObject {
  TemporaryFile file;
  CodeMap map;
  std::string error;
};

void compile_part(const oir::Program& program, const SourceMap& sources, const Options& options,
                  Part part, PartObject& out) {
  llvm::LLVMContext context;
  context.setDiscardValueNames(true);
  std::unique_ptr<llvm::TargetMachine> machine = portable_machine(options);
  std::unique_ptr<llvm::Module> module =
      compile_module(program, sources, options, part, true, *machine, context);
  give_functions_names(*module, part);
  llvm::SmallVector<char, 0> code;
  if (!make_object(*module, *machine, code, out.error)) return;
  module.reset();
  auto object = llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef({code.data(), code.size()}, "program"));
  TN_CHECK(static_cast<bool>(object), "LLVM cannot read the object that it made");
  out.map.add(**object, options.opt_level > 0);
  out.file.write(code, out.error);
}

bool make_code_map(const std::vector<PartObject>& parts, TemporaryFile& file, std::string& error) {
  CodeMap map;
  for (const PartObject& part : parts) map.add(part.map);
  std::string object = map.object();
  return file.write({object.data(), object.size()}, error);
}

bool no_foreign(const oir::Program& program) {
  return std::none_of(program.functions.begin(), program.functions.end(),
                      [](const oir::Function& function) { return function.is_foreign(); });
}

}  // namespace

bool build_executable(const oir::Program& program, const SourceMap& sources,
                      const std::string& out_path, const Options& options, std::string& error) {
  initialise_target();
  Division division(program, options);
  // The table of types keeps what it finds out: it has found all of it when threads ask.
  for (size_t type = 0; type < program.types.size(); ++type) {
    program.types.ownership(oir::TypeId{type});
  }
  std::vector<PartObject> parts(division.parts());
  auto compile = [&](uint32_t index) {
    compile_part(program, sources, options, {division, index}, parts[index]);
  };
  if (division.parts() == 1) {
    on_large_stack(size_of(program), [&] { compile(0); });
  } else {
    in_parallel(division.parts(), compile);
  }
  TemporaryFile map_file;
  LinkInput input;
  for (const PartObject& part : parts) {
    if (!part.error.empty()) {
      error = part.error;
      return false;
    }
    input.objects.push_back(part.file.path());
  }
  if (!make_code_map(parts, map_file, error)) return false;
  input.objects.push_back(map_file.path());
  input.strip = !options.for_debuggers;
  input.wants_only_runtime = program.libraries.empty() && no_foreign(program);
  input.counters = options.counters;
  for (const oir::Library& library : program.libraries) input.libraries.push_back(library.name);
  for (const oir::Function& function : program.functions) {
    if (!function.exported.empty()) input.exported.push_back(function.exported);
  }
  return link_executable(input, out_path, error);
}

}  // namespace tenure::native
