#include "ng/ng.h"

#include "ng/check.h"
#include "ng/lower.h"

namespace tenure::ng {

void compile(const Modules& modules, const std::vector<LoadedModule>& loaded, DiagnosticSink& sink,
             oir::Program& out, bool tests) {
  lower(check(modules.sources_of(loaded), modules.names(), sink, out, tests), out);
}

}  // namespace tenure::ng
