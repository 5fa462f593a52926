#include "cross/ng_view.h"

#include <algorithm>
#include <deque>
#include <map>

namespace tenure::cross {

namespace {

using TapeNode = tape::ast::Node;
using TapeId = tape::ast::NodeId;
using TapeKind = tape::ast::NodeKind;
using NgNode = ng::ast::Node;
using NgId = ng::ast::NodeId;
using NgKind = ng::ast::NodeKind;

// Tape's types that NG has, and what they are called there.
constexpr std::pair<std::string_view, std::string_view> kScalars[] = {
    {"bool", "bool"}, {"i8", "i8"},   {"i16", "i16"},   {"i32", "i32"},
    {"i64", "i64"},   {"u8", "u8"},   {"u16", "u16"},   {"u32", "u32"},
    {"u64", "u64"},   {"f32", "f32"}, {"f64", "f64"},   {"int", "i64"},
    {"uint", "u64"},  {"byte", "u8"}, {"float", "f64"}, {"string", "string"},
};

// A type of Tape for NG: a scalar, or a struct and where it is declared; or why it is neither.
struct Seen {
  std::string why;  // empty: it crosses
  std::string name;
  bool is_struct = false;
  uint32_t place = 0;
};

// The declarations of all Tape modules of a program.
class Declarations {
 public:
  Declarations(const std::vector<LoadedModule>& loaded, const SourceMap& sources,
               tape::Modules& modules)
      : loaded_(loaded), sources_(sources), modules_(modules) {}

  const std::vector<LoadedModule>& loaded() const { return loaded_; }
  bool is_tape(uint32_t place) const { return loaded_[place].language == &modules_; }
  const tape::ast::Tree& tree(uint32_t place) const { return modules_.tree(loaded_[place]); }
  std::string_view text(NameId name) const {
    return name.valid() ? modules_.names().text(name) : std::string_view();
  }

  Seen type(uint32_t place, TapeId id) {
    const tape::ast::Tree& tree = this->tree(place);
    if (!id.valid()) return refused("a type");
    const TapeNode& node = tree[id];
    if (node.kind != TapeKind::TypeName) return refused(written(node.span));
    if (node.list.count != 0) {
      std::optional<uint32_t> from = imported(place, tree[tree.items(node.list)[0]].name);
      return from ? named(*from, node.name) : refused(written(node.span));
    }
    return named(place, node.name);
  }

  // Whether a struct crosses: empty if it does.
  std::string struct_refusal(uint32_t place, TapeId id) {
    auto [it, fresh] = structs_.emplace(std::pair(place, id.v), "it holds itself");
    if (!fresh) return it->second;
    const tape::ast::Tree& tree = this->tree(place);
    const TapeNode& node = tree[id];
    std::string why;
    if (node.list2.count != 0) why = "it is laid out by hand";
    for (TapeId field : tree.items(node.list)) {
      if (!why.empty()) break;
      why =
          tree[field].kind == TapeKind::FieldDecl ? type(place, tree[field].a).why : "it is wrong";
    }
    return structs_[std::pair(place, id.v)] = why;
  }

 private:
  static Seen refused(const std::string& text) {
    Seen out;
    out.why = "`" + text + "` does not cross between the languages";
    return out;
  }
  std::string written(Span span) const { return std::string(sources_.text(span)); }

  // The module that a name of a module stands for.
  std::optional<uint32_t> imported(uint32_t place, NameId name) const {
    const tape::ast::Tree& tree = this->tree(place);
    for (const LoadedModule::Import& import : loaded_[place].imports) {
      if (tree[TapeId{size_t{import.node}}].name == name) return import.module;
    }
    return std::nullopt;
  }

