#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace tenure {

void fail_check(const char* file, int line, const char* what) {
  std::fflush(stdout);
  std::fprintf(stderr, "internal error: %s:%d: %s\n", file, line, what);
#ifdef TENURE_FUZZ
  std::abort();  // libFuzzer keeps the input of what aborts
#else
  std::_Exit(70);
#endif
}

}  // namespace tenure
