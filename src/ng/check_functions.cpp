// Functions as values: named ones, constructors of variants, anonymous ones; calls of what is not
// known by name.
//
// A value of a function type is the address of a function and nothing else: it keeps no variables.
// What has no function of its own that could be called with every argument (a native function, a
// constructor, a method, which relies on `self` not being null) gets a wrapper, one for each type.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

Checker::FunShape Checker::shape_of(TypeId expected) const {
  if (!expected.valid() || kind(expected) != TypeKind::Function) return {};
  return {true, row(expected).params, row(expected).result};
}

// What the type of a parameter says of the function that is given for it, as far as it is known.
Checker::FunShape Checker::shape_of_written(ast::NodeId type) {
  const ast::Node& node = at(type);
  if (node.kind != NodeKind::TypeFunction) return {};
  FunShape shape;
  shape.wanted = true;
  for (ast::NodeId param : items(node.list)) shape.params.push_back(resolve(param, true));
  shape.result = resolve(node.a, true);
  return shape;
}

// An argument that may be a function, where not all of the type that is wanted is known.
NodeId Checker::function_argument(ast::NodeId id, const FunShape& shape) {
  if (!shape.wanted) return expr(id, TypeId{});
  switch (at(id).kind) {
    case NodeKind::Lambda:
      return lambda_expr(id, shape);
    case NodeKind::Name:
      return name_expr(id, TypeId{}, &shape);
    case NodeKind::Path:
      return path_expr(id, TypeId{}, &shape);
    case NodeKind::Member:
      return path_target(id).kind != Target::Kind::None ? path_expr(id, TypeId{}, &shape)
                                                        : expr(id, TypeId{});
    default:
      return expr(id, TypeId{});
  }
}

// Whether an expression is a function of which the context says more: one of several, a generic
// one, an anonymous one that leaves types out.
bool Checker::function_needs_context(ast::NodeId id) {
  const ast::Node& node = at(id);
  if (node.kind == NodeKind::Lambda) {
    bool block = node.b && at(node.b).kind == NodeKind::Block;
    auto params = items(node.list);
    return (block && !node.a) || std::any_of(params.begin(), params.end(), [&](ast::NodeId param) {
             return !at(param).a.valid();
           });
  }
  if (node.kind != NodeKind::Name || node.list.count != 0 || find_variable(node.name) != nullptr)
    return false;
  Symbol symbol = lookup_symbol(node.name);
  if (symbol.kind == Symbol::Kind::Builtin) return true;
  if (symbol.kind == Symbol::Kind::Fun) {
    std::vector<FunDecl*> functions = functions_of(symbol);
    const FunDecl& fun = *functions[0];
    return functions.size() > 1 || (*all_.modules[fun.module].tree)[fun.node].list2.count != 0;
  }
  for (const VariantRef& found : lookup_variants(node.name)) {
    const ast::Tree& tree = *all_.modules[found.decl->module].tree;
    if (tree[tree.items(tree[found.decl->node].list)[found.index]].list.count != 0) return true;
  }
  return false;
}

// Whether one of several functions could be of a type, without a word.
bool Checker::function_fits(ast::NodeId id, TypeId want) {
  const ast::Node& node = at(id);
  FunShape shape = shape_of(want);
  if (!shape.wanted) return false;
  if (node.kind == NodeKind::Lambda) return node.list.count == shape.params.size();
  Symbol symbol = lookup_symbol(node.name);
  std::vector<FunDecl*> functions;
  if (symbol.kind == Symbol::Kind::Fun) functions = functions_of(symbol);
  for (FunDecl* fun : functions) {
    Callee callee;
    callee.fun = fun;
    Bindings open = open_params((*all_.modules[fun->module].tree)[fun->node].list2, fun->module);
    if (has_shape(callee, shape, open)) return true;
  }
  if (symbol.kind == Symbol::Kind::Builtin) return true;
  for (const VariantRef& found : lookup_variants(node.name)) {
    if (const TypeInst* known = inst(shape.result); known != nullptr && known->decl == found.decl)
      return true;
  }
  return false;
}