  Seen named(uint32_t place, NameId name) {
    Seen out;
    out.name = std::string(text(name));
    if (!is_tape(place)) {  // NG says whether it is one
      out.is_struct = true;
      out.place = place;
      return out;
    }
    const tape::ast::Tree& tree = this->tree(place);
    for (TapeId id : tree.items(tree[tree.root].list)) {
      const TapeNode& node = tree[id];
      if (node.kind == TapeKind::Import) {
        for (TapeId item : tree.items(node.list)) {
          const TapeNode& alias = tree[item].a.valid() ? tree[tree[item].a] : tree[item];
          if (alias.name != name) continue;
          for (const LoadedModule::Import& import : loaded_[place].imports) {
            if (import.node == id.v && import.module) return named(*import.module, tree[item].name);
          }
        }
      }
      bool declares = node.kind == TapeKind::Struct || node.kind == TapeKind::Alias ||
                      node.kind == TapeKind::Enum || node.kind == TapeKind::Tagged ||
                      node.kind == TapeKind::Union;
      if (!declares || node.name != name) continue;
      return declared(place, id, std::move(out));
    }
    for (const auto& [tapes, ngs] : kScalars) {
      if (tapes != out.name) continue;
      out.name = std::string(ngs);
      return out;
    }
    return refused(out.name);
  }

  Seen declared(uint32_t place, TapeId id, Seen out) {
    constexpr uint32_t kMostAliases = 100;
    const TapeNode& node = tree(place)[id];
    if (node.kind == TapeKind::Alias && aliases_ < kMostAliases) {
      ++aliases_;
      out = type(place, node.a);
      --aliases_;
      return out;
    }
    if (node.kind != TapeKind::Struct) return refused(out.name);
    out.is_struct = true;
    out.place = place;
    if (!struct_refusal(place, id).empty())
      out.why =
          "`" + out.name + "` does not cross between the languages: " + struct_refusal(place, id);
    return out;
  }

  const std::vector<LoadedModule>& loaded_;
  const SourceMap& sources_;
  tape::Modules& modules_;
  std::map<std::pair<uint32_t, uint32_t>, std::string> structs_;
  uint32_t aliases_ = 0;
};

// Writes the view of one module.
class View {
 public:
  View(Declarations& declarations, uint32_t place, Names& names, ng::ast::Tree& tree)
      : tape_(declarations), place_(place), names_(names), tree_(tree) {}

  ng::ModuleSource write() {
    const tape::ast::Tree& from = tape_.tree(place_);
    for (TapeId id : from.items(from[from.root].list)) declaration(from, id);
    NgNode root;
    root.kind = NgKind::Module;
    root.span = from[from.root].span;
    root.list = tree_.add_list(items_);
    tree_.root = tree_.add(root);
    tree_.file = from.file;
    out_.tree = &tree_;
    out_.is_foreign = true;
    out_.place = place_;
    out_.path = std::string(stem_of(tape_.loaded()[place_].key));
    return std::move(out_);
  }

 private:
  void declaration(const tape::ast::Tree& from, TapeId id) {
    const TapeNode& node = from[id];
    switch (node.kind) {
      case TapeKind::Fn:
        if (!node.c.valid()) function(from, node);
        return;
      case TapeKind::Struct: {
        std::string why = tape_.struct_refusal(place_, id);
        if (why.empty()) return structure(from, node);
        if (node.has(tape::ast::kFlagPub)) refused(node, why);
        return;
      }
      case TapeKind::Alias: {
        Seen type = tape_.type(place_, node.a);
        if (!node.has(tape::ast::kFlagPub)) return;
        if (!type.why.empty()) return refused(node, type.why);
        NgNode alias = begin(NgKind::Alias, node);
        alias.a = type_name(type, node.span);
        items_.push_back(tree_.add(alias));
        return;
      }
      case TapeKind::Let:
      case TapeKind::Enum:
      case TapeKind::Tagged:
      case TapeKind::Union:
        if (node.has(tape::ast::kFlagPub))
          refused(node, "only functions and structs cross between the languages");
        return;
      default:
        return;
    }
  }

  NgNode begin(NgKind kind, const TapeNode& node) {
    NgNode out;
    out.kind = kind;
    out.span = node.span;
    out.name_is_at(node.name_span());
    out.name = names_.intern(tape_.text(node.name));
    if (node.has(tape::ast::kFlagPub)) out.flags |= ng::ast::kFlagExported;
    return out;
  }

