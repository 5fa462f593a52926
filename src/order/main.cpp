// Which functions of a program are entered when it does something.
//
//   tenure-order OUT PROGRAM -- ARGUMENTS... [-- ARGUMENTS...]...
//
// runs PROGRAM once for each list of arguments, and writes the names of the functions that were
// entered to OUT: those of the first run, then those that the second entered besides, and so on,
// each in the order in which they lie in PROGRAM. A linker puts them side by side
// (--symbol-ordering-file), so that a start touches some pages of the program instead of all.
//
// Each function of PROGRAM begins with a breakpoint, which is taken away when it is come to. So a
// run takes hardly longer than it would, and it needs no counters of the processor, which virtual
// machines lack. Where the system does not let a process trace another, OUT is empty and a message
// says so: the program will start more slowly, that is all. What the environment says to PROGRAM
// (TENURE_…) is not heard, and a run that does not end is ended.
#include <elf.h>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "tenure-order: %s\n", message.c_str());
  std::exit(1);
}

std::string read_file(const char* path) {
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) fail(std::string("cannot read ") + path);
  std::string text;
  char buffer[1 << 16];
  for (size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) text.append(buffer, n);
  std::fclose(file);
  return text;
}

struct Function {
  uint64_t address;
  std::string name;
  bool entered = false;
};

// The program's code as it lies in the file and in memory, which are the same: it is not relocated.
class Program {
 public:
  explicit Program(const char* path) : bytes_(read_file(path)) {
    const auto* header = at<Elf64_Ehdr>(0);
    bool is_elf = std::memcmp(header->e_ident, ELFMAG, SELFMAG) == 0;
    if (!is_elf || header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_type != ET_EXEC) {
      fail(std::string(path) + " is not an executable at a fixed address");
    }
    sections_ = at<Elf64_Shdr>(header->e_shoff, header->e_shnum);
    section_count_ = header->e_shnum;
    for (size_t i = 0; i < section_count_; ++i) {
      if (name(section(header->e_shstrndx), sections_[i].sh_name) == ".text") text_ = &sections_[i];
    }
    if (text_ == nullptr) fail(std::string(path) + " has no code");
    code_ = {at<char>(text_->sh_offset, text_->sh_size), text_->sh_size};
    for (size_t i = 0; i < section_count_; ++i) {
      if (sections_[i].sh_type == SHT_SYMTAB) read_symbols(sections_[i]);
    }
    if (functions_.empty()) fail(std::string(path) + " names no functions");
    std::sort(functions_.begin(), functions_.end(),
              [](const Function& a, const Function& b) { return a.address < b.address; });
  }

  std::vector<Function>& functions() { return functions_; }
  uint64_t start() const { return text_->sh_addr; }
  std::string_view code() const { return code_; }

 private:
  template <class T>
  const T* at(uint64_t offset, uint64_t count = 1) const {
    bool is_there = offset <= bytes_.size() && count <= (bytes_.size() - offset) / sizeof(T);
    if (!is_there) fail("the program is damaged");
    return reinterpret_cast<const T*>(bytes_.data() + offset);
  }
  const Elf64_Shdr& section(size_t index) const {
    if (index >= section_count_) fail("the program is damaged");
    return sections_[index];
  }
  // Of a table of strings.
  std::string_view name(const Elf64_Shdr& table, uint64_t offset) const {
    std::string_view names(at<char>(table.sh_offset, table.sh_size), table.sh_size);
    if (offset >= names.size()) fail("the program is damaged");
    return names.substr(offset, names.find('\0', offset) - offset);
  }

  void read_symbols(const Elf64_Shdr& table) {
    const Elf64_Shdr& names = section(table.sh_link);
    size_t count = table.sh_size / sizeof(Elf64_Sym);
    const auto* symbols = at<Elf64_Sym>(table.sh_offset, count);
    for (size_t i = 0; i < count; ++i) {
      const Elf64_Sym& symbol = symbols[i];
      bool is_function = ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_size > 0;
      bool is_code = symbol.st_value >= start() && symbol.st_value - start() < code_.size();
      if (is_function && is_code) {
        functions_.push_back({symbol.st_value, std::string(name(names, symbol.st_name))});
      }
    }
  }

  std::string bytes_;
  const Elf64_Shdr* sections_ = nullptr;
  size_t section_count_ = 0;
  const Elf64_Shdr* text_ = nullptr;
  std::string_view code_;
  std::vector<Function> functions_;  // by address; several may have the same
};

// One run, from its first instruction to its end.
class Run {
 public:
  explicit Run(Program& program) : program_(program) {}

