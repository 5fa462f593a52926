// Running and building a program that has been through own/.
#pragma once

#include "base/source.h"
#include "driver/options.h"
#include "oir/oir.h"

namespace tenure::driver {

// Runs it with the engine of the command line. Gives the exit code of the program.
int run_program(const oir::Program& program, const SourceMap& sources, const CommandLine& line);

// Whether this compiler can make executables at all.
bool builds_executables();
// Makes the executable of a `run` at `path`, without what only debuggers want. False if it cannot
// be made.
bool build_kept_executable(const oir::Program& program, const SourceMap& sources,
                           const CommandLine& line, const std::string& path);

// Writes the executable `line.output`. Gives 0, or 1 after saying why not.
int build_program(const oir::Program& program, const SourceMap& sources, const CommandLine& line);

}  // namespace tenure::driver
