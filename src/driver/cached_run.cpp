#include "driver/cached_run.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdio>

#include "driver/engines.h"

extern char** environ;

namespace tenure::driver {
namespace {

bool is_regular(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

std::string this_executable() {
  char path[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  return length > 0 && length < PATH_MAX ? std::string(path, static_cast<size_t>(length)) : "";
}

// Which signals this process was told to ignore: the program inherits that, whatever the linker
// made of them.
class IgnoredSignals {
 public:
  IgnoredSignals() {
    for (int number = 1; number < kEnd; ++number) {
      struct sigaction action{};
      ignored_[number] = sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
    }
  }
  void restore() const {
    for (int number = 1; number < kEnd; ++number) {
      if (ignored_[number]) signal(number, SIG_IGN);
    }
  }

 private:
  static constexpr int kEnd = 32;
  bool ignored_[kEnd] = {};
};

std::string size_text(uint64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

}  // namespace

CachedRun::CachedRun(const CommandLine& line) : line_(line) {
  if (line.uses_cache && builds_executables()) store_ = cache::Store::open(true);
}

void CachedRun::looked_for(const std::string& path, bool found) {
  if (!store_ || found) return;  // what is found is read
  if (contents_.emplace(path, std::nullopt).second) paths_.push_back(path);
}

void CachedRun::was_read(const std::string& path, std::string_view content) {
  if (!store_) return;
  if (contents_.emplace(path, cache::digest_of(content)).second) paths_.push_back(path);
  is_complete_ = is_complete_ && is_regular(path);
}

void CachedRun::was_printed(const std::function<std::string(bool)>& render) {
  if (store_) printed_ = {render(false), render(true)};
}

std::optional<cache::Digest> CachedRun::list_name() const {
  std::optional<cache::Digest> compiler = cache::compiler_identity(this_executable());
  if (!is_complete_ || paths_.empty() || !compiler) return std::nullopt;
  cache::Request request;
  request.file = line_.file;
  request.import_paths = line_.import_paths;
  request.opt_level = line_.optimisation();
  request.check_memory = static_cast<uint32_t>(line_.memory_checks());
  request.is_tape = line_.is_tape;
  return cache::list_name(request, *compiler, *contents_.at(paths_.front()));
}

// The entry goes before the list that leads to it.
std::optional<std::string> CachedRun::make_entry(const oir::Program& program,
                                                 const SourceMap& sources) {
  std::optional<cache::Digest> name = list_name();
  if (!name) return std::nullopt;
  std::string file = store_->new_file();
  if (!build_kept_executable(program, sources, line_, file)) return std::nullopt;
  cache::Lookups lookups(*name);
  std::vector<std::string> paths(paths_.begin() + 1, paths_.end());
  for (const std::string& path : paths) lookups.add(path, contents_.at(path));
  std::optional<std::string> entry = store_->put_entry(lookups.entry_name(), file, printed_);
  if (entry) store_->put_list(*name, paths);
  return entry;
}

void CachedRun::run(const oir::Program& program, const SourceMap& sources) {
  // A library that is linked may be another one tomorrow.
  if (!store_ || !program.libraries.empty()) return;
  const IgnoredSignals ignored;
  std::optional<std::string> entry = make_entry(program, sources);
  ignored.restore();
  if (!entry) return;
  std::string name = line_.file;
  std::vector<char*> argv{name.data()};
  for (const std::string& arg : line_.program_args) argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  std::fflush(nullptr);
  execve(entry->c_str(), argv.data(), environ);
}

int show_cache(const CommandLine& line) {
  const std::string place = cache::Store::place();
  std::optional<cache::Store> store = cache::Store::open(false);
  if (line.clear) {
    cache::Store::Contents removed = store ? store->clear() : cache::Store::Contents{};
    fmt::print("removed {} programs, {}\n", removed.entries, size_text(removed.bytes));
    return 0;
  }
  cache::Store::Contents found = store ? store->contents() : cache::Store::Contents{};
  fmt::print("place     {}\nprograms  {}\nsize      {} of {}\n", place.empty() ? "none" : place,
             found.entries, size_text(found.bytes), size_text(cache::Store::limit()));
  return 0;
}

}  // namespace tenure::driver
