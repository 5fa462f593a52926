// NG's side of the loading of modules: what a file imports and where that may lie.
//
// `import a.b;` means `a/b.ng` in the folder of the program's main file, then in those of `-I`: so
// a module has one name, wherever it is imported. `std.…` lies in the binary. `import "./x.tape" as
// x;` names a file, from the folder of the importing one.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/modules.h"
#include "base/names.h"
#include "ng/ast.h"
#include "ng/check.h"

namespace tenure::ng {

// Keeps the trees of what it has parsed, at first without the blocks of functions. `main`: the path
// of the program's main file; `import_paths`: the folders of `-I`.
class Modules : public ModuleLanguage {
 public:
  Modules(const SourceMap& sources, std::string_view main, std::vector<std::string> import_paths,
          DiagnosticSink& sink);

  bool has(std::string_view key) const override;
  std::optional<std::string_view> standard(std::string_view key) const override;
  std::vector<ImportRequest> parse(FileId file, const std::string& key) override;

  // Those of `loaded` that are written in NG, in their order, and those of another language as
  // `views` has them: by place in `loaded`, where their imports lead to as well.
  using Views = std::unordered_map<uint32_t, ModuleSource>;
  std::vector<ModuleSource> sources_of(const std::vector<LoadedModule>& loaded,
                                       Views views = {}) const;
  // Parses again what has blocks that were passed over.
  void parse_blocks(const std::vector<LoadedModule>& loaded);
  // When all of them were checked.
  void forget_trees() { trees_.clear(); }
  const SourceMap& sources() const { return sources_; }
  const Names& names() const { return names_; }
  Names& names() { return names_; }

 private:
  // An import is known by its number among the items of its file, which another parse leaves as it
  // is.
  ImportRequest request(const ast::Tree& tree, ast::NodeId import, const std::string& key) const;
  std::string dotted(const ast::Tree& tree, ast::NodeId import) const;

  const SourceMap& sources_;
  std::vector<std::string> folders_;  // in which dotted paths are looked for
  DiagnosticSink& sink_;
  Names names_;
  std::unordered_map<std::string, ast::Tree> trees_;  // by key
};

// The standard modules that every other one may use the names of.
constexpr std::string_view kCoreModules[] = {"std.prelude", "std.memory", "std.io"};

// The names that standard modules export, and one that does. It parses all of them: for errors.
std::unordered_map<std::string, std::string_view> std_exports();

}  // namespace tenure::ng
