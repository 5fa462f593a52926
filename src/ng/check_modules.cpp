// What a name means in a module: among what is declared, imported, in the prelude, and through the
// name of a module.
//
// A name is looked for among what the module declares, then what it imports by name, then what the
// modules export that it imports as a whole, then in the prelude. In each of these places the
// functions of several modules are one set of overloads; anything else that has two meanings there
// is ambiguous, which is reported where it is used.
#include <algorithm>

#include "ng/checker.h"
#include "ng/modules.h"

namespace tenure::ng {

using ast::NodeKind;

// ---- what a name means

// The modules that are imported as a whole and export a name, in the order of the imports; these
// are used then.
std::vector<uint32_t> Checker::open_exporters(NameId name) {
  const Module& module = all_.modules[module_];
  std::vector<std::pair<uint32_t, uint32_t>> found;  // import, module
  auto exporters = all_.exporters.find(name);
  if (exporters == all_.exporters.end()) return {};
  if (exporters->second.size() < module.open.size()) {
    for (uint32_t other : exporters->second) {
      if (auto it = module.open.find(other); it != module.open.end())
        found.emplace_back(it->second, other);
    }
  } else {
    for (const auto& [other, import] : module.open) {
      if (all_.modules[other].exports.count(name) != 0 ||
          all_.modules[other].exported_variants.count(name) != 0)
        found.emplace_back(import, other);
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<uint32_t> out;
  for (const auto& [import, other] : found) {
    note_used(import);
    out.push_back(other);
  }
  return out;
}

void Checker::note_used(uint32_t import) {
  if (!all_.modules[module_].imports[import].used)
    grow().modules[module_].imports[import].used = true;
}

Symbol Checker::merged(const std::vector<Symbol>& found) {
  Symbol out;
  for (const Symbol& symbol : found) {
    if (out.kind == Symbol::Kind::None) {
      out = symbol;
    } else if (out.kind == Symbol::Kind::Fun && symbol.kind == Symbol::Kind::Fun) {
      if (out != symbol) out = joined(out, symbol);
    } else if (out != symbol) {
      out = Symbol{};
      out.kind = Symbol::Kind::Ambiguous;
      return out;
    }
  }
  return out;
}

// Nothing is noted of a name that no other module gives: most names are asked for by one body.
bool Checker::may_be_imported(NameId name) const {
  const Module& module = all_.modules[module_];
  if (module.items.count(name) != 0 || all_.exporters.count(name) != 0) return true;
  return module.prelude != Module::kNoModule &&
         all_.modules[module.prelude].exports.count(name) != 0;
}

Symbol Checker::imported_symbol(NameId name) {
  const auto& known = all_.modules[module_].found;
  if (auto it = known.find(name); it != known.end()) return it->second;
  if (!may_be_imported(name)) return {};
  Module& module = grow().modules[module_];
  std::vector<Symbol> found;
  if (auto it = module.items.find(name); it != module.items.end()) {
    for (ImportedName& item : it->second) {
      item.used = true;
      if (item.symbol.kind != Symbol::Kind::None) found.push_back(item.symbol);
    }
  }
  if (found.empty()) {
    for (uint32_t other : open_exporters(name)) {
      auto it = all_.modules[other].exports.find(name);
      if (it != all_.modules[other].exports.end()) found.push_back(it->second);
    }
  }
  if (found.empty() && module.prelude != Module::kNoModule) {
    const Module& prelude = all_.modules[module.prelude];
    if (auto it = prelude.exports.find(name); it != prelude.exports.end())
      found.push_back(it->second);
  }
  return module.found[name] = merged(found);
}

std::vector<VariantRef> Checker::imported_variants(NameId name) {
  const Module& module = all_.modules[module_];
  std::vector<VariantRef> out;
  auto add = [&](const VariantRef& variant) {
    bool there = std::any_of(out.begin(), out.end(), [&](const VariantRef& other) {
      return other.decl == variant.decl && other.index == variant.index;
    });
    if (!there) out.push_back(variant);
  };
  if (auto it = module.item_variants.find(name); it != module.item_variants.end()) {
    for (const auto& [variant, import] : it->second) {
      if (!module.imports[import].variant_used)
        grow().modules[module_].imports[import].variant_used = true;
      add(variant);
    }
  }
  if (auto it = module.items.find(name); it != module.items.end()) {
    bool unused = std::any_of(it->second.begin(), it->second.end(),
                              [](const ImportedName& item) { return !item.used; });
    if (unused) {
      for (ImportedName& item : grow().modules[module_].items[name]) item.used = true;
    }
  }
  if (!out.empty()) return out;
  for (uint32_t other : open_exporters(name)) {
    auto it = all_.modules[other].exported_variants.find(name);
    if (it == all_.modules[other].exported_variants.end()) continue;
    for (const VariantRef& variant : it->second) add(variant);
  }
  return out;
}

Symbol Checker::lookup_symbol(NameId name) {
  const Module& module = all_.modules[module_];
  if (auto it = module.symbols.find(name); it != module.symbols.end()) return it->second;
  if (Symbol symbol = imported_symbol(name); symbol.kind != Symbol::Kind::None) return symbol;
  std::string_view word = text(name);
  if (word == "print") return builtin(kPrint);
  if (word == "assert") return builtin(kAssert);
  if (word == "not") return builtin(kNot);
  if (word == "len") return builtin(kLen);
  return {};
}

Symbol Checker::builtin(uint32_t which) {
  Symbol symbol;
  symbol.kind = Symbol::Kind::Builtin;
  symbol.builtin = which;
  return symbol;
}

std::vector<VariantRef> Checker::lookup_variants(NameId name) {
  const Module& module = all_.modules[module_];
  auto it = module.variants.find(name);
  return only_tagged(it != module.variants.end() ? it->second : imported_variants(name));
}

// Without alternatives of what turned out to be an untagged union.
std::vector<VariantRef> Checker::only_tagged(std::vector<VariantRef> variants) const {
  std::erase_if(variants, [](const VariantRef& variant) {
    return variant.decl->kind != TypeDecl::Kind::Union;
  });
  return variants;
}

// The name of a type; with its module if another one of the program has the same.
std::string Checker::shown_name(const TypeDecl& decl) {
  Shared& all = grow();
  if (all.type_names.empty()) {
    for (const TypeDecl& other : all.type_decls) ++all.type_names[other.name];
  }
  const std::string& path = all_.modules[decl.module].path;
  std::string name(text(decl.name));
  return all.type_names[decl.name] > 1 && !path.empty() ? path + "." + name : name;
}

// ---- names through their module

// The module that a path begins with: the longest beginning that is one.
Checker::ModulePath Checker::module_of(std::span<const ast::NodeId> segments) {
  ModulePath out;
  const Module& module = all_.modules[module_];
  std::string joined(text(at(segments[0]).name));
  if (module.module_words.count(joined) == 0) return out;
  const ModuleName* found = nullptr;
  for (size_t i = 0; i < segments.size(); ++i) {
    if (i != 0) joined += '.' + std::string(text(at(segments[i]).name));
    auto it = module.module_names.find(joined);
    if (it == module.module_names.end()) continue;
    found = &it->second;
    out.used = i + 1;
  }
  if (found == nullptr) return out;
  out.module = found->module;
  if (found->import != Module::kNoImport) note_used(found->import);
  if (!found->ambiguous) return out;
  Diagnostic& diagnostic =
      error(DiagKind::AmbiguousName, at(segments[0]).span,
            "the name " + quoted(at(segments[0]).name) + " means more than one module");
  for (const Import& import : module.imports) {
    const std::string& path = all_.modules[import.module].path;
    if (path.substr(path.rfind('.') + 1) == text(at(segments[0]).name))
      diagnostic.note(at(import.node).span, "`" + path + "`");
  }
  out.reported = true;
  return out;
}

Symbol Checker::exported_symbol(uint32_t module, NameId name) {
  const Module& from = all_.modules[module];
  if (auto it = from.exports.find(name); it != from.exports.end()) return it->second;
  // The prelude's own names have no declaration in a file.
  if (from.path != kCoreModules[0]) return {};
  Symbol plain = lookup_symbol(name);
  return plain.kind == Symbol::Kind::Builtin ? plain : Symbol{};
}

std::vector<VariantRef> Checker::exported_variants(uint32_t module, NameId name) const {
  auto it = all_.modules[module].exported_variants.find(name);
  return it == all_.modules[module].exported_variants.end() ? std::vector<VariantRef>{}
                                                            : only_tagged(it->second);
}

bool Checker::is_private(uint32_t module, NameId name, Span& where) const {
  const Module& from = all_.modules[module];
  if (auto it = from.symbols.find(name); it != from.symbols.end()) {
    const Symbol& symbol = it->second;
    ast::NodeId node = symbol.type != nullptr ? symbol.type->node : symbol.fun->node;
    uint32_t home = symbol.type != nullptr ? symbol.type->module : symbol.fun->module;
    where = (*all_.modules[home].tree)[node].name_span();
    return true;
  }
  if (auto it = from.variants.find(name); it != from.variants.end()) {
    where = (*from.tree)[it->second[0].decl->node].name_span();
    return true;
  }
  auto it = from.own_globals.find(name);
  if (it != from.own_globals.end()) where = it->second;
  return it != from.own_globals.end();
}

// A name that a module does not give.
void Checker::no_export(uint32_t module, NameId name, Span span) {
  const std::string& path = all_.modules[module].path;
  if (Span where; is_private(module, name, where)) {
    error(DiagKind::Private, span, quoted(name) + " of `" + path + "` is not exported")
        .note(where, "it is declared here");
    return;
  }
  std::vector<std::string_view> known;
  for (const auto& [other, symbol] : all_.modules[module].exports) known.push_back(text(other));
  for (const auto& [other, found] : all_.modules[module].exported_variants)
    known.push_back(text(other));
  std::sort(known.begin(), known.end());
  std::string close = near(text(name), known);
  Diagnostic& diagnostic =
      error(DiagKind::UnknownName, span, "unknown name " + quoted(name) + " in `" + path + "`");
  if (!close.empty()) diagnostic.suggest(close);
}

// The declaration that the name of a type means, with or without its module; nothing: no one, which
// has been reported if `reported` is set.
Symbol Checker::type_symbol(const ast::Node& name, bool quiet, bool* reported) {
  if (name.list2.count == 0) return lookup_symbol(name.name);
  std::vector<ast::NodeId> segments(items(name.list2).begin(), items(name.list2).end());
  ModulePath path = module_of(segments);
  if (path.reported && reported != nullptr) *reported = true;
  if (path.reported || path.used != segments.size()) return {};
  Symbol symbol = exported_symbol(path.module, name.name);
  bool builtin_type = false;
  if (symbol.kind == Symbol::Kind::None && all_.modules[path.module].is_standard)
    resolve_builtin(name, text(name.name), true, builtin_type);
  bool is_variant = !exported_variants(path.module, name.name).empty();
  if (symbol.kind == Symbol::Kind::None && !builtin_type && !is_variant && !quiet) {
    no_export(path.module, name.name, name.span);
    if (reported != nullptr) *reported = true;
  }
  return symbol;
}

std::string Checker::qualifiers(const ast::Node& name) const {
  std::string path;
  for (ast::NodeId segment : items(name.list2)) {
    if (!path.empty()) path += '.';
    path += text(at(segment).name);
  }
  return path;
}

// Reports the use of what cannot be had from another language.
bool Checker::refuse_foreign(const Symbol& symbol, Span span) {
  uint32_t module = symbol.type != nullptr  ? symbol.type->module
                    : symbol.fun != nullptr ? symbol.fun->module
                                            : Module::kNoModule;
  if (module == Module::kNoModule || !all_.modules[module].is_foreign) return false;
  ast::NodeId node = symbol.type != nullptr ? symbol.type->node : symbol.fun->node;
  auto it = all_.modules[module].refusals.find(node.v);
  if (it == all_.modules[module].refusals.end()) return false;
  const ast::Node& declared = (*all_.modules[module].tree)[node];
  error(DiagKind::DoesNotCross, span,
        quoted(declared.name) + " of `" + all_.modules[module].path +
            "` cannot be used in NG: " + it->second)
      .note(declared.name_span(), "it is declared here");
  return true;
}

// The standard module that would give a name, for a program that does not import it.
std::string_view Checker::std_module_of(NameId name) {
  if (!all_.std_names) grow().std_names = std_exports();
  auto it = all_.std_names->find(std::string(text(name)));
  return it == all_.std_names->end() ? std::string_view() : it->second;
}

// Reports why a name that is not there may not be used as it is: it is private, or means two
// things.
bool Checker::explain_missing(NameId name, Span span) {
  const Module& module = all_.modules[module_];
  if (imported_symbol(name).kind == Symbol::Kind::Ambiguous) {
    Diagnostic& diagnostic =
        error(DiagKind::AmbiguousName, span, quoted(name) + " means more than one thing here");
    std::vector<uint32_t> imports;
    if (auto it = module.items.find(name); it != module.items.end()) {
      for (const ImportedName& item : it->second) imports.push_back(item.import);
    } else {
      for (uint32_t other : open_exporters(name)) imports.push_back(module.open.at(other));
    }
    for (uint32_t import : imports) {
      const Import& from = module.imports[import];
      diagnostic.note(at(from.node).span, "that of `" + all_.modules[from.module].path + "`");
    }
    return true;
  }
  for (const Import& import : module.imports) {
    Span where;
    if (all_.modules[import.module].exports.count(name) != 0 ||
        !is_private(import.module, name, where))
      continue;
    error(DiagKind::Private, span,
          quoted(name) + " of `" + all_.modules[import.module].path + "` is not exported")
        .note(where, "it is declared here");
    return true;
  }
  return false;
}

}  // namespace tenure::ng