  void refused(const TapeNode& node, std::string why) {
    NgId id = tree_.add(begin(NgKind::Fun, node));
    out_.refusals.emplace(id.v, std::move(why));
    items_.push_back(id);
  }

  void function(const tape::ast::Tree& from, const TapeNode& node) {
    NgNode fun = begin(NgKind::Fun, node);
    std::vector<NgId> params;
    std::string why;
    bool is_pub = node.has(tape::ast::kFlagPub);
    for (TapeId id : from.items(node.list)) {
      const TapeNode& param = from[id];
      if (!is_pub || param.kind != TapeKind::Param) continue;
      Seen type = tape_.type(place_, param.a);
      if (why.empty()) why = type.why;
      if (!why.empty()) break;
      NgNode made = begin(NgKind::Param, param);
      made.flags = 0;
      made.a = type_name(type, param.span);
      params.push_back(tree_.add(made));
    }
    if (is_pub && why.empty() && node.a.valid()) {
      const TapeNode& result = from[node.a];
      bool is_void = result.kind == TapeKind::TypeName && tape_.text(result.name) == "void";
      Seen type = is_void ? Seen{} : tape_.type(place_, node.a);
      why = type.why;
      if (why.empty() && !is_void) fun.a = type_name(type, result.span);
    }
    if (!why.empty()) return refused(node, why);
    fun.list = tree_.add_list(params);
    items_.push_back(tree_.add(fun));
  }

  void structure(const tape::ast::Tree& from, const TapeNode& node) {
    NgNode made = begin(NgKind::Struct, node);
    std::vector<NgId> fields;
    for (TapeId id : from.items(node.list)) {
      NgNode field = begin(NgKind::FieldDecl, from[id]);
      field.flags = 0;
      field.a = type_name(tape_.type(place_, from[id].a), from[id].span);
      fields.push_back(tree_.add(field));
    }
    made.list = tree_.add_list(fields);
    items_.push_back(tree_.add(made));
  }

  NgId type_name(const Seen& type, Span span) {
    NgNode node;
    node.kind = NgKind::TypeName;
    node.span = span;
    node.name_is_at(node.span);
    node.name = names_.intern(type.name);
    if (type.is_struct && type.place != place_) {
      NgNode qualifier;
      qualifier.kind = NgKind::Name;
      qualifier.span = span;
      qualifier.name = import(type.place, span);
      node.list2 = tree_.add_list(std::vector<NgId>{tree_.add(qualifier)});
    }
    return tree_.add(node);
  }

  // The name of another module here: one that no program can write.
  NameId import(uint32_t place, Span span) {
    NameId name = names_.intern("#" + std::to_string(place));
    if (!imported_.emplace(place, true).second) return name;
    NgNode node;
    node.kind = NgKind::Import;
    node.span = span;
    node.name = name;
    NgId id = tree_.add(node);
    items_.push_back(id);
    out_.imports.emplace_back(id, place);
    return name;
  }

  Declarations& tape_;
  uint32_t place_;
  Names& names_;
  ng::ast::Tree& tree_;
  ng::ModuleSource out_;
  std::vector<NgId> items_;
  std::map<uint32_t, bool> imported_;
};

}  // namespace

ng::Modules::Views ng_views(const std::vector<LoadedModule>& loaded, const SourceMap& sources,
                            ng::Modules& ng_modules, tape::Modules& tape_modules,
                            std::deque<ng::ast::Tree>& trees) {
  ng::Modules::Views out;
  Declarations declarations(loaded, sources, tape_modules);
  for (uint32_t i = 0; i < loaded.size(); ++i) {
    bool is_tape = loaded[i].language == &tape_modules && !loaded[i].is_standard;
    if (!is_tape || !tape_modules.tree(loaded[i]).root.valid()) continue;
    out.emplace(i, View(declarations, i, ng_modules.names(), trees.emplace_back()).write());
  }
  return out;
}

}  // namespace tenure::cross
