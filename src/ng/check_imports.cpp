// Imports and exports: what a module brings in and what it gives to others. What a name means then
// is the subject of check_modules.cpp.
#include <algorithm>

#include "ng/checker.h"
#include "ng/modules.h"

namespace tenure::ng {

using ast::NodeKind;

namespace {

bool is_core(std::string_view path) {
  return std::find(std::begin(kCoreModules), std::end(kCoreModules), path) !=
         std::end(kCoreModules);
}

}  // namespace

// ---- imports

void Checker::collect_imports(uint32_t index) {
  look_at(index);
  Module& module = shared_.modules[index];
  for (std::string_view path : kCoreModules) {
    auto found = all_.by_path.find(std::string(path));
    if (found == all_.by_path.end()) continue;
    module.module_names[std::string(path)] = {found->second, Module::kNoImport, false};
    if (path == kCoreModules[0] && !is_core(module.path)) module.prelude = found->second;
  }
  for (ast::NodeId id : items(at(ast().root).list)) {
    if (at(id).kind == NodeKind::Import) collect_import(id);
  }
  for (const auto& [path, name] : module.module_names)
    module.module_words.insert(path.substr(0, path.find('.')));
}

std::string Checker::import_text(const ast::Node& import) const {
  if (import.a.valid()) return std::string(text(at(import.a).name));
  std::string path;
  for (ast::NodeId segment : items(import.list)) {
    if (!path.empty()) path += '.';
    path += text(at(segment).name);
  }
  return path;
}

void Checker::collect_import(ast::NodeId id) {
  const ast::Node& node = at(id);
  Module& module = shared_.modules[module_];
  std::string path = import_text(node);
  auto found = module.import_modules.find(id.v);
  if (found == module.import_modules.end()) {
    refuse_names_of(node, path);
    return;
  }
  uint32_t from = found->second;
  check_module_name(node, path, from);
  auto import = static_cast<uint32_t>(module.imports.size());
  module.imports.push_back({id, from, node.has(ast::kFlagExported)});
  bool for_its_effects = node.name.valid() && text(node.name) == "_";
  if (for_its_effects) module.imports.back().used = true;
  NameId last = node.name;
  if (!last.valid() && node.list.count != 0) last = at(items(node.list).back()).name;
  std::string word(last.valid() ? text(last) : all_.modules[from].path);
  if (!node.a.valid()) name_module(path, from, import);
  if (!for_its_effects) name_module(word, from, import);
  if (node.list2.count == 0) {
    bool is_open = !node.name.valid() || node.has(ast::kFlagAll);
    if (is_open && !for_its_effects) module.open.emplace(from, import);
    return;
  }
  for (ast::NodeId item : items(node.list2)) import_item(item, import);
}

void Checker::name_module(const std::string& word, uint32_t module, uint32_t import) {
  auto [it, fresh] =
      shared_.modules[module_].module_names.emplace(word, ModuleName{module, import, false});
  if (fresh) return;
  it->second.ambiguous = it->second.module != module;
  if (it->second.import == Module::kNoImport) it->second.import = import;
}

// What a file says that it is has to fit what it is imported as.
void Checker::check_module_name(const ast::Node& import, const std::string& path, uint32_t module) {
  const Module& from = all_.modules[module];
  if (from.declared_path.empty()) return;
  std::string_view declared = from.declared_path;
  std::string_view wanted = path;
  if (import.a.valid()) {
    wanted = stem_of(path);
    declared = declared.substr(declared.rfind('.') + 1);
  }
  if (declared == wanted) return;
  error(DiagKind::WrongModuleName, import.span,
        "`" + from.file + "` is the module `" + from.declared_path + "`, not `" + path + "`")
      .note(from.declared_span, "it says so here");
}

void Checker::import_item(ast::NodeId id, uint32_t import) {
  const ast::Node item = at(id);
  Module& module = shared_.modules[module_];
  const Module& from = all_.modules[module.imports[import].module];
  NameId name = item.a ? at(item.a).name : item.name;
  if (!item.name.valid() || !name.valid()) return;
  auto symbol = from.exports.find(item.name);
  auto variants = from.exported_variants.find(item.name);
  bool is_variant = variants != from.exported_variants.end();
  if (symbol == from.exports.end() && !is_variant) {
    no_export(module.imports[import].module, item.name, item.span);
    module.refused.insert(std::string(text(name)));
    return;
  }
  if (symbol == from.exports.end() && name != item.name) {
    error(DiagKind::NotSupported, item.span,
          "another name for the variant " + quoted(item.name) + " is not supported yet");
    module.refused.insert(std::string(text(name)));
    return;
  }
  ImportedName& imported = module.items[name].emplace_back();
  imported.import = import;
  imported.span = item.span;
  if (symbol != from.exports.end()) {
    imported.symbol = symbol->second;
    add_variants_of(symbol->second, module.item_variants, import);
  }
  if (is_variant) {
    for (const VariantRef& variant : variants->second)
      module.item_variants[item.name].emplace_back(variant, import);
  }
}

// A type brings its variants along.
void Checker::add_variants_of(const Symbol& symbol, ImportedVariants& into, uint32_t import) {
  if (symbol.kind != Symbol::Kind::Type || symbol.type->kind != TypeDecl::Kind::Union) return;
  const ast::Tree& tree = *all_.modules[symbol.type->module].tree;
  auto variants = tree.items(tree[symbol.type->node].list);
  for (uint32_t i = 0; i < variants.size(); ++i) {
    if (tree[variants[i]].name.valid())
      into[tree[variants[i]].name].push_back({{symbol.type, i}, import});
  }
}

// ---- exports

std::vector<FunDecl*> Checker::functions_of(const Symbol& symbol) const {
  if (symbol.set != nullptr) return *symbol.set;
  std::vector<FunDecl*> out;
  for (FunDecl* fun = symbol.fun; fun != nullptr; fun = fun->next) out.push_back(fun);
  return out;
}

// The overloads of both.
Symbol Checker::joined(const Symbol& a, const Symbol& b) {
  std::vector<FunDecl*> all = functions_of(a);
  for (FunDecl* fun : functions_of(b)) {
    if (std::find(all.begin(), all.end(), fun) == all.end()) all.push_back(fun);
  }
  Symbol out = a;
  out.set = &shared_.function_sets.emplace_back(std::move(all));
  return out;
}

void Checker::add_export(NameId name, const Symbol& symbol, Span span) {
  auto [it, fresh] = shared_.modules[module_].exports.emplace(name, symbol);
  if (fresh || it->second == symbol) return;
  if (it->second.kind == Symbol::Kind::Fun && symbol.kind == Symbol::Kind::Fun) {
    it->second = joined(it->second, symbol);
  } else {
    error(DiagKind::Redeclared, span, quoted(name) + " is exported twice, with two meanings");
  }
}

void Checker::export_variants(NameId name, const std::vector<VariantRef>& variants) {
  std::vector<VariantRef>& all = shared_.modules[module_].exported_variants[name];
  for (const VariantRef& variant : variants) {
    bool there = std::any_of(all.begin(), all.end(), [&](const VariantRef& other) {
      return other.decl == variant.decl && other.index == variant.index;
    });
    if (!there) all.push_back(variant);
  }
}

void Checker::export_symbol(NameId name, const Symbol& symbol, Span span) {
  add_export(name, symbol, span);
  ImportedVariants variants;
  add_variants_of(symbol, variants, 0);
  for (const auto& [variant_name, found] : variants)
    export_variants(variant_name, {found[0].first});
}

Symbol Checker::own_symbol(NameId name) const {
  const Module& module = all_.modules[module_];
  if (auto it = module.symbols.find(name); it != module.symbols.end()) return it->second;
  if (module.own_globals.count(name) == 0) return {};
  Symbol symbol;
  symbol.kind = Symbol::Kind::Global;
  symbol.module = module_;
  symbol.global = name;
  return symbol;
}

// `exports (name)`: of what is declared, or is imported here.
void Checker::export_name(NameId name, Span span) {
  Symbol symbol = own_symbol(name);
  auto own = all_.modules[module_].variants.find(name);
  std::vector<VariantRef> variants;
  if (own != all_.modules[module_].variants.end()) variants = own->second;
  if (symbol.kind == Symbol::Kind::None && variants.empty()) {
    symbol = imported_symbol(name);
    variants = imported_variants(name);
  }
  if (symbol.kind == Symbol::Kind::None && variants.empty()) {
    unknown_name(name, span);
    return;
  }
  if (symbol.kind == Symbol::Kind::Ambiguous) {
    unknown_name(name, span);
    return;
  }
  if (symbol.kind != Symbol::Kind::None) export_symbol(name, symbol, span);
  if (!variants.empty()) export_variants(name, variants);
}

// Everything that the module declares.
void Checker::export_all(Span span) {
  const Module& module = all_.modules[module_];
  for (const auto& [name, symbol] : module.symbols) add_export(name, symbol, span);
  for (const auto& [name, where] : module.own_globals) {
    if (module.symbols.count(name) == 0) add_export(name, own_symbol(name), span);
  }
  for (const auto& [name, variants] : module.variants) export_variants(name, variants);
}

// A declaration with `export` in front.
void Checker::export_declaration(ast::NodeId id) {
  const ast::Node& node = at(id);
  switch (node.kind) {
    case NodeKind::Fun: {
      Symbol symbol = own_symbol(node.name);
      if (symbol.kind != Symbol::Kind::Fun) return;
      std::vector<FunDecl*> all = functions_of(symbol);
      auto fun = std::find_if(all.begin(), all.end(),
                              [&](const FunDecl* other) { return other->node == id; });
      // A function of the runtime that is declared again is one of another module.
      symbol.set = &shared_.function_sets.emplace_back(
          std::vector<FunDecl*>{fun == all.end() ? symbol.fun : *fun});
      return add_export(node.name, symbol, node.name_span());
    }
    case NodeKind::ValTuple:
      for_each_name(node.list, [&](const ast::Node& binder) {
        add_export(binder.name, own_symbol(binder.name), binder.span);
      });
      return;
    case NodeKind::Val:
    case NodeKind::Struct:
    case NodeKind::Union:
    case NodeKind::NativeType:
    case NodeKind::Alias:
    case NodeKind::Newtype:
    case NodeKind::Trait:
      return export_symbol(node.name, own_symbol(node.name), node.name_span());
    case NodeKind::Import:
    case NodeKind::Error:
      return;
    default:
      error(DiagKind::Misplaced, node.span,
            "`export` stands before a function, a type, a trait, a `val` or an `import`");
  }
}

void Checker::check_export_place(const ast::Node& node) {
  if (node.has(ast::kFlagExported) && !top_level())
    error(DiagKind::Misplaced, node.span, "this stands at the top level of a file only");
}

// `export import a.b (…)`: what it names; without a list, all that `a.b` exports.
void Checker::export_imported(const Import& import) {
  const ast::Node& node = at(import.node);
  const Module& from = all_.modules[import.module];
  if (node.list2.count == 0) {
    for (const auto& [name, symbol] : from.exports) add_export(name, symbol, node.span);
    for (const auto& [name, variants] : from.exported_variants) export_variants(name, variants);
    return;
  }
  for (ast::NodeId id : items(node.list2)) {
    const ast::Node& item = at(id);
    NameId name = item.a ? at(item.a).name : item.name;
    if (auto symbol = from.exports.find(item.name); symbol != from.exports.end())
      export_symbol(name, symbol->second, item.span);
    if (auto variants = from.exported_variants.find(item.name);
        variants != from.exported_variants.end() && name == item.name)
      export_variants(name, variants->second);
  }
}

void Checker::collect_exports(uint32_t index) {
  look_at(index);
  Module& module = shared_.modules[index];
  for (ast::NodeId id : items(at(ast().root).list)) {
    const ast::Node& node = at(id);
    if (node.has(ast::kFlagExported)) export_declaration(id);
    if (node.kind != NodeKind::ModuleDecl) continue;
    if (node.has(ast::kFlagAll)) export_all(node.span);
    for (ast::NodeId name : items(node.list2)) {
      if (at(name).name.valid()) export_name(at(name).name, at(name).span);
    }
  }
  for (const Import& import : module.imports) {
    if (import.exported) export_imported(import);
  }
  for (const auto& [name, symbol] : module.exports) shared_.exporters[name].push_back(index);
  for (const auto& [name, variants] : module.exported_variants) {
    if (module.exports.count(name) == 0) shared_.exporters[name].push_back(index);
  }
}

// ---- what is imported for nothing

void Checker::check_unused_imports() {
  for (uint32_t i = 0; i < all_.modules.size(); ++i) {
    Module& module = shared_.modules[i];
    if (module.is_standard || module.is_foreign) continue;
    look_at(i);
    std::vector<std::vector<const ImportedName*>> unused(module.imports.size());
    std::vector<size_t> items_of(module.imports.size());
    for (const auto& [name, found] : module.items) {
      for (const ImportedName& item : found) {
        ++items_of[item.import];
        if (!item.used) unused[item.import].push_back(&item);
      }
    }
    for (uint32_t k = 0; k < module.imports.size(); ++k) {
      const Import& import = module.imports[k];
      const Module& from = all_.modules[import.module];
      // One that exports nothing is imported for what its top level does.
      bool has_effects_only = from.exports.empty() && from.exported_variants.empty();
      if (import.used || import.exported || has_effects_only) continue;
      if (unused[k].size() == items_of[k] && !import.variant_used) {
        error(DiagKind::UnusedImport, at(import.node).span,
              "the import of `" + from.path + "` is not used");
        continue;
      }
      for (const ImportedName* item : unused[k]) {
        bool a_type = item->symbol.kind == Symbol::Kind::Type;
        if (a_type && import.variant_used) continue;  // its variants are
        error(DiagKind::UnusedImport, item->span, "this import is not used");
      }
    }
  }
}

}  // namespace tenure::ng
