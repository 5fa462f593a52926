// Programs and functions; temporaries; what an expression may change.
#include "ng/lower.h"

#include <atomic>

#include "base/check.h"
#include "base/parallel.h"
#include "ng/lowering.h"
#include "ng/outline.h"
#include "oir/in_parallel.h"

namespace tenure::ng {

using oir::LocalKind;

namespace {

// What is lent and no reference is given by its address.
bool is_lent_by_address(const oir::TypeTable& types, oir::ParamMode mode, oir::TypeId type) {
  return mode == oir::ParamMode::Borrow && types[type].kind != oir::TypeKind::Ref;
}

std::vector<oir::Local> params_of(const tree::Function& f, oir::TypeTable& types) {
  std::vector<oir::Local> params(f.params);
  for (uint32_t i = 0; i < f.params; i++) {
    const tree::Local& local = f.locals[i];
    params[i].name = local.name;
    params[i].mode = f.modes[i];
    params[i].type =
        is_lent_by_address(types, f.modes[i], local.type) ? types.ref(local.type) : local.type;
    params[i].span = local.span;
  }
  return params;
}

void declare_functions(const tree::Program& tree, oir::Program& out) {
  for (const tree::Function& f : tree.functions) {
    for (uint32_t i = 0; i < f.params; i++) {
      oir::TypeId type = f.locals[i].type;
      // Then several threads find it.
      if (is_lent_by_address(out.types, f.modes[i], type)) out.types.ref(type);
    }
  }
  TN_CHECK(out.functions.empty(), "lowering: functions before those of the tree");
  out.functions.resize(tree.functions.size());
  in_ranges(tree.functions.size(), [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; i++) {
      const tree::Function& f = tree.functions[i];
      oir::Function& made = out.functions[i];
      oir::Builder::declare(made, f.name, f.shown_name, f.result, params_of(f, out.types), f.span);
      made.is_drop = f.is_drop;
      made.drop_of = f.drop_of;
    }
  });
}

}  // namespace

void lower(tree::Program& tree, oir::Program& out, oir::Bodies bodies) {
  for (const tree::Global& g : tree.globals) {
    oir::Global global;
    global.name = g.name;
    global.type = g.type;
    global.span = g.span;
    out.globals.push_back(std::move(global));
  }
  declare_functions(tree, out);
  Dispatchers dispatchers = declare_dispatchers(tree, out);
  std::vector<std::vector<uint8_t>> effects;
  for (const tree::Nodes& part : tree.parts) effects.emplace_back(part.nodes.size(), 0);
  std::vector<uint8_t> unknown;
  if (tree.has_mistakes) unknown = unknown_functions(tree);
  if (bodies != oir::Bodies::All && !tree.has_mistakes) {
    auto nodes_of = [&](const tree::Function& f) -> const tree::Nodes& { return tree.nodes_of(f); };
    if (!tree.sparing) tree.sparing = find_spared(tree, out.types, nodes_of);
    oir::mark_spared(out, std::move(*tree.sparing));
  }
  auto is_left_out = [&](size_t i) {
    return bodies == oir::Bodies::NotSpared && out.functions[i].spared;
  };
  oir::lower_functions(out, tree.functions.size(), [&](size_t i) {
    const tree::Function& function = tree.functions[i];
    if (!function.foreign && !is_left_out(i))
      Lowering(tree, out, oir::FuncId{i}, effects[function.part], unknown, dispatchers).run();
  });
  build_dispatchers(dispatchers, out);
  out.start = tree.start;
}

Lowering::Lowering(const tree::Program& tree, oir::Program& out, oir::FuncId func,
                   std::vector<uint8_t>& effects, const std::vector<uint8_t>& unknown,
                   const Dispatchers& dispatchers)
    : TestRuns(out, func),
      program_(tree),
      function_(tree.functions[func.index()]),
      tree_(tree.nodes_of(function_)),
      effects_(effects),
      unknown_(unknown),
      dispatchers_(dispatchers),
      places_(function_.locals.size()),
      oir_locals_(function_.locals.size()),
      unassigned_borrow_(function_.locals.size(), 0) {}

void Lowering::run() {
  if (function_.made != tree::Made::Body) {
    made_for_objects();
    return;
  }
  TN_CHECK(!function_.is_forgotten, "a function whose body was forgotten is spared");
  if (!function_.body) {  // its declaration is wrong
    b_.unreachable(function_.span);
    b_.finish(function_.end);
    return;
  }
  scan(function_.body);
  prologue();
  const Node& body = node(function_.body);
  bool gives_result = body.a && body.type == function_.result;
  Place result = Place::local(b_.result());
  block_into(gives_result ? result : Place{}, function_.body);
  bool main_is_unknown = !unknown_.empty() && program_.main && unknown_[program_.main.index()] != 0;
  if (b_.func() == program_.start && program_.is_test) {
    run_tests();
  } else if (b_.func() == program_.start && program_.main && !main_is_unknown) {
    StatementScope scope(*this, function_.end);
    oir::TypeId type = program_.functions[program_.main.index()].result;
    Place dst = type == types().unit() ? Place{} : Place::local(new_temp(type, function_.end));
    b_.call(dst, program_.main, {}, function_.end);
    if (dst.valid()) schedule_temp(dst.local_id());
  }
  if (gives_result) b_.exit_return(function_.end);
  if (!unknown_.empty() && !gives_result && function_.result != types().unit())
    b_.unreachable(function_.end);  // a `return` is missing
  b_.finish(function_.end);
}

