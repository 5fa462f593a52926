// The ownership passes in their order. Each is a function from the program to the program, in a
// file of its own, and leaves facts behind. See docs/internals.md.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "base/diag.h"
#include "oir/oir.h"
#include "own/optimisations.h"

namespace tenure::own {

struct Options {
  // Nothing is made of the program: what comes after the last pass that reports mistakes is left
  // out.
  bool only_report = false;
  // With none of them the reference OIR (pass 6) is what runs.
  Optimisations optimisations = Optimisations::all();
  bool verify = true;  // run the verifier and the event checker after every pass
  // Called after each pass with its name; for `tenure oir --after=PASS`.
  std::function<void(std::string_view pass, const oir::Program&)> after;
};

// The names of the passes in order: "lower", "summaries", "moves", "escape", "types", "elaborate",
// "lastuse".
const std::vector<std::string_view>& pass_names();

// Runs all passes. False if the program has an ownership error, which was reported to `sink`.
bool run(oir::Program& program, const SourceMap& sources, DiagnosticSink& sink,
         const Options& options);

}  // namespace tenure::own
