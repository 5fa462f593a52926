// Calls: of functions, methods, function values and natives.
#include "tape/checker.h"

namespace tenure::tape {

using ast::NodeKind;
using T = tree::NodeKind;

namespace {

// What one call may bring in by defaults, in nodes of the typed tree: defaults that need defaults
// twice over grow exponentially.
constexpr size_t kMaxDefaultNodes = 100'000;
constexpr uint32_t kMaxDefaultDepth = 30;

}  // namespace

NodeId Checker::call_expr(ast::NodeId id, Ty hint) {
  const ast::Node node = at(id);
  const ast::Node callee = at(node.a);
  if (callee.kind == NodeKind::Member) return call_member(id, hint);
  if (callee.kind == NodeKind::Name && find_binding(callee.name) == nullptr) {
    const Symbol* symbol = find_symbol(callee.name);
    if (symbol != nullptr && symbol->kind == Symbol::Kind::Fun)
      return call_fun(*symbol->fun, id, NodeId{});
    if (symbol == nullptr && !builtin_type(text(callee.name)).valid()) {
      unknown(DiagKind::UnknownName, "function", callee.name, callee.span, known_names(false));
      check_args_only(node.list);
      return bad(node.span);
    }
  }
  NodeId function = plain(node.a, Ty{});
  if (is_bad(function)) {
    check_args_only(node.list);
    return bad(node.span);
  }
  return call_value(function, id);
}

// The arguments of a call that is wrong: for their own mistakes.
void Checker::check_args_only(ast::List args) {
  for (ast::NodeId arg : items(args)) {
    ast::NodeId inner = at(arg).kind == NodeKind::NamedArg ? at(arg).a : arg;
    if (!needs_context(inner)) expr(inner, Ty{});
  }
}

// `m.f(…)`, `E.desc(v)`, `T.f(…)`, `value.method(…)`, `value.field(…)`
NodeId Checker::call_member(ast::NodeId id, Ty /*hint*/) {
  const ast::Node node = at(id);
  const ast::Node callee = at(node.a);
  if (std::optional<uint32_t> module = module_named(callee.a)) {
    const Symbol* symbol = member_symbol(*module, callee.name, callee.name_span(), false);
    if (symbol != nullptr && symbol->kind == Symbol::Kind::Fun)
      return call_fun(*symbol->fun, id, NodeId{});
    NodeId function =
        symbol == nullptr ? bad(node.span) : symbol_expr(*symbol, callee.name, callee.span, Ty{});
    if (is_bad(function)) {
      check_args_only(node.list);
      return bad(node.span);
    }
    return call_value(function, id);
  }
  if (callee.a.valid() && at(callee.a).kind == NodeKind::Name &&
      find_binding(at(callee.a).name) == nullptr) {
    const Symbol* symbol = find_symbol(at(callee.a).name);
    if (symbol != nullptr && symbol->kind == Symbol::Kind::Refused) {
      check_args_only(node.list);
      return bad(node.span);
    }
  }
  if (Ty type = type_named(callee.a); type.valid()) return call_type_member(type, id);
  NodeId base = plain(callee.a, Ty{});
  if (is_bad(base)) {
    check_args_only(node.list);
    return bad(node.span);
  }
  Ty type = type_of(base);
  const FunDecl* method = find_method(type, callee.name);
  if (method == nullptr && is(type, TyKind::Pointer))
    method = find_method(row(type).elem, callee.name);
  if (method != nullptr) {
    if (is_private(*method, callee.name_span())) {
      check_args_only(node.list);
      return bad(node.span);
    }
    if (!method->has_self && !method->refused) {
      error(DiagKind::UnknownMethod, callee.name_span(),
            quoted(callee.name) + " has no `self`: call it through its type");
      check_args_only(node.list);
      return bad(node.span);
    }
    return call_fun(*method, id, base);
  }
  Ty whole = is(type, TyKind::Pointer) ? row(type).elem : type;
  for (const TyField& field : row(whole).fields) {
    if (field.name != callee.name) continue;
    NodeId function = field_of(base, callee.name, callee.name_span(), callee.span);
    if (is_bad(function)) {
      check_args_only(node.list);
      return bad(node.span);
    }
    return call_value(function, id);
  }
  std::vector<std::string_view> known;
  if (all_.methods.size() <= grow().suggestions_left) {
    shared_.suggestions_left -= all_.methods.size();
    for (const auto& [key, fun] : all_.methods) {
      if (fun->owner == whole) known.push_back(text(fun->name));
    }
  }
  unknown(DiagKind::UnknownMethod, "method", callee.name, callee.name_span(), known);
  check_args_only(node.list);
  return bad(node.span);
}

// Reports a method of another module that is not `pub`.
bool Checker::is_private(const FunDecl& method, Span span) {
  if (method.is_pub || method.module == module_) return false;
  error(DiagKind::Private, span, quoted(method.name) + " is private to its module");
  return true;
}

// `E.desc(v)`, `T.f(…)`, also with the receiver as the first argument.
NodeId Checker::call_type_member(Ty type, ast::NodeId call) {
  const ast::Node node = at(call);
  const ast::Node callee = at(node.a);
  if (const FunDecl* method = find_method(type, callee.name)) {
    if (!is_private(*method, callee.name_span())) return call_fun(*method, call, NodeId{});
    check_args_only(node.list);
    return bad(node.span);
  }
  if (is(type, TyKind::Enum) && text(callee.name) == "desc") {
    if (node.list.count != 1) {
      error(DiagKind::WrongArguments, node.span, "`desc` takes one value");
      check_args_only(node.list);
      return bad(node.span);
    }
    NodeId of = value(items(node.list)[0], type);
    return is_bad(of) ? of : enum_text(of, true, node.span);
  }
  check_args_only(node.list);
  if (is(type, TyKind::Tagged)) {
    for (const TyVariant& variant : row(type).variants) {
      if (variant.name != callee.name) continue;
      error(DiagKind::NotCallable, node.span,
            "a variant is made with braces: `" + types_.text(type) + "." +
                std::string(text(callee.name)) + " { … }`");
      return bad(node.span);
    }
  }
  unknown(DiagKind::UnknownMethod, "method", callee.name, callee.name_span(), {});
  return bad(node.span);
}

// ---- arguments

// An argument: an operand where it is borrowed, else a value. `given`: to a function that takes
// all of its parameters.
NodeId Checker::argument(ast::NodeId id, Ty want, bool given) {
  NodeId made = operand(id, want);
  if (is_bad(made) || (row(want).managed && !given)) return made;
  return to_value(made);
}

// Matches arguments to parameters and checks them, in the order written. `parts` are tree Parts.
bool Checker::match_args(const FunDecl& fun, ast::List args, size_t skip, Span span,
                         std::vector<NodeId>& parts, std::vector<bool>& has) {
  bool ok = true;
  bool named = false;
  size_t next = skip;
  for (ast::NodeId id : items(args)) {
    const ast::Node arg = at(id);
    bool is_named = arg.kind == NodeKind::NamedArg;
    ast::NodeId source = is_named ? arg.a : id;
    size_t index = fun.params.size();
    if (is_named) {
      named = true;
      for (size_t i = skip; i < fun.params.size(); ++i) {
        if (fun.params[i].name == arg.name) index = i;
      }
      if (index == fun.params.size()) {
        std::vector<std::string_view> known;
        for (size_t i = skip; i < fun.params.size(); ++i) known.push_back(text(fun.params[i].name));
        unknown(DiagKind::WrongArguments, "parameter", arg.name,
                arg.name_span().valid() ? arg.name_span() : arg.span, known);
      }
    } else if (named) {
      error(DiagKind::WrongArguments, arg.span, "positional argument after a named one");
    } else if (next < fun.params.size()) {
      index = next++;
    } else {
      size_t most = fun.params.size() - skip;
      error(DiagKind::WrongArguments, arg.span,
            quoted(fun.name) + " takes " + std::to_string(most) +
                (most == 1 ? " argument" : " arguments"));
    }
    if (index < fun.params.size() && has[index]) {
      error(DiagKind::WrongArguments, arg.span,
            "duplicate argument " + quoted(fun.params[index].name));
      index = fun.params.size();
    }
    if (index == fun.params.size()) {
      if (!needs_context(source)) expr(source, Ty{});
      ok = false;
      continue;
    }
    has[index] = true;
    NodeId given = argument(source, fun.params[index].type, fun.is_foreign);
    ok &= !is_bad(given);
    parts.push_back(part(static_cast<uint32_t>(index), given, at(source).span));
  }
  for (size_t i = skip; ok && i < fun.params.size(); ++i) {
    if (has[i]) continue;
    const Param& param = fun.params[i];
    if (!(*all_.modules[fun.module].tree)[param.node].b.valid()) {
      error(DiagKind::WrongArguments, span, "missing argument " + quoted(param.name));
      return false;
    }
    NodeId given = default_value(fun, param, span);
    ok &= !is_bad(given);
    parts.push_back(part(static_cast<uint32_t>(i), given, span));
  }
  return ok;
}

// A default is written in its function's module and sees nothing of the caller.
NodeId Checker::default_value(const FunDecl& fun, const Param& param, Span span) {
  if (default_depth_ == 0) first_default_node_ = tree_.nodes.size();
  if (default_depth_ >= kMaxDefaultDepth ||
      tree_.nodes.size() - first_default_node_ > kMaxDefaultNodes) {
    if (!too_many_defaults_)
      error(DiagKind::NestedTooDeeply, span, "the defaults of this call need too many others");
    too_many_defaults_ = true;
    return bad(span);
  }
  ++default_depth_;
  uint32_t module = module_;
  auto hidden = scopes_.hide();
  module_ = fun.module;
  NodeId given = argument(at(param.node).b, param.type);
  module_ = module;
  scopes_.show(hidden);
  --default_depth_;
  if (default_depth_ == 0) too_many_defaults_ = false;
  return given;
}

// `self`, as the method wants it: the value, or its address.
NodeId Checker::receiver_arg(const FunDecl& fun, NodeId receiver, Span span) {
  Ty want = fun.params[0].type;
  if (!want.valid()) return bad(span);
  Ty have = type_of(receiver);
  if (is(want, TyKind::Pointer) && have != want && !is(have, TyKind::Pointer)) {
    if (!is_place(receiver) || root_of(receiver).kind == Root::Kind::Temporary) {
      error(DiagKind::BadOperand, span,
            quoted(fun.name) + " takes a pointer to a variable, and this is a value")
          .note(span, "put it into a `var` first");
      return bad(span);
    }
    if (!row(want).is_const && cannot_assign(receiver, tree_[receiver].span, true))
      return bad(span);
    note_pointed(receiver);
    return unary(T::AddressOf, types_.pointer(have, row(want).is_const), receiver, span);
  }
  if (is(have, TyKind::Pointer) && have != want && !is(want, TyKind::Pointer))
    receiver = auto_deref(receiver, span);
  NodeId made = convert(receiver, want, span);
  return is_bad(made) || row(want).managed ? made : to_value(made);
}

// ---- calls

NodeId Checker::call_fun(const FunDecl& fun, ast::NodeId call, NodeId receiver) {
  const ast::Node node = at(call);
  if (fun.refused) {
    check_args_only(node.list);
    return bad(node.span);
  }
  std::vector<NodeId> parts;
  std::vector<bool> has(fun.params.size());
  bool ok = true;
  size_t skip = 0;
  if (receiver.valid()) {
    NodeId self = receiver_arg(fun, receiver, tree_[receiver].span);
    ok = !is_bad(self);
    parts.push_back(part(0, self, tree_[receiver].span));
    skip = 1;
    has[0] = true;
  }
  ok = match_args(fun, node.list, skip, node.span, parts, has) && ok;
  if (!ok || !fun.result.valid()) return bad(node.span);
  if (fun.native) return call_native(fun, parts, node.span);
  if (fun.is_native) {
    error(DiagKind::NotSupported, node.span,
          quoted(fun.name) + " is not part of this implementation");
    return bad(node.span);
  }
  Made made = make(T::Call, fun.result, node.span);
  made.n.func = fun.id;
  made.n.list = add_list(parts);
  NodeId done = add(made);
  if (types_.is_bytes(fun.result)) bytes_calls_.push_back(done);
  return done;
}

NodeId Checker::call_value(NodeId callee, ast::NodeId call) {
  const ast::Node node = at(call);
  Ty type = type_of(callee);
  if (!is(type, TyKind::Function)) {
    error(DiagKind::NotCallable, at(node.a).span,
          "a value of " + quoted(type) + " cannot be called");
    check_args_only(node.list);
    return bad(node.span);
  }
  std::vector<Ty> params = row(type).params;
  Ty result = row(type).elem;
  auto args = items(node.list);
  bool ok = true;
  std::vector<NodeId> parts;
  for (size_t i = 0; i < args.size(); ++i) {
    if (at(args[i]).kind == NodeKind::NamedArg) {
      error(DiagKind::WrongArguments, at(args[i]).span,
            "the parameters of a function value have no names");
      check_args_only(node.list);
      return bad(node.span);
    }
    if (i >= params.size()) {
      error(DiagKind::WrongArguments, at(args[i]).span,
            "this function takes " + std::to_string(params.size()) +
                (params.size() == 1 ? " argument" : " arguments"));
      return bad(node.span);
    }
    NodeId given = argument(args[i], params[i]);
    ok &= !is_bad(given);
    parts.push_back(part(static_cast<uint32_t>(i), given, at(args[i]).span));
  }
  if (ok && args.size() < params.size()) {
    error(DiagKind::WrongArguments, node.span,
          "missing argument: this function takes " + std::to_string(params.size()) +
              (params.size() == 1 ? " argument" : " arguments"));
    return bad(node.span);
  }
  if (!ok) return bad(node.span);
  Made made = make(T::CallValue, result, node.span);
  made.n.a = to_value(callee);
  made.n.list = add_list(parts);
  return add(made);
}

// A native of a standard module: what its declaration says of numbers is converted to what the
// runtime says.
NodeId Checker::call_native(const FunDecl& fun, const std::vector<NodeId>& parts, Span span) {
  const oir::RtInfo& info = oir::rt_info(*fun.native);
  std::vector<NodeId> args(fun.params.size());
  for (NodeId part : parts) args[tree_[part].index] = tree_[part].a;
  for (size_t i = 0; i < args.size() && i < info.params.size(); ++i) {
    if (info.params[i] == 'v' || info.params[i] == 'o') args[i] = to_value(args[i]);
  }
  Ty given = fun.result;
  if (info.result == 'i') given = scalar(TyKind::I32);
  if (info.result == 'U') given = scalar(TyKind::U32);
  if (info.result == 'l') given = i64();
  if (!types_.is_number(fun.result)) given = fun.result;
  NodeId made = runtime(*fun.native, given, args, span);
  return given == fun.result ? made : unary(T::Cast, fun.result, made, span);
}

}  // namespace tenure::tape
