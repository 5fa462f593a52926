// The syntax tree to the typed tree: names, types, instances of generics, copies, Drop, Copy,
// Clone.
#pragma once

#include <vector>

#include "base/diag.h"
#include "ng/ast.h"
#include "ng/tree.h"
#include "oir/oir.h"

namespace tenure::ng {

// A file of the program and the module that it is.
struct ModuleSource {
  std::string_view path;  // `std.memory`; empty for the user's file
  const ast::Tree* tree;
};

// `modules`: the prelude first, the user's file last. Types and texts of constants are put into
// `out`. Reports every mistake to `sink`.
tree::Program check(const std::vector<ModuleSource>& modules, const Names& names,
                    DiagnosticSink& sink, oir::Program& out);

}  // namespace tenure::ng
