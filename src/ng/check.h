// The syntax tree to the typed tree: names, types, instances of generics, copies, Drop, Copy,
// Clone.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/diag.h"
#include "ng/ast.h"
#include "ng/interface.h"
#include "ng/tree.h"
#include "oir/oir.h"

namespace tenure::ng {

// A file of the program and the module that it is.
struct ModuleSource {
  std::string path;          // `std.memory`, `geo.shapes`; empty for the main file
  std::string file;          // as messages show it
  bool is_standard = false;  // part of the binary: may have natives
  bool is_main = false;
  const ast::Tree* tree = nullptr;
  // By Import node: the module that it names; none: could not be had, was reported.
  std::vector<std::pair<ast::NodeId, uint32_t>> imports;
  uint32_t place = 0;  // in the order of all modules of the program
  // A module of another language: `tree` declares functions without bodies and structs, as NG has
  // them. By declaration, what NG cannot use, and why.
  bool is_foreign = false;
  std::unordered_map<uint32_t, std::string> refusals;  // by ast::NodeId
};

// `modules`: what is imported before what imports it, the main file last. Types and texts of
// constants are put into `out`. Reports every mistake to `sink`. With `tests` the program is one
// that runs the functions `test_…` of the main file.
tree::Program check(const std::vector<ModuleSource>& modules, const Names& names,
                    DiagnosticSink& sink, oir::Program& out, bool tests);

// The same, of files whose blocks may have been passed over; each is parsed when it is checked.
// Nothing, if there is something to report: then the files have to be parsed with their blocks, and
// `out` has to be emptied. `bodies`: those that are wanted of it; if only those that cannot be
// spared, others are left out when their outlines are known.
std::optional<tree::Program> check_passed(const SourceMap& sources,
                                          const std::vector<ModuleSource>& modules,
                                          const Names& names, oir::Program& out, bool tests,
                                          oir::Bodies bodies);

// The same, of a program with modules of another language too: `interfaces` gets what each module
// that is written in NG gives to these.
tree::Program check(const std::vector<ModuleSource>& modules, const Names& names,
                    DiagnosticSink& sink, oir::Program& out, std::vector<Interface>& interfaces);

}  // namespace tenure::ng
