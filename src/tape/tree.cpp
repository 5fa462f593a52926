#include "tape/tree.h"

namespace tenure::tape::tree {

std::string_view node_kind_name(NodeKind kind) {
  static constexpr std::string_view kNames[] = {
#define TREE(name, category) #name,
#include "tape/tree.def"
#undef TREE
  };
  return kNames[static_cast<size_t>(kind)];
}

Category node_category(NodeKind kind) {
  static constexpr Category kCategories[] = {
#define TREE(name, category) Category::category,
#include "tape/tree.def"
#undef TREE
  };
  return kCategories[static_cast<size_t>(kind)];
}

}  // namespace tenure::tape::tree
