// `loop x in c` over what is neither an array nor a range: values of types that say how
// (`iterator`, `hasNext`, `next`), and the bytes of strings; names for the parts of tuples.
#include <algorithm>
#include <utility>

#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

// ---- tuples taken apart

// The names of a tuple's parts. `subject`: the tuple, invalid if it is unknown; `placed`: it lies
// in a place, else its parts are moved into the names.
std::vector<NodeId> Checker::bind_parts(ast::List names, NodeId subject, bool placed, Span span,
                                        bool& ok) {
  auto binders = items(names);
  bool known = subject.valid() && !is_bad(subject);
  if (known && kind(type_of(subject)) != TypeKind::Tuple) {
    Diagnostic& diagnostic = error(DiagKind::TypeMismatch, tree_[subject].span,
                                   "expected a tuple, found " + quoted(type_of(subject)));
    if (kind(type_of(subject)) == TypeKind::Ref && is_place(subject))
      diagnostic.suggest("*" + place_text(subject));
    known = false;
  }
  std::vector<oir::Field> fields;
  if (known) fields = row(type_of(subject)).fields;
  bool has_rest = !binders.empty() && at(binders.back()).has(ast::kFlagRest);
  size_t plain = binders.size() - (has_rest ? 1 : 0);
  if (known && (has_rest ? fields.size() <= plain : fields.size() != plain)) {
    error(DiagKind::TypeMismatch, span,
          quoted(type_of(subject)) + " has " + std::to_string(fields.size()) + " parts, and " +
              std::to_string(binders.size()) + " names stand here");
    known = false;
  }
  ok &= known;
  std::vector<NodeId> binds;
  for (uint32_t i = 0; i < binders.size(); ++i) {
    const ast::Node binder = at(binders[i]);
    bool rest = binder.has(ast::kFlagRest);
    if (rest && i + 1 != binders.size()) {
      error(DiagKind::Misplaced, binder.span, "the rest comes last");
      ok = known = false;
    }
    if (binder.list.count != 0) {
      NodeId inner = known ? field_node(subject, i, binder.span) : NodeId{};
      tree::Node bind = make(T::Bind, known ? fields[i].type : types_.unit(), binder.span);
      bind.index = i;
      bind.list = add_list(bind_parts(binder.list, inner, placed, binder.span, ok));
      binds.push_back(add(bind));
      continue;
    }
    TypeId type;
    if (known) type = rest ? types_.tuple({fields.begin() + i, fields.end()}) : fields[i].type;
    NodeId bind = bind_tuple_part(binders[i], known ? subject : NodeId{}, placed, i, type, rest);
    if (bind.valid()) binds.push_back(bind);
  }
  return binds;
}

NodeId Checker::let_tuple(ast::List names, NodeId subject, Span span) {
  bool ok = true;
  bool placed = !is_bad(subject) && is_place(subject);
  std::vector<NodeId> binds = bind_parts(names, subject, placed, span, ok);
  if (!ok) return eval(bad(span), span);
  tree::Node let = make(T::LetTuple, types_.unit(), span);
  let.a = subject;
  let.list = add_list(binds);
  return add(let);
}

// ---- what a turn of a loop gets

// A local that no name is for.
tree::LocalId Checker::add_hidden(LocalName what) {
  what.owner = current_->id;
  what.local = add_local("", what.type.valid() ? what.type : types_.unit(), what.span);
  scopes_.add(what);
  return what.local;
}

// The body of `loop x in`, in which the name (or the names of the parts) stands for `element`: a
// value, or invalid if it is unknown.
Checker::Flow Checker::turn(ast::NodeId id, NodeId element) {
  const ast::Node& node = at(id);
  Span span = node.name_span().valid() ? node.name_span() : node.span;
  bool known = element.valid() && !is_bad(element);
  LoopContext loop;
  loop.kind = LoopContext::Kind::In;
  loop.first_local = function().locals.size();
  std::vector<NodeId> list;
  if (node.list.count != 0) {
    list.push_back(let_tuple(node.list, known ? element : bad(span), node.span));
  } else {
    LocalName what;
    what.type = known ? type_of(element) : TypeId{};
    what.span = span;
    what.local =
        add_local(std::string(text(node.name)), known ? what.type : types_.unit(), what.span);
    bind_name(node.name, what);
    tree::Node let = make(T::Let, types_.unit(), span);
    let.local = what.local;
    let.a = known ? element : bad(span);
    list.push_back(add(let));
  }
  loops_.push_back(loop);
  Flow body = block(node.b);
  loops_.pop_back();
  list.push_back(eval(body.node, at(node.b).span));
  return {block_node(list, {}, at(node.b).span), body.falls};
}

