#include "driver/foreign.h"

#include <fmt/format.h>

#include <string>
#include <unordered_set>
#include <vector>

#include "tenure_rt.h"

namespace tenure::driver {

void report_missing_foreign(const oir::Program& program, DiagnosticSink& sink) {
  std::vector<const char*> libraries;
  for (const oir::Library& library : program.libraries) {
    libraries.push_back(library.name.c_str());
    if (tn_foreign_library(library.name.c_str())) continue;
    sink.report(DiagKind::MissingForeign, library.span,
                fmt::format("cannot find the library `{}`", library.name));
  }
  std::unordered_set<std::string> exported;
  for (const oir::Function& function : program.functions) exported.insert(function.exported);
  for (const oir::Function& function : program.functions) {
    if (!function.is_foreign() || exported.contains(function.symbol)) continue;
    if (tn_foreign_function(function.symbol.c_str(), libraries.data(),
                            static_cast<uint32_t>(libraries.size())) != nullptr) {
      continue;
    }
    sink.report(DiagKind::MissingForeign, function.span,
                fmt::format("cannot find the foreign function `{}`", function.symbol));
  }
}

}  // namespace tenure::driver
