#include "tape/check.h"

#include <memory>
#include <utility>

#include "base/check.h"
#include "base/parallel.h"
#include "oir/in_parallel.h"
#include "tape/checker.h"
#include "tape/views.h"

namespace tenure::tape {

using ast::NodeKind;
using T = tree::NodeKind;

Checker::Checker(const Names& names, DiagnosticSink& sink, oir::Program& out, Shared& shared,
                 uint32_t part)
    : all_names_(names),
      names_(&names),
      sink_(sink),
      out_(out),
      all_(shared),
      shared_(shared),
      types_(shared.types),
      quiet_types_(out.types),
      part_(part) {
  for (const Module& module : shared.modules) trees_.push_back(module.tree);
}

Diagnostic& Checker::mismatch(Span span, Ty expected, std::string_view found) {
  return error(DiagKind::TypeMismatch, span,
               "expected " + quoted(expected) + ", found " + std::string(found));
}

void Checker::unknown(DiagKind kind, std::string_view what, NameId name, Span span,
                      const std::vector<std::string_view>& known) {
  std::string close;
  if (known.size() <= grow().suggestions_left) {
    shared_.suggestions_left -= known.size();
    close = closest_name(text(name), known);
  }
  Diagnostic& diagnostic = error(kind, span, "unknown " + std::string(what) + " " + quoted(name));
  if (!close.empty()) diagnostic.suggest(close);
}

std::vector<std::string_view> Checker::known_names(bool types) const {
  std::vector<std::string_view> out;
  for (const auto& [name, symbol] : all_.modules[module_].symbols) {
    if (types == (symbol.kind == Symbol::Kind::Type) || symbol.kind == Symbol::Kind::Module)
      out.push_back(text(name));
  }
  if (!types) scopes_.for_each([&](NameId name) { out.push_back(text(name)); });
  return out;
}

void Checker::enter(tree::FuncId id, Ty result, ast::NodeId source) {
  current_id_ = id;
  result_ = result;
  shared_.program.functions[id.index()].part = part_;
  saw_view_ = false;
  scopes_.begin();
  loops_.clear();
  defers_.clear();
  non_null_.clear();
  source_ = source;
  addressed_.reset();
  before_.clear();
  broken_ = false;
  defer_depth_ = 0;
  block_depth_ = 0;
  block_ = block_count_ = 0;
}

void Checker::check_body(const FunDecl& fun) {
  if (fun.is_extern || fun.is_foreign || fun.refused) return;
  module_ = fun.module;
  const ast::Node node = at(fun.node);
  ast::NodeId body = parsed(node.b);
  enter(fun.id, fun.result, body);
  saw_view_ = fun.result.valid() && row(fun.result).views;
  ScopeMark mark = push_scope();
  for (uint32_t i = 0; i < fun.params.size(); ++i) {
    const Param& param = fun.params[i];
    Binding binding;
    binding.local = tree::LocalId{i};
    binding.type = param.type;
    binding.mutability = Mutability::Param;
    binding.span =
        at(param.node).name_span().valid() ? at(param.node).name_span() : at(param.node).span;
    declare_local(param.name, binding);
  }
  // A default is checked where it is written, too: perhaps nobody needs it.
  for (const Param& param : fun.params) {
    if (at(param.node).b.valid() && param.type.valid())
      default_value(fun, param, at(at(param.node).b).span);
  }
  Flow flow = block(body);
  pop_scope(mark);
  Span end{node.span.file, node.span.end == 0 ? 0 : node.span.end - 1, node.span.end};
  if (flow.falls && fun.result.valid() && !broken_) {
    bool is_void = is(fun.result, TyKind::Void);
    bool void_result = is(fun.result, TyKind::Result) && is(row(fun.result).elem, TyKind::Void);
    if (!is_void && !void_result) {
      error(DiagKind::MissingReturn, end,
            quoted(fun.name) + " can end without a value: it gives " + quoted(fun.result));
    }
    if (void_result && flow.node.valid()) {
      Made done = make(T::Return, void_type(), end);
      done.n.flags = tree::kSucceeds;
      flow.node = block_node({flow.node, add(done)}, NodeId{}, node.span);
    }
  }
  end_function(flow.node);
}

void Checker::end_function(NodeId body) {
  function().body = body;
  if (saw_view_) shared_.has_views[current_id_.index()] = 1;
}

// ---- globals

void Checker::global_type(GlobalDecl& global) {
  if (global.state != GlobalDecl::State::Unseen) return;
  uint32_t module = module_;
  module_ = global.module;
  const ast::Node& node = at(global.node);
  if (node.b.valid()) global.type = resolve_part(node.b, "a global");
  module_ = module;
}

// The value of a `const`, when it is first asked for.
void Checker::const_value(GlobalDecl& global) {
  if (global.state == GlobalDecl::State::Done) return;
  const ast::Node node = (*all_.modules[global.module].tree)[global.node];
  if (global.state == GlobalDecl::State::Busy) {
    error(DiagKind::NotConstant, node.name_span(), quoted(global.name) + " needs its own value");
    return;
  }
  constexpr uint32_t kDeepest = 200;
  if (const_depth_ >= kDeepest) {
    error(DiagKind::NestedTooDeeply, node.name_span(),
          "constants that need each other nest too deeply");
    global.state = GlobalDecl::State::Done;
    return;
  }
  ++const_depth_;
  global.state = GlobalDecl::State::Busy;
  // Nothing of the function that asks for it is seen from there.
  uint32_t module = module_;
  auto hidden = scopes_.hide();
  module_ = global.module;
  Ty type = node.b.valid() ? resolve_part(node.b, "a constant") : Ty{};
  bool known = !node.b.valid() || type.valid();
  NodeId value;
  if (!node.a.valid()) {
    error(DiagKind::MissingValue, node.span, quoted(global.name) + " needs a value");
  } else if (known) {
    value = constant_value(node.a, type);
  }
  scopes_.show(hidden);
  module_ = module;
  --const_depth_;
  global.state = GlobalDecl::State::Done;
  if (!value.valid() || is_bad(value)) return;
  global.constant = value;
  global.type = type_of(value);
  if (is_const(value)) return;
  // What is no single value has a place, so that it can be indexed, sliced and pointed to.
  add_global(global);
  Made let = make(T::LetGlobal, void_type(), node.span);
  let.n.global = global.id;
  let.n.a = value;
  constant_lets_.push_back(add(let));
}

void Checker::check_start() {
  auto count = static_cast<uint32_t>(all_.modules.size());
  for (uint32_t first = 0; first < count;) {
    uint32_t end = first;
    while (end < count && !all_.modules[end].is_foreign) ++end;
    if (end != first) check_segment(first, end);
    first = end + 1;
  }
}

void Checker::check_segment(uint32_t first, uint32_t end) {
  tree::Function start;
  start.name = "<top level>";
  for (uint32_t n = 2; !shared_.function_names.insert(start.name).second; ++n)
    start.name = "<top level>#" + std::to_string(n);
  start.shown_name = "top level";
  start.result = types_.oir(void_type());
  shared_.program.start = tree::FuncId{all_.program.functions.size()};
  shared_.program.segments.push_back({all_.modules[first].place, all_.program.start});
  shared_.program.functions.push_back(std::move(start));
  shared_.has_views.resize(all_.program.functions.size(), 0);
  enter(all_.program.start, void_type(), ast::NodeId{});
  in_start_ = true;
  std::vector<NodeId> others;
  for (uint32_t module = first; module < end; ++module) check_top_level(module, others);
  Span span = at(all_.modules[end - 1].tree->root).span;
  // What is never empty comes first.
  std::vector<NodeId> lets = std::exchange(constant_lets_, {});
  lets.insert(lets.end(), others.begin(), others.end());
  end_function(block_node(lets, NodeId{}, span));
  function().span = function().end = span;
  in_start_ = false;
}

void Checker::check_top_level(uint32_t module, std::vector<NodeId>& out) {
  module_ = module;
  bool is_main = all_.modules[module].is_main;
  source_ = all_.modules[module].tree->root;
  addressed_.reset();
  const ast::Node root = at(source_);
  bool may_have_statements = is_main && !all_.modules[module].has_main;
  bool falls = true;
  bool reported = false;
  ScopeMark mark = push_scope();
  for (ast::NodeId id : items(root.list)) {
    const ast::Node node = at(id);
    if (node.kind >= NodeKind::Fn || node.kind == NodeKind::Error) continue;
    if (node.kind == NodeKind::Let) {
      top_let(id, out);
      continue;
    }
    if (!may_have_statements) {
      if (reported) continue;
      error(DiagKind::Misplaced, node.span,
            is_main ? "a file with `main` has no other statements at its top"
                    : "a module has no statements at its top");
      reported = true;
      continue;
    }
    statements(std::span<const ast::NodeId>(&id, 1), out, falls);
  }
  pop_scope(mark);
}

// A `let` or `var` at the top of a file.
void Checker::top_let(ast::NodeId id, std::vector<NodeId>& out) {
  const ast::Node node = at(id);
  auto found = all_.modules[module_].symbols.find(node.name);
  GlobalDecl* global = nullptr;
  if (found != all_.modules[module_].symbols.end()) global = found->second.global;
  if (global == nullptr || global->node != id) return;  // a second one of its name: was reported
  if (global->is_const) {
    const_value(*global);
    return;
  }
  global->state = GlobalDecl::State::Busy;
  bool known = !node.b.valid() || global->type.valid();
  Ty type = global->type;
  NodeId value = initial_value(node, type);
  out.insert(out.end(), before_.begin(), before_.end());
  before_.clear();
  global->state = GlobalDecl::State::Done;
  if (!known || is_bad(value)) return;
  global->type = type;
  if (!global->id.valid()) add_global(*global);
  if (types_.is_bytes(type))
    note_bytes_binding({current_id_, {}, global->id, {}, value, true}, out);
  Made let = make(T::LetGlobal, void_type(), node.span);
  let.n.global = global->id;
  let.n.a = value;
  if (is_constant(value)) {
    constant_lets_.push_back(add(let));
  } else {
    out.push_back(add(let));
  }
}

void Checker::add_global(GlobalDecl& global) {
  Shared& shared = grow();
  if (global.id.valid()) return;
  const ast::Node& node = (*all_.modules[global.module].tree)[global.node];
  global.id = oir::GlobalId{shared.program.globals.size()};
  shared.program.globals.push_back(
      {std::string(text(global.name)), types_.oir(global.type), node.name_span()});
  shared.global_rows.push_back(&global);
}

// Where views are kept, and what is changed under them.
void Checker::check_views() {
  std::vector<Ty> results(all_.program.functions.size());
  for (const FunDecl& fun : all_.funs) {
    bool owned = is_owned(fun.id);
    if (fun.id.valid() && fun.id.index() < results.size())
      results[fun.id.index()] = owned ? string_type() : fun.result;
  }
  std::vector<const TypedNodes*> parts;
  for_each_checker([&](Checker& checker) { parts.push_back(&checker.tree_); });
  tape::check_views({all_.program, parts, results, all_.has_views, types_}, out_, sink_);
}

bool Checker::run() {
  shared_.constants = &tree_;
  for (uint32_t i = 0; i < all_.modules.size(); ++i) collect_module(i);
  for (uint32_t i = 0; i < all_.modules.size(); ++i) finish_imports(i);
  resolve_types();
  shared_.function_names.reserve(all_.funs.size() + 1);
  for (FunDecl& fun : shared_.funs) declare_signature(fun);
  for (GlobalDecl& global : shared_.globals) {
    if (!global.is_const) global_type(global);
  }
  check_main();
  check_start();
  check_bodies();
  check_tests();
  settle_owned();
  check_views();
  check_forgotten();
  return !sink_.has_errors();
}

namespace {

std::vector<Module> modules_of(const std::vector<ModuleSource>& sources) {
  std::vector<Module> modules;
  for (const ModuleSource& source : sources) {
    Module& module = modules.emplace_back();
    module.name = source.name;
    module.is_standard = source.is_standard;
    module.is_main = source.is_main;
    module.is_foreign = source.is_foreign;
    module.place = source.place;
    module.refusals = source.refusals;
    module.tree = source.tree;
  }
  return modules;
}

void begin(Shared& shared) {
  const CheckOptions& options = shared.options;
  shared.modules = modules_of(shared.sources);
  shared.program.first_function = options.first_function;
  shared.program.first_global = options.first_global;
  shared.program.functions.resize(options.first_function);
  shared.program.globals.resize(options.first_global);
  shared.global_rows.resize(options.first_global);
  shared.function_names.insert(options.taken_names.begin(), options.taken_names.end());
}

}  // namespace

tree::Program check(const std::vector<ModuleSource>& modules, Names& names, DiagnosticSink& sink,
                    oir::Program& out, const CheckOptions& options) {
  Shared shared(modules, names, out, options);
  begin(shared);
  Checker checker(names, sink, out, shared, 0);
  bool right = checker.run();
  tree::Program program = checker.take();
  program.has_mistakes = !right;
  return program;
}

std::optional<tree::Program> check_passed(const SourceMap& sources,
                                          const std::vector<ModuleSource>& modules, Names& names,
                                          oir::Program& out, const CheckOptions& options,
                                          oir::Bodies bodies) {
  auto shared = std::make_unique<Shared>(modules, names, out, options);
  shared->files = &sources;
  shared->bodies = bodies;
  begin(*shared);
  std::optional<tree::Program> program;
  {
    DiagnosticSink reports;
    Checker checker(names, reports, out, *shared, 0);
    checker.run();
    if (!shared->given_up && reports.all().empty()) program = checker.take();
  }
  if (oir::workers_for(shared->funs.size()) > 1) take_apart_aside(std::move(shared));
  return program;
}

}  // namespace tenure::tape
