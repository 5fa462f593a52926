// The modules of a program: what its imports name, loaded and put in the order of their
// initialisation.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/diag.h"
#include "base/names.h"
#include "tape/ast.h"
#include "tape/check.h"
#include "tape/tape.h"

namespace tenure::tape {

struct LoadedModules {
  std::deque<ast::Tree> trees;
  std::vector<ModuleSource>
      modules;  // those that are imported before those that import them; the main file last
};

// Parses the main file and everything that it imports. A cycle of imports is reported with all its
// files.
LoadedModules load_modules(SourceMap& sources, FileId file, const Options& options, Names& names,
                           DiagnosticSink& sink);

}  // namespace tenure::tape
