#include "rt_internal.h"
namespace tenure::rt {
bool dwarf_symbolize(uintptr_t, const char**, TnSite*, void*) {
  return false;
}
}  // namespace tenure::rt
