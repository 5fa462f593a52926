// Tape's side of the loading of modules: what a file imports and where that may lie.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/modules.h"
#include "base/names.h"
#include "tape/ast.h"
#include "tape/check.h"

namespace tenure::tape {

// Keeps the trees of what it has parsed, at first without the blocks of functions. `import_paths`:
// the folders of `-I`.
class Modules : public ModuleLanguage {
 public:
  Modules(const SourceMap& sources, std::vector<std::string> import_paths, DiagnosticSink& sink)
      : sources_(sources), import_paths_(std::move(import_paths)), sink_(sink) {}

  bool has(std::string_view key) const override;
  std::optional<std::string_view> standard(std::string_view key) const override;
  std::vector<ImportRequest> parse(FileId file, const std::string& key) override;

  // Those of `loaded` that are written in Tape, in their order, and those of another language as
  // `views` has them: by place in `loaded`, where their imports lead to as well.
  using Views = std::unordered_map<uint32_t, ModuleSource>;
  std::vector<ModuleSource> sources_of(const std::vector<LoadedModule>& loaded,
                                       Views views = {}) const;
  // Parses again what has blocks that were passed over.
  void parse_blocks(const std::vector<LoadedModule>& loaded);
  // When all of them were checked.
  void forget_trees() { trees_.clear(); }
  const ast::Tree& tree(const LoadedModule& module) const { return trees_.at(module.key); }
  const SourceMap& sources() const { return sources_; }
  Names& names() { return names_; }

 private:
  // An import is known by its number among the items of its file, which another parse leaves as it
  // is.
  ImportRequest request(const ast::Tree& tree, ast::NodeId import, const std::string& key) const;

  const SourceMap& sources_;
  std::vector<std::string> import_paths_;
  DiagnosticSink& sink_;
  Names names_;
  std::unordered_map<std::string, ast::Tree> trees_;  // by key
};

}  // namespace tenure::tape
