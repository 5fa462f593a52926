// What the language has and this compiler does not have yet: refused once, where it is asked for;
// what is then reached through it is unknown, silently.
#include <algorithm>

#include "ng/checker.h"
#include "ng/modules.h"
#include "ng/std_modules.h"

namespace tenure::ng {

// The names that an import which was an error would have brought.
void Checker::refuse_names_of(const ast::Node& node, const std::string& path) {
  Module& module = grow().modules[module_];
  module.refused.insert(path);
  NameId short_name = node.name;
  if (!short_name.valid() && node.list.count != 0) short_name = at(items(node.list).back()).name;
  module.refused.insert(std::string(short_name.valid() ? text(short_name) : stem_of(path)));
  if (node.list2.count == 0) module.open_refused = true;
  for (ast::NodeId item : items(node.list2))
    module.refused.insert(std::string(text(at(item).a ? at(at(item).a).name : at(item).name)));
}

// A statement that declares something where it cannot stand yet.
void Checker::refuse_local(ast::NodeId id, std::string_view what) {
  const ast::Node& node = at(id);
  not_supported(node.name_span().valid() ? node.name_span() : node.span, what);
  if (node.name.valid()) refused_here_.insert(std::string(text(node.name)));
  if (node.kind != ast::NodeKind::Union) return;
  for (ast::NodeId variant : items(node.list))
    refused_here_.insert(std::string(text(at(variant).name)));
}

bool Checker::is_refused(std::string_view name) const {
  std::string word(name);
  return all_.modules[module_].refused.count(word) != 0 || refused_here_.count(word) != 0;
}

// What a trait that was refused would give a type cannot be known.
bool Checker::has_refused_impl(TypeId type) const {
  const TypeInst* known = inst(type);
  return known != nullptr &&
         std::any_of(known->decl->impls.begin(), known->decl->impls.end(),
                     [](const ImplDecl* impl) { return impl->trait == TraitKind::Unknown; });
}

}  // namespace tenure::ng
