// Where one of several threads parses blocks that were passed over: names and rows of its own,
// behind those of the files, which all threads share.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/names.h"

namespace tenure {

// `Tree`: Rows with a `root`.
template <class Tree>
class BlockTrees {
 public:
  // `names`: of all files, of which there are `files`. They outlive this, and get no more.
  BlockTrees(const Names& names, size_t files) : names_(Names::after(names)), trees_(files) {}

  Names& names() { return names_; }
  // The tree of a file, without the block that was parsed behind it before.
  Tree& emptied(size_t file, const Tree& shared) {
    std::unique_ptr<Tree>& tree = trees_[file];
    if (!tree) {
      tree = std::make_unique<Tree>();
      tree->begin_after(shared);
      tree->root = shared.root;
    }
    tree->forget({shared.nodes.size_with_room(), shared.lists.size()});
    return *tree;
  }

 private:
  Names names_;
  std::vector<std::unique_ptr<Tree>> trees_;  // by file; null: none of its blocks was parsed
};

}  // namespace tenure
