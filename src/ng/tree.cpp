#include "ng/tree.h"

namespace tenure::ng {

namespace tree {

std::string_view node_kind_name(NodeKind kind) {
  static constexpr std::string_view kNames[] = {
#define TREE(name, category) #name,
#include "ng/tree.def"
#undef TREE
  };
  return kNames[static_cast<size_t>(kind)];
}

Category node_category(NodeKind kind) {
  static constexpr Category kCategories[] = {
#define TREE(name, category) Category::category,
#include "ng/tree.def"
#undef TREE
  };
  return kCategories[static_cast<size_t>(kind)];
}

}  // namespace tree
}  // namespace tenure::ng