// Matches the parameters and the result of a function with what is wanted of it.
bool Checker::has_shape(const Callee& callee, const FunShape& shape, Bindings& open) {
  const FunDecl& decl = *callee.fun;
  const std::vector<ast::NodeId>& types = signature(decl).types;
  if (types.size() != shape.params.size()) return false;
  Env env(*this, decl.module, {}, callee.self);
  for (size_t i = 0; i < types.size(); ++i) {
    if (!shape.params[i].valid()) continue;
    bool bare_self = !types[i] && callee.self.valid();
    if (bare_self ? shape.params[i] != types_.ref(callee.self)
                  : !types[i] || !unify(types[i], shape.params[i], open))
      return false;
  }
  if (!shape.result.valid()) return true;
  ast::NodeId result = at(decl.node).a;
  return result ? unify(result, shape.result, open) : shape.result == types_.unit();
}

NodeId Checker::function_const(TypeId type, tree::FuncId func, Span span) {
  tree::Node made = make(T::Const, type, span);
  made.set_constant({oir::ConstKind::Func, type, func.index()});
  return add(made);
}

// A function of the given type that is nothing but one expression of its parameters.
NodeId Checker::wrapper(const std::string& key, const std::string& name,
                        const std::vector<TypeId>& params, TypeId result, Span span,
                        const std::function<NodeId(const std::vector<NodeId>&)>& body) {
  TypeId type = types_.function(params, result);
  std::string id = key + std::to_string(type.v);
  if (auto it = all_.wrappers.find(id); it != all_.wrappers.end())
    return function_const(type, it->second, span);
  Shared& all = grow();
  auto [it, fresh] = all.wrappers.try_emplace(std::move(id));
  if (!fresh) return function_const(type, it->second, span);
  Instance instance;
  instance.id = it->second = tree::FuncId{all_.program.functions.size()};
  instance.result = result;
  instance.shown = name;
  tree::Function& made = all.program.functions.emplace_back();
  made.part = part_;
  keeps_nodes_ = true;
  made.name = unique_name(name);
  made.shown_name = name;
  made.result = result;
  made.span = made.end = span;
  made.params = static_cast<uint32_t>(params.size());
  for (size_t i = 0; i < params.size(); ++i) {
    made.locals.push_back({"a" + std::to_string(i), params[i], span, false});
    made.modes.push_back(oir::mode_of_value_parameter(types_, params[i]));
  }
  Instance* outer = std::exchange(current_, &instance);
  std::vector<NodeId> values;
  for (size_t i = 0; i < params.size(); ++i) {
    bool lent = function().modes[i] == oir::ParamMode::Borrow;
    bool moved = !lent && types_.needs_drop(params[i]);
    tree::Node value = make(moved ? T::Move : T::Copy, params[i], span);
    value.a = local_node(tree::LocalId{i}, span);
    if (moved) value.flags = tree::kImplicit;
    values.push_back(add(value));
  }
  NodeId given = body(values);
  bool returns = result != types_.unit();
  tree::Node statement = make(returns ? T::Return : T::Eval, types_.unit(), span);
  statement.a = given;
  NodeId block = block_node({add(statement)}, {}, span);
  function().body = block;
  current_ = outer;
  return function_const(type, instance.id, span);
}

NodeId Checker::function_of(const Callee& callee, const Bindings& open, Span span) {
  FunDecl& decl = *callee.fun;
  if (report_unknown(open, span, decl.name)) return bad(span);
  const ast::Node& fun = (*all_.modules[decl.module].tree)[decl.node];
  if (fun.list2.count != 0 && !check_bounds(fun.list2, decl.module, open, span)) return bad(span);
  Instance* instance = request(decl, open, callee.self, span);
  if (instance == nullptr || !instance->result.valid()) return bad(span);
  std::vector<TypeId> params;
  for (const Param& param : instance->params) {
    if (!param.type.valid()) return bad(span);
    params.push_back(param.type);
  }
  // Who calls `self` by name has looked whether it is null.
  bool has_self = !params.empty() && text(instance->params[0].name) == "self" &&
                  oir::mode_of_value_parameter(types_, params[0]) == oir::ParamMode::Borrow;
  // A trait object is given to a value of a function type, and lent to the function.
  bool has_object =
      std::any_of(params.begin(), params.end(), [&](TypeId param) { return is_object(param); });
  if (!decl.is_native && !has_self && !has_object)
    return function_const(types_.function(params, instance->result), instance->id, span);
  std::string key = "f" + std::to_string(reinterpret_cast<uintptr_t>(instance)) + ":";
  return wrapper(key, instance->shown, params, instance->result, span, [&](const auto& values) {
    std::vector<NodeId> parts;
    for (uint32_t i = 0; i < values.size(); ++i) parts.push_back(part(i, values[i], span));
    return decl.is_native ? call_native(decl, *instance, parts, span)
                          : emit_call(*instance, parts, span);
  });
}

