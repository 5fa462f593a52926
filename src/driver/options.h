// The command line of `tenure`, as a plain struct.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "own/optimisations.h"
#include "tenure_rt.h"

namespace tenure::driver {

enum class Command { Run, Build, Check, Test, Explain, Oir, Cache };
enum class Engine { Interp, Jit, Aot };
enum class Language { Ng, Tape };
// How much is looked at as a program uses memory by hand [O-RAW-2].
enum class CheckMemory { Off, On, Full };

struct CommandLine {
  Command command = Command::Run;
  std::string file;
  std::vector<std::string> program_args;  // what the program is given
  Engine engine = Engine::Jit;
  std::optional<int> opt_level;  // 0 or 2; none: the default of the engine
  own::Optimisations optimisations = own::Optimisations::all();  // of -O2, `oir` and `explain`
  TnOptions runtime{};
  std::string output;                       // build: the executable
  std::string after_pass;                   // oir: the pass to print after; empty: the last
  std::optional<CheckMemory> check_memory;  // none: the default of the command
  bool counters = false;                    // build: the executable counts what it does
  std::vector<std::string> import_paths;    // -I
  size_t max_errors = 0;                    // 0: all are printed
  // run: nothing is asked for that an executable in the cache would not do as well
  bool uses_cache = false;
  bool clear = false;    // cache: it shall be emptied
  bool is_tape = false;  // called by the name `tape`
  bool plain = false;
  bool json = false;

  // The interpreter defines what the reference OIR means, so that is what it runs unless told
  // otherwise.
  int optimisation() const { return opt_level.value_or(engine == Engine::Interp ? 0 : 2); }
  // By the ending of the file's name; what has neither is the language of the command's name.
  Language language() const {
    if (file.ends_with(".tape")) return Language::Tape;
    return is_tape && !file.ends_with(".ng") ? Language::Tape : Language::Ng;
  }
  CheckMemory memory_checks() const {
    if (check_memory) return *check_memory;
    if (command == Command::Test) return CheckMemory::Full;
    return command == Command::Run ? CheckMemory::On : CheckMemory::Off;
  }
  // Whether the command makes code of the program.
  bool makes_code() const {
    return command == Command::Run || command == Command::Build || command == Command::Test;
  }
};

// Whether the compiler checks its own work after each pass: in debug builds, where the runtime was
// asked to check itself too (as the tests do), and where somebody looks at the passes.
inline bool wants_verifier(const CommandLine& line) {
#ifndef TENURE_VERIFY
  return line.runtime.check_level > 0 || line.command == Command::Oir;
#else
  (void)line;
  return true;
#endif
}

// What to do after parsing: run a command, or print a text (help, version, usage error) and end.
struct Parsed {
  std::optional<CommandLine> line;
  std::string text;   // to standard output if exit_code is 0, else to standard error
  int exit_code = 0;  // 2 for errors of usage
};

Parsed parse_command_line(int argc, char** argv);

}  // namespace tenure::driver
