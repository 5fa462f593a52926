// Any bytes through the reader of OIR's text form; what it accepts can be printed.
#include <string>

#include "oir/text.h"
#include "support.h"

using namespace tenure;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SourceMap sources;
  DiagnosticSink sink;
  std::optional<oir::Program> program =
      oir::parse(sources, fuzz::add_input(sources, data, size), sink);
  TN_CHECK(program.has_value() != sink.has_errors(), "a program with errors, or none without");
  if (program) oir::print(*program, nullptr, {});
  render_text(sink, sources, {});
  return 0;
}