// One of the functions of a name.
NodeId Checker::function_value(const std::vector<Callee>& found, ast::List explicit_args,
                               const FunShape& shape, Span span) {
  const Callee* best = nullptr;
  const Callee* equal = nullptr;
  Bindings best_open;
  bool best_generic = false;
  NameId name = found[0].fun->name;
  for (const Callee& callee : found) {
    if (callee.fun->refused) return bad(span);
    const ast::Node& fun = (*all_.modules[callee.fun->module].tree)[callee.fun->node];
    if (found.size() > 1 && explicit_args.count > fun.list2.count) continue;
    Bindings open = callee.bindings;
    for (const Binding& own : open_params(fun.list2, callee.fun->module)) open.push_back(own);
    if (!take_explicit(open, explicit_args, span, name)) return bad(span);
    Bindings matched = open;
    bool fits = !shape.wanted || has_shape(callee, shape, matched);
    if (!fits && found.size() > 1) continue;
    bool generic = fun.list2.count != 0;
    if (best != nullptr && generic && !best_generic) continue;
    equal = best != nullptr && generic == best_generic ? best : nullptr;
    best = &callee;
    best_generic = generic;
    // Of the only one there is the difference is reported by who wants it.
    best_open = std::move(matched);
  }
  auto declared_at = [&](const Callee& callee) {
    return (*all_.modules[callee.fun->module].tree)[callee.fun->node].name_span();
  };
  if (best == nullptr) {
    Diagnostic& diagnostic =
        error(DiagKind::TypeMismatch, span, "no " + quoted(name) + " has the type that is wanted");
    for (const Callee& callee : found) diagnostic.note(declared_at(callee), "not this one");
    return bad(span);
  }
  if (equal != nullptr) {
    error(DiagKind::AmbiguousName, span,
          "more than one " + quoted(name) + " fits here: give the type of the function")
        .note(declared_at(*equal), "this one")
        .note(declared_at(*best), "and this one");
    return bad(span);
  }
  return function_of(*best, best_open, span);
}

NodeId Checker::function_named(const Symbol& symbol, ast::List explicit_args, NameId name,
                               const FunShape& shape, Span span) {
  if (refuse_foreign(symbol, span)) return bad(span);
  if (symbol.kind == Symbol::Kind::Builtin) return builtin_value(symbol.builtin, name, shape, span);
  std::vector<Callee> found;
  for (FunDecl* fun : functions_of(symbol)) found.emplace_back().fun = fun;
  return function_value(found, explicit_args, shape, span);
}

bool Checker::has_method(const TypeDecl& decl, NameId name) {
  auto named = [&](const FunDecl* fun) { return fun->name == name; };
  return std::any_of(decl.methods.begin(), decl.methods.end(), named) ||
         std::any_of(decl.impls.begin(), decl.impls.end(), [&](const ImplDecl* impl) {
           return std::any_of(impl->methods.begin(), impl->methods.end(), named);
         });
}

// `T::m`. A receiver is its first parameter like any other.
NodeId Checker::method_value(const Target& target, const FunShape& shape, Span span) {
  TypeDecl& decl = *target.type;
  if (decl.kind == TypeDecl::Kind::Trait) {
    error(DiagKind::CannotInfer, span,
          "nothing here says of which type " + quoted(target.member) + " of " + quoted(decl.name) +
              " is meant")
        .suggest("T::" + std::string(text(target.member)));
    return bad(span);
  }
  TypeId self = target.self_type;
  if (!self.valid()) {
    const ast::Node type_name = at(target.type_segment);
    ast::List params = (*all_.modules[decl.module].tree)[decl.node].list2;
    auto args = resolve_args(type_name, params, decl.module, decl.name, true);
    if (args) self = instantiate(decl, *args, span);
    auto is_of_decl = [&](TypeId type) {
      const TypeInst* known = inst(type);
      return known != nullptr && known->decl == &decl;
    };
    for (size_t i = 0; !args && i <= shape.params.size(); ++i) {
      TypeId type = i == shape.params.size() ? shape.result : shape.params[i];
      if (type.valid() && kind(type) == TypeKind::Ref) type = row(type).elem;
      if (!self.valid() && is_of_decl(type)) self = type;
    }
    if (!args && !self.valid()) resolve_args(type_name, params, decl.module, decl.name, false);
  }
  if (!self.valid()) return bad(span);
  std::vector<Callee> found = methods_named(self, target.member);
  for (const Callee& method : found) {
    if (method.fun->impl == nullptr || method.fun->impl->trait != TraitKind::Drop) continue;
    error(DiagKind::ExplicitDrop, span, "cannot call `drop` directly")
        .suggest("fun(x: T) => std.memory.drop(move x)");
    return bad(span);
  }
  if (found.empty()) {
    error(DiagKind::UnknownMethod, span,
          quoted(decl.name) + " has no function " + quoted(target.member));
    return bad(span);
  }
  return function_value(found, target.args, shape, span);
}

