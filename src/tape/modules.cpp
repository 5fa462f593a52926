#include "tape/modules.h"

#include <algorithm>
#include <unordered_map>

#include "tape/parse.h"
#include "tape/std_modules.h"

namespace tenure::tape {
namespace {

std::string_view folder_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
}

// `./a/../b.tape` as `b.tape`: so that one file has one name.
std::string tidy(std::string_view path) {
  std::vector<std::string_view> parts;
  bool rooted = path.starts_with('/');
  while (!path.empty()) {
    size_t slash = std::min(path.find('/'), path.size());
    std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (part != ".." || !rooted) {
      parts.push_back(part);
    }
  }
  std::string out = rooted ? "/" : "";
  for (size_t i = 0; i < parts.size(); ++i) out += (i ? "/" : "") + std::string(parts[i]);
  return out;
}

// `geo` of `lib/geo.tape`
std::string stem_of(std::string_view path) {
  std::string_view name = path.substr(folder_of(path).size());
  return std::string(name.substr(0, name.find('.')));
}

class Loader {
 public:
  Loader(SourceMap& sources, const Options& options, Names& names, DiagnosticSink& sink)
      : sources_(sources), options_(options), names_(names), sink_(sink) {}

  LoadedModules load(FileId file) {
    open("", tidy(sources_.file(file).path()), file, false);
    while (!stack_.empty()) step();
    return std::move(out_);
  }

 private:
  // A module whose imports are being looked at.
  struct Open {
    std::string key;   // the path without dots, or `<io>`
    std::string path;  // as its imports are relative to
    ModuleSource source;
    std::vector<ast::NodeId> imports;
    size_t next = 0;
  };

  void open(std::string name, std::string key, FileId file, bool is_standard) {
    out_.trees.push_back(parse(sources_, file, names_, sink_));
    Open made;
    made.key = std::move(key);
    made.path = sources_.file(file).path();
    made.source.name = std::move(name);
    made.source.is_standard = is_standard;
    made.source.tree = &out_.trees.back();
    const ast::Tree& tree = out_.trees.back();
    if (tree.root.valid()) {
      for (ast::NodeId id : tree.items(tree[tree.root].list)) {
        if (tree[id].kind == ast::NodeKind::Import && !tree[id].has(ast::kFlagAll))
          made.imports.push_back(id);
      }
    }
    stack_.push_back(std::move(made));
  }

  void step() {
    Open& top = stack_.back();
    if (top.next == top.imports.size()) {
      done_.emplace(top.key, static_cast<uint32_t>(out_.modules.size()));
      out_.modules.push_back(std::move(top.source));
      stack_.pop_back();
      return;
    }
    ast::NodeId id = top.imports[top.next];
    const ast::Tree& tree = *top.source.tree;
    const ast::Node& import = tree[id];
    if (!import.c.valid()) {
      ++top.next;
      return;
    }
    std::string wanted(names_.text(tree[import.c].name));
    Span span = tree[import.c].span;
    std::string key = find(wanted, top, span);
    if (key.empty()) {
      ++top.next;
      return;
    }
    if (auto found = done_.find(key); found != done_.end()) {
      top.source.imports.emplace_back(id, found->second);
      ++top.next;
      return;
    }
    auto same = [&](const Open& other) { return other.key == key; };
    if (auto ring = std::find_if(stack_.begin(), stack_.end(), same); ring != stack_.end()) {
      report_cycle(static_cast<size_t>(ring - stack_.begin()), span);
      ++top.next;
      return;
    }
    // Comes back to this import when it is done.
    if (!enter(key, wanted)) {
      done_.erase(key);
      ++stack_.back().next;
    }
  }

  // Where an import leads: the key of a module; empty: nowhere, which was reported.
  std::string find(const std::string& wanted, const Open& from, Span span) {
    if (wanted.ends_with(".ng")) {
      sink_.report(DiagKind::NotSupported, span, "an import of an NG module is not supported yet");
      return {};
    }
    bool relative =
        wanted.starts_with("./") || wanted.starts_with("../") || wanted.starts_with("/");
    if (!relative && std_module(wanted) != nullptr) return "<" + wanted + ">";
    if (from.source.is_standard) {
      sink_.report(DiagKind::UnknownModule, span, "unknown module `" + wanted + "`");
      return {};
    }
    std::vector<std::string> folders{
        std::string(wanted.starts_with("/") ? "" : folder_of(from.path))};
    if (!relative) {
      for (const std::string& path : options_.import_paths) folders.push_back(path + "/");
    }
    for (const std::string& folder : folders) {
      for (const char* ending : {"", ".tape"}) {
        if (*ending == '\0' && !wanted.ends_with(".tape")) continue;
        std::string path = tidy(folder + wanted + ending);
        if (options_.files.exists && options_.files.exists(path)) return path;
      }
    }
    Diagnostic& diagnostic =
        sink_.report(DiagKind::UnknownModule, span, "unknown module `" + wanted + "`");
    std::vector<std::string_view> known;
    for (const StdModule& module : std_modules()) known.push_back(module.name);
    std::string close = relative ? "" : closest_name(wanted, known);
    if (!close.empty()) diagnostic.suggest(close);
    return {};
  }

  bool enter(const std::string& key, const std::string& wanted) {
    if (const StdModule* module = key.starts_with("<") ? std_module(wanted) : nullptr) {
      FileId file = sources_.add(key, std::string(module->text));
      open(std::string(module->name), key, file, true);
      return true;
    }
    FileId file = options_.files.read(key);
    if (!file.valid()) return false;
    std::string name = stem_of(key);
    uint32_t& count = stems_[name];
    if (++count > 1) name += std::to_string(count);
    open(std::move(name), key, file, false);
    return true;
  }

  void report_cycle(size_t first, Span span) {
    std::string ring;
    for (size_t i = first; i < stack_.size(); ++i) ring += "`" + stack_[i].path + "` → ";
    sink_.report(DiagKind::ImportCycle, span,
                 "import cycle: " + ring + "`" + stack_[first].path + "`");
  }

  SourceMap& sources_;
  const Options& options_;
  Names& names_;
  DiagnosticSink& sink_;
  LoadedModules out_;
  std::vector<Open> stack_;
  std::unordered_map<std::string, uint32_t> done_;  // by key: the module
  std::unordered_map<std::string, uint32_t> stems_;
};

}  // namespace

LoadedModules load_modules(SourceMap& sources, FileId file, const Options& options, Names& names,
                           DiagnosticSink& sink) {
  return Loader(sources, options, names, sink).load(file);
}

}  // namespace tenure::tape
