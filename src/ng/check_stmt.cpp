// Statements: variables, and what leaves a block.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using tree::NodeId;
using T = tree::NodeKind;

NodeId Checker::eval(NodeId value, Span span) {
  tree::Node made = make(T::Eval, types_.unit(), span);
  made.a = value;
  return add(made);
}

NodeId Checker::block_node(std::span<const NodeId> list, NodeId result, Span span) {
  tree::Node made = make(T::Block, result.valid() ? type_of(result) : types_.unit(), span);
  made.list = add_list(list);
  made.a = result;
  return add(made);
}

void Checker::statements(std::span<const ast::NodeId> list, Statements& out, bool& falls) {
  bool warned = false;
  for (size_t i = 0; i < list.size(); ++i) {
    ast::NodeId id = list[i];
    if (!falls && !warned) {
      error(DiagKind::UnreachableCode, at(id).span, "unreachable code");
      warned = true;
    }
    size_t errors = loose_errors();
    bool before = std::exchange(context_unknown_, false);
    Flow flow = statement(id);
    context_unknown_ = before;
    falls &= flow.falls;
    bool mistake = loose_errors() != errors;
    noted_errors_ += loose_errors() - errors;
    if (!flow.node.valid()) continue;
    out.push_back(flow.node);
    if (mistake) note_mistake(id, flow.node);
    narrow_after(id, list.subspan(i + 1), out);
  }
}

// Whether evaluating it can have changed no place but what it declares.
bool Checker::changes_nothing(ast::NodeId root) {
  std::vector<ast::NodeId> todo{root};
  while (!todo.empty()) {
    const ast::Node& node = at(todo.back());
    todo.pop_back();
    switch (node.kind) {
      case NodeKind::Call: {
        // `print` and its like only look.
        const ast::Node& callee = at(node.a);
        if (callee.kind != NodeKind::Name) return false;
        if (lookup_symbol(callee.name).kind != Symbol::Kind::Builtin) return false;
        break;
      }
      case NodeKind::Val:
      case NodeKind::ExprStmt:
      case NodeKind::IntLit:
      case NodeKind::FloatLit:
      case NodeKind::StringLit:
      case NodeKind::BoolLit:
      case NodeKind::NullLit:
      case NodeKind::UnitLit:
      case NodeKind::Name:
      case NodeKind::Path:
      case NodeKind::Member:
      case NodeKind::Index:
      case NodeKind::StructLit:
      case NodeKind::FieldInit:
      case NodeKind::NamedArg:
      case NodeKind::ArrayLit:
      case NodeKind::Tuple:
      case NodeKind::Unary:
      case NodeKind::Deref:
      case NodeKind::Chain:
      case NodeKind::ChainPart:
      case NodeKind::Is:
      case NodeKind::Cast:
        break;
      default:
        return false;
    }
    bool typed =
        node.kind == NodeKind::Is || node.kind == NodeKind::Cast || node.kind == NodeKind::Val;
    if (node.a && node.kind != NodeKind::StructLit) todo.push_back(node.a);
    if (node.b && !typed) todo.push_back(node.b);
    bool names =
        node.kind == NodeKind::Name || node.kind == NodeKind::Path || node.kind == NodeKind::Member;
    if (names) continue;
    for (ast::NodeId inner : items(node.list)) todo.push_back(inner);
  }
  return true;
}

// Whatever the mistake was: lowering comes no further than to the innermost statement that holds
// it, or passes over that one if this cannot hide anything.
void Checker::note_mistake(ast::NodeId source, NodeId statement) {
  const tree::Node& made = tree_[statement];
  bool variable = made.kind == T::Let || made.kind == T::LetGlobal;
  if (variable && !is_bad(made.a) && tree_[made.a].kind == T::Const) return;  // a stand-in
  tree_[statement].flags |= harmless(source, statement) ? tree::kHarmless : tree::kMistake;
}

bool Checker::harmless(ast::NodeId source, NodeId statement) {
  const ast::Node& node = at(source);
  if (node.kind == NodeKind::ExprStmt) {
    NodeKind inner = at(node.a).kind;
    bool appends = inner == NodeKind::Chain &&
                   ast::BinaryOp(at(items(at(node.a).list)[0]).op) == ast::BinaryOp::Append;
    if (appends || tree_[statement].kind != T::Eval || !is_bad(tree_[statement].a)) return false;
  } else if (node.kind == NodeKind::Val) {
    // Its variable must be of no type: then nothing that is lowered uses it.
    const LocalName* local = find_local(node.name);
    if (local == nullptr || local->type.valid()) return false;
  } else {
    return false;
  }
  return changes_nothing(source);
}

