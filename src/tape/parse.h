// Source text to syntax tree.
#pragma once

#include "base/diag.h"
#include "tape/ast.h"

namespace tenure::tape {

// Always gives a tree: what could not be read was reported to `sink` and is an Error node, or is
// left out. Words are interned in `names`, which outlives the tree.
ast::Tree parse(const SourceMap& sources, FileId file, Names& names, DiagnosticSink& sink);

}  // namespace tenure::tape
