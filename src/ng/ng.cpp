#include "ng/ng.h"

#include <deque>

#include "ng/check.h"
#include "ng/lower.h"
#include "ng/parse.h"
#include "ng/std_modules.h"

namespace tenure::ng {

void compile(SourceMap& sources, FileId file, DiagnosticSink& sink, oir::Program& out) {
  Names names;
  std::deque<ast::Tree> trees;
  std::vector<ModuleSource> modules;
  for (const StdModule& module : std_modules()) {
    FileId id = sources.add("<" + std::string(module.path) + ">", std::string(module.text));
    trees.push_back(parse(sources, id, names, sink));
    modules.push_back({module.path, &trees.back()});
  }
  trees.push_back(parse(sources, file, names, sink));
  modules.push_back({"", &trees.back()});
  lower(check(modules, names, sink, out), out);
}

}  // namespace tenure::ng
