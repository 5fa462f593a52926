// The syntax trees of a program's modules to one typed tree: names, types, conversions, constants,
// and all the mistakes that shape alone shows. See checker.h.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/diag.h"
#include "oir/oir.h"
#include "oir/outline.h"
#include "tape/ast.h"
#include "tape/tree.h"

namespace tenure::tape {

// One module: a file of the program, or a standard module.
struct ModuleSource {
  std::string name;          // as functions are named in traces: `geo`; of the main file empty
  bool is_standard = false;  // may name natives: `extern("tenure.…")`
  bool is_main = false;
  uint32_t place = 0;  // in the order of all modules of the program
  // A module of another language: `tree` declares functions without bodies and structs, as Tape has
  // them. By declaration, what Tape cannot use, and why.
  bool is_foreign = false;
  std::unordered_map<uint32_t, std::string> refusals;  // by ast::NodeId
  const ast::Tree* tree = nullptr;
  // By Import node: the module that it names; none: could not be had, was reported.
  std::vector<std::pair<ast::NodeId, uint32_t>> imports;
};

struct CheckOptions {
  bool tests = false;  // make the functions of `test`s
  // Functions and globals of another language come before those of the tree in OIR.
  uint32_t first_function = 0;
  uint32_t first_global = 0;
  std::vector<std::string> taken_names;  // of these functions
};

// `modules` are in the order of their initialisation, the main file last. Types and texts of
// constants are put into `out`. Reports every mistake to `sink`; the result is of no use then.
tree::Program check(const std::vector<ModuleSource>& modules, Names& names, DiagnosticSink& sink,
                    oir::Program& out, const CheckOptions& options);

// The same, of files whose blocks may have been passed over; each is parsed when it is checked.
// Nothing, if there is something to report: then the files have to be parsed with their blocks, and
// `out` has to be emptied. `bodies`: those that are wanted of it; if only those that cannot be
// spared, others are left out when their outlines are known.
std::optional<tree::Program> check_passed(const SourceMap& sources,
                                          const std::vector<ModuleSource>& modules, Names& names,
                                          oir::Program& out, const CheckOptions& options,
                                          oir::Bodies bodies);

}  // namespace tenure::tape
