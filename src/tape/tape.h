// The Tape front end: source text in, OIR out.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diag.h"
#include "base/source.h"
#include "oir/oir.h"

namespace tenure::tape {

// Where the files of a program come from: the front end reads none itself.
struct FileAccess {
  // Whether there is a file of this path.
  std::function<bool(const std::string& path)> exists;
  // Reads it; invalid: it cannot be read, which was reported.
  std::function<FileId(const std::string& path)> read;
};

struct Options {
  bool tests = false;                     // make a program that runs the tests, and not `main`
  bool check_pointers = false;            // look at reads and writes through pointers too
  std::vector<std::string> import_paths;  // `-I`
  FileAccess files;
};

// Loads what the program in `file` imports, parses, checks and lowers it into `out`, which is
// empty. The standard modules, which are part of the binary, are added to `sources` when they are
// imported. Errors go to `sink`; `out` is of no use then.
void compile(SourceMap& sources, FileId file, const Options& options, DiagnosticSink& sink,
             oir::Program& out);

}  // namespace tenure::tape
