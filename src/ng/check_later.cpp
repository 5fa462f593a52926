// What the language has and this compiler does not have yet: refused once, where it is asked for;
// what is then reached through it is unknown, silently.
#include <algorithm>

#include "ng/checker.h"

namespace tenure::ng {

namespace {

struct LaterModule {
  std::string_view path;
  std::vector<std::string_view> names;
};

const std::vector<LaterModule>& later_modules() {
  static const std::vector<LaterModule> table{
      {"std.string",
       {"split", "join", "trim", "contains", "replace", "startsWith", "endsWith", "toUpper",
        "toLower", "charAt", "substring", "indexOf", "StringBuilder"}},
      {"std.array", {"reverse", "sort", "sortBy", "isEmpty", "contains"}},
      {"std.seq", {"map", "filter", "fold", "reduce", "flatMap"}},
      {"std.list", {"List", "Nil", "Cons"}},
      {"std.map", {"Map", "map"}},
      {"std.math", {"sqrt", "pow", "abs", "min", "max", "floor", "ceil", "sin", "cos"}},
      {"std.time", {"now", "sleep"}},
      {"std.tuple", {}},
      {"std.bits", {"shl", "shr", "and", "or", "xor", "not"}},
  };
  return table;
}

}  // namespace

bool Checker::refuse_import(const ast::Node& node, const std::string& path) {
  const auto& table = later_modules();
  auto found = std::find_if(table.begin(), table.end(),
                            [&](const LaterModule& module) { return module.path == path; });
  if (found == table.end()) return false;
  error(DiagKind::NotSupported, node.span, "the module `" + path + "` is not supported yet");
  refuse_names_of(node, path);
  if (node.list2.count == 0) {
    for (std::string_view name : found->names) modules_[module_].refused.insert(std::string(name));
  }
  return true;
}

// The names that an import which was an error would have brought.
void Checker::refuse_names_of(const ast::Node& node, const std::string& path) {
  Module& module = modules_[module_];
  module.refused.insert(path);
  NameId short_name = node.name.valid() ? node.name : at(items(node.list).back()).name;
  module.refused.insert(std::string(text(short_name)));
  for (ast::NodeId item : items(node.list2))
    module.refused.insert(std::string(text(at(item).a ? at(at(item).a).name : at(item).name)));
}

// A statement that declares something where it cannot stand yet.
void Checker::refuse_local(ast::NodeId id, std::string_view what) {
  const ast::Node& node = at(id);
  not_supported(node.name_span.valid() ? node.name_span : node.span, what);
  Module& module = modules_[module_];
  if (node.name.valid()) module.refused.insert(std::string(text(node.name)));
  if (node.kind != ast::NodeKind::Union) return;
  for (ast::NodeId variant : items(node.list))
    module.refused.insert(std::string(text(at(variant).name)));
}

bool Checker::is_refused(std::string_view name) const {
  return modules_[module_].refused.count(std::string(name)) != 0;
}

// What a trait that was refused would give a type cannot be known.
bool Checker::has_refused_impl(TypeId type) const {
  const TypeInst* known = inst(type);
  return known != nullptr &&
         std::any_of(known->decl->impls.begin(), known->decl->impls.end(),
                     [](const ImplDecl* impl) { return impl->trait >= TraitKind::Users; });
}

// Where a name would come from, for a program that does not import it.
std::string_view Checker::later_module_of(NameId name) const {
  for (const LaterModule& module : later_modules()) {
    if (std::find(module.names.begin(), module.names.end(), text(name)) != module.names.end())
      return module.path;
  }
  return {};
}

}  // namespace tenure::ng
