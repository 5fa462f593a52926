// Source text to syntax tree.
#pragma once

#include "base/diag.h"
#include "base/parser.h"
#include "tape/ast.h"

namespace tenure::tape {

// Always gives a tree: what could not be read was reported to `sink` and is an Error node, or is
// left out. Words are interned in `names`, which outlives the tree.
// With Blocks::Passed the blocks of its functions are left out, if nothing was to be reported; each
// is a node of kind Later.
ast::Tree parse(const SourceMap& sources, FileId file, Names& names, DiagnosticSink& sink,
                Blocks blocks = Blocks::Parsed);

// Parses a block that was left out, behind what `tree` has: a tree of the same file. The node of
// the block. If anything is reported, the file has to be parsed with its blocks.
ast::NodeId parse_block(const SourceMap& sources, Span block, Names& names, ast::Tree& tree,
                        DiagnosticSink& sink);

}  // namespace tenure::tape