void Lowering::prologue() {
  for (uint32_t i = 0; i < function_.params; i++) {
    const tree::Local& local = function_.locals[i];
    oir::LocalId param = b_.param(i);
    bool borrow = function_.modes[i] == oir::ParamMode::Borrow;
    bool changed = local.assigned || moved_.count(i) != 0;
    bool lies_elsewhere = borrow && types()[local.type].kind != oir::TypeKind::Ref;
    Place place = lies_elsewhere ? b_.deref(Place::local(param)) : Place::local(param);
    if (borrow && changed) {
      // The callee's own variable from here on [O-LIFE-3].
      oir::LocalId own = b_.add_local(local.name, local.type, LocalKind::User, local.span);
      b_.init(Place::local(own), Operand::copy(place), local.span);
      b_.schedule(b_.innermost(), own, oir::DropReason::EndOfBlock);
      param = own;
      place = Place::local(own);
    }
    unassigned_borrow_[i] = borrow && !changed;
    oir_locals_[i] = param;
    places_[i] = place;
  }
  restart_scope_ = b_.innermost();
  if (has_next_call_) {
    restart_ = b_.new_block(oir::BlockKind::LoopHead);
    b_.jump(restart_, function_.span);
    b_.set_block(restart_);
  }
}

void Lowering::scan(NodeId root) {
  std::vector<std::pair<NodeId, bool>> todo{
      {root, false}};  // whether inside the operand of a RefOf
  while (!todo.empty()) {
    auto [id, referred] = todo.back();
    todo.pop_back();
    const Node& n = node(id);
    bool explicit_move = n.kind == NodeKind::Move && (n.flags & tree::kImplicit) == 0;
    if (explicit_move && node(n.a).kind == NodeKind::Local) moved_.insert(node(n.a).local.v);
    if (n.kind == NodeKind::NextCall) has_next_call_ = true;
    if (referred && n.kind == NodeKind::Local) array_referred_.insert(n.local.v);
    bool inner = n.kind == NodeKind::RefOf || (referred && n.kind == NodeKind::Field);
    for_each_child(tree_, n, [&](NodeId child) { todo.emplace_back(child, inner); });
  }
}

// Whether evaluating it leaves every place as it is. Bounded by the depth of the tree.
bool Lowering::changes_nothing(NodeId id) {
  if (!id) return true;
  // Threads may share a node: they find the same.
  std::atomic_ref<uint8_t> effect(effects_[id.index()]);
  if (uint8_t known = effect.load(std::memory_order_relaxed); known != 0) return known == 1;
  const Node& n = node(id);
  bool nothing = false;
  switch (n.kind) {
    case NodeKind::Local:
    case NodeKind::Global:
    case NodeKind::Field:
    case NodeKind::Deref:
    case NodeKind::Index:
    case NodeKind::Const:
    case NodeKind::Copy:
    case NodeKind::RefOf:
    case NodeKind::ToObject:
    case NodeKind::SliceOf:
    case NodeKind::Spread:
    case NodeKind::Neg:
    case NodeKind::Not:
    case NodeKind::Unary:
    case NodeKind::Arith:
    case NodeKind::Concat:
    case NodeKind::And:
    case NodeKind::Or:
    case NodeKind::Compare:
    case NodeKind::Cast:
    case NodeKind::IsVariant:
    case NodeKind::UnionIndex:
    case NodeKind::UnionTag:
    case NodeKind::SlotAt:
    case NodeKind::Part:
      nothing = true;
      break;
    case NodeKind::Runtime:
      nothing =
          n.rt == oir::RtFn::ArrayLen || n.rt == oir::RtFn::StrLen || n.rt == oir::RtFn::StrByte;
      break;
    default:
      break;
  }
  // A temporary below it may have a drop that changes things.
  if (nothing && n.kind != NodeKind::Part && !tree_.is_place(id) && types().is_move_only(n.type)) {
    nothing = false;
  }
  if (nothing) {
    for_each_child(tree_, n, [&](NodeId child) { nothing = nothing && changes_nothing(child); });
  }
  effect.store(nothing ? 1 : 2, std::memory_order_relaxed);
  return nothing;
}

bool Lowering::all_change_nothing(std::span<const NodeId> ids, size_t from) {
  for (size_t i = from; i < ids.size(); i++) {
    if (!changes_nothing(ids[i])) return false;
  }
  return true;
}

// From which index on all of them change nothing; asked once per list, which may be long.
size_t Lowering::unchanging_tail(std::span<const NodeId> ids) {
  size_t from = ids.size();
  while (from > 0 && changes_nothing(ids[from - 1])) from--;
  return from;
}

// Whether statements stand inside of the expression: they may assign locals.
bool Lowering::has_block(NodeId root) {
  Ids todo{root};
  while (!todo.empty()) {
    const Node& n = node(todo.back());
    todo.pop_back();
    if (n.kind == NodeKind::Block) return true;
    for_each_child(tree_, n, [&](NodeId child) { todo.push_back(child); });
  }
  return false;
}

// ---- temporaries

oir::Place Lowering::temp_of(NodeId value) {
  const Node& n = node(value);
  if (n.kind == NodeKind::Held || n.kind == NodeKind::HeldAgain) return held(value);
  oir::LocalId local = new_temp(n.type, n.span);
  value_into(Place::local(local), value);
  schedule_temp(local);
  return Place::local(local);
}

void Lowering::declare(tree::LocalId local) {
  const tree::Local& l = function_.locals[local.index()];
  oir::LocalId id = b_.add_local(l.name, l.type, LocalKind::User, l.span);
  oir_locals_[local.index()] = id;
  places_[local.index()] = Place::local(id);
}

void Lowering::schedule_local(oir::ScopeId scope, tree::LocalId local) {
  b_.schedule(scope, oir_locals_[local.index()], oir::DropReason::EndOfBlock);
}

}  // namespace tenure::ng
