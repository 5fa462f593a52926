#include "ng/ng.h"

#include "ng/check.h"
#include "ng/lower.h"

namespace tenure::ng {

void compile(Modules& modules, const std::vector<LoadedModule>& loaded, DiagnosticSink& sink,
             oir::Program& out, bool tests, oir::Bodies bodies) {
  std::optional<tree::Program> program;
  if (!sink.has_errors())
    program = check_passed(modules.sources(), modules.sources_of(loaded), modules.names(), out,
                           tests, bodies);
  if (!program) {
    out = {};
    modules.parse_blocks(loaded);
    program = check(modules.sources_of(loaded), modules.names(), sink, out, tests);
  }
  modules.forget_trees();  // their memory is that of OIR now
  lower(*program, out, bodies);
}

}  // namespace tenure::ng
