// `tenure` and `ngi`.
#include <cstdio>

#include "driver/commands.h"
#include "driver/options.h"

int main(int argc, char** argv) {
  tenure::driver::Parsed parsed = tenure::driver::parse_command_line(argc, argv);
  if (parsed.line) return tenure::driver::run_command(*parsed.line);
  std::fputs(parsed.text.c_str(), parsed.exit_code == 0 ? stdout : stderr);
  return parsed.exit_code;
}
