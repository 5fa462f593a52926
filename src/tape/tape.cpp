#include "tape/tape.h"

#include "tape/check.h"
#include "tape/lower.h"
#include "tape/modules.h"

namespace tenure::tape {

void compile(SourceMap& sources, FileId file, const Options& options, DiagnosticSink& sink,
             oir::Program& out) {
  Names names;
  LoadedModules loaded = load_modules(sources, file, options, names, sink);
  CheckOptions check_options;
  check_options.tests = options.tests;
  tree::Program program = check(loaded.modules, names, sink, out, check_options);
  if (sink.has_errors()) return;
  LowerOptions lower_options;
  lower_options.check_pointers = options.check_pointers;
  lower_options.test = options.tests;
  lower(program, lower_options, out);
}

}  // namespace tenure::tape
