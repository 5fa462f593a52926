#include "base/modules.h"

#include <algorithm>
#include <unordered_map>

#include "base/check.h"

namespace tenure {

std::string_view folder_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
}

std::string_view stem_of(std::string_view path) {
  std::string_view name = path.substr(folder_of(path).size());
  return name.substr(0, name.find('.'));
}

std::string tidy_path(std::string_view path) {
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

namespace {

class Loader {
 public:
  Loader(SourceMap& sources, const std::vector<ModuleLanguage*>& languages, const FileAccess& files,
         DiagnosticSink& sink)
      : sources_(sources), languages_(languages), files_(files), sink_(sink) {}

  std::vector<LoadedModule> load(FileId main) {
    open(tidy_path(sources_.file(main).path()), main, false);
    while (!stack_.empty()) step();
    return std::move(out_);
  }

 private:
  // A module whose imports are being looked at.
  struct Open {
    LoadedModule module;
    std::vector<ImportRequest> requests;
    size_t next = 0;
  };

  ModuleLanguage* language_of(std::string_view key) const {
    for (ModuleLanguage* language : languages_) {
      if (language->has(key)) return language;
    }
    return nullptr;
  }

  void open(std::string key, FileId file, bool is_standard) {
    Open made;
    made.module.key = std::move(key);
    made.module.file = file;
    made.module.language = language_of(made.module.key);
    made.module.is_standard = is_standard;
    bool is_main = stack_.empty();
    if (made.module.language == nullptr && is_main) made.module.language = languages_.front();
    TN_CHECK(made.module.language != nullptr,
             "a module is written in a language that was asked for");
    made.requests = made.module.language->parse(file, made.module.key);
    on_stack_.emplace(made.module.key, stack_.size());
    stack_.push_back(std::move(made));
  }

  void step() {
    Open& top = stack_.back();
    if (top.next == top.requests.size()) {
      on_stack_.erase(top.module.key);
      done_.emplace(top.module.key, static_cast<uint32_t>(out_.size()));
      out_.push_back(std::move(top.module));
      stack_.pop_back();
      return;
    }
    const ImportRequest& request = top.requests[top.next];
    std::optional<uint32_t> module;
    std::string key = request.is_refused ? "" : find(request);
    if (auto found = done_.find(key); found != done_.end()) {
      module = found->second;
    } else if (auto ring = on_stack_.find(key); ring != on_stack_.end()) {
      report_cycle(ring->second, request.span);
    } else if (!key.empty() && enter(key)) {
      return;  // comes back to this import when it is done
    }
    Open& still = stack_.back();
    if (request.node != ImportRequest::kImplicit)
      still.module.imports.push_back({request.node, module});
    ++still.next;
  }

  // Empty: it is nowhere, which is reported.
  std::string find(const ImportRequest& request) {
    for (const std::string& place : request.places) {
      const ModuleLanguage* language = language_of(place);
      if (language == nullptr) continue;
      if (place.starts_with('<') ? language->standard(place).has_value() : exists(place))
        return place;
    }
    Diagnostic& diagnostic = sink_.report(DiagKind::UnknownModule, request.span,
                                          "unknown module `" + request.shown + "`");
    for (const std::string& place : request.places) {
      if (!place.starts_with('<'))
        diagnostic.note(request.span, "there is no file `" + place + "`");
    }
    if (std::string close = near(request); !close.empty()) diagnostic.suggest(close);
    return {};
  }

  bool exists(const std::string& path) {
    auto [it, fresh] = exists_.emplace(path, false);
    if (fresh) it->second = files_.exists && files_.exists(path);
    return it->second;
  }

  // What the import may have meant: a standard module, or a file beside the one that is not there.
  std::string near(const ImportRequest& request) const {
    if (std::string close = closest_name(request.shown, request.known); !close.empty())
      return close;
    for (const std::string& place : request.places) {
      if (place.starts_with('<') || !files_.list) continue;
      std::string_view ending = place;
      ending.remove_prefix(std::min(place.rfind('.'), place.size()));
      std::vector<std::string> names = files_.list(std::string(folder_of(place)));
      std::sort(names.begin(), names.end());
      std::vector<std::string_view> known;
      for (const std::string& name : names) {
        if (name.ends_with(ending)) known.push_back(stem_of(name));
      }
      std::string_view wanted = stem_of(place);
      std::string close = closest_name(wanted, known);
      size_t at = request.shown.rfind(wanted);
      if (close.empty() || at == std::string::npos) continue;
      std::string out = request.shown;
      return out.replace(at, wanted.size(), close);
    }
    return {};
  }

  bool enter(const std::string& key) {
    bool is_standard = key.starts_with('<');
    FileId file = is_standard ? sources_.add(key, std::string(*language_of(key)->standard(key)))
                              : files_.read(key);
    if (file.valid()) {
      open(key, file, is_standard);
      return true;
    }
    exists_[key] = false;  // was reported, and is reported where it is imported again
    return false;
  }

  void report_cycle(size_t first, Span span) {
    std::string ring;
    for (size_t i = first; i < stack_.size(); ++i) ring += "`" + shown(i) + "` → ";
    Diagnostic& diagnostic = sink_.report(DiagKind::ImportCycle, span,
                                          "import cycle: " + ring + "`" + shown(first) + "`");
    for (size_t i = first; i + 1 < stack_.size(); ++i) {
      const Open& open = stack_[i];
      diagnostic.note(open.requests[open.next].span,
                      "`" + shown(i) + "` imports `" + shown(i + 1) + "`");
    }
  }

  const std::string& shown(size_t i) const { return sources_.file(stack_[i].module.file).path(); }

  SourceMap& sources_;
  const std::vector<ModuleLanguage*>& languages_;
  const FileAccess& files_;
  DiagnosticSink& sink_;
  std::vector<LoadedModule> out_;
  std::vector<Open> stack_;
  std::unordered_map<std::string, size_t> on_stack_;
  std::unordered_map<std::string, uint32_t> done_;
  std::unordered_map<std::string, bool> exists_;
};

}  // namespace

std::vector<LoadedModule> load_modules(SourceMap& sources, FileId main,
                                       const std::vector<ModuleLanguage*>& languages,
                                       const FileAccess& files, DiagnosticSink& sink) {
  return Loader(sources, languages, files, sink).load(main);
}

}  // namespace tenure