// A value of a type, for a variable whose value is a mistake.
NodeId Checker::stand_in(TypeId type, Span span) {
  if (types_.is_integer(type)) return int_const(type, 0, span);
  if (kind(type) == TypeKind::Bool) return bool_const(false, span);
  if (kind(type) == TypeKind::String) return string_const("", span);
  return bad(span);
}

Checker::Flow Checker::block(ast::NodeId id) {
  if (at(id).kind != NodeKind::Block) {
    saw_error_ = true;
    return {block_node({eval(bad(at(id).span), at(id).span)}, {}, at(id).span), true};
  }
  ScopeMark scope = push_scope();
  ++block_depth_;
  Statements list;
  bool falls = true;
  statements(items(at(id).list), list, falls);
  --block_depth_;
  pop_scope(scope);
  return {block_node(list, {}, at(id).span), falls};
}

Checker::Flow Checker::statement(ast::NodeId id) {
  pause();
  const ast::Node& node = at(id);
  switch (node.kind) {
    case NodeKind::Val:
      return val_stmt(id);
    case NodeKind::ValTuple:
      return val_tuple(id);
    case NodeKind::Assign:
      return assign_stmt(id);
    case NodeKind::AssignOp:
      return assign_op_stmt(id);
    case NodeKind::ExprStmt:
      return expr_stmt(id);
    case NodeKind::Return:
      return return_stmt(id);
    case NodeKind::Break:
      return break_stmt(id);
    case NodeKind::Next:
      return next_stmt(id);
    case NodeKind::Block: {
      Flow flow = block(id);
      return {eval(flow.node, node.span), flow.falls};
    }
    case NodeKind::If:
    case NodeKind::Loop:
    case NodeKind::LoopIn:
    case NodeKind::Switch: {
      Flow flow = control(id, TypeId{}, false);
      return {eval(flow.node, node.span), flow.falls};
    }
    case NodeKind::Error:
      saw_error_ = true;
      return {eval(bad(node.span), node.span), true};
    case NodeKind::Fun:
      refuse_local(id, "functions inside of functions");
      return {};
    case NodeKind::Struct:
    case NodeKind::Union:
    case NodeKind::Alias:
    case NodeKind::Newtype:
    case NodeKind::NativeType:
    case NodeKind::Trait:
    case NodeKind::Impl:
      refuse_local(id, "types inside of functions");
      return {};
    case NodeKind::Import:
    case NodeKind::ModuleDecl:
      error(DiagKind::Misplaced, node.span, "this stands at the top level of a file only");
      return {};
    default: {
      NodeId value = expr(id, TypeId{});
      return {eval(value, node.span), true};
    }
  }
}

// ---- variables

Checker::Flow Checker::val_stmt(ast::NodeId id) {
  const ast::Node& node = at(id);
  check_export_place(node);
  TypeId type = node.b ? resolve(node.b) : TypeId{};
  bool typed = node.b.valid();
  NodeId init;
  if (node.a) {
    init = typed && !type.valid() ? without_context(node.a) : value(node.a, type);
  } else {
    error(DiagKind::MissingValue, node.span,
          "the variable " + quoted(node.name) + " needs a value");
    init = bad(node.span);
  }
  if (!type.valid() && !typed && !is_bad(init)) type = type_of(init);
  if (is_bad(init) && type.valid() && changes_nothing(id)) init = stand_in(type, node.span);
  Span where = node.name_span().valid() ? node.name_span() : node.span;
  LocalName what;
  what.type = type;
  what.span = where;
  std::string name(text(node.name));
  TypeId stored = type.valid() ? type : types_.unit();
  tree::Node let = make(top_level() ? T::LetGlobal : T::Let, types_.unit(), node.span);
  let.a = init;
  if (top_level()) {
    what.kind = LocalName::Kind::Global;
    what.global = oir::GlobalId{all_.program.globals.size()};
    grow().program.globals.push_back({name, stored, where});
    let.global = what.global;
    grow().modules[module_].globals[node.name] = what;
  } else {
    what.local = add_local(name, stored, where);
    let.local = what.local;
  }
  bind_name(node.name, what);
  return {add(let), true};
}

