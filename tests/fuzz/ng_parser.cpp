// Any bytes through NG's lexer and parser.
#include "ng/parse.h"

#include <array>

#include "support.h"

using namespace tenure;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SourceMap sources;
  Names names;
  DiagnosticSink sink;
  ng::ast::Tree tree = ng::parse(sources, fuzz::add_input(sources, data, size), names, sink);
  fuzz::check_tree(tree, sources, ng::ast::kMaxNesting, [](const ng::ast::Node& node) {
    return std::array{node.list, node.list2, node.list3, node.d};
  });
  render_text(sink, sources, {});
  return 0;
}
