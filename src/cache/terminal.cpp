#include "cache/terminal.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace tenure::cache {

bool wants_color() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  bool dumb = term != nullptr && std::string_view(term) == "dumb";
  return (no_color == nullptr || *no_color == '\0') && !dumb && isatty(STDERR_FILENO) == 1;
}

}  // namespace tenure::cache
