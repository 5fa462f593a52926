// What the program did, in numbers: one line of JSON at its end.
//
// The runtime is built twice. Only the one that `tenure build --counters` links counts, so that in
// the other nothing is paid for it (RT_COUNTED).
#include <stdio.h>
#include <stdlib.h>

#include "rt_internal.h"

#ifdef TENURE_COUNTERS

extern "C" {
TnCounters tn_counters;
}

namespace tenure::rt {

// To standard error, or into the file that TENURE_COUNTERS names.
void write_counters() {
  const char* path = getenv("TENURE_COUNTERS");
  FILE* out = path && *path ? fopen(path, "w") : stderr;
  if (!out) {
    err_format("cannot write `%s`\n", path);
    return;
  }
  const TnCounters& c = tn_counters;
  auto number = [](uint64_t n) { return static_cast<unsigned long long>(n); };
  fprintf(out,
          "{\"allocations\": %llu, \"frees\": %llu, \"retains\": %llu, \"releases\": %llu, "
          "\"copies\": %llu, \"moves\": %llu, \"reuses\": %llu}\n",
          number(c.allocations), number(c.frees), number(c.retains), number(c.releases),
          number(c.copies), number(c.moves), number(c.reuses));
  if (out != stderr) fclose(out);
}

}  // namespace tenure::rt

#else

namespace tenure::rt {
void write_counters() {}
}  // namespace tenure::rt

#endif
