// The syntax tree to the typed tree: names, types, instances of generics, copies, Drop, Copy,
// Clone.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/diag.h"
#include "ng/ast.h"
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
};

// `modules`: what is imported before what imports it, the main file last. Types and texts of
// constants are put into `out`. Reports every mistake to `sink`.
tree::Program check(const std::vector<ModuleSource>& modules, const Names& names,
                    DiagnosticSink& sink, oir::Program& out);

}  // namespace tenure::ng