// `print` and its like take arguments of any type: what they are is up to who wants a function.
NodeId Checker::builtin_value(uint32_t builtin, NameId name, const FunShape& shape, Span span) {
  std::vector<TypeId> params = shape.params;
  auto is = [&](size_t i, TypeId type) { return i < params.size() && params[i] == type; };
  bool known = shape.wanted && std::all_of(params.begin(), params.end(),
                                           [](TypeId param) { return param.valid(); });
  TypeId result = types_.unit();
  bool fits = known;
  switch (builtin) {
    case kPrint:
      break;
    case kAssert:
      fits = is(0, types_.boolean()) && (params.size() == 1 || is(1, types_.string())) &&
             params.size() <= 2;
      break;
    case kNot:
      result = types_.boolean();
      params = {result};
      fits = !known || is(0, result);
      break;
    default:
      result = u32();
      fits = params.size() == 1 && known;
      break;
  }
  if (!fits) {
    error(DiagKind::CannotInfer, span, "nothing here says what " + quoted(name) + " takes")
        .suggest("fun(x: …) => " + std::string(text(name)) + "(x)");
    return bad(span);
  }
  std::string key = "b" + std::to_string(builtin) + ":";
  return wrapper(key, std::string(text(name)), params, result, span, [&](const auto& values) {
    std::vector<NodeId> places;
    for (NodeId value : values) places.push_back(tree_[value].a);
    switch (builtin) {
      case kPrint: {
        tree::Node made = make(T::Print, result, span);
        made.list = add_list(places);
        return add(made);
      }
      case kAssert: {
        tree::Node made = make(T::Assert, result, span);
        made.a = values[0];
        if (places.size() == 2) made.b = places[1];
        return add(made);
      }
      case kNot: {
        tree::Node made = make(T::Not, result, span);
        made.a = values[0];
        return add(made);
      }
      default:
        return len_of(places[0], span, span);
    }
  });
}

// A variant as a function that makes it.
NodeId Checker::constructor(const std::vector<VariantRef>& found, ast::List explicit_args,
                            const FunShape& shape, Span span) {
  const VariantRef* chosen = found.size() == 1 ? &found[0] : nullptr;
  const TypeInst* want = inst(shape.result);
  for (const VariantRef& variant : found) {
    if (want != nullptr && want->decl == variant.decl) chosen = &variant;
  }
  if (chosen == nullptr) {
    error(DiagKind::AmbiguousName, span,
          "more than one type has this variant: " + quoted(found[0].decl->name) + ", " +
              quoted(found[1].decl->name))
        .suggest(std::string(text(found[0].decl->name)) + "::…");
    return bad(span);
  }
  TypeDecl& decl = *chosen->decl;
  if (decl.refused) return bad(span);
  const ast::Tree& tree = *all_.modules[decl.module].tree;
  const ast::Node variant = tree[tree.items(tree[decl.node].list)[chosen->index]];
  auto payload = tree.items(variant.list);
  Bindings open = open_params(tree[decl.node].list2, decl.module);
  if (!take_explicit(open, explicit_args, span, decl.name)) return bad(span);
  {
    Env env(*this, decl.module, {}, TypeId{});
    for (size_t i = 0; i < payload.size() && i < shape.params.size(); ++i)
      unify(tree[payload[i]].a, shape.params[i], open);
  }
  if (want != nullptr && want->decl == &decl) {
    for (size_t i = 0; i < open.size(); ++i) {
      if (!open[i].arg.known()) open[i].arg = want->args[i];
    }
  }
  if (report_unknown(open, span, decl.name)) return bad(span);
  Args args;
  for (const Binding& binding : open) args.push_back(binding.arg);
  TypeId type = instantiate(decl, args, span);
  if (!type.valid()) return bad(span);
  std::vector<TypeId> params;
  for (const oir::Field& field : row(type).variants[chosen->index].fields) {
    if (is_unknown_part(field.type)) return bad(span);
    params.push_back(field.type);
  }
  uint32_t index = chosen->index;
  std::string key = "v" + std::to_string(index) + ":";
  return wrapper(key, std::string(text(variant.name)), params, type, span, [&](const auto& values) {
    std::vector<NodeId> parts;
    for (uint32_t i = 0; i < values.size(); ++i) parts.push_back(part(i, values[i], span));
    tree::Node made = make(T::VariantLit, type, span);
    made.index = index;
    made.list = add_list(parts);
    return add(made);
  });
}

