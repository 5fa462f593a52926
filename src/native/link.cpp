#include "native/link.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include <lld/Common/Driver.h>
#include <llvm/Support/CrashRecoveryContext.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/Program.h>

#include "native/llvm_headers.h"

LLD_HAS_DRIVER(elf)

namespace tenure::native {

namespace fs = std::filesystem;

namespace {

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// In ../lib of the running executable, or in lib beside it.
std::optional<std::string> find_runtime(const std::string& name) {
  std::error_code code;
  fs::path self = fs::read_symlink("/proc/self/exe", code);
  if (code) return std::nullopt;
  fs::path folder = self.parent_path();
  for (const fs::path& at : {folder / ".." / "lib", folder / "lib", folder}) {
    if (is_there(at / name)) return (at / name).lexically_normal().string();
  }
  return std::nullopt;
}

struct SystemFiles {
  std::string crt;  // the folder of Scrt1.o and libc
  std::string gcc;  // the folder of crtbeginS.o and libgcc
};

// Where Debian, and most of its kin, keep what every C program is linked with.
std::optional<SystemFiles> find_system_files() {
  SystemFiles found;
  for (const char* folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"}) {
    if (is_there(fs::path(folder) / "Scrt1.o") && is_there(fs::path(folder) / "libc.so")) {
      found.crt = folder;
      break;
    }
  }
  int newest = -1;
  for (const char* base : {"/usr/lib/gcc/x86_64-linux-gnu", "/usr/lib/gcc/x86_64-pc-linux-gnu",
                           "/usr/lib64/gcc/x86_64-redhat-linux"}) {
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(base, code)) {
      int version = std::atoi(entry.path().filename().c_str());
      if (version <= newest || !is_there(entry.path() / "crtbeginS.o") ||
          !is_there(entry.path() / "libgcc.a") || !is_there(entry.path() / "libgcc_eh.a")) {
        continue;
      }
      newest = version;
      found.gcc = entry.path().string();
    }
  }
  if (found.crt.empty() || found.gcc.empty()) return std::nullopt;
  return found;
}

constexpr const char* kDynamicLinker = "/lib64/ld-linux-x86-64.so.2";
constexpr uintmax_t kSmallProgram = 4 << 20;  // bytes of object files

uintmax_t size_of(const std::vector<std::string>& files) {
  uintmax_t size = 0;
  std::error_code code;
  for (const std::string& file : files) size += fs::file_size(file, code);
  return size;
}

// A name for `-l`, or the file itself.
std::string library_word(const std::string& library) {
  return library.find('/') != std::string::npos ? library : "-l" + library;
}

// C's libraries, in the order in which they are asked.
std::vector<std::string> c_libraries() {
  return {"-lm", "-lc", "-lgcc", "-lgcc_eh", "-lc"};
}

// The words of a linker in front of the objects of the program, and behind them.
struct Words {
  std::vector<std::string> before, after;
};

// With C's libraries and start files, of which the linker finds out what is wanted.
Words with_system_files(const SystemFiles& system, const std::string& runtime) {
  Words words;
  words.before = {"--gc-sections",
                  "-L" + system.gcc,
                  "-L" + system.crt,
                  "-L/lib/x86_64-linux-gnu",
                  system.crt + "/Scrt1.o",
                  system.crt + "/crti.o",
                  system.gcc + "/crtbeginS.o"};
  words.after = {runtime};
  for (const std::string& library : c_libraries()) words.after.push_back(library);
  words.after.insert(words.after.end(), {system.gcc + "/crtendS.o", system.crt + "/crtn.o"});
  return words;
}

// With what stands for them, where a program surely wants nothing else (system_stubs.cmake).
std::optional<Words> with_stubs(const std::string& runtime) {
  const fs::path stubs = fs::path(runtime).parent_path() / "stubs";
  Words words;
  words.after = {stubs / "program.o", "--as-needed", stubs / "libm.so.6", "--no-as-needed",
                 stubs / "libc.so.6"};
  for (const std::string& word : words.after) {
    if (word.front() == '/' && !is_there(word)) return std::nullopt;
  }
  return words;
}

bool link_in_process(const LinkInput& input, const Words& around, const std::string& out_path,
                     std::string& problem) {
  std::vector<std::string> words = {
      "ld.lld",       "-pie", "--eh-frame-hdr", "--build-id=none", "-dynamic-linker",
      kDynamicLinker, "-o",   out_path};
  if (input.strip) words.push_back("--strip-all");
  if (size_of(input.objects) < kSmallProgram) {
    // Starting threads takes longer than they have work for,
    words.push_back("--threads=1");
    // and so does giving a new file its pages one by one. (An old one would keep its mode.)
    if (!is_there(out_path)) words.push_back("--no-mmap-output-file");
  }
  words.insert(words.end(), around.before.begin(), around.before.end());
  words.insert(words.end(), input.objects.begin(), input.objects.end());
  for (const std::string& name : input.exported) {
    words.push_back("--export-dynamic-symbol=" + name);
  }
  for (const std::string& library : input.libraries) words.push_back(library_word(library));
  words.insert(words.end(), around.after.begin(), around.after.end());
  std::vector<const char*> args;
  for (const std::string& word : words) args.push_back(word.c_str());
  llvm::raw_string_ostream messages(problem);
  // What lld cannot go on after ends the process, unless somebody listens.
  llvm::CrashRecoveryContext::Enable();
  lld::Result result = lld::lldMain(args, llvm::nulls(), messages, {{lld::Gnu, &lld::elf::link}});
  llvm::CrashRecoveryContext::Disable();
  return result.retCode == 0;
}

// A compiler package alone (g++-12 and what it needs) installs no `cc`.
llvm::ErrorOr<std::string> find_cc() {
  llvm::ErrorOr<std::string> found = std::make_error_code(std::errc::no_such_file_or_directory);
  for (const char* name : {"cc", "gcc", "gcc-12", "clang", "clang-19"}) {
    found = llvm::sys::findProgramByName(name);
    if (found) break;
  }
  return found;
}

bool link_with_cc(const LinkInput& input, const std::string& runtime, const std::string& out_path,
                  std::string& error) {
  llvm::ErrorOr<std::string> cc = find_cc();
  if (!cc) {
    error += "there is no `cc` to link with\n";
    return false;
  }
  std::string message;
  std::vector<llvm::StringRef> words = {*cc, "-o", out_path};
  std::vector<std::string> rest = input.objects;
  if (input.strip) rest.push_back("-Wl,--strip-debug");
  for (const std::string& name : input.exported) {
    rest.push_back("-Wl,--export-dynamic-symbol=" + name);
  }
  for (const std::string& library : input.libraries) rest.push_back(library_word(library));
  words.insert(words.end(), rest.begin(), rest.end());
  words.insert(words.end(), {runtime, "-lm", "-static-libgcc"});
  int code = llvm::sys::ExecuteAndWait(*cc, words, std::nullopt, {}, 0, 0, &message);
  if (code == 0) return true;
  error += "`cc` could not link the program";
  if (!message.empty()) error += ": " + message;
  return false;
}

// Why nothing can be written there, in words; asked before a linker says it in its own.
std::string why_not_writable(const std::string& path) {
  std::error_code code;
  if (fs::is_directory(path, code)) return "it is a directory";
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  if (!fs::is_directory(folder, code)) return "there is no folder `" + folder.string() + "`";
  if (access(folder.c_str(), W_OK) != 0) return std::strerror(errno);
  return {};
}

// TENURE_LINKER=cc: as if lld could not do it.
bool wants_cc() {
  const char* linker = std::getenv("TENURE_LINKER");
  return linker != nullptr && std::string_view(linker) == "cc";
}

}  // namespace

bool link_executable(const LinkInput& input, const std::string& out_path, std::string& error) {
  if (std::string why = why_not_writable(out_path); !why.empty()) {
    error = "cannot write `" + out_path + "`: " + why;
    return false;
  }
  const std::string name = input.counters ? "libtenure_rt_counting.a" : "libtenure_rt.a";
  std::optional<std::string> runtime = find_runtime(name);
  if (!runtime) {
    error = "cannot find " + name + " beside this program";
    return false;
  }
  std::string problem;
  if (!wants_cc() && is_there(kDynamicLinker)) {
    if (input.wants_only_runtime && !input.counters) {
      std::optional<Words> stubs = with_stubs(*runtime);
      if (stubs && link_in_process(input, *stubs, out_path, problem)) return true;
      problem.clear();  // something that they lack
    }
    std::optional<SystemFiles> system = find_system_files();
    if (system && link_in_process(input, with_system_files(*system, *runtime), out_path, problem)) {
      return true;
    }
  }
  error.clear();
  if (link_with_cc(input, *runtime, out_path, error)) return true;
  if (!problem.empty()) error = problem + error;
  return false;
}

}  // namespace tenure::native
