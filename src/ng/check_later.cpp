// What the language has and this compiler does not have yet: refused once, where it is asked for;
// what is then reached through it is unknown, silently.
#include <algorithm>

#include "ng/checker.h"
#include "ng/modules.h"
#include "ng/std_modules.h"

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

bool comes_later(std::string_view path) {
  const auto& table = later_modules();
  return std_module(path) == nullptr &&
         std::any_of(table.begin(), table.end(),
                     [&](const LaterModule& module) { return module.path == path; });
}

// The names that an import which was an error would have brought.
void Checker::refuse_names_of(const ast::Node& node, const std::string& path) {
  Module& module = modules_[module_];
  module.refused.insert(path);
  NameId short_name = node.name;
  if (!short_name.valid() && node.list.count != 0) short_name = at(items(node.list).back()).name;
  module.refused.insert(std::string(short_name.valid() ? text(short_name) : stem_of(path)));
  if (node.list2.count == 0) {
    // What it would have exported is known of a module that comes later.
    const auto& table = later_modules();
    auto later = std::find_if(table.begin(), table.end(),
                              [&](const LaterModule& other) { return other.path == path; });
    if (later == table.end()) {
      module.open_refused = true;
    } else {
      for (std::string_view name : later->names) module.refused.insert(std::string(name));
    }
  }
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
                     [](const ImplDecl* impl) { return impl->trait == TraitKind::Unknown; });
}

// Where a name would come from, for a program that does not import it.
std::string_view Checker::later_module_of(NameId name) const {
  for (const LaterModule& module : later_modules()) {
    if (std_module(module.path) != nullptr) continue;
    if (std::find(module.names.begin(), module.names.end(), text(name)) != module.names.end())
      return module.path;
  }
  return {};
}

}  // namespace tenure::ng