// ---- anonymous functions

// A variable of a function around this one: its value is nowhere when this one is called.
bool Checker::is_kept_outside(const LocalName& local, NameId name, Span span) {
  bool own = local.kind == LocalName::Kind::Global || local.owner == current_->id;
  if (own) return false;
  error(
      DiagKind::NotAValue, span,
      quoted(name) + " is a variable of the function around this one: a function value keeps none")
      .note(local.span, "it is declared here");
  return true;
}

std::vector<Param> Checker::lambda_params(ast::NodeId id, const FunShape& shape) {
  std::vector<Param> params;
  for (ast::NodeId param_id : items(at(id).list)) {
    const ast::Node& param = at(param_id);
    if (param.kind != NodeKind::Param) continue;
    size_t i = params.size();
    TypeId type;
    if (param.a) {
      type = resolve(param.a);
    } else if (i < shape.params.size() && shape.params[i].valid()) {
      type = shape.params[i];
    } else if (!params_unknown_) {
      error(DiagKind::CannotInfer, param.span,
            "nothing here says what " + quoted(param.name) + " is")
          .suggest(std::string(text(param.name)) + ": T");
    }
    if (param.b || param.has(ast::kFlagRest) || text(param.name) == "self") {
      error(DiagKind::Misplaced, param.span,
            "an anonymous function has no `self`, no defaults and no rest");
    }
    for (const Param& other : params) {
      if (other.name == param.name)
        error(DiagKind::Redeclared, param.name_span(), quoted(param.name) + " is declared twice");
    }
    params.push_back({param.name, type, param_id});
  }
  return params;
}

// Its body, whose value says what the result is if nothing else does.
NodeId Checker::lambda_body(ast::NodeId id, Instance& instance) {
  const ast::Node& node = at(id);
  if (!node.b) return {};
  if (at(node.b).kind == NodeKind::Block) {
    if (!node.a && !instance.result.valid()) instance.result = types_.unit();
    Flow flow = block(node.b);
    if (flow.falls && !saw_error_ && instance.result.valid() && instance.result != types_.unit()) {
      error(DiagKind::MissingReturn, function().end,
            "not every path of this function returns " + quoted(instance.result));
      ++noted_errors_;  // its place is the end
    }
    return flow.node;
  }
  Span span = at(node.b).span;
  bool unknown = node.a && !instance.result.valid();
  size_t errors = loose_errors();
  NodeId given = unknown ? without_context(node.b) : return_value(node.b, instance.result);
  bool leaves = exits(node.b, given);
  if (!instance.result.valid() && !is_bad(given))
    instance.result = leaves ? types_.unit() : type_of(given);
  bool returns = instance.result != types_.unit();
  tree::Node made = make(returns ? T::Return : T::Eval, types_.unit(), span);
  made.a = given;
  if (loose_errors() != errors) made.flags |= tree::kMistake;
  noted_errors_ += loose_errors() - errors;
  return block_node({add(made)}, {}, span);
}

