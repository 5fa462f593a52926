// The Tape front end: source text in, OIR out.
#pragma once

#include "base/diag.h"
#include "base/modules.h"
#include "oir/outline.h"
#include "tape/modules.h"

namespace tenure::tape {

struct Options {
  bool tests = false;           // make a program that runs the tests, and not `main`
  bool check_pointers = false;  // look at reads and writes through pointers too
  oir::Bodies bodies = oir::Bodies::All;
};

// Checks and lowers a program of Tape, which `load_modules` has read with `modules`, into `out`,
// which is empty. Errors go to `sink`; `out` is of no use then.
void compile(Modules& modules, const std::vector<LoadedModule>& loaded, const Options& options,
             DiagnosticSink& sink, oir::Program& out);

}  // namespace tenure::tape
