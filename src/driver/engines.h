// Running and building a program that has been through own/.
#pragma once

#include "base/source.h"
#include "driver/options.h"
#include "oir/oir.h"

namespace tenure::driver {

// Runs it with the engine of the command line. Gives the exit code of the program.
int run_program(const oir::Program& program, const SourceMap& sources, const CommandLine& line);

// Writes the executable `line.output`. Gives 0, or 1 after saying why not.
int build_program(const oir::Program& program, const SourceMap& sources, const CommandLine& line);

}  // namespace tenure::driver