// ---- the iteration protocol

bool Checker::has_method_named(TypeId type, NameId name) {
  while (kind(type) == TypeKind::Ref || kind(type) == TypeKind::Box) type = row(type).elem;
  return !methods_named(type, name).empty();
}

// Whether `loop in` asks the value for its iterator.
bool Checker::is_iterable(ast::NodeId loop, TypeId type) {
  return has_method_named(type, at(at(items(at(loop).list2)[0]).a).name);
}

// Whether a method takes its receiver by value.
bool Checker::takes_self(TypeId type, NameId name) {
  std::vector<Callee> found = methods_named(type, name);
  if (found.size() != 1 || no_self(*found[0].fun)) return false;
  const FunDecl& fun = *found[0].fun;
  Env env(*this, fun.module, found[0].bindings, type);
  ast::NodeId self = at(items(at(fun.node).list)[0]).a;
  return self && resolve(self, true) == type;
}

// `c.iterator()` is called once; then, for every turn, `hasNext()` and `next()` of what it gave.
// That and `c`, if it is a temporary, die when the loop is left.
Checker::Flow Checker::loop_over(ast::NodeId id, NodeId subject) {
  const ast::Node& node = at(id);
  Span span = at(node.a).span;
  auto call = [&](NodeId base, size_t which) {
    ast::NodeId source = items(node.list2)[which];
    return call_method(base, source, at(at(source).a), TypeId{});
  };
  ScopeMark scope = push_scope();
  ++block_depth_;
  std::vector<NodeId> parts;
  auto keep = [&](NodeId value) {
    LocalName what;
    what.type = type_of(value);
    what.span = span;
    tree::LocalId local = add_hidden(what);
    parts.push_back(part(local.v, value, span));
    return local_node(local, span);
  };
  NameId first = at(at(items(node.list2)[0]).a).name;
  if (!is_place(subject) && !takes_self(type_of(subject), first)) subject = keep(subject);
  NodeId iterator = call(subject, 0);
  NodeId more = bad(span), element = bad(span);
  if (!is_bad(iterator)) {
    NodeId it = keep(to_value(iterator));
    more = call(it, 1);
    if (!is_bad(more)) element = call(it, 2);
    if (!is_bad(more) && type_of(more) != types_.boolean()) {
      error(DiagKind::TypeMismatch, span,
            "expected `bool`, found " + quoted(type_of(more)) + ": what `hasNext` of " +
                quoted(type_of(it)) + " gives");
      more = bad(span);
    }
  }
  Flow body = turn(id, is_bad(element) ? element : to_value(element));
  --block_depth_;
  pop_scope(scope);
  if (is_bad(more) || is_bad(element)) return {bad(node.span), true};
  tree::Node made = make(T::LoopOver, types_.unit(), node.span);
  made.list = add_list(parts);
  made.a = to_value(more);
  made.b = body.node;
  return {add(made), true};
}

// The bytes of a string, as `i32` like those of `charAt`.
Checker::Flow Checker::loop_bytes(ast::NodeId id, NodeId subject) {
  const ast::Node& node = at(id);
  Span span = at(node.a).span;
  ScopeMark scope = push_scope();
  ++block_depth_;
  LocalName what;
  what.span = span;
  what.type = types_.string();
  tree::LocalId bytes = add_hidden(what);
  tree::Node let = make(T::Let, types_.unit(), span);
  let.local = bytes;
  let.a = to_value(subject);
  NodeId first = add(let);
  what.type = u32();
  tree::LocalId index = add_hidden(what);
  auto runtime = [&](oir::RtFn fn, TypeId type, const std::vector<NodeId>& args) {
    tree::Node made = make(T::Runtime, type, span);
    made.rt = fn;
    made.list = add_list(args);
    return add(made);
  };
  NodeId byte = runtime(oir::RtFn::StrByte, i32(),
                        {local_node(bytes, span), to_value(local_node(index, span))});
  Flow body = turn(id, byte);
  --block_depth_;
  pop_scope(scope);
  tree::Node made = make(T::LoopRange, types_.unit(), node.span);
  made.a = int_const(u32(), 0, span);
  made.b = runtime(oir::RtFn::StrLen, u32(), {local_node(bytes, span)});
  made.c = body.node;
  made.index = index.v;
  made.local = index;
  return {block_node({first, eval(add(made), node.span)}, {}, node.span), true};
}

}  // namespace tenure::ng