NodeId Checker::bind_tuple_part(ast::NodeId binder, NodeId subject, bool placed, uint32_t index,
                                TypeId type, bool rest) {
  const ast::Node& node = at(binder);
  bool ignored = text(node.name) == "_";
  LocalName what;
  what.type = type;
  what.span = node.span;
  if (!ignored && placed && type.valid() && types_.is_move_only(type)) {
    if (rooted_in_local(subject) && !top_level() && !rest) {
      what.alias = true;
      what.subject = subject;
    } else {
      explain_move_only(error(DiagKind::CannotCopy, node.span, "cannot copy " + quoted(node.name))
                            .suggest("move " + place_text(subject)),
                        type);
    }
  }
  std::string name(text(node.name));
  TypeId stored = type.valid() ? type : types_.unit();
  tree::Node bind = make(T::Bind, stored, node.span);
  bind.index = index;
  if (rest) bind.flags = tree::kRest;
  if (ignored) return {};
  if (top_level()) {
    what.kind = LocalName::Kind::Global;
    what.global = oir::GlobalId{all_.program.globals.size()};
    grow().program.globals.push_back({name, stored, node.span});
    bind.global = what.global;
    grow().modules[module_].globals[node.name] = what;
  } else {
    what.local = add_local(name, stored, node.span);
    bind.local = what.local;
  }
  bind_name(node.name, what);
  return add(bind);
}

Checker::Flow Checker::val_tuple(ast::NodeId id) {
  const ast::Node& node = at(id);
  check_export_place(node);
  TypeId type = node.b ? resolve(node.b) : TypeId{};
  NodeId subject = node.b && !type.valid() ? without_context(node.a) : operand(node.a, type);
  return {let_tuple(node.list, subject, node.span), true};
}

Checker::Flow Checker::expr_stmt(ast::NodeId id) {
  const ast::Node& node = at(id);
  const ast::Node& inner = at(node.a);
  switch (inner.kind) {
    case NodeKind::If:
    case NodeKind::Loop:
    case NodeKind::LoopIn:
    case NodeKind::Switch:
    case NodeKind::Block: {
      Flow flow = control(node.a, TypeId{}, false);
      return {eval(flow.node, node.span), flow.falls};
    }
    case NodeKind::Chain:
      if (ast::BinaryOp(at(items(inner.list)[0]).op) == ast::BinaryOp::Append)
        return append_stmt(node.a);
      break;
    default:
      break;
  }
  NodeId value = expr(node.a, TypeId{});
  bool leaves = exits(node.a, value);
  return {eval(value, node.span), !leaves};
}

// Whether the statement or block that ends with this value is left by it. Of a call that is wrong
// nobody knows.
bool Checker::exits(ast::NodeId source, NodeId value) {
  if (is_bad(value)) {
    const ast::Node& node = at(source);
    if (node.kind == NodeKind::Call && text(at(node.a).name) == "exit") saw_error_ = true;
    return false;
  }
  return tree_[value].kind == T::Runtime && tree_[value].rt == oir::RtFn::Exit;
}

// ---- ways out

NodeId Checker::leaving_value(ast::NodeId id, TypeId expected, size_t first_local) {
  if (is_unknown_part(expected)) return without_context(id);
  NodeId node = expr(id, expected);
  if (exits(id, node)) return node;  // no value comes out, whatever is expected
  if (!is_bad(node) && fits_union(type_of(node), expected)) node = left_value(node, first_local);
  if (!coerce(node, expected, id)) return bad(at(id).span);
  return left_value(node, first_local);
}

NodeId Checker::left_value(NodeId node, size_t first_local) {
  const tree::Node& made = tree_[node];
  if (made.kind == T::Local && types_.needs_drop(made.type) && alias_root(node) == nullptr) {
    size_t index = made.local.index();
    bool borrowed = index < function().params && function().modes[index] == oir::ParamMode::Borrow;
    if (!borrowed && (index >= first_local || types_.is_move_only(made.type))) {
      tree::Node move = make(T::Move, made.type, made.span);
      move.a = node;
      move.flags = tree::kImplicit;
      return add(move);
    }
  }
  return to_value(node);
}

NodeId Checker::return_value(ast::NodeId id, TypeId expected) {
  return leaving_value(id, expected, 0);
}

