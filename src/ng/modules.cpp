#include "ng/modules.h"

#include <algorithm>
#include <span>

#include "ng/parse.h"
#include "ng/std_modules.h"

namespace tenure::ng {

using ast::NodeKind;

namespace {

std::string key_of(std::string_view path) {
  return "<" + std::string(path) + ">";
}

}  // namespace

Modules::Modules(const SourceMap& sources, std::string_view main,
                 std::vector<std::string> import_paths, DiagnosticSink& sink)
    : sources_(sources), sink_(sink) {
  folders_.emplace_back(folder_of(main));
  for (std::string& path : import_paths) folders_.push_back(std::move(path) + "/");
}

bool Modules::has(std::string_view key) const {
  return key.starts_with("<std.") || key.ends_with(".ng");
}

std::optional<std::string_view> Modules::standard(std::string_view key) const {
  const StdModule* module =
      key.starts_with('<') ? std_module(key.substr(1, key.size() - 2)) : nullptr;
  return module != nullptr ? std::optional(module->text) : std::nullopt;
}

std::vector<ImportRequest> Modules::parse(FileId file, const std::string& key) {
  const ast::Tree& tree = trees_[key] = ng::parse(sources_, file, names_, sink_, Blocks::Passed);
  std::vector<ImportRequest> out;
  bool is_core = std::any_of(std::begin(kCoreModules), std::end(kCoreModules),
                             [&](std::string_view path) { return key_of(path) == key; });
  if (!is_core) {
    for (std::string_view path : kCoreModules) {
      ImportRequest& core = out.emplace_back();
      core.places.push_back(key_of(path));
    }
  }
  if (!tree.root.valid()) return out;
  std::span<const ast::NodeId> items = tree.items(tree[tree.root].list);
  for (size_t i = 0; i < items.size(); ++i) {
    if (tree[items[i]].kind != NodeKind::Import) continue;
    out.push_back(request(tree, items[i], key));
    out.back().node = static_cast<uint32_t>(i);
  }
  return out;
}

void Modules::parse_blocks(const std::vector<LoadedModule>& loaded) {
  for (const LoadedModule& module : loaded) {
    if (module.language != this) continue;
    ast::Tree& tree = trees_.at(module.key);
    if (tree.has_later) tree = ng::parse(sources_, module.file, names_, sink_);
  }
}

std::string Modules::dotted(const ast::Tree& tree, ast::NodeId import) const {
  std::string path;
  for (ast::NodeId segment : tree.items(tree[import].list)) {
    if (!tree[segment].name.valid()) return {};
    if (!path.empty()) path += '.';
    path += names_.text(tree[segment].name);
  }
  return path;
}

ImportRequest Modules::request(const ast::Tree& tree, ast::NodeId import,
                               const std::string& key) const {
  const ast::Node& node = tree[import];
  ImportRequest out;
  out.span = node.span;
  if (node.a.valid()) {
    out.span = tree[node.a].span;
    out.shown = std::string(names_.text(tree[node.a].name));
    bool has_ending = out.shown.ends_with(".ng") || out.shown.ends_with(".tape");
    std::string file = out.shown + (has_ending ? "" : ".ng");
    bool rooted = file.starts_with('/');
    out.places.push_back(tidy_path((rooted ? "" : std::string(folder_of(key))) + file));
    return out;
  }
  out.shown = dotted(tree, import);
  if (out.shown.empty()) {
    out.is_refused = true;
    return out;
  }
  if (out.shown.starts_with("std.") || key.starts_with('<')) {
    out.places.push_back(key_of(out.shown));
  } else {
    std::string file = out.shown + ".ng";
    std::replace(file.begin(), file.end() - 3, '.', '/');
    for (const std::string& folder : folders_) out.places.push_back(tidy_path(folder + file));
  }
  for (const StdModule& module : std_modules()) out.known.push_back(module.path);
  return out;
}

std::vector<ModuleSource> Modules::sources_of(const std::vector<LoadedModule>& loaded,
                                              Views views) const {
  std::vector<ModuleSource> out;
  std::unordered_map<uint32_t, uint32_t> ours;  // by index in `loaded`
  for (uint32_t i = 0; i < loaded.size(); ++i) {
    const LoadedModule& module = loaded[i];
    if (auto view = views.find(i); view != views.end()) {
      for (auto& [node, index] : view->second.imports) index = ours.at(index);
      ours.emplace(i, static_cast<uint32_t>(out.size()));
      out.push_back(std::move(view->second));
    }
    if (module.language != this) continue;
    ModuleSource source;
    source.is_standard = module.is_standard;
    source.is_main = i + 1 == loaded.size();
    source.place = i;
    source.tree = &trees_.at(module.key);
    source.file = sources_.file(module.file).path();
    if (module.is_standard) source.path = module.key.substr(1, module.key.size() - 2);
    std::span<const ast::NodeId> items = source.tree->items((*source.tree)[source.tree->root].list);
    for (const LoadedModule::Import& import : module.imports) {
      if (!import.module) continue;
      ast::NodeId node;
      if (import.node != ImportRequest::kImplicit) node = items[import.node];
      uint32_t index = ours.at(*import.module);
      source.imports.emplace_back(node, index);
      // A module is called what the first import of it calls it.
      std::string& path = out[index].path;
      if (path.empty()) path = dotted(*source.tree, node);
      if (path.empty()) path = std::string(stem_of(loaded[*import.module].key));
    }
    ours.emplace(i, static_cast<uint32_t>(out.size()));
    out.push_back(std::move(source));
  }
  return out;
}

std::unordered_map<std::string, std::string_view> std_exports() {
  std::unordered_map<std::string, std::string_view> out;
  SourceMap sources;
  DiagnosticSink sink;
  for (const StdModule& module : std_modules()) {
    Names names;
    ast::Tree tree =
        parse(sources, sources.add(key_of(module.path), std::string(module.text)), names, sink);
    auto add = [&](NameId name) {
      if (name.valid()) out.emplace(names.text(name), module.path);
    };
    for (ast::NodeId id : tree.items(tree[tree.root].list)) {
      const ast::Node& node = tree[id];
      if (node.has(ast::kFlagExported)) add(node.name);
      if (node.kind == NodeKind::Union && node.has(ast::kFlagExported)) {
        for (ast::NodeId variant : tree.items(node.list)) add(tree[variant].name);
      }
      if (node.kind != NodeKind::ModuleDecl) continue;
      for (ast::NodeId name : tree.items(node.list2)) add(tree[name].name);
    }
  }
  return out;
}

}  // namespace tenure::ng
