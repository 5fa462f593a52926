#include "driver/engines.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "interp/interp.h"
#if TENURE_WITH_NATIVE
#include "native/native.h"
#endif

extern char** environ;

namespace tenure::driver {
namespace {

constexpr int kToolFailed = 1;

int fail(const std::string& what) {
  fmt::print(stderr, "error: {}\n", what);
  return kToolFailed;
}

#if TENURE_WITH_NATIVE
native::Options native_options(const CommandLine& line) {
  native::Options options{};
  options.opt_level = line.optimisation();
  options.verify = wants_verifier(line);
  options.check_memory = static_cast<uint32_t>(line.memory_checks());
  options.counters = line.counters;
  return options;
}

// The options as an executable reads them from its environment (tn_options_from_env).
std::string options_text(const TnOptions& options) {
  std::string text;
  auto add = [&](const std::string& word) { text += (text.empty() ? "" : ",") + word; };
  if (options.trace_drops) add("trace-drops");
  if (options.leak_check) add("leak-check");
  if (options.heap_stats) add("heap-stats");
  if (options.gc_stress != 0) add(fmt::format("gc-stress={}", options.gc_stress));
  if (options.check_level != 0) add(fmt::format("check={}", options.check_level));
  if (options.gc_threshold != 0) add(fmt::format("gc-threshold={}", options.gc_threshold));
  return text;
}

// A file of a name of its own, deleted when this dies.
class TemporaryFile {
 public:
  TemporaryFile() {
    const char* dir = std::getenv("TMPDIR");
    path_ = std::string(dir != nullptr && *dir != '\0' ? dir : "/tmp") + "/tenure-XXXXXX";
    int fd = mkostemp(path_.data(), O_CLOEXEC);
    made_ = fd >= 0;
    if (made_) close(fd);
  }
  ~TemporaryFile() {
    if (made_) unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  bool made() const { return made_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool made_ = false;
};

// Runs the executable and waits for it. A signal that ends it gives 128 + its number, as in a
// shell.
int run_executable(const std::string& path, const CommandLine& line) {
  std::vector<char*> argv{const_cast<char*>(line.file.c_str())};
  for (const std::string& arg : line.program_args) argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  setenv("TENURE_OPTIONS", options_text(line.runtime).c_str(), 1);
  std::fflush(nullptr);
  // Ctrl-C is the program's; this process stays to delete the file.
  struct sigaction ignore{};
  struct sigaction before{};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGINT, &ignore, &before);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGINT);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  int error = posix_spawn(&child, path.c_str(), nullptr, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  int status = 0;
  if (error == 0) {
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  sigaction(SIGINT, &before, nullptr);
  if (error != 0) return fail(fmt::format("cannot run `{}`: {}", path, std::strerror(error)));
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int run_aot(const oir::Program& program, const SourceMap& sources, const CommandLine& line) {
  TemporaryFile file;
  if (!file.made()) return fail(fmt::format("cannot make a temporary file `{}`", file.path()));
  std::string error;
  if (!native::build_executable(program, sources, file.path(), native_options(line), error)) {
    return fail(error);
  }
  return run_executable(file.path(), line);
}
#endif

}  // namespace

int run_program(const oir::Program& program, const SourceMap& sources, const CommandLine& line) {
  std::vector<const char*> args;
  args.reserve(line.program_args.size());
  for (const std::string& arg : line.program_args) args.push_back(arg.c_str());
  TnOptions runtime = line.runtime;
  runtime.check_memory = static_cast<uint32_t>(line.memory_checks());
  runtime.arg_count = static_cast<int32_t>(args.size());
  runtime.args = args.data();
  if (line.engine == Engine::Interp) return interp::run(program, sources, runtime);
#if TENURE_WITH_NATIVE
  if (line.engine == Engine::Aot) return run_aot(program, sources, line);
  return native::run_jit(program, sources, runtime, native_options(line));
#else
  return fail("this tenure was built without its native engine: write `--engine=interp`");
#endif
}

bool builds_executables() {
#if TENURE_WITH_NATIVE
  return true;
#else
  return false;
#endif
}

bool build_kept_executable(const oir::Program& program, const SourceMap& sources,
                           const CommandLine& line, const std::string& path) {
#if TENURE_WITH_NATIVE
  native::Options options = native_options(line);
  options.for_debuggers = false;
  std::string unsaid;
  return native::build_executable(program, sources, path, options, unsaid);
#else
  (void)program, (void)sources, (void)line, (void)path;
  return false;
#endif
}

int build_program(const oir::Program& program, const SourceMap& sources, const CommandLine& line) {
#if TENURE_WITH_NATIVE
  std::string error;
  if (native::build_executable(program, sources, line.output, native_options(line), error))
    return 0;
  return fail(error);
#else
  (void)program, (void)sources, (void)line;
  return fail("this tenure was built without its native engine");
#endif
}

}  // namespace tenure::driver
