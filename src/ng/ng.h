// The NG front end: source text in, OIR out.
#pragma once

#include "base/diag.h"
#include "base/source.h"
#include "oir/oir.h"

namespace tenure::ng {

// Parses, checks and lowers the program in `file` into `out`, which is empty. The standard modules,
// which are part of the binary, are added to `sources`. Errors go to `sink`; `out` is then what
// could be lowered, of use for finding the mistakes of ownership in it and nothing else.
void compile(SourceMap& sources, FileId file, DiagnosticSink& sink, oir::Program& out);

}  // namespace tenure::ng
