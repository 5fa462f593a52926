// Instances of functions: asked for by calls, checked off a worklist; generated clones.
#include "base/check.h"
#include "ng/checker.h"

namespace tenure::ng {

using tree::NodeKind;

namespace {

constexpr uint32_t kMaxInstanceWeight = 1000;
constexpr size_t kMaxInstances = 1000000;
// A generated clone spells the elements of a fixed array out.
constexpr uint64_t kMaxClonedElements = 4096;

}  // namespace

std::string Checker::unique_name(std::string name) {
  auto& names = grow().function_names;
  auto [row, is_new] = names.try_emplace(name, 1);
  if (is_new) return name;
  uint32_t& last = row->second;  // what many have is not counted from its beginning each time
  while (true) {
    std::string other = name + "#" + std::to_string(++last);
    if (names.try_emplace(other, 1).second) return other;
  }
}

std::string Checker::instance_key(const FunDecl& decl, const Args& args, TypeId self) {
  return std::to_string(reinterpret_cast<uintptr_t>(&decl)) + ":" + key(args) + "s" +
         std::to_string(self.v);
}

// Most have no arguments and one `Self` at most; these need no key.
Instance* Checker::made_instance(const FunDecl& decl, const Args& args, TypeId self) const {
  bool is_plain = args.empty() && (decl.plain == nullptr || decl.plain_self == self);
  if (is_plain) return decl.plain;
  auto it = all_.instance_ids.find(instance_key(decl, args, self));
  return it == all_.instance_ids.end() ? nullptr : it->second;
}

Instance* Checker::request(FunDecl& decl, const Bindings& bindings, TypeId self, Span span) {
  Args args;
  for (const Binding& binding : bindings) args.push_back(binding.arg);
  if (Instance* made = made_instance(decl, args, self)) return made;
  Shared& all = grow();
  if (Instance* made = made_instance(decl, args, self)) return made;
  decl.requested = true;
  const ast::Node& node = (*all_.modules[decl.module].tree)[decl.node];
  if (weight(args) > kMaxInstanceWeight || all.instances.size() > kMaxInstances) {
    error(DiagKind::InstanceTooLarge, span.valid() ? span : node.name_span(),
          "the instances of " + quoted(decl.name) + " have no end: each calls a larger one");
    return nullptr;
  }
  Instance& instance = all.instances.emplace_back();
  if (args.empty() && decl.plain == nullptr) {
    decl.plain = &instance;
    decl.plain_self = self;
  } else {
    all.instance_ids.emplace(instance_key(decl, args, self), &instance);
  }
  instance.decl = &decl;
  instance.bindings = bindings;
  instance.self = self;
  std::string name(text(decl.name));
  if (self.valid()) name = types_.text(self) + "." + name;
  std::string shown = name;
  size_t own = node.list2.count;
  if (own != 0) {
    name += '<';
    for (size_t i = args.size() - own; i < args.size(); ++i) {
      if (i != args.size() - own) name += ", ";
      name += args[i].is_const ? std::to_string(args[i].value) : types_.text(args[i].type);
    }
    name += '>';
    shown = name;
  }
  instance.shown = shown;
  bool of_trait = decl.owner != nullptr && decl.owner->kind == TypeDecl::Kind::Trait;
  if (!bindings.empty() || of_trait) {
    instance.requested = span;
    if (!params_unknown_)
      instance.asked_by = current_;  // who looks at what nothing uses is gone then
  }
  Env env(*this, decl.module, bindings, self);
  for (ast::NodeId param_id : items(node.list)) {
    const ast::Node& param = at(param_id);
    if (param.kind != ast::NodeKind::Param) continue;
    TypeId type;
    if (param.a) {
      type = resolve(param.a);
      bool is_self = text(param.name) == "self" && self.valid();
      if (is_self && type.valid() && type != self && type != types_.ref(self)) {
        error(DiagKind::TypeMismatch, at(param.a).span,
              "expected `ref<Self>` or `Self`, found " + quoted(type));
        type = TypeId{};
      }
    } else if (text(param.name) == "self" && self.valid()) {
      type = types_.ref(self);
    } else {
      error(DiagKind::ExpectedToken, param.span,
            "the parameter " + quoted(param.name) + " needs a type");
    }
    for (const Param& other : instance.params) {
      if (other.name == param.name)
        error(DiagKind::Redeclared, param.name_span(), quoted(param.name) + " is declared twice");
    }
    instance.params.push_back({param.name, type, param_id});
  }
  instance.result = node.a ? resolve(node.a) : types_.unit();
  if (decl.is_native) return &instance;
  instance.id = tree::FuncId{all_.program.functions.size()};
  tree::Function& made = all.program.functions.emplace_back();
  made.name = unique_name(name);
  made.shown_name = shown;
  made.span = node.name_span().valid() ? node.name_span() : node.span;
  made.end = {node.span.file, node.span.end == 0 ? 0 : node.span.end - 1, node.span.end};
  made.result = instance.result.valid() ? instance.result : types_.unit();
  made.locals.reserve(instance.params.size());
  made.modes.reserve(instance.params.size());
  for (const Param& param : instance.params) {
    TypeId type = param.type.valid() ? param.type : types_.unit();
    made.locals.push_back({std::string(text(param.name)), type, at(param.node).name_span(), false});
    made.modes.push_back(is_lent(type) ? oir::ParamMode::Borrow : oir::ParamMode::Own);
  }
  made.params = static_cast<uint32_t>(instance.params.size());
  if (decl.is_foreign) {
    made.foreign = true;
    all.program.foreign.push_back(
        {instance.id, all_.modules[decl.module].place, std::string(text(decl.name))});
    return &instance;
  }
  auto of_object = of_trait ? object_trait(self, *decl.owner) : std::nullopt;
  bool takes_object = !instance.params.empty() && instance.params[0].type == self;
  if (of_object && takes_object) {
    instance.kind = Instance::Kind::Object;
    made.made = tree::Made::Dispatch;
    made.callees.push_back({});
    all.dispatches.push_back({&instance, std::move(*of_object)});
  }
  return &instance;
}

void Checker::check_instance(Instance& instance) {
  if (!instance.id.valid() || instance.kind == Instance::Kind::Start ||
      instance.kind == Instance::Kind::Object)
    return;
  if (instance.decl != nullptr && instance.decl->is_foreign) return;
  current_ = &instance;
  function().part = part_;
  loops_.clear();
  scopes_.begin();
  block_depth_ = 1;
  saw_error_ = false;
  refused_here_.clear();
  if (instance.kind == Instance::Kind::Clone) {
    look_at(static_cast<uint32_t>(all_.modules.size()) - 1);
    size_t errors = loose_errors();
    clone_body(instance);
    if (loose_errors() != errors) function().body = {};
    current_ = nullptr;
    return;
  }
  Env env(*this, instance.decl->module, instance.bindings, instance.self);
  ScopeMark scope = push_scope();
  add_params(instance);
  check_defaults(instance);
  size_t errors = loose_errors();
  Flow flow = body(instance, function().end);
  // A body whose parameters or result have no type means nothing, and what is wrong outside of a
  // statement nobody can step around: it is not lowered.
  bool known = instance.result.valid() && loose_errors() == errors;
  for (const Param& param : instance.params) known = known && param.type.valid();
  if (known) function().body = flow.node;
  pop_scope(scope);
  current_ = nullptr;
}

// Defaults are looked at with the function too, so that one that is never used is still right.
void Checker::check_defaults(const Instance& instance) {
  for (const Param& param : instance.params) {
    if (!at(param.node).b || !param.type.valid()) continue;
    ScopeMark inner = push_scope();
    value(at(param.node).b, param.type);
    pop_scope(inner);
  }
}

// Its parameters are bound. `end`: its closing brace.
Checker::Flow Checker::body(const Instance& instance, Span end) {
  const ast::Node& node = at(instance.decl->node);
  if (!node.b) {
    error(DiagKind::ExpectedToken, node.span,
          "the function " + quoted(instance.decl->name) + " needs a body");
    return {{}, false};
  }
  ast::NodeId written = parsed(node.b);
  if (at(written).kind == ast::NodeKind::Block) {
    ScopeMark inner = push_scope();
    Flow flow = block(written);
    pop_scope(inner);
    if (flow.falls && !saw_error_ && instance.result.valid() && instance.result != types_.unit()) {
      error(DiagKind::MissingReturn, end,
            "not every path of " + quoted(instance.decl->name) + " returns " +
                quoted(instance.result));
      ++noted_errors_;  // its place is the end
    }
    return flow;
  }
  Span span = at(node.b).span;
  bool returns = instance.result != types_.unit();
  size_t errors = loose_errors();
  tree::Node made = make(returns ? NodeKind::Return : NodeKind::Eval, types_.unit(), span);
  made.a =
      instance.result.valid() ? return_value(node.b, instance.result) : without_context(node.b);
  if (loose_errors() != errors) made.flags |= tree::kMistake;
  noted_errors_ += loose_errors() - errors;
  return {block_node({add(made)}, {}, span), false};
}

Bindings Checker::unknown_params(ast::List params) const {
  Bindings out;
  for (ast::NodeId id : items(params)) {
    bool is_const = at(id).has(ast::kFlagConst);
    out.push_back({at(id).name, {TypeId{}, is_const ? kUnknownCount : 0, is_const}});
  }
  return out;
}

void Checker::check_unused(FunDecl& fun) {
  look_at(fun.module);
  if (fun.owner != nullptr && fun.owner->refused) return;
  const ast::Node& node = at(fun.node);
  Instance instance;
  instance.decl = &fun;
  // Its variables are among those of the top level, where no statement makes them.
  instance.id = all_.program.start;
  bool of_trait = fun.owner != nullptr && fun.owner->kind == TypeDecl::Kind::Trait;
  if (of_trait && !node.b) return;
  instance.bindings = unknown_params(outer_params(fun));
  for (const Binding& own : unknown_params(node.list2)) instance.bindings.push_back(own);
  current_ = &instance;
  loops_.clear();
  scopes_.begin();
  block_depth_ = 1;
  saw_error_ = false;
  refused_here_.clear();
  params_unknown_ = true;
  size_t errors = errors_;
  Env env(*this, fun.module, instance.bindings, TypeId{});
  ScopeMark scope = push_scope();
  for (ast::NodeId id : items(node.list)) {
    const ast::Node& param = at(id);
    if (param.kind != ast::NodeKind::Param) continue;
    LocalName what;
    what.type = param.a ? resolve(param.a) : TypeId{};
    what.span = param.name_span();
    what.open = param.a ? is_open_type(param.a) : text(param.name) == "self";
    what.local = add_local(std::string(text(param.name)),
                           what.type.valid() ? what.type : types_.unit(), param.span);
    bind_name(param.name, what);
    instance.params.push_back({param.name, what.type, id});
  }
  instance.result = node.a ? resolve(node.a) : types_.unit();
  check_defaults(instance);
  body(instance, {node.span.file, node.span.end == 0 ? 0 : node.span.end - 1, node.span.end});
  fun.wrong = errors_ != errors;
  pop_scope(scope);
  params_unknown_ = false;
  current_ = nullptr;
}

void Checker::add_params(Instance& instance) {
  for (size_t i = 0; i < instance.params.size(); ++i) {
    LocalName what;
    what.local = tree::LocalId{i};
    what.type = instance.params[i].type;
    what.span = at(instance.params[i].node).name_span();
    bind_name(instance.params[i].name, what);
  }
}

// The top levels of all files, those of modules before those that import them: blocks whose names
// are globals.
void Checker::check_start() {
  bindings_.clear();
  auto count = static_cast<uint32_t>(all_.modules.size());
  for (uint32_t first = 0; first < count;) {
    uint32_t end = first;
    while (end < count && !all_.modules[end].is_foreign) ++end;
    if (end != first) check_segment(first, end);
    first = end + 1;
  }
  look_at(count - 1);
  if (all_.modules[module_].is_main) request_main();
  if (all_.modules[module_].is_main && all_.program.is_test) request_tests();
}

void Checker::check_segment(uint32_t first, uint32_t end) {
  Shared& all = grow();
  Instance& instance = all.instances.emplace_back();
  instance.kind = Instance::Kind::Start;
  instance.result = types_.unit();
  instance.id = tree::FuncId{all_.program.functions.size()};
  instance.shown = "top level";
  tree::Function& made = all.program.functions.emplace_back();
  made.name = unique_name("<top level>");
  made.shown_name = "top level";
  made.result = types_.unit();
  all.program.start = instance.id;
  all.program.segments.push_back({all_.modules[first].place, instance.id});
  current_ = &instance;
  block_depth_ = 0;
  Statements list;
  for (uint32_t module = first; module < end; ++module) {
    look_at(module);
    check_top_level(list);
  }
  Span span = at(ast().root).span;
  function().span = span;
  function().end = {span.file, span.end, span.end};
  tree::Node block = make(NodeKind::Block, types_.unit(), span);
  block.list = add_list(list);
  function().body = add(block);
  current_ = nullptr;
}

void Checker::check_top_level(Statements& out) {
  std::vector<ast::NodeId> body;
  for (ast::NodeId id : items(at(ast().root).list)) {
    switch (at(id).kind) {
      case ast::NodeKind::Fun:
      case ast::NodeKind::Struct:
      case ast::NodeKind::Union:
      case ast::NodeKind::Alias:
      case ast::NodeKind::Newtype:
      case ast::NodeKind::NativeType:
      case ast::NodeKind::Trait:
      case ast::NodeKind::Impl:
      case ast::NodeKind::Import:
      case ast::NodeKind::ModuleDecl:
        break;
      default:
        body.push_back(id);
    }
  }
  ScopeMark scope = push_scope();
  bool falls = true;
  statements(body, out, falls);
  pop_scope(scope);
}

// The `main` of the main file.
void Checker::request_main() {
  for (auto& [name, symbol] : all_.modules[module_].symbols) {
    if (text(name) != "main" || symbol.kind != Symbol::Kind::Fun || symbol.fun->refused) continue;
    const ast::Node& node = at(symbol.fun->node);
    if (node.list.count != 0 || node.list2.count != 0) {
      error(DiagKind::WrongArguments, node.name_span(), "`main` has no parameters");
    } else if (Instance* main = request(*symbol.fun, {}, TypeId{}, Span{})) {
      grow().program.main = main->id;
    }
  }
}

// The functions of the main file whose names begin with `test_`, in the order of the file.
void Checker::request_tests() {
  for (ast::NodeId id : items(at(ast().root).list)) {
    const ast::Node& node = at(id);
    if (node.kind != ast::NodeKind::Fun || !text(node.name).starts_with("test_")) continue;
    auto found = all_.modules[module_].symbols.find(node.name);
    if (found == all_.modules[module_].symbols.end() || found->second.fun == nullptr) continue;
    FunDecl& fun = *found->second.fun;
    if (fun.refused || fun.node != id) continue;
    bool is_unit =
        !node.a || (at(node.a).kind == ast::NodeKind::TypeName && text(at(node.a).name) == "unit");
    if (node.list.count != 0 || node.list2.count != 0 || !is_unit) {
      error(DiagKind::WrongArguments, node.name_span(),
            "the test " + quoted(node.name) + " has no parameters and no result");
    } else if (Instance* test = request(fun, {}, TypeId{}, Span{})) {
      grow().program.tests.push_back(test->id);
    }
  }
}

// ---- clones

bool Checker::clones_by_hand(TypeId type) {
  std::vector<TypeId> todo{type};
  std::unordered_set<uint32_t> seen;
  while (!todo.empty()) {
    TypeId next = todo.back();
    todo.pop_back();
    if (!seen.insert(next.v).second) continue;
    if (types_.is_move_only(next)) return true;
    Bindings bindings;
    if (find_impl(next, TraitKind::Clone, bindings) != nullptr) return true;
    const oir::Type& t = row(next);
    if (t.kind == TypeKind::Array || t.kind == TypeKind::FixedArray) todo.push_back(t.elem);
    if (t.kind == TypeKind::Tuple || t.kind == TypeKind::Struct) {
      for (const oir::Field& field : t.fields) todo.push_back(field.type);
    }
    for (const oir::Variant& variant : t.variants) {
      for (const oir::Field& field : variant.fields) todo.push_back(field.type);
    }
  }
  return false;
}

Instance* Checker::request_clone(TypeId type, Span span) {
  if (auto it = all_.clone_ids.find(type.v); it != all_.clone_ids.end()) return it->second;
  Shared& all = grow();
  auto [known, fresh] = all.clone_ids.try_emplace(type.v);
  if (!fresh) return known->second;
  Instance& instance = all.instances.emplace_back();
  known->second = &instance;
  instance.kind = Instance::Kind::Clone;
  instance.self = type;
  instance.result = type;
  instance.requested = span;
  instance.shown = types_.text(type) + ".clone";
  instance.id = tree::FuncId{all_.program.functions.size()};
  TypeId self = types_.ref(type);
  instance.params.push_back({NameId{}, self, {}});
  tree::Function& made = all.program.functions.emplace_back();
  made.name = unique_name(instance.shown);
  made.shown_name = instance.shown;
  made.params = 1;
  made.modes.push_back(oir::ParamMode::Borrow);
  made.result = type;
  made.span = row(type).span.valid() ? row(type).span : span;
  made.end = made.span;
  made.locals.push_back({"self", self, made.span, false});
  return &instance;
}

tree::NodeId Checker::clone_of(tree::NodeId operand, Span span) {
  TypeId type = type_of(operand);
  if (!clones_by_hand(type)) {
    if (!is_place(operand)) return operand;
    if (types_.is_plain(type) || kind(type) == TypeKind::Ref || kind(type) == TypeKind::Weak)
      return to_value(operand);
    tree::Node node = make(NodeKind::Runtime, type, span);
    node.rt = oir::RtFn::Clone;
    node.targ = type;
    node.list = add_list({operand});
    return add(node);
  }
  Bindings bindings;
  Instance* instance = nullptr;
  if (const ImplDecl* impl = find_impl(type, TraitKind::Clone, bindings)) {
    instance = request(*impl->methods[0], bindings, type, span);
  } else {
    instance = request_clone(type, span);
  }
  if (instance == nullptr) return bad(span);
  return emit_call(*instance, part(0, receiver_arg(operand, types_.ref(type), span), span), span);
}

void Checker::clone_body(Instance& instance) {
  Span span = function().span;
  TypeId type = instance.self;
  tree::NodeId self = deref_node(local_node(tree::LocalId{size_t{0}}, span), span);
  auto ret = [&](tree::NodeId value) {
    tree::Node node = make(NodeKind::Return, types_.unit(), span);
    node.a = value;
    return add(node);
  };
  auto block = [&](const std::vector<tree::NodeId>& list) {
    tree::Node node = make(NodeKind::Block, types_.unit(), span);
    node.list = add_list(list);
    return add(node);
  };
  const oir::Type shape = row(type);
  switch (shape.kind) {
    case TypeKind::Struct:
    case TypeKind::Tuple: {
      std::vector<tree::NodeId> parts;
      parts.reserve(shape.fields.size());
      for (uint32_t i = 0; i < shape.fields.size(); ++i)
        parts.push_back(part(i, clone_of(field_node(self, i, span), span), span));
      tree::Node lit = make(NodeKind::StructLit, type, span);
      lit.list = add_list(parts);
      function().body = block({ret(add(lit))});
      return;
    }
    case TypeKind::Union: {
      std::vector<tree::NodeId> cases;
      for (uint32_t v = 0; v < shape.variants.size(); ++v) {
        std::vector<tree::NodeId> binds, parts;
        for (uint32_t i = 0; i < shape.variants[v].fields.size(); ++i) {
          tree::Node bind = make(NodeKind::Bind, shape.variants[v].fields[i].type, span);
          bind.index = i;
          bind.local = add_local(shape.variants[v].fields[i].name, bind.type, span);
          tree::LocalId local = bind.local;
          binds.push_back(add(bind));
          parts.push_back(part(i, clone_of(local_node(local, span), span), span));
        }
        tree::Node pattern = make(NodeKind::Pattern, type, span);
        pattern.index = v;
        pattern.list = add_list(binds);
        tree::Node lit = make(NodeKind::VariantLit, type, span);
        lit.index = v;
        lit.list = add_list(parts);
        tree::Node arm = make(NodeKind::Case, types_.unit(), span);
        arm.list = add_list({add(pattern)});
        arm.b = block({ret(add(lit))});
        cases.push_back(add(arm));
      }
      tree::Node node = make(NodeKind::Switch, types_.unit(), span);
      node.a = self;
      node.list = add_list(cases);
      tree::Node eval = make(NodeKind::Eval, types_.unit(), span);
      eval.a = add(node);
      function().body = block({add(eval)});
      return;
    }
    case TypeKind::FixedArray: {
      if (shape.count > kMaxClonedElements) {
        error(DiagKind::NotSupported, instance.requested,
              "cloning a fixed array of more than " + std::to_string(kMaxClonedElements) +
                  " such elements is not supported yet");
        function().body = block({});
        return;
      }
      std::vector<tree::NodeId> values;
      for (uint64_t i = 0; i < shape.count; ++i) {
        tree::Node index = make(NodeKind::Index, shape.elem, span);
        index.a = self;
        index.b = int_const(u32(), i, span);
        values.push_back(clone_of(add(index), span));
      }
      tree::Node lit = make(NodeKind::FixedLit, type, span);
      lit.list = add_list(values);
      function().body = block({ret(add(lit))});
      return;
    }
    case TypeKind::Array: {
      tree::LocalId copy = add_local("copy", type, span);
      tree::LocalId item = add_local("item", shape.elem, span);
      tree::Node let = make(NodeKind::Let, types_.unit(), span);
      let.local = copy;
      let.a = add(make(NodeKind::ArrayLit, type, span));
      tree::Node append = make(NodeKind::Append, types_.unit(), span);
      append.a = local_node(copy, span);
      append.list = add_list({clone_of(local_node(item, span), span)});
      tree::Node loop = make(NodeKind::LoopIn, types_.unit(), span);
      loop.a = self;
      loop.index = item.v;
      loop.local = item;
      loop.b = block({add(append)});
      tree::Node eval = make(NodeKind::Eval, types_.unit(), span);
      eval.a = add(loop);
      tree::Node move = make(NodeKind::Move, type, span);
      move.a = local_node(copy, span);
      move.flags = tree::kImplicit;
      function().body = block({add(let), add(eval), ret(add(move))});
      return;
    }
    case TypeKind::Box: {
      tree::Node made = make(NodeKind::BoxNew, type, span);
      made.a = clone_of(deref_node(self, span), span);
      function().body = block({ret(add(made))});
      return;
    }
    default:
      TN_UNREACHABLE("clone of a type that the runtime clones");
  }
}

}  // namespace tenure::ng
