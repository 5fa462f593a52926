// The commands of `tenure`: the way of a program through the rooms.
#pragma once

#include "driver/options.h"

namespace tenure::driver {

// Does what the command line says. Gives the exit code of the process.
int run_command(const CommandLine& line);

}  // namespace tenure::driver
