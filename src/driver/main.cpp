// `tenure` and `ngi`.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "driver/commands.h"
#include "driver/options.h"

namespace {

int run(int argc, char** argv) {
  tenure::driver::Parsed parsed = tenure::driver::parse_command_line(argc, argv);
  if (parsed.line) return tenure::driver::run_command(*parsed.line);
  std::fputs(parsed.text.c_str(), parsed.exit_code == 0 ? stdout : stderr);
  return parsed.exit_code;
}

// What a command printed and could not be written is its error; a program's own output is the
// runtime's business.
int finish_output(int code) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  int error = errno != 0 ? errno : EIO;
  if (error == EPIPE) return 128 + SIGPIPE;  // nobody reads, and the signal is ignored
  std::fprintf(stderr, "error: cannot write standard output: %s\n", std::strerror(error));
  return code == 0 ? 1 : code;
}

}  // namespace

int main(int argc, char** argv) {
  return finish_output(run(argc, argv));
}
