#include "tape/tape.h"

#include <optional>

#include "tape/check.h"
#include "tape/lower.h"
#include "tape/modules.h"

namespace tenure::tape {

void compile(Modules& modules, const std::vector<LoadedModule>& loaded, const Options& options,
             DiagnosticSink& sink, oir::Program& out) {
  CheckOptions check_options;
  check_options.tests = options.tests;
  std::optional<tree::Program> program;
  if (!sink.has_errors())
    program = check_passed(modules.sources(), modules.sources_of(loaded), modules.names(), out,
                           check_options, options.bodies);
  if (!program) {
    out = {};
    modules.parse_blocks(loaded);
    program = check(modules.sources_of(loaded), modules.names(), sink, out, check_options);
    if (sink.has_errors()) return;
  }
  modules.forget_trees();  // their memory is that of OIR now
  LowerOptions lower_options;
  lower_options.check_pointers = options.check_pointers;
  lower_options.test = options.tests;
  lower_options.bodies = options.bodies;
  lower(*program, lower_options, out);
}

}  // namespace tenure::tape
