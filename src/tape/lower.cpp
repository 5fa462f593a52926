// Programs and functions; temporaries.
#include "tape/lower.h"

#include "base/check.h"
#include "base/parallel.h"
#include "oir/in_parallel.h"
#include "tape/lowering.h"
#include "tape/outline.h"

namespace tenure::tape {

using oir::LocalKind;
using oir::TypeKind;

namespace {

// A parameter whose type needs dropping is lent: a reference that is never counted.
std::vector<oir::Local> params_of(const tree::Function& f, oir::TypeTable& types) {
  std::vector<oir::Local> params(f.params);
  for (uint32_t i = 0; i < f.params; i++) {
    const tree::Local& local = f.locals[i];
    params[i].name = local.name;
    params[i].mode = f.modes[i];
    params[i].type = f.modes[i] == oir::ParamMode::Borrow ? types.ref(local.type) : local.type;
    params[i].span = local.span;
  }
  return params;
}

void declare_functions(const tree::Program& tree, oir::Program& out) {
  size_t first = tree.first_function;
  TN_CHECK(out.functions.size() == first, "lowering: functions before those of the tree");
  for (size_t f = first; f < tree.functions.size(); f++) {
    const tree::Function& function = tree.functions[f];
    for (uint32_t i = 0; i < function.params; i++) {
      // Then several threads find it.
      if (function.modes[i] == oir::ParamMode::Borrow) out.types.ref(function.locals[i].type);
    }
  }
  out.functions.resize(tree.functions.size());
  in_ranges(tree.functions.size() - first, [&](size_t begin, size_t end) {
    for (size_t i = first + begin; i < first + end; i++) {
      const tree::Function& f = tree.functions[i];
      oir::Function& made = out.functions[i];
      oir::Builder::declare(made, f.name, f.shown_name, f.result, params_of(f, out.types), f.span);
      made.symbol = f.symbol;
      made.exported = f.exported;
    }
  });
}

}  // namespace

void lower(tree::Program& tree, const LowerOptions& options, oir::Program& out) {
  TN_CHECK(!tree.has_mistakes, "lowering: a program with mistakes");
  for (size_t index = tree.first_global; index < tree.globals.size(); ++index) {
    const tree::Global& g = tree.globals[index];
    oir::Global global;
    global.name = g.name;
    global.type = g.type;
    global.span = g.span;
    out.globals.push_back(std::move(global));
  }
  declare_functions(tree, out);
  out.libraries = tree.libraries;
  if (tree.first_function == 0) out.start = tree.start;
  PureFunctions pure(tree, out.types);
  std::vector<std::vector<uint8_t>> known;
  for (const tree::Nodes& nodes : tree.parts) known.emplace_back(nodes.nodes.size(), 0);
  if (options.bodies != oir::Bodies::All) {
    auto nodes_of = [&](const tree::Function& f) -> const tree::Nodes& { return tree.nodes_of(f); };
    if (!tree.sparing) tree.sparing = find_spared(tree, out.types, nodes_of);
    oir::mark_spared(out, std::move(*tree.sparing));
  }
  auto is_left_out = [&](size_t i) {
    return options.bodies == oir::Bodies::NotSpared && out.functions[i].spared;
  };
  oir::lower_functions(out, tree.functions.size(), [&](size_t i) {
    const tree::Function& function = tree.functions[i];
    TN_CHECK(!function.is_forgotten || is_left_out(i),
             "a function whose body was forgotten is spared");
    if (function.body && !is_left_out(i))
      Lowering(tree, options, out, oir::FuncId{i}, pure, known[function.part]).run();
  });
}

Lowering::Lowering(const tree::Program& tree, const LowerOptions& options, oir::Program& out,
                   oir::FuncId func, const PureFunctions& pure, std::vector<uint8_t>& known)
    : TestRuns(out, func),
      tree_(tree),
      function_(tree.functions[func.index()]),
      nodes_(tree.nodes_of(function_)),
      options_(options),
      pure_(pure),
      effects_(nodes_, out.types, pure, known),
      uses_(effects_.uses_of_locals(function_)),
      places_(function_.locals.size()),
      is_part_(function_.locals.size(), 0) {}

void Lowering::run() {
  prologue();
  block_into({}, function_.body);
  // The checker has seen that every way through the others returns a value.
  if (function_.result != types().unit()) {
    if (is_result(function_.result) &&
        types()[function_.result].variants[tree::kOk].fields.empty()) {
      b_.make_variant(Place::local(b_.result()), tree::kOk, {}, function_.end);
      b_.exit_return(function_.end);
    } else {
      b_.unreachable(function_.end);
    }
  }
  b_.finish(function_.end);
}

void Lowering::prologue() {
  for (uint32_t i = 0; i < function_.params; i++) {
    bool borrow = function_.modes[i] == oir::ParamMode::Borrow;
    Place param = Place::local(b_.param(i));
    places_[i] = borrow ? b_.deref(param) : param;
    is_part_[i] = borrow;
  }
}

// What comes after the top level of the file, in its block.
void Lowering::after_top_level() {
  if (options_.test) {
    run_tests();
  } else if (tree_.main) {
    call_main();
  }
}

// An integer that `main` gives is the exit code.
void Lowering::call_main() {
  Span span = function_.end;
  StatementScope scope(*this, span);
  oir::TypeId type = tree_.functions[tree_.main.index()].result;
  if (type == types().unit()) {
    b_.call({}, tree_.main, {}, span);
    return;
  }
  Place result = plain_temp(type, span);
  b_.call(result, tree_.main, {}, span);
  oir::TypeId i32 = types().scalar(TypeKind::I32);
  Place code = plain_temp(i32, span);
  Place failed = plain_temp(types().boolean(), span);
  b_.convert(code, Operand::copy(result), span);
  b_.binary(failed, oir::BinOp::Ne, Operand::copy(code), Operand::of(b_.const_int(i32, 0)), span);
  oir::BlockId exit = b_.new_block();
  oir::BlockId done = b_.new_block();
  b_.branch(Operand::copy(failed), exit, done, span);
  b_.set_block(exit);
  b_.runtime({}, oir::RtFn::Exit, {}, {Operand::copy(code)}, span);
  b_.unreachable(span);
  b_.set_block(done);
}

// No name that a user writes holds a space.
bool Lowering::is_result(oir::TypeId id) {
  const oir::Type& type = types()[id];
  return type.kind == TypeKind::Union && type.variants.size() == 2 &&
         type.variants[tree::kFailed].name == "error" &&
         type.name.find(" or ") != std::string::npos;
}

// ---- temporaries

oir::Place Lowering::temp_of(NodeId value) {
  const Node& n = node(value);
  oir::LocalId local = new_temp(n.type, n.span);
  value_into(Place::local(local), value);
  schedule_temp(local);
  return Place::local(local);
}

// The value that a place has now; kept until the statement ends.
oir::Place Lowering::hold_of(Place place, Span span) {
  oir::LocalId hold = new_temp(oir::place_type(out_, b_.function(), place), span, LocalKind::Hold);
  b_.init(Place::local(hold), Operand::copy(place), span);
  schedule_temp(hold);
  return Place::local(hold);
}

void Lowering::declare(tree::LocalId local) {
  const tree::Local& l = function_.locals[local.index()];
  LocalKind kind = l.name.empty() ? LocalKind::Temp : LocalKind::User;
  places_[local.index()] = Place::local(b_.add_local(l.name, l.type, kind, l.span));
  is_part_[local.index()] = 0;
}

void Lowering::schedule_local(oir::ScopeId scope, tree::LocalId local) {
  b_.schedule(scope, places_[local.index()].local_id(), oir::DropReason::EndOfBlock);
}

// A name for a part that cannot change as long as the name is in scope: no copy is needed.
void Lowering::bind_to_place(tree::LocalId local, Place place) {
  places_[local.index()] = place;
  is_part_[local.index()] = 1;
}

}  // namespace tenure::tape
