// Reading source files, and looking for them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diag.h"
#include "base/source.h"

namespace tenure::driver {

// Adds the file at `path` to `sources`. None if it cannot be read or is not text: a directory,
// missing, too large, not UTF-8, with NUL bytes; one error was reported then. A byte order mark is
// left out.
// `raw`, if there is one, gets its bytes as they are.
FileId read_source(const std::string& path, SourceMap& sources, DiagnosticSink& sink,
                   const std::function<void(std::string_view)>& raw = {});

// Whether there is something to read at `path`.
bool is_file(const std::string& path);

// What lies in a folder (empty: the current one); nothing if it cannot be read.
std::vector<std::string> names_in_folder(const std::string& path);

}  // namespace tenure::driver
