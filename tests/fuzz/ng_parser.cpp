// Any bytes through NG's lexer and parser.
#include "ng/parse.h"

#include "support.h"

using namespace tenure;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SourceMap sources;
  Names names;
  DiagnosticSink sink;
  ng::ast::Tree tree = ng::parse(sources, fuzz::add_input(sources, data, size), names, sink);
  fuzz::check_tree(tree, sources, ng::ast::kMaxNesting,
                   [](ng::ast::NodeKind kind) { return kind == ng::ast::NodeKind::More; });
  render_text(sink, sources, {});
  return 0;
}