Checker::Flow Checker::return_stmt(ast::NodeId id) {
  const ast::Node& node = at(id);
  tree::Node made = make(T::Return, types_.unit(), node.span);
  if (current_->kind == Instance::Kind::Start) {
    error(DiagKind::Misplaced, node.span, "`return` leaves a function, and there is none here");
    if (node.a) without_context(node.a);
    return {eval(bad(node.span), node.span), true};
  }
  TypeId want = current_->result;
  if (node.a) {
    made.a = want.valid() ? return_value(node.a, want) : without_context(node.a);
  } else if (want.valid() && want != types_.unit()) {
    error(DiagKind::TypeMismatch, node.span, "expected " + quoted(want) + ", found `unit`");
  }
  return {add(made), false};
}

Checker::Flow Checker::break_stmt(ast::NodeId id) {
  const ast::Node& node = at(id);
  tree::Node made = make(T::Break, types_.unit(), node.span);
  if (loops_.empty()) {
    error(DiagKind::Misplaced, node.span, "`break` leaves a loop, and there is none here");
    if (node.a) without_context(node.a);
    return {eval(bad(node.span), node.span), true};
  }
  size_t loop = loops_.size() - 1;
  loops_[loop].has_break = true;
  if (!node.a) {
    if (loops_[loop].wants_value) {
      error(DiagKind::MissingValue, node.span, "the value of this loop is used: `break` needs one");
      loops_[loop].wrong = true;
    }
    return {add(made), false};
  }
  NodeId result =
      leaving_value(node.a, loops_[loop].wants_value ? loops_[loop].value_type : TypeId{},
                    loops_[loop].first_local);
  if (is_bad(result)) {
    loops_[loop].wrong = true;
    return {add(made), false};
  }
  if (!loops_[loop].wants_value) {
    // Nobody takes it: it dies, then the loop is left.
    return {eval(block_node({eval(result, node.span), add(made)}, {}, node.span), node.span),
            false};
  }
  if (!loops_[loop].wrong) loops_[loop].value_type = type_of(result);
  made.a = result;
  return {add(made), false};
}

Checker::Flow Checker::next_stmt(ast::NodeId id) {
  const ast::Node& node = at(id);
  auto given = items(node.list);
  std::vector<NodeId> values;
  auto count_is = [&](size_t want, std::string_view what) {
    if (given.size() == want) return true;
    error(DiagKind::WrongArguments, node.span,
          "`next` needs " + std::to_string(want) + (want == 1 ? " value" : " values") +
              " here, one for each " + std::string(what) + ", found " +
              std::to_string(given.size()));
    for (ast::NodeId g : given) without_context(g);
    return false;
  };
  if (!loops_.empty()) {
    LoopContext loop = loops_.back();
    if (loop.kind == LoopContext::Kind::In && !given.empty()) {
      error(DiagKind::WrongArguments, node.span,
            "`next` takes no values in `loop in`: the next element comes by itself");
      return {eval(bad(node.span), node.span), false};
    }
    if (loop.kind == LoopContext::Kind::Plain &&
        !count_is(loop.vars.size(), "variable of the loop"))
      return {eval(bad(node.span), node.span), false};
    for (size_t i = 0; i < given.size(); ++i) {
      const LocalName* local = scopes_.of(loop.vars[i]);
      bool known = local != nullptr && local->type.valid();
      values.push_back(known ? value(given[i], function().locals[loop.vars[i].index()].type)
                             : without_context(given[i]));
      function().locals[loop.vars[i].index()].assigned = true;
    }
    tree::Node made = make(T::Next, types_.unit(), node.span);
    made.list = add_list(values);
    return {add(made), false};
  }
  if (current_->kind == Instance::Kind::Start) {
    error(DiagKind::Misplaced, node.span,
          "`next` starts a loop or a function again, and there is none here");
    return {eval(bad(node.span), node.span), true};
  }
  if (!count_is(current_->params.size(), "parameter"))
    return {eval(bad(node.span), node.span), false};
  for (size_t i = 0; i < given.size(); ++i) {
    TypeId type = current_->params[i].type;
    values.push_back(type.valid() ? value(given[i], type) : without_context(given[i]));
    function().locals[i].assigned = true;
  }
  tree::Node made = make(T::NextCall, types_.unit(), node.span);
  made.list = add_list(values);
  return {add(made), false};
}

}  // namespace tenure::ng
