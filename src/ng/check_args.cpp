// How the arguments of a call meet parameters, and what generics stand for then.
#include <algorithm>

#include "base/check.h"
#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;

// Arguments of a call that is wrong as a whole are still looked at for mistakes of their own.
void Checker::check_args_only(ast::List args) {
  for (ast::NodeId arg : items(args)) {
    const ast::Node& node = at(arg);
    ast::NodeId inner = node.kind == NodeKind::NamedArg || node.kind == NodeKind::Spread ||
                                node.kind == NodeKind::FieldInit
                            ? node.a
                            : arg;
    without_context(inner);
  }
}

Bindings Checker::open_params(ast::List params, uint32_t params_module) const {
  Bindings open;
  const ast::Tree& tree = *all_.modules[params_module].tree;
  for (ast::NodeId id : tree.items(params)) {
    open.push_back({tree[id].name, {}, tree[id].has(ast::kFlagRest)});
  }
  return open;
}

bool Checker::report_unknown(const Bindings& open, Span span, NameId name) {
  for (const Binding& binding : open) {
    if (binding.arg.known()) continue;
    error(DiagKind::CannotInfer, span,
          "nothing here says what " + quoted(binding.name) + " of " + quoted(name) + " is")
        .suggest(std::string(text(name)) + "<…>");
    return true;
  }
  return false;
}

bool Checker::take_explicit(Bindings& open, ast::List explicit_args, Span span, NameId name) {
  auto given = items(explicit_args);
  if (given.empty()) return true;
  size_t free = 0;
  for (const Binding& binding : open) free += !binding.arg.known();
  if (given.size() > free && (open.empty() || !open.back().pack)) {
    std::string count =
        free == 0 ? "no type arguments"
                  : std::to_string(free) + (free == 1 ? " type argument" : " type arguments");
    error(DiagKind::WrongTypeArguments, span,
          quoted(name) + " takes " + count + ", found " + std::to_string(given.size()));
    return false;
  }
  size_t next = 0;
  for (Binding& binding : open) {
    if (binding.arg.known() || next == given.size()) continue;
    if (binding.pack) {
      std::vector<oir::Field> parts;
      for (; next < given.size(); ++next) {
        TypeId part = resolve(given[next]);
        if (!part.valid()) return false;
        parts.push_back({"", part});
      }
      binding.arg = {types_.tuple(parts), 0, false};
      continue;
    }
    ast::NodeId arg = given[next++];
    const Binding* named =
        at(arg).kind == NodeKind::TypeName ? find_binding(at(arg).name) : nullptr;
    if (at(arg).kind == NodeKind::IntLit || (named != nullptr && named->arg.is_const)) {
      auto count = resolve_count(arg, false);
      if (!count) return false;
      binding.arg = {TypeId{}, *count, true};
    } else {
      TypeId type = resolve(arg);
      if (!type.valid()) return false;
      binding.arg = {type, 0, false};
    }
  }
  return true;
}

Checker::Matched Checker::match_args(ast::List args, const std::vector<NameId>& names, size_t skip,
                                     const std::vector<bool>& optional, Span span, NameId callee,
                                     bool quiet, Rest rest) {
  Matched out;
  std::vector<ast::NodeId> left;  // what the last parameter takes
  size_t last = rest == Rest::None ? names.size() : names.size() - 1;
  size_t left_at = 0;  // how many were given before it
  out.has.resize(names.size());
  for (size_t i = 0; i < skip; ++i) out.has[i] = true;
  size_t next = skip;
  size_t positional = 0;
  for (ast::NodeId arg : items(args)) {
    const ast::Node& node = at(arg);
    if (node.kind == NodeKind::Spread && rest != Rest::Array) {
      if (!quiet) refuse_spreads({arg});
      out.ok = false;
      continue;
    }
    if (node.kind == NodeKind::NamedArg || node.kind == NodeKind::FieldInit) {
      size_t index = skip;
      while (index < names.size() && names[index] != node.name) ++index;
      if (index == names.size()) {
        bool field = node.kind == NodeKind::FieldInit;
        out.ok = false;
        if (quiet) continue;
        error(field ? DiagKind::UnknownField : DiagKind::WrongArguments,
              node.name_span().valid() ? node.name_span() : node.span,
              (field ? "unknown field " : "no parameter is named ") + quoted(node.name) + " of " +
                  quoted(callee));
        continue;
      }
      if (out.has[index]) {
        if (!quiet) error(DiagKind::Redeclared, node.span, quoted(node.name) + " is given twice");
        out.ok = false;
        continue;
      }
      out.has[index] = true;
      out.given.push_back({static_cast<uint32_t>(index), node.a});
      continue;
    }
    while (next < last && out.has[next]) ++next;
    if (next == last && rest != Rest::None && !out.has[last]) {
      if (left.empty()) left_at = out.given.size();
      left.push_back(arg);
      continue;
    }
    ++positional;
    if (node.kind == NodeKind::Spread) {
      if (!quiet) refuse_spreads({arg});
      out.ok = false;
      continue;
    }
    if (next < names.size()) {
      out.has[next] = true;
      out.given.push_back({static_cast<uint32_t>(next), arg});
    }
  }
  size_t most = last - skip;
  size_t least = 0;
  bool missing = false;
  for (size_t i = skip; i < last; ++i) {
    least += !optional[i];
    missing |= !out.has[i] && !optional[i];
  }
  size_t given = items(args).size() - left.size();
  bool rest_by_name = rest != Rest::None && out.has[last];
  if (rest_by_name) ++most;
  if (out.ok &&
      (missing || positional + (out.given.size() - std::min(out.given.size(), positional)) > most ||
       out.given.size() < given)) {
    out.ok = false;
    if (quiet) return out;
    std::string count = least == most ? std::to_string(most)
                                      : std::to_string(least) + " to " + std::to_string(most);
    if (rest != Rest::None) count = std::to_string(least) + " or more";
    error(DiagKind::WrongArguments, span,
          quoted(callee) + " takes " + count + (count == "1" ? " argument" : " arguments") +
              ", found " + std::to_string(items(args).size()));
    return out;
  }
  if (out.ok && rest != Rest::None && !rest_by_name) {
    out.has[last] = true;
    if (left.empty()) left_at = out.given.size();
    out.given.push_back({static_cast<uint32_t>(last), rest_argument(left, rest, span)});
    std::rotate(out.given.begin() + left_at, out.given.end() - 1, out.given.end());
  }
  return out;
}

