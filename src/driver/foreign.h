// What a program that runs in this process, or is interpreted, wants from outside.
#pragma once

#include "base/diag.h"
#include "oir/oir.h"

namespace tenure::driver {

// Reports the libraries and the foreign functions that cannot be found here.
void report_missing_foreign(const oir::Program& program, DiagnosticSink& sink);

}  // namespace tenure::driver
