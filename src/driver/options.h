// The command line of `tenure`, as a plain struct.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tenure_rt.h"

namespace tenure::driver {

enum class Command { Run, Build, Check, Explain, Oir };
enum class Engine { Interp, Jit, Aot };

struct CommandLine {
  Command command = Command::Run;
  std::string file;
  std::vector<std::string> program_args;  // what the program is given
  Engine engine = Engine::Jit;
  std::optional<int> opt_level;  // 0 or 2; none: the default of the engine
  TnOptions runtime{};
  std::string output;      // build: the executable
  std::string after_pass;  // oir: the pass to print after; empty: the last
  bool plain = false;
  bool json = false;

  // The interpreter defines what the reference OIR means, so that is what it runs unless told
  // otherwise.
  int optimisation() const { return opt_level.value_or(engine == Engine::Interp ? 0 : 2); }
};

// Whether the compiler checks its own work after each pass: in debug builds, where the runtime was
// asked to check itself too (as the tests do), and where somebody looks at the passes.
inline bool wants_verifier(const CommandLine& line) {
#ifdef NDEBUG
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
