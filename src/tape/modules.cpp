#include "tape/modules.h"

#include <span>

#include "tape/parse.h"
#include "tape/std_modules.h"

namespace tenure::tape {

namespace {

bool is_standard_key(std::string_view key) {
  return key.starts_with('<') && key.ends_with('>');
}

}  // namespace

bool Modules::has(std::string_view key) const {
  return is_standard_key(key) ? standard(key).has_value() : key.ends_with(".tape");
}

std::optional<std::string_view> Modules::standard(std::string_view key) const {
  const StdModule* module =
      is_standard_key(key) ? std_module(key.substr(1, key.size() - 2)) : nullptr;
  return module != nullptr ? std::optional(module->text) : std::nullopt;
}

std::vector<ImportRequest> Modules::parse(FileId file, const std::string& key) {
  const ast::Tree& tree = trees_[key] = tape::parse(sources_, file, names_, sink_, Blocks::Passed);
  std::vector<ImportRequest> out;
  if (!tree.root.valid()) return out;
  std::span<const ast::NodeId> items = tree.items(tree[tree.root].list);
  for (size_t i = 0; i < items.size(); ++i) {
    const ast::Node& node = tree[items[i]];
    if (node.kind != ast::NodeKind::Import || node.has(ast::kFlagAll) || !node.c.valid()) continue;
    out.push_back(request(tree, items[i], key));
    out.back().node = static_cast<uint32_t>(i);
  }
  return out;
}

void Modules::parse_blocks(const std::vector<LoadedModule>& loaded) {
  for (const LoadedModule& module : loaded) {
    if (module.language != this) continue;
    ast::Tree& tree = trees_.at(module.key);
    if (tree.has_later) tree = tape::parse(sources_, module.file, names_, sink_);
  }
}

ImportRequest Modules::request(const ast::Tree& tree, ast::NodeId import,
                               const std::string& key) const {
  ImportRequest out;
  out.span = tree[tree[import].c].span;
  out.shown = std::string(names_.text(tree[tree[import].c].name));
  const std::string& wanted = out.shown;
  bool rooted = wanted.starts_with('/');
  bool relative = rooted || wanted.starts_with("./") || wanted.starts_with("../");
  if (!relative) {
    out.places.push_back("<" + wanted + ">");
    for (const StdModule& module : std_modules()) out.known.push_back(module.name);
  }
  if (is_standard_key(key)) return out;
  bool has_ending = wanted.ends_with(".tape") || wanted.ends_with(".ng");
  std::string file = wanted + (has_ending ? "" : ".tape");
  out.places.push_back(tidy_path((rooted ? "" : std::string(folder_of(key))) + file));
  if (!relative) {
    for (const std::string& path : import_paths_)
      out.places.push_back(tidy_path(path + "/" + file));
  }
  return out;
}

std::vector<ModuleSource> Modules::sources_of(const std::vector<LoadedModule>& loaded,
                                              Views views) const {
  std::vector<ModuleSource> out;
  std::unordered_map<std::string, uint32_t> stems;
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
    if (module.is_standard) {
      source.name = module.key.substr(1, module.key.size() - 2);
    } else if (!source.is_main) {
      source.name = std::string(stem_of(module.key));
      uint32_t& count = stems[source.name];
      if (++count > 1) source.name += std::to_string(count);
    }
    const ast::Tree& tree = *source.tree;
    for (const LoadedModule::Import& import : module.imports) {
      if (!import.module) continue;
      ast::NodeId node = tree.items(tree[tree.root].list)[import.node];
      source.imports.emplace_back(node, ours.at(*import.module));
    }
    ours.emplace(i, static_cast<uint32_t>(out.size()));
    out.push_back(std::move(source));
  }
  return out;
}

}  // namespace tenure::tape