const Signature& Checker::signature(const FunDecl& fun) const {
  return fun.signature.get([&] {
    Signature out;
    const ast::Tree& tree = *all_.modules[fun.module].tree;
    for (ast::NodeId id : tree.items(tree[fun.node].list)) {
      if (tree[id].kind != NodeKind::Param) continue;
      out.names.push_back(tree[id].name);
      out.optional.push_back(tree[id].b.valid());
      out.types.push_back(tree[id].a);
      if (tree[id].has(ast::kFlagRest))
        out.rest = is_pack(tree, fun.node, tree[id].a) ? Rest::Tuple : Rest::Array;
    }
    return out;
  });
}

void Checker::infer_one(Bindings& open, const Typed& typed, uint32_t types_module, TypeId self,
                        bool& ok, NodeId& checked) {
  auto [type_node, source, want] = typed;
  if (type_node && !want.valid()) {
    Env env(*this, types_module, open, self);
    want = resolve(type_node, true);
  }
  // What is not known of the others might have said what this one is.
  bool blind = !ok && !want.valid();
  FunShape shape;
  if (!want.valid() && !blind && type_node) {
    Env env(*this, types_module, open, self);
    shape = shape_of_written(type_node);
  }
  if (!checked.valid()) {
    checked = blind          ? without_context(source)
              : shape.wanted ? function_argument(source, shape)
                             : expr(source, want);
  }
  if (is_bad(checked)) {
    ok = false;
    return;
  }
  if (!type_node || open.empty()) return;
  Env env(*this, types_module, {}, self);
  if (!unify(type_node, type_of(checked), open)) infer_from_impl(type_node, type_of(checked), open);
}

bool Checker::infer(Bindings& open, const TypedArgs& typed, uint32_t types_module, TypeId self,
                    const std::function<void(Bindings&)>& from_context, Ids& checked) {
  checked.resize(typed.size());
  Few<uint8_t, 16> done;
  done.resize(typed.size());
  size_t left = typed.size();
  bool ok = true;
  auto one = [&](size_t i) {
    done[i] = true;
    --left;
    infer_one(open, typed[i], types_module, self, ok, checked[i]);
  };
  for (size_t i = 0; i < typed.size(); ++i) {
    if (checked[i].valid() || !needs_context(typed[i].source)) one(i);
  }
  if (!open.empty()) from_context(open);
  // A number says of itself what it is if nothing else does, `Some(1)` in part; `null` and `None`
  // do not.
  for (size_t i = 0; left != 0 && i < typed.size(); ++i) {
    if (!done[i] && is_literal(typed[i].source)) one(i);
  }
  for (bool blank : {false, true}) {
    for (size_t i = 0; left != 0 && i < typed.size(); ++i) {
      if (!done[i] && (blank || !is_blank(typed[i].source))) one(i);
    }
  }
  return ok;
}

// Arguments of a call whose others are not known are still of the types that are.
void Checker::check_known_args(const Bindings& open, const TypedArgs& typed, uint32_t types_module,
                               TypeId self, Ids& checked) {
  for (size_t i = 0; i < typed.size(); ++i) {
    if (!checked[i].valid() || is_bad(checked[i]) || !typed[i].type) continue;
    TypeId want;
    {
      Env env(*this, types_module, open, self);
      want = resolve(typed[i].type, true);
    }
    if (want.valid()) coerce(checked[i], want, typed[i].source);
  }
}

bool Checker::bounds_hold(const Callee& callee, const Bindings& open, Span span) {
  const FunDecl& decl = *callee.fun;
  const ast::Node& fun = (*all_.modules[decl.module].tree)[decl.node];
  if (fun.list2.count == 0 && list3(fun).count == 0) return true;
  Env env(*this, module_, bindings_, callee.self);
  return check_bounds(fun.list2, decl.module, open, span) &&
         check_bounds(list3(fun), decl.module, open, span);
}

}  // namespace tenure::ng
