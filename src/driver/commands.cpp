#include "driver/commands.h"

#include <malloc.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>

#include "base/diag.h"
#include "base/modules.h"
#include "base/source.h"
#include "cache/terminal.h"
#include "cross/cross.h"
#include "driver/cached_run.h"
#include "driver/engines.h"
#include "driver/foreign.h"
#include "driver/memory.h"
#include "driver/read_file.h"
#include "explain/explain.h"
#include "ng/ng.h"
#include "oir/oir.h"
#include "oir/text.h"
#include "own/pipeline.h"
#include "tape/tape.h"

namespace tenure::driver {
namespace {

constexpr int kCompileError = 1;

void write_all(const std::string& text, FILE* to) {
  std::fwrite(text.data(), 1, text.size(), to);
}

// For a process that compiles and ends: memory that LLVM had of malloc (memory.cpp is about `new`)
// is kept for what comes next. Given back to the system between the phases, it would have to come
// again a page at a time.
void keep_memory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 16 << 20);
}

// One compilation: what was read, what was reported, what came out.
class Compilation {
 public:
  explicit Compilation(const CommandLine& line) : line_(line), cached_run_(line) {}

  // Reads, checks, lowers and runs the ownership passes; then everything reported is printed. False
  // after errors.
  bool compile() {
    bool ok = read_and_analyse();
    print_diagnostics();
    return ok && !sink_.has_errors();
  }

  const oir::Program& program() const { return program_; }
  const SourceMap& sources() const { return sources_; }
  FileId file() const { return file_; }
  CachedRun& cached_run() { return cached_run_; }

 private:
  bool read_and_analyse() {
    file_ = read(line_.file);
    if (!file_.valid()) return false;
    prepare_memory();
    if (!compile_languages()) return false;
    own::Options options;
    options.only_report = line_.command == Command::Check;
    bool plain = line_.makes_code() && line_.optimisation() == 0;
    options.optimisations = plain ? own::Optimisations::none() : line_.optimisations;
    options.verify = wants_verifier(line_);
    if (line_.command == Command::Oir && !sink_.has_errors()) {
      // At once: the program after a pass is worth seeing, all the more if a later one, or the
      // verifier, finds a mistake in it.
      options.after = [this](std::string_view pass, const oir::Program& program) {
        bool wanted =
            line_.after_pass.empty() ? pass == own::pass_names().back() : pass == line_.after_pass;
        if (!wanted) return;
        write_all(oir::print(program, &sources_, oir::PrintOptions{.facts = true}), stdout);
      };
    }
    if (!own::run(program_, sources_, sink_, options)) return false;
    if (runs_here() && !sink_.has_errors()) report_missing_foreign(program_, sink_);
    return true;
  }

  // Of a large program the pages are made by a thread of their own: most of the way from the text
  // to the mistakes goes on one.
  void prepare_memory() {
    constexpr size_t kLarge = size_t{1} << 20;
    // What is needed for a byte of text, or a little less: pages that nobody comes to are made for
    // nothing.
    constexpr size_t kToCheck = 6, kToBuild = 48;
    size_t text = sources_.file(file_).text().size();
    bool checks = line_.command == Command::Check, builds = line_.command == Command::Build;
    if ((checks || builds) && text >= kLarge && std::thread::hardware_concurrency() > 1)
      make_pages_ahead(text * (checks ? kToCheck : kToBuild));
  }

  // An executable is another matter: its linker knows what it can find.
  bool runs_here() const {
    bool runs = line_.command == Command::Run || line_.command == Command::Test;
    return runs && line_.engine != Engine::Aot;
  }

  bool compile_languages() {
    FileAccess files;
    files.exists = [this](const std::string& path) {
      bool found = is_file(path);
      cached_run_.looked_for(path, found);
      return found;
    };
    files.read = [this](const std::string& path) { return read(path); };
    files.list = names_in_folder;
    ng::Modules ng_modules(sources_, line_.file, line_.import_paths, sink_);
    tape::Modules tape_modules(sources_, line_.import_paths, sink_);
    std::vector<ModuleLanguage*> languages{&ng_modules, &tape_modules};
    if (line_.language() == Language::Tape) std::swap(languages[0], languages[1]);
    std::vector<LoadedModule> loaded = load_modules(sources_, file_, languages, files, sink_);
    auto is_written_in = [&](const ModuleLanguage& language) {
      return std::any_of(loaded.begin(), loaded.end(),
                         [&](const LoadedModule& module) { return module.language == &language; });
    };
    tape::Options options;
    if (wants_verifier(line_)) options.bodies = oir::Bodies::AllOutlined;
    if (line_.command == Command::Check) options.bodies = oir::Bodies::NotSpared;
    options.tests = line_.command == Command::Test;
    options.check_pointers = line_.memory_checks() == CheckMemory::Full;
    if (!is_written_in(tape_modules)) {
      ng::compile(ng_modules, loaded, sink_, program_, options.tests, options.bodies);
      return true;  // what could be lowered of it has its own mistakes
    }
    if (options.tests && line_.language() == Language::Ng) {
      sink_.report(DiagKind::NotSupported, Span{},
                   "tests of an NG program that imports Tape modules are not supported yet");
      return false;
    }
    if (is_written_in(ng_modules)) {
      cross::compile(sources_, ng_modules, tape_modules, loaded, options, sink_, program_);
    } else {
      tape::compile(tape_modules, loaded, options, sink_, program_);
    }
    return !sink_.has_errors();
  }

  FileId read(const std::string& path) {
    return read_source(path, sources_, sink_,
                       [&](std::string_view raw) { cached_run_.was_read(path, raw); });
  }

  void print_diagnostics() {
    sink_.sort();
    sink_.keep_errors(line_.max_errors);
    if (line_.json) {
      write_all(render_json(sink_, sources_), stderr);
    } else {
      auto text = [&](bool color) {
        return render_text(sink_, sources_, {.plain = line_.plain, .color = color});
      };
      bool color = !line_.plain && cache::wants_color();
      write_all(text(color), stderr);
      cached_run_.was_printed(text);
    }
    std::fflush(stderr);
  }

  const CommandLine& line_;
  CachedRun cached_run_;
  SourceMap sources_;
  DiagnosticSink sink_;
  oir::Program program_;
  FileId file_;
};

}  // namespace

int run_command(const CommandLine& line) {
  if (line.command == Command::Cache) return show_cache(line);
  if (line.command == Command::Check || line.command == Command::Build || line.uses_cache) {
    keep_memory();
  }
  // Never taken apart: the process ends with it, and the system is faster at that.
  Compilation& compilation = *new Compilation(line);
  bool ok = compilation.compile();
  if (!ok) return kCompileError;
  switch (line.command) {
    case Command::Run:
      compilation.cached_run().run(compilation.program(), compilation.sources());
      [[fallthrough]];
    case Command::Test:
      return run_program(compilation.program(), compilation.sources(), line);
    case Command::Build:
      return build_program(compilation.program(), compilation.sources(), line);
    case Command::Check:
      std::puts("OK");
      return 0;
    case Command::Explain:
      write_all(explain::explain(compilation.program(), compilation.sources(), compilation.file()),
                stdout);
      return 0;
    case Command::Oir:
    case Command::Cache:
      return 0;
  }
  return 0;
}

}  // namespace tenure::driver
