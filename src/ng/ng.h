// The NG front end: source text in, OIR out.
#pragma once

#include "base/diag.h"
#include "base/modules.h"
#include "ng/modules.h"
#include "oir/outline.h"

namespace tenure::ng {

// Checks and lowers a program of NG, which `load_modules` has read with `modules`, into `out`,
// which is empty. The trees of the modules are gone then. Errors go to `sink`; `out` is then what
// could be lowered, of use for finding the mistakes of ownership in it and nothing else. With
// `tests` it is the program of `tenure test`.
void compile(Modules& modules, const std::vector<LoadedModule>& loaded, DiagnosticSink& sink,
             oir::Program& out, bool tests, oir::Bodies bodies);

}  // namespace tenure::ng
