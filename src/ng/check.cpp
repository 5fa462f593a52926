#include "ng/check.h"

#include <memory>
#include <utility>

#include "base/parallel.h"
#include "ng/checker.h"
#include "oir/in_parallel.h"

namespace tenure::ng {

Checker::Checker(const Names& names, DiagnosticSink& sink, oir::Program& out, Shared& shared,
                 uint32_t part)
    : all_names_(names),
      names_(&names),
      sink_(sink),
      out_(out),
      types_(out.types),
      all_(shared),
      shared_(shared),
      quiet_types_(out.types),
      part_(part) {
  for (const Module& module : shared.modules) trees_.push_back(module.tree);
  look_at(0);
}

std::string Checker::quoted(NameId id) const {
  return "`" + std::string(text(id)) + "`";
}

std::string Checker::quoted(TypeId id) const {
  return "`" + (id.valid() ? types_.text(id) : std::string("?")) + "`";
}

Diagnostic& Checker::error(DiagKind kind, Span span, std::string message) {
  if (context_unknown_ && (kind == DiagKind::CannotInfer || kind == DiagKind::AmbiguousName)) {
    muted_ = Diagnostic{};
    return muted_;
  }
  grow();
  if (all_.sources != nullptr) shared_.given_up = true;
  size_t before = sink_.error_count();
  Diagnostic& diagnostic = sink_.report(kind, span, std::move(message));
  errors_ += sink_.error_count() - before;
  constexpr size_t kMostShown = 8;
  size_t shown = 0;
  const Instance* instance = current_;
  for (; instance != nullptr && instance->requested.valid(); instance = instance->asked_by) {
    if (++shown > kMostShown) {
      diagnostic.note(instance->requested, "and so on");
      break;
    }
    diagnostic.note(instance->requested,
                    "in `" + shortened(instance->shown) + "`, which is made here");
  }
  return diagnostic;
}

// The name of an instance can be as long as its type arguments.
std::string Checker::shortened(std::string name) {
  constexpr size_t kLongest = 120;
  if (name.size() <= kLongest) return name;
  name.resize(kLongest);
  while (!name.empty() && (static_cast<unsigned char>(name.back()) & 0x80) != 0) name.pop_back();
  return name + "…";
}

void Checker::not_supported(Span span, std::string_view what) {
  error(DiagKind::NotSupported, span, std::string(what) + " are not supported yet");
}

bool Checker::run(bool tests) {
  grow().program.is_test = tests;
  collect();
  check_declarations();
  check_start();
  shared_.function_names.reserve(shared_.funs.size());
  for (FunDecl& fun : shared_.funs) {
    // Generic functions are checked by their instances; those of the standard modules when called.
    if (all_.modules[fun.module].is_standard || fun.is_foreign || fun.is_native || fun.refused)
      continue;
    const ast::Node& node = (*all_.modules[fun.module].tree)[fun.node];
    bool of_trait = fun.owner != nullptr && fun.owner->kind == TypeDecl::Kind::Trait;
    if (of_trait || node.list2.count != 0 || outer_params(fun).count != 0) continue;
    if (fun.owner != nullptr && fun.owner->refused) continue;
    look_at(fun.module);
    TypeId self;
    if (fun.impl != nullptr) {
      self = resolve(at(fun.impl->node).b, true);
    } else if (fun.owner != nullptr) {
      self = instantiate(*fun.owner, {}, node.span);
    }
    bool method = fun.impl != nullptr || fun.owner != nullptr;
    if (method && !self.valid()) continue;
    request(fun, {}, self, Span{});
  }
  size_t next = 0;
  do check_instances(next);
  while (fill_objects());
  for (FunDecl& fun : shared_.funs) {
    bool unused = !fun.requested && !fun.refused && !fun.is_native && !fun.is_foreign;
    if (unused && !all_.modules[fun.module].is_standard) check_unused(fun);
  }
  // What these asked for.
  do check_instances(next);
  while (fill_objects());
  if (!sink_.has_errors()) check_unused_imports();
  check_forgotten();
  return !sink_.has_errors();
}

namespace {

std::vector<Module> modules_of(const std::vector<ModuleSource>& sources) {
  std::vector<Module> modules;
  for (const ModuleSource& source : sources) {
    Module& module = modules.emplace_back();
    module.path = source.path;
    module.file = source.file;
    module.is_standard = source.is_standard;
    module.is_main = source.is_main;
    module.is_foreign = source.is_foreign;
    module.place = source.place;
    module.refusals = source.refusals;
    module.tree = source.tree;
    for (const auto& [node, index] : source.imports) module.import_modules.emplace(node.v, index);
  }
  return modules;
}

void begin(Shared& shared, const std::vector<ModuleSource>& modules) {
  shared.modules = modules_of(modules);
  for (uint32_t i = 0; i < shared.modules.size(); ++i) {
    if (const std::string& path = shared.modules[i].path; !path.empty())
      shared.by_path.emplace(path, i);
  }
}

tree::Program check(const std::vector<ModuleSource>& modules, const Names& names,
                    DiagnosticSink& sink, oir::Program& out, bool tests,
                    std::vector<Interface>* interfaces) {
  Shared shared;
  begin(shared, modules);
  Checker checker(names, sink, out, shared, 0);
  bool right = checker.run(tests);
  if (right && interfaces != nullptr) *interfaces = checker.interfaces();
  tree::Program program = checker.take();
  program.has_mistakes = !right;
  return program;
}

}  // namespace

std::optional<tree::Program> check_passed(const SourceMap& sources,
                                          const std::vector<ModuleSource>& modules,
                                          const Names& names, oir::Program& out, bool tests,
                                          oir::Bodies bodies) {
  auto shared = std::make_unique<Shared>();
  shared->sources = &sources;
  shared->bodies = bodies;
  begin(*shared, modules);
  std::optional<tree::Program> program;
  {
    DiagnosticSink reports;
    Checker checker(names, reports, out, *shared, 0);
    checker.run(tests);
    if (!shared->given_up && reports.all().empty()) program = checker.take();
  }
  if (oir::workers_for(shared->instances.size()) > 1) take_apart_aside(std::move(shared));
  return program;
}

tree::Program check(const std::vector<ModuleSource>& modules, const Names& names,
                    DiagnosticSink& sink, oir::Program& out, bool tests) {
  return check(modules, names, sink, out, tests, nullptr);
}

tree::Program check(const std::vector<ModuleSource>& modules, const Names& names,
                    DiagnosticSink& sink, oir::Program& out, std::vector<Interface>& interfaces) {
  return check(modules, names, sink, out, false, &interfaces);
}

}  // namespace tenure::ng
