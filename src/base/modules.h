// The files of a program and what they import, whatever their languages: found, read once each, and
// put in the order of their initialisation.
//
// A module is named by a *key*: the path of its file without `.` and `..`, or `<io>`, which is text
// inside of the binary. A language says what a file imports and where that may lie; everything that
// is the same for all of them is here: looking for the file, rings of imports, the order.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diag.h"
#include "base/source.h"

namespace tenure {

// Where files come from: a front end reads none itself.
struct FileAccess {
  // Whether there is a file of this path.
  std::function<bool(const std::string& path)> exists;
  // Reads it; invalid: it cannot be read, which was reported.
  std::function<FileId(const std::string& path)> read;
  // The names in a folder (empty: the current one); nothing if it cannot be read.
  std::function<std::vector<std::string>(const std::string& folder)> list;
};

// An import as a file has it.
struct ImportRequest {
  static constexpr uint32_t kImplicit = ~uint32_t{0};
  uint32_t node = kImplicit;  // the language's own id of it
  Span span;
  std::string shown;                    // as it is written: `a.b`, `./veclib`
  std::vector<std::string> places;      // keys, in the order in which they are looked for
  std::vector<std::string_view> known;  // names of standard modules, to suggest one
  bool is_refused = false;              // the language has reported it, or will
};

// A language, as the loader sees it.
class ModuleLanguage {
 public:
  ModuleLanguage() = default;
  ModuleLanguage(const ModuleLanguage&) = delete;
  ModuleLanguage& operator=(const ModuleLanguage&) = delete;
  virtual ~ModuleLanguage() = default;
  // Whether a module of this key is written in it.
  virtual bool has(std::string_view key) const = 0;
  // The text of a standard module; nothing if there is none of this key.
  virtual std::optional<std::string_view> standard(std::string_view key) const = 0;
  // Parses a file and keeps the tree. The imports, in the order in which they are written.
  virtual std::vector<ImportRequest> parse(FileId file, const std::string& key) = 0;
};

struct LoadedModule {
  std::string key;
  FileId file;
  ModuleLanguage* language = nullptr;
  bool is_standard = false;
  // By the node of an import: the module; none: it could not be had, which was reported.
  struct Import {
    uint32_t node = 0;
    std::optional<uint32_t> module;
  };
  std::vector<Import> imports;
};

// `./a/../b.tape` as `b.tape`: so that one file has one name.
std::string tidy_path(std::string_view path);
// The folder of a file with the `/` behind it, or nothing.
std::string_view folder_of(std::string_view path);
// `geo` of `lib/geo.tape`
std::string_view stem_of(std::string_view path);

// Reads what the main file needs: those that are imported before those that import them, the main
// file last. A main file whose name does not say in what it is written is of the first language. A
// ring of imports is reported with all its files.
std::vector<LoadedModule> load_modules(SourceMap& sources, FileId main,
                                       const std::vector<ModuleLanguage*>& languages,
                                       const FileAccess& files, DiagnosticSink& sink);

}  // namespace tenure