NodeId Checker::lambda_expr(ast::NodeId id, const FunShape& shape) {
  const ast::Node& node = at(id);
  Span span = node.span;
  Instance instance;
  instance.decl = current_->decl;
  instance.self = current_->self;
  instance.requested = current_->requested;
  instance.shown = current_->shown;
  instance.params = lambda_params(id, shape);
  instance.result = node.a ? resolve(node.a) : shape.result;
  Shared& all = grow();
  instance.id = tree::FuncId{all.program.functions.size()};
  std::string outer_name = function().name;
  tree::Function& made = all.program.functions.emplace_back();
  made.part = part_;
  keeps_nodes_ = true;
  made.name = unique_name(outer_name + ".fun");
  made.shown_name = "anonymous function";
  made.span = span;
  made.end = {span.file, span.end == 0 ? 0 : span.end - 1, span.end};
  made.result = types_.unit();
  bool known = true;
  std::vector<TypeId> types;
  for (const Param& param : instance.params) {
    TypeId type = param.type.valid() ? param.type : types_.unit();
    known = known && param.type.valid();
    types.push_back(type);
    made.locals.push_back({std::string(text(param.name)), type, at(param.node).name_span(), false});
    made.modes.push_back(oir::mode_of_value_parameter(types_, type));
  }
  made.params = static_cast<uint32_t>(types.size());

  // Its mistakes are also those of the statement that it stands in.
  size_t noted = noted_errors_;
  Instance* outer = std::exchange(current_, &instance);
  auto outer_loops = std::exchange(loops_, {});
  auto outer_locals = scopes_.begin_inner();
  uint32_t outer_depth = std::exchange(block_depth_, 1);
  bool outer_error = std::exchange(saw_error_, false);
  ScopeMark scope = push_scope();
  add_params(instance);
  size_t errors = loose_errors();
  NodeId body = lambda_body(id, instance);
  known = known && instance.result.valid();
  if (instance.result.valid()) function().result = instance.result;
  if (known && loose_errors() == errors) function().body = body;
  pop_scope(scope);
  saw_error_ = outer_error;
  block_depth_ = outer_depth;
  scopes_.end_inner(std::move(outer_locals));
  loops_ = std::move(outer_loops);
  current_ = outer;
  noted_errors_ = noted;
  if (!known) return bad(span);
  return function_const(types_.function(types, instance.result), instance.id, span);
}

// ---- calls

// A call of what is not a name of a function.
NodeId Checker::call_value(NodeId callee, ast::NodeId call) {
  const ast::Node& node = at(call);
  Span span = node.span;
  TypeId type = type_of(callee);
  auto args = items(node.list);
  auto give_up = [&] {
    check_args_only(node.list);
    return bad(span);
  };
  if (kind(type) != TypeKind::Function) {
    Diagnostic& diagnostic =
        error(DiagKind::NotCallable, at(node.a).span, quoted(type) + " cannot be called");
    NodeId inner = auto_deref(callee, span);
    if (kind(type_of(inner)) == TypeKind::Function && is_place(callee))
      diagnostic.suggest("(*" + place_text(callee) + ")(…)");
    return give_up();
  }
  std::vector<TypeId> params = row(type).params;
  for (ast::NodeId arg : args) {
    NodeKind what = at(arg).kind;
    if (what != NodeKind::NamedArg && what != NodeKind::Spread) continue;
    if (what == NodeKind::Spread) {
      not_supported(at(arg).span, "spread values");
    } else {
      error(DiagKind::WrongArguments, at(arg).span,
            "the parameters of a function value have no names");
    }
    return give_up();
  }
  if (args.size() != params.size()) {
    error(DiagKind::WrongArguments, span,
          quoted(type) + " takes " + std::to_string(params.size()) +
              (params.size() == 1 ? " argument" : " arguments") + ", found " +
              std::to_string(args.size()));
    return give_up();
  }
  NodeId function = to_value(callee);
  std::vector<NodeId> parts;
  bool ok = true;
  for (uint32_t i = 0; i < args.size(); ++i) {
    NodeId given = value(args[i], params[i]);
    ok &= !is_bad(given);
    parts.push_back(part(i, given, at(args[i]).span));
  }
  if (!ok) return bad(span);
  tree::Node made = make(T::CallValue, row(type).result, span);
  made.a = function;
  made.list = add_list(parts);
  if (!is_bad(function)) note_called(type_of(function));
  return add(made);
}

void Checker::note_called(TypeId type) {
  if (all_.called.count(type.v) != 0 || !grow().called.insert(type.v).second) return;
  grow().program.called.push_back(type);
}

// A part of a value that is a function: `s.run(x)` where `run` is no method.
NodeId Checker::function_field(NodeId base, const ast::Node& member) {
  NodeId inner = auto_deref(base, member.span);
  const oir::Type& type = row(type_of(inner));
  if (type.kind != TypeKind::Struct && type.kind != TypeKind::Tuple) return {};
  for (uint32_t i = 0; i < type.fields.size(); ++i) {
    if (type.fields[i].name == text(member.name) && kind(type.fields[i].type) == TypeKind::Function)
      return field_node(inner, i, member.span);
  }
  return {};
}

}  // namespace tenure::ng
