// Any bytes through Tape's lexer and parser.
#include "tape/parse.h"

#include "support.h"

using namespace tenure;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SourceMap sources;
  Names names;
  DiagnosticSink sink;
  tape::ast::Tree tree = tape::parse(sources, fuzz::add_input(sources, data, size), names, sink);
  fuzz::check_tree(tree, sources, tape::ast::kMaxNesting,
                   [](tape::ast::NodeKind) { return false; });
  render_text(sink, sources, {});
  return 0;
}
