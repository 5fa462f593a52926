// A program of modules in both languages.
#pragma once

#include "base/modules.h"
#include "ng/ng.h"
#include "tape/tape.h"

namespace tenure::cross {

// Checks and lowers the program, of which at least one module is written in each language, into
// `out`, which is empty. Errors go to `sink`; `out` is of no use then.
void compile(const SourceMap& sources, ng::Modules& ng_modules, tape::Modules& tape_modules,
             const std::vector<LoadedModule>& loaded, const tape::Options& options,
             DiagnosticSink& sink, oir::Program& out);

}  // namespace tenure::cross
