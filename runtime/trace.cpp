// The drop trace.
//
// O-SEE-2: a line for each run of a user's drop and of a deferred statement. Where heap objects
// came to be owned is kept in a side table, only while tracing.
#include <string.h>

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

void left_with_viewers(void* buffer, const Origin& owner) {
  uint32_t info = header(buffer).info;
  if (!g.options.trace_drops || !(info & TN_F_WATCHED) || !(info & TN_F_EXPOSED)) return;
  if (!g.origins.find(buffer)) remember_origin(buffer, owner.site, kReasonLastReference);
}

void trace_drop(const TnType* type, const Origin& origin) {
  if (origin.site && origin.site->file)
    err_site(origin.site);
  else
    err_text("?: ");
  err_format("drop %s: %s\n", type->name, reason_text(origin.reason));
}

// The first range that ends behind the address.
static size_t lent_after(const char* address) {
  size_t low = 0, high = g.lent.size;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (g.lent[middle].end > address)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static const TnSite* global_at(const char* place) {
  for (size_t i = 0; i < g.globals.size; i++) {
    const char* begin = static_cast<const char*>(g.globals[i]->place);
    if (place >= begin && place < begin + g.globals[i]->type->size) return g.globals[i]->site;
  }
  return nullptr;
}

}  // namespace tenure::rt

// What overlaps it belonged to frames that are gone.
extern "C" void tn_lend(const void* from, uint64_t size, const TnSite* owner) {
  using namespace tenure::rt;
  if (!g.options.trace_drops) return;
  auto* begin = static_cast<const char*>(from);
  size_t first = lent_after(begin), behind = first;
  while (behind < g.lent.size && g.lent[behind].begin < begin + size) behind++;
  if (behind == first) {
    g.lent.push({});
    memmove(g.lent.data + first + 1, g.lent.data + first, (g.lent.size - 1 - first) * sizeof(Lent));
  } else {
    memmove(g.lent.data + first + 1, g.lent.data + behind, (g.lent.size - behind) * sizeof(Lent));
    g.lent.size -= behind - first - 1;
  }
  g.lent[first] = {begin, begin + size, owner};
}

extern "C" const TnSite* tn_origin_at(const void* place, const TnSite* otherwise) {
  using namespace tenure::rt;
  if (!g.options.trace_drops) return otherwise;
  auto* at = static_cast<const char*>(place);
  if (void* body = tn_object_of(place)) {
    const TnSite* site = origin_of(body, {otherwise, 0}).site;
    return site ? site : otherwise;
  }
  size_t lent = lent_after(at);
  if (lent < g.lent.size && g.lent[lent].begin <= at) return g.lent[lent].owner;
  const TnSite* site = global_at(at);
  return site ? site : otherwise;
}

extern "C" void tn_trace_defer(const TnSite* site, uint32_t reason) {
  using namespace tenure::rt;
  if (!g.options.trace_drops) return;
  err_site(site);
  err_format("defer: %s\n", reason_text(reason));
}
