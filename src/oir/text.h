// The text form of OIR: printed by `tenure oir`, read back by tests. parse(print(p)) == p.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/diag.h"
#include "oir/oir.h"

namespace tenure::oir {

struct PrintOptions {
  bool types = true;       // the table of nominal types first
  bool facts = false;      // `; why` at the end of lines that carry a fact
  bool positions = false;  // `@line:col` at the end of lines
};
std::string print(const Program& program, const SourceMap* sources, PrintOptions options);
std::string print(const Program& program, FuncId func, const SourceMap* sources,
                  PrintOptions options);
// One instruction, for messages.
std::string print(const Program& program, const Function& function, const Inst& inst);

// Reports what is wrong with the text to `sink`; nullopt then.
std::optional<Program> parse(const SourceMap& sources, FileId file, DiagnosticSink& sink);

}  // namespace tenure::oir
