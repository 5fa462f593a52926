// What is declared: names of modules, imports, signatures of functions.
#include <algorithm>

#include "tape/checker.h"

namespace tenure::tape {

using ast::NodeKind;

namespace {

uint64_t method_key(Ty type, NameId name) {
  return (static_cast<uint64_t>(type.v) << 32) | name.v;
}

std::optional<oir::RtFn> native_named(std::string_view name) {
  static constexpr oir::RtFn kAll[] = {
#define RUNTIME(name, text, params, result, flags) oir::RtFn::name,
#include "oir/runtime.def"
#undef RUNTIME
  };
  for (oir::RtFn fn : kAll) {
    if (oir::rt_info(fn).name == name) return fn;
  }
  return std::nullopt;
}

}  // namespace

// ---- names

void Checker::declare(NameId name, Symbol symbol) {
  symbol.module = symbol.kind == Symbol::Kind::Module ? symbol.module : module_;
  auto [it, is_new] = shared_.modules[module_].symbols.try_emplace(name, symbol);
  if (is_new) return;
  error(DiagKind::Redeclared, symbol.span, quoted(name) + " is declared twice")
      .note(it->second.span, "the first declaration");
  if (symbol.fun != nullptr) symbol.fun->refused = true;
}

void Checker::collect_module(uint32_t index) {
  module_ = index;
  for (ast::NodeId id : items(at(ast().root).list)) collect_decl(id);
  // A program is started by the `main` of its own file.
  const auto& symbols = all_.modules[index].symbols;
  shared_.modules[index].has_main =
      std::any_of(symbols.begin(), symbols.end(), [&](const auto& entry) {
        return entry.second.kind == Symbol::Kind::Fun && text(entry.first) == "main";
      });
}

void Checker::collect_decl(ast::NodeId id) {
  const ast::Node& node = at(id);
  switch (node.kind) {
    case NodeKind::Fn:
      return collect_fun(id);
    case NodeKind::Struct:
      return collect_type(id, TyKind::Struct);
    case NodeKind::Enum:
      return collect_type(id, TyKind::Enum);
    case NodeKind::Tagged:
      return collect_type(id, TyKind::Tagged);
    case NodeKind::Union:
      return collect_type(id, TyKind::Union);
    case NodeKind::Alias: {
      Symbol symbol;
      symbol.kind = Symbol::Kind::Type;
      symbol.is_pub = node.has(ast::kFlagPub);
      symbol.span = node.name_span();
      symbol.alias = &shared_.aliases.emplace_back(Alias{module_, id, Alias::State::Unseen, {}});
      return declare(node.name, symbol);
    }
    case NodeKind::Let:
      return collect_global(id);
    case NodeKind::Import:
      return collect_import(id);
    case NodeKind::Link:
      shared_.program.libraries.push_back({std::string(text(at(node.c).name)), at(node.c).span});
      return;
    case NodeKind::Profile:
      if (text(node.name) == "t0") shared_.modules[module_].is_t0 = true;
      if (text(node.name) == "t2") {
        error(DiagKind::NotSupported, node.span,
              "the dynamic typing of `t2` is not part of this implementation");
      }
      return;
    default:
      return;
  }
}

// Whether the parser could not read it to its end: then only its name is known.
bool Checker::is_broken(const ast::Node& declaration) const {
  std::span<const ast::NodeId> list = items(declaration.list);
  return !list.empty() && at(list.back()).kind == NodeKind::Error;
}

void Checker::collect_type(ast::NodeId id, TyKind kind) {
  const ast::Node& node = at(id);
  std::string name = all_.modules[module_].name.empty() || all_.modules[module_].is_standard
                         ? std::string(text(node.name))
                         : all_.modules[module_].name + "." + std::string(text(node.name));
  Symbol symbol;
  symbol.kind = Symbol::Kind::Type;
  symbol.is_pub = node.has(ast::kFlagPub);
  symbol.span = node.name_span();
  if (is_broken(node)) {
    symbol.kind = Symbol::Kind::Refused;
  } else {
    symbol.type = types_.declare(kind, std::move(name), node.name, module_, node.name_span());
    shared_.nominal.push_back({symbol.type, id});
  }
  declare(node.name, symbol);
}

void Checker::collect_global(ast::NodeId id) {
  const ast::Node& node = at(id);
  GlobalDecl& global = shared_.globals.emplace_back();
  global.module = module_;
  global.node = id;
  global.name = node.name;
  global.is_const = node.has(ast::kFlagConst);
  global.is_var = node.has(ast::kFlagVar);
  Symbol symbol;
  symbol.kind = Symbol::Kind::Global;
  symbol.is_pub = node.has(ast::kFlagPub);
  symbol.span = node.name_span();
  symbol.global = &global;
  declare(node.name, symbol);
}

void Checker::collect_fun(ast::NodeId id) {
  const ast::Node& node = at(id);
  FunDecl& fun = shared_.funs.emplace_back();
  fun.module = module_;
  fun.node = id;
  fun.name = node.name;
  fun.is_pub = node.has(ast::kFlagPub);
  fun.is_method = node.c.valid();
  fun.is_extern = node.has(ast::kFlagExtern);
  fun.is_foreign = all_.modules[module_].is_foreign;
  fun.refused = is_broken(node) || all_.modules[module_].refusals.count(id.v) != 0;
  if (fun.is_method) return;  // belongs to its type, which is not known yet
  Symbol symbol;
  symbol.kind = Symbol::Kind::Fun;
  symbol.is_pub = fun.is_pub;
  symbol.span = node.name_span();
  symbol.fun = &fun;
  declare(node.name, symbol);
}

void Checker::collect_import(ast::NodeId id) {
  const ast::Node& node = at(id);
  if (node.has(ast::kFlagAll)) {
    error(DiagKind::ImportAll, node.span, "cannot import *")
        .note(node.span, "name what is used: `import { a } from …`");
    return;
  }
  if (!node.name.valid()) return;
  Symbol symbol;
  symbol.kind = Symbol::Kind::Refused;
  symbol.span = node.name_span();
  for (const auto& [import, module] : all_.sources[module_].imports) {
    if (import != id) continue;
    symbol.kind = Symbol::Kind::Module;
    symbol.module = module;
  }
  declare(node.name, symbol);
}

void Checker::finish_imports(uint32_t index) {
  module_ = index;
  for (ast::NodeId id : items(at(ast().root).list)) {
    if (at(id).kind != NodeKind::Import || at(id).list.count == 0) continue;
    std::optional<uint32_t> from;
    for (const auto& [import, module] : all_.sources[module_].imports) {
      if (import == id) from = module;
    }
    for (ast::NodeId item : items(at(id).list)) {
      const ast::Node& node = at(item);
      if (node.kind != NodeKind::ImportItem) continue;
      const ast::Node& alias = node.a.valid() ? at(node.a) : node;
      Symbol symbol;
      symbol.kind = Symbol::Kind::Refused;
      const Symbol* found =
          from ? member_symbol(*from, node.name, node.name_span(), false) : nullptr;
      if (found != nullptr) symbol = *found;
      symbol.is_pub = false;
      symbol.span = alias.name_span().valid() ? alias.name_span() : alias.span;
      uint32_t home = symbol.module;
      auto [it, is_new] = shared_.modules[module_].symbols.try_emplace(alias.name, symbol);
      it->second.module = is_new ? home : it->second.module;
      if (!is_new) {
        error(DiagKind::Redeclared, symbol.span, quoted(alias.name) + " is declared twice")
            .note(it->second.span, "the first declaration");
      }
    }
  }
}

const Symbol* Checker::find_symbol(NameId name) {
  auto& symbols = all_.modules[module_].symbols;
  auto it = symbols.find(name);
  return it == symbols.end() ? nullptr : &it->second;
}

const Symbol* Checker::member_symbol(uint32_t module, NameId name, Span span, bool wants_type) {
  auto& symbols = all_.modules[module].symbols;
  auto it = symbols.find(name);
  if (it != symbols.end() && it->second.is_pub)
    return refuse_foreign(it->second, module, name, span) ? nullptr : &it->second;
  if (it != symbols.end() && it->second.kind != Symbol::Kind::Module &&
      it->second.module == module) {
    error(DiagKind::Private, span,
          quoted(name) + " is private to `" + all_.modules[module].name + "`")
        .note(it->second.span, "declared here without `pub`");
    return nullptr;
  }
  std::vector<std::string_view> known;
  for (const auto& [other, symbol] : symbols) {
    if (symbol.is_pub) known.push_back(text(other));
  }
  unknown(wants_type ? DiagKind::UnknownType : DiagKind::UnknownName, wants_type ? "type" : "name",
          name, span, known);
  return nullptr;
}

// Reports the use of what cannot be had from another language.
bool Checker::refuse_foreign(const Symbol& symbol, uint32_t module, NameId name, Span span) {
  if (!all_.modules[module].is_foreign || symbol.fun == nullptr) return false;
  auto it = all_.modules[module].refusals.find(symbol.fun->node.v);
  if (it == all_.modules[module].refusals.end()) return false;
  error(DiagKind::DoesNotCross, span,
        quoted(name) + " of `" + all_.modules[module].name +
            "` cannot be used in Tape: " + it->second)
      .note(symbol.span, "it is declared here");
  return true;
}

std::optional<uint32_t> Checker::module_named(ast::NodeId id) {
  const ast::Node& node = at(id);
  if (node.kind != NodeKind::Name || find_binding(node.name) != nullptr) return std::nullopt;
  const Symbol* symbol = find_symbol(node.name);
  if (symbol == nullptr || symbol->kind != Symbol::Kind::Module) return std::nullopt;
  return symbol->module;
}

// ---- signatures

void Checker::declare_signature(FunDecl& fun) {
  module_ = fun.module;
  const ast::Node node = at(fun.node);
  const Module& module = all_.modules[fun.module];
  if (fun.is_foreign && fun.refused) return;
  std::string shown = std::string(text(node.name));
  if (fun.is_method) {
    const ast::Node owner = at(node.c);
    const Symbol* symbol = find_symbol(owner.name);
    Ty builtin = builtin_type(text(owner.name));
    if (symbol != nullptr && symbol->kind == Symbol::Kind::Type) {
      fun.owner = resolve_symbol(*symbol, owner.name, owner.span);
    } else if (builtin.valid()) {
      fun.owner = builtin;
    } else if (symbol == nullptr || symbol->kind != Symbol::Kind::Refused) {
      unknown(DiagKind::UnknownType, "type", owner.name, owner.span, known_names(true));
    }
    shown = std::string(text(owner.name)) + "." + shown;
    if (!fun.owner.valid()) {
      fun.refused = true;
    } else {
      auto [it, is_new] = shared_.methods.try_emplace(method_key(fun.owner, fun.name), &fun);
      if (!is_new) {
        const FunDecl& other = *it->second;
        fun.refused = true;
        error(DiagKind::Redeclared, node.name_span(), "`" + shown + "` is declared twice")
            .note((*all_.modules[other.module].tree)[other.node].name_span(),
                  "the first declaration");
      }
    }
  }
  std::string name = module.name.empty() ? shown : module.name + "." + shown;
  std::string unique = name;
  for (uint32_t n = 2; !shared_.function_names.insert(unique).second; ++n)
    unique = name + "#" + std::to_string(n);

  bool ok = !is_cut_short(node.list);
  for (ast::NodeId id : items(node.list)) {
    const ast::Node& param = at(id);
    if (param.kind != NodeKind::Param) continue;
    Param made{param.name, {}, id};
    if (param.has(ast::kFlagSelf)) {
      if (!fun.is_method || !fun.params.empty()) {
        error(DiagKind::Misplaced, param.span, "`self` is the first parameter of a method");
        ok = false;
      }
      fun.has_self = true;
      made.type = fun.owner;
      if (fun.owner.valid() && param.has(ast::kFlagPointer)) {
        made.type = types_.pointer(fun.owner, param.has(ast::kFlagConst));
      }
    } else {
      made.type = resolve_part(param.a, "a parameter");
    }
    ok &= made.type.valid();
    fun.params.push_back(made);
  }
  fun.result = node.a.valid() ? resolve(node.a) : void_type();
  ok &= fun.result.valid();

  if (is_native(fun)) {
    // It has no row among the functions: a call of it is an instruction.
    fun.refused |= !ok;
    return;
  }
  tree::Function function;
  function.name = unique;
  function.shown_name = name;
  function.params = static_cast<uint32_t>(fun.params.size());
  function.locals.reserve(fun.params.size());
  function.modes.reserve(fun.params.size());
  for (const Param& param : fun.params) {
    tree::Local local;
    local.name = std::string(text(param.name));
    local.span = at(param.node).span;
    if (param.type.valid()) local.type = types_.oir(param.type);
    bool borrowed = param.type.valid() && row(param.type).managed;
    borrowed &= !fun.is_foreign;
    function.modes.push_back(borrowed ? oir::ParamMode::Borrow : oir::ParamMode::Own);
    function.locals.push_back(std::move(local));
  }
  if (fun.result.valid()) function.result = types_.oir(fun.result);
  function.span = node.name_span().valid() ? node.name_span() : node.span;
  function.end = {node.span.file, node.span.end == 0 ? 0 : node.span.end - 1, node.span.end};
  read_attributes(fun.node, function);
  fun.id = tree::FuncId{all_.program.functions.size()};
  shared_.program.functions.push_back(std::move(function));
  if (fun.is_pub && !fun.is_method && !module.is_standard && !fun.is_foreign)
    shared_.program.offered.push_back({fun.id, module.place, std::string(text(fun.name))});
  if (fun.is_foreign) {
    shared_.program.functions[fun.id.index()].foreign = true;
    shared_.program.foreign.push_back({fun.id, module.place, std::string(text(fun.name))});
  } else if (fun.is_extern) {
    check_extern(fun);
  } else if (!node.b.valid()) {
    auto params = items(node.list);
    bool broken_off = !params.empty() && at(params.back()).kind == NodeKind::Error;
    if (!broken_off) error(DiagKind::MissingValue, node.span, "`" + shown + "` has no body");
    fun.refused = true;
  }
  if (!shared_.program.functions[fun.id.index()].exported.empty())
    check_crossing(fun, "an `@export`");
  fun.refused |= !ok;
}

void Checker::read_attributes(ast::NodeId id, tree::Function& function) {
  const ast::Node node = at(id);
  for (ast::NodeId attribute_id : items(node.list2)) {
    const ast::Node& attribute = at(attribute_id);
    std::string_view name = text(attribute.name);
    if (attribute.kind != NodeKind::Attribute || name == "inline") continue;
    if (name != "export") {
      error(DiagKind::Misplaced, attribute.span,
            "`@" + std::string(name) + "` says nothing about a function");
      continue;
    }
    function.exported = std::string(text(node.name));
    if (attribute.list.count == 1 && at(items(attribute.list)[0]).kind == NodeKind::StringLit) {
      function.exported = std::string(text(at(items(attribute.list)[0]).name));
    }
  }
}

// The S of `extern("S") fn`; none: it is the function's name.
NameId Checker::symbol_of(const ast::Node& fn) const {
  for (ast::NodeId id : items(fn.list2)) {
    if (at(id).kind == NodeKind::StringLit) return at(id).name;
  }
  return {};
}

// `extern("tenure.…") fn` of a standard module.
bool Checker::is_native(FunDecl& fun) {
  const ast::Node& node = at(fun.node);
  NameId named = symbol_of(node);
  if (!fun.is_extern || !all_.modules[fun.module].is_standard || !named.valid()) return false;
  std::string_view symbol = text(named);
  if (!symbol.starts_with(kNativePrefix)) return false;
  fun.native = native_named(symbol.substr(kNativePrefix.size()));
  fun.is_native = true;
  return true;
}

void Checker::check_extern(FunDecl& fun) {
  const ast::Node node = at(fun.node);
  NameId named = symbol_of(node);
  std::string symbol = std::string(text(named.valid() ? named : node.name));
  shared_.program.functions[fun.id.index()].symbol = symbol;
  if (node.b.valid()) {
    error(DiagKind::Misplaced, at(node.b).span, "an `extern` function has no body");
    fun.refused = true;
    return;
  }
  if (symbol.starts_with(kNativePrefix)) {
    error(DiagKind::NotSupported, node.span,
          "`" + symbol + "` can be named by standard modules only");
    fun.refused = true;
    return;
  }
  check_crossing(fun, "an `extern`");
}

// What the outside gives and gets: plain words.
void Checker::check_crossing(FunDecl& fun, std::string_view what) {
  const ast::Node node = at(fun.node);
  auto crosses = [&](Ty type) {
    TyKind k = kind(type);
    return k <= TyKind::F64 || k == TyKind::Color || k == TyKind::Pointer || k == TyKind::Enum;
  };
  auto refuse = [&](Span span, Ty type) {
    error(DiagKind::NotSupported, span,
          quoted(type) + " cannot be given to or had from " + std::string(what) +
              " function: numbers, `bool` and pointers can");
    fun.refused = true;
  };
  for (const Param& param : fun.params) {
    if (param.type.valid() && !crosses(param.type)) refuse(at(param.node).span, param.type);
  }
  if (fun.result.valid() && !crosses(fun.result)) refuse(at(node.a).span, fun.result);
}

// `fn main()`, `fn main() -> i64`, `-> i32`.
void Checker::check_main() {
  module_ = static_cast<uint32_t>(all_.modules.size() - 1);
  if (!all_.modules[module_].is_main) return;
  for (const FunDecl& fun : shared_.funs) {
    if (fun.module != module_ || fun.is_method || fun.refused || text(fun.name) != "main") continue;
    const ast::Node& node = at(fun.node);
    if (!fun.params.empty()) {
      error(DiagKind::WrongArguments, node.name_span(), "`main` takes no parameters");
      return;
    }
    TyKind result = kind(fun.result);
    if (result != TyKind::Void && result != TyKind::I64 && result != TyKind::I32) {
      error(DiagKind::TypeMismatch, at(node.a).span,
            "`main` gives nothing, `i64` or `i32`, not " + quoted(fun.result));
      return;
    }
    shared_.program.main = fun.id;
  }
}

const FunDecl* Checker::find_method(Ty type, NameId name) {
  auto it = all_.methods.find(method_key(type, name));
  return it == all_.methods.end() ? nullptr : it->second;
}

}  // namespace tenure::tape