  // False if the system does not allow it.
  bool begin(const char* path, std::vector<char*> arguments) {
    arguments.insert(arguments.begin(), const_cast<char*>(path));
    arguments.push_back(nullptr);
    process_ = fork();
    if (process_ < 0) fail(std::string("cannot fork: ") + std::strerror(errno));
    if (process_ == 0) become(path, arguments.data());
    int status = 0;
    waitpid(process_, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == kNotTraced) return false;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) return false;  // as some systems say no
    if (!WIFSTOPPED(status)) fail(std::string("cannot run ") + path);
    known_.insert(process_);
    if (ptrace(PTRACE_SETOPTIONS, process_, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE) != 0) {
      kill(process_, SIGKILL);
      return false;
    }
    return set_breakpoints();
  }

  // Until the program has ended; gives its exit code, or 128 and the signal that ended it.
  int follow() {
    resume(process_, 0);
    for (;;) {
      int status = 0;
      pid_t thread = waitpid(-1, &status, __WALL);
      if (thread < 0) fail("the program is lost");
      if (WIFSTOPPED(status)) {
        resume(thread, stopped(thread, status));
      } else if (thread == process_) {
        close(memory_);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      }
    }
  }

 private:
  static constexpr int kNotTraced = 120;
  static constexpr unsigned kMostSeconds = 120;
  static constexpr char kBreakpoint = '\xcc';

  [[noreturn]] static void become(const char* path, char** arguments) {
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0) _exit(kNotTraced);
    for (const char* name : {"TENURE_LINKER", "TENURE_OPTIONS", "TENURE_PART_SIZE"}) unsetenv(name);
    alarm(kMostSeconds);
    int nothing = open("/dev/null", O_WRONLY);
    if (nothing >= 0) dup2(nothing, STDOUT_FILENO);
    execv(path, arguments);
    _exit(127);
  }

  bool set_breakpoints() {
    memory_ = open(("/proc/" + std::to_string(process_) + "/mem").c_str(), O_RDWR | O_CLOEXEC);
    std::string code(program_.code());
    for (const Function& function : program_.functions()) {
      code[function.address - program_.start()] = kBreakpoint;
    }
    auto at = static_cast<off_t>(program_.start());
    bool done = memory_ >= 0 &&
                pwrite(memory_, code.data(), code.size(), at) == static_cast<ssize_t>(code.size());
    if (!done) kill(process_, SIGKILL);
    return done;
  }

  // The signal that the thread is to go on with.
  int stopped(pid_t thread, int status) {
    int signal = WSTOPSIG(status);
    bool is_new = known_.insert(thread).second;
    if (signal == SIGSTOP && is_new) return 0;  // as each new thread does
    if (signal != SIGTRAP) return signal;
    if (status >> 16 != 0) return 0;  // it has made a thread
    return enter(thread) ? 0 : signal;
  }

  // The thread has come to a breakpoint: false if that is not ours.
  bool enter(pid_t thread) {
    user_regs_struct registers{};
    if (ptrace(PTRACE_GETREGS, thread, 0, &registers) != 0) return false;
    uint64_t address = registers.rip - 1;
    std::vector<Function>& functions = program_.functions();
    auto function = std::lower_bound(functions.begin(), functions.end(), address,
                                     [](const Function& f, uint64_t a) { return f.address < a; });
    if (function == functions.end() || function->address != address) return false;
    for (; function != functions.end() && function->address == address; ++function) {
      function->entered = true;
    }
    char was = program_.code()[address - program_.start()];
    if (pwrite(memory_, &was, 1, static_cast<off_t>(address)) != 1) fail("cannot go on");
    registers.rip = address;
    return ptrace(PTRACE_SETREGS, thread, 0, &registers) == 0;
  }

  static void resume(pid_t thread, int signal) {
    ptrace(PTRACE_CONT, thread, 0, static_cast<long>(signal));
  }

  Program& program_;
  pid_t process_ = -1;
  int memory_ = -1;
  std::set<pid_t> known_;
};

// The names of those of a run that no earlier one entered, a line each; nothing where the system
// does not let a process trace another.
std::optional<std::string> entered_by(const char* path, Program& program,
                                      const std::vector<char*>& arguments) {
  std::vector<bool> before;
  for (const Function& function : program.functions()) before.push_back(function.entered);
  Run run(program);
  if (!run.begin(path, arguments)) return std::nullopt;
  if (int code = run.follow(); code != 0) {
    fail(std::string(path) + " ended with " + std::to_string(code));
  }
  std::string names;
  for (size_t i = 0; i < before.size(); ++i) {
    const Function& function = program.functions()[i];
    if (function.entered && !before[i]) names += function.name + '\n';
  }
  return names;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4 || std::string_view(argv[3]) != "--") {
    fail("usage: tenure-order OUT PROGRAM -- ARGUMENTS... [-- ARGUMENTS...]...");
  }
  Program program(argv[2]);
  std::string text;
  for (int at = 3; at < argc;) {
    std::vector<char*> arguments;
    for (++at; at < argc && std::string_view(argv[at]) != "--"; ++at) arguments.push_back(argv[at]);
    std::optional<std::string> names = entered_by(argv[2], program, arguments);
    if (!names) {
      std::fprintf(stderr, "tenure-order: may not trace; functions stay where they are\n");
      text.clear();
      break;
    }
    text += *names;
  }
  std::FILE* out = std::fopen(argv[1], "wb");
  bool done = out != nullptr && std::fwrite(text.data(), 1, text.size(), out) == text.size();
  if (out == nullptr || std::fclose(out) != 0 || !done)
    fail(std::string("cannot write ") + argv[1]);
  return 0;
}
