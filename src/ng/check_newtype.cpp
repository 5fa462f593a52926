// Newtypes: a type of its own around another. Its values are made and taken apart by `as` alone; a
// row of it is a struct of one part without a name, which prints as the part.
#include "ng/checker.h"

namespace tenure::ng {

using tree::NodeId;
using T = tree::NodeKind;

bool Checker::is_newtype(TypeId type) const {
  const TypeInst* known = inst(type);
  return known != nullptr && known->decl->kind == TypeDecl::Kind::Newtype;
}

// What it wraps; invalid if that was an error.
TypeId Checker::wrapped(TypeId newtype) {
  const std::vector<oir::Field>& fields = row(newtype).fields;
  return fields.empty() || is_unknown_part(fields[0].type) ? TypeId{} : fields[0].type;
}

NodeId Checker::wrap(TypeId newtype, NodeId value, Span span) {
  tree::Node made = make(T::StructLit, newtype, span);
  made.list = add_list({part(0, value, span)});
  return add(made);
}

NodeId Checker::unwrap(NodeId operand, Span span) {
  TypeId inside = wrapped(type_of(operand));
  if (is_place(operand) && types_.is_move_only(inside)) {
    bool movable = is_lvalue(operand) && alias_root(operand) == nullptr;
    cannot_copy(operand, movable ? "(move " + place_text(operand) + ") as …" : "");
    return bad(span);
  }
  return to_value(field_node(operand, 0, span));
}

// `e as T` where one of the two is a newtype of the other.
NodeId Checker::newtype_cast(ast::NodeId id, TypeId type) {
  const ast::Node& node = at(id);
  TypeId inside = is_newtype(type) ? wrapped(type) : TypeId{};
  if (is_newtype(type) && !inside.valid()) return without_context(node.a);
  // What is wrapped says what a literal is.
  NodeId a = expr(node.a, needs_context(node.a) ? inside : TypeId{});
  if (is_bad(a)) return bad(node.span);
  TypeId from = type_of(a);
  if (is_newtype(from) && !wrapped(from).valid()) return bad(node.span);
  if (inside.valid() && from == inside) return wrap(type, to_value(a), node.span);
  if (is_newtype(from) && wrapped(from) == type) return unwrap(a, node.span);
  if (from == type) return to_value(a);
  Diagnostic& diagnostic =
      error(DiagKind::BadCast, node.span, "cannot convert " + quoted(from) + " to " + quoted(type));
  for (TypeId newtype : {type, from}) {
    if (is_newtype(newtype) && wrapped(newtype).valid())
      diagnostic.note(row(newtype).span,
                      quoted(newtype) + " is a newtype of " + quoted(wrapped(newtype)));
  }
  return bad(node.span);
}

// `U(x)`, the same as `x as U`.
NodeId Checker::newtype_call(TypeDecl& decl, ast::NodeId call, ast::List explicit_args,
                             TypeId expected) {
  const ast::Node& node = at(call);
  auto args = items(node.list);
  const ast::Tree& tree = *all_.modules[decl.module].tree;
  bool one = args.size() == 1 && at(args[0]).kind != ast::NodeKind::NamedArg &&
             at(args[0]).kind != ast::NodeKind::Spread;
  if (!one) {
    error(DiagKind::WrongArguments, node.span,
          quoted(decl.name) + " takes 1 argument, found " + std::to_string(args.size()));
    check_args_only(node.list);
    return bad(node.span);
  }
  Bindings open = open_params(tree[decl.node].list2, decl.module);
  if (!take_explicit(open, explicit_args, node.span, decl.name)) {
    check_args_only(node.list);
    return bad(node.span);
  }
  Ids checked;
  auto context = [&](Bindings& into) {
    const TypeInst* known = inst(expected);
    if (known == nullptr || known->decl != &decl) return;
    for (size_t i = 0; i < into.size(); ++i) {
      if (!into[i].arg.known()) into[i].arg = known->args[i];
    }
  };
  if (!infer(open, {{tree[decl.node].a, args[0], {}}}, decl.module, TypeId{}, context, checked))
    return bad(node.span);
  if (report_unknown(open, node.span, decl.name)) return bad(node.span);
  Args type_args;
  for (const Binding& binding : open) type_args.push_back(binding.arg);
  TypeId type = instantiate(decl, type_args, node.span);
  if (!type.valid() || !coerce(checked[0], wrapped(type), args[0])) return bad(node.span);
  return wrapped(type).valid() ? wrap(type, to_value(checked[0]), node.span) : bad(node.span);
}

}  // namespace tenure::ng
