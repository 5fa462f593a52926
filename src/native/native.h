// The native engine: OIR to LLVM IR to machine code, run in this process or linked to an
// executable.
#pragma once

#include <string>

#include "base/source.h"
#include "oir/oir.h"
#include "tenure_rt.h"

namespace tenure::native {

struct Options {
  int opt_level = 2;          // 0 or 2
  uint32_t check_memory = 0;  // TN_MEMORY_*: what of manual memory can be checked [O-RAW-2]
  bool counters = false;      // an executable counts what it does (tenure_rt.h: TnCounters)
  bool for_debuggers = true;  // an executable keeps its DWARF
  bool verify = true;  // run LLVM's verifier over the module that lowering made; a bug if it fails
};

// Compiles the program and runs it in this process. Gives the program's exit code. Its foreign
// functions can be found.
int run_jit(const oir::Program& program, const SourceMap& sources, const TnOptions& run_options,
            const Options& options);

// Makes an executable at `out_path`. False, with a message in `error`, if it cannot be written or
// linked. libtenure_rt.a is looked for in ../lib beside the running executable.
bool build_executable(const oir::Program& program, const SourceMap& sources,
                      const std::string& out_path, const Options& options, std::string& error);

// LLVM IR as text, after the passes of options.opt_level if `optimised`.
std::string llvm_text(const oir::Program& program, const SourceMap& sources, const Options& options,
                      bool optimised);

}  // namespace tenure::native
