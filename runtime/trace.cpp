// The drop trace.
//
// O-SEE-2: a line for each run of a user's drop and of a deferred statement. Where heap objects
// came to be owned is kept in a side table, only while tracing.
#include "rt_internal.h"

namespace tenure::rt {

static const char* const kReasons[] = {
    "end of block", "end of statement", "overwritten",    "last reference",
    "cycle",        "end of program",   "run-time error", "defer"};
static const char* reason_text(uint32_t reason) {
  return reason < sizeof kReasons / sizeof *kReasons ? kReasons[reason] : "?";
}

void remember_origin(void* body, const TnSite* site, uint32_t reason) {
  g.origins.put(body) = {site, reason};
}

Origin origin_of(void* body, const Origin& otherwise) {
  const Origin* known = g.origins.find(body);
  return known ? *known : otherwise;
}

void trace_drop(const TnType* type, const Origin& origin) {
  err_site(origin.site);
  err_format("drop %s: %s\n", type->name, reason_text(origin.reason));
}

}  // namespace tenure::rt

extern "C" void tn_trace_defer(const TnSite* site, uint32_t reason) {
  using namespace tenure::rt;
  if (!g.options.trace_drops) return;
  err_site(site);
  err_format("defer: %s\n", reason_text(reason));
}
