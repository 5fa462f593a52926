#include "cross/tape_view.h"

#include <deque>
#include <map>

#include "base/modules.h"

namespace tenure::cross {

namespace {

using tape::ast::Node;
using tape::ast::NodeId;
using tape::ast::NodeKind;

// Writes the view of one module.
class View {
 public:
  View(const ng::Interface& from, const oir::Program& program, Names& names, tape::ast::Tree& tree)
      : from_(from), program_(program), names_(names), tree_(tree) {}

  tape::ModuleSource write() {
    for (const ng::InterfaceName& name : from_.names) declaration(name);
    Node root;
    root.kind = NodeKind::File;
    if (!from_.names.empty()) root.span = from_.names[0].span;
    root.list = tree_.add_list(items_);
    tree_.root = tree_.add(root);
    out_.tree = &tree_;
    out_.is_foreign = true;
    out_.place = from_.place;
    return std::move(out_);
  }

 private:
  void declaration(const ng::InterfaceName& name) {
    using Kind = ng::InterfaceName::Kind;
    Node node;
    node.span = name.span;
    node.name_is_at(node.span);
    node.name = names_.intern(name.name);
    node.flags = tape::ast::kFlagPub;
    node.kind = name.kind == Kind::Struct  ? NodeKind::Struct
                : name.kind == Kind::Alias ? NodeKind::Alias
                                           : NodeKind::Fn;
    if (name.kind == Kind::Alias) node.a = type_name(name.result, name.span);
    if (name.kind == Kind::Function || name.kind == Kind::Struct) {
      std::vector<NodeId> parts;
      for (const ng::InterfacePart& part : name.parts) {
        Node made;
        made.kind = name.kind == Kind::Struct ? NodeKind::FieldDecl : NodeKind::Param;
        made.span = part.span;
        made.name_is_at(made.span);
        made.name = names_.intern(part.name);
        made.a = type_name(part.type, part.span);
        parts.push_back(tree_.add(made));
      }
      node.list = tree_.add_list(parts);
    }
    bool gives = name.kind == Kind::Function && name.result.type != program_.types.unit();
    if (gives) node.a = type_name(name.result, name.span);
    NodeId id = tree_.add(node);
    if (name.kind == Kind::Refused) out_.refusals.emplace(id.v, name.refusal);
    items_.push_back(id);
  }

  NodeId type_name(const ng::InterfaceType& type, Span span) {
    Node node;
    node.kind = NodeKind::TypeName;
    node.span = span;
    node.name_is_at(node.span);
    node.name = names_.intern(type.is_struct ? type.name : program_.types.text(type.type));
    if (type.is_struct && type.place != from_.place) {
      Node qualifier;
      qualifier.kind = NodeKind::Name;
      qualifier.span = span;
      qualifier.name = import(type.place, span);
      node.list = tree_.add_list(std::vector<NodeId>{tree_.add(qualifier)});
    }
    return tree_.add(node);
  }

  // The name of another module here: one that no program can write.
  NameId import(uint32_t place, Span span) {
    NameId name = names_.intern("#" + std::to_string(place));
    if (!imported_.emplace(place, true).second) return name;
    Node node;
    node.kind = NodeKind::Import;
    node.span = span;
    node.name_is_at(node.span);
    node.name = name;
    NodeId id = tree_.add(node);
    items_.push_back(id);
    out_.imports.emplace_back(id, place);
    return name;
  }

  const ng::Interface& from_;
  const oir::Program& program_;
  Names& names_;
  tape::ast::Tree& tree_;
  tape::ModuleSource out_;
  std::vector<NodeId> items_;
  std::map<uint32_t, bool> imported_;
};

}  // namespace

tape::Modules::Views tape_views(const std::vector<ng::Interface>& interfaces,
                                const std::vector<LoadedModule>& loaded,
                                const oir::Program& program, tape::Modules& tape_modules,
                                std::deque<tape::ast::Tree>& trees) {
  tape::Modules::Views out;
  for (const ng::Interface& interface : interfaces) {
    View view(interface, program, tape_modules.names(), trees.emplace_back());
    tape::ModuleSource source = view.write();
    source.name = std::string(stem_of(loaded[interface.place].key));
    out.emplace(interface.place, std::move(source));
  }
  return out;
}

}  // namespace tenure::cross
