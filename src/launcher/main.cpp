// `tenure`, `ngi` and `tape`: runs a program that is in the cache, or else becomes the compiler.
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <string>

#include "cache/files.h"
#include "cache/request.h"
#include "cache/store.h"
#include "cache/terminal.h"
#include "launcher/command_line.h"

extern char** environ;

namespace {

using namespace tenure;

constexpr int kCannotStart = 1;

// In ../libexec of the folder in which this program really lies, or beside it.
std::string find_compiler() {
  char self[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", self, sizeof self);
  if (length <= 0 || length == sizeof self) return {};
  std::string folder(self, static_cast<size_t>(length));
  folder.resize(folder.rfind('/'));
  std::string above = folder.substr(0, folder.rfind('/'));
  std::string compiler = above + "/libexec/tenure-compiler";
  if (access(compiler.c_str(), X_OK) == 0) return compiler;
  return folder + "/tenure-compiler";
}

// The path of the executable, if the cache has one of what the sources are now.
std::optional<std::string> find(const cache::Store& store, const cache::Request& request,
                                const std::string& compiler, cache::Printed& printed) {
  std::optional<cache::Digest> identity = cache::compiler_identity(compiler);
  std::optional<std::string> main_file = cache::read_regular(request.file);
  if (!identity || !main_file) return std::nullopt;
  cache::Digest name = cache::list_name(request, *identity, cache::digest_of(*main_file));
  std::optional<std::vector<std::string>> paths = store.list(name);
  if (!paths) return std::nullopt;
  cache::Lookups lookups(name);
  for (const std::string& path : *paths) {
    std::optional<cache::Digest> content;
    if (!cache::is_absent(path)) {
      std::optional<std::string> text = cache::read_regular(path);
      if (!text) return std::nullopt;
      content = cache::digest_of(*text);
    }
    lookups.add(path, content);
  }
  return store.entry(lookups.entry_name(), printed);
}

// Comes back if there is nothing in the cache to run.
void run_from_cache(int argc, char** argv, const std::string& compiler) {
  std::optional<launcher::CachedRun> run = launcher::parse(argc, argv);
  if (!run) return;
  std::optional<cache::Store> store = cache::Store::open(false);
  if (!store) return;
  cache::Printed printed;
  std::optional<std::string> program = find(*store, run->request, compiler, printed);
  if (!program) return;
  std::vector<char*> args{run->request.file.data()};
  args.insert(args.end(), run->program_args.begin(), run->program_args.end());
  args.push_back(nullptr);
  const std::string& text = cache::wants_color() ? printed.colored : printed.plain;
  // Printed once it is sure that the program starts, which nobody can know: so, before. Should it
  // not start, the compiler says it once more.
  if (!text.empty()) cache::write_all(STDERR_FILENO, text);
  execve(program->c_str(), args.data(), environ);
}

}  // namespace

int main(int argc, char** argv) {
  std::string compiler = find_compiler();
  run_from_cache(argc, argv, compiler);
  execve(compiler.c_str(), argv, environ);
  std::fprintf(stderr, "tenure: error: cannot start the compiler `%s`: %s\n", compiler.c_str(),
               std::strerror(errno));
  return kCannotStart;
}
