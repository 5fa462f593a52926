// Binary trees with std::shared_ptr.
#include <cstdio>
#include <cstdlib>
#include <memory>

struct Tree {
  std::shared_ptr<Tree> left;
  std::shared_ptr<Tree> right;
};

static std::shared_ptr<Tree> make(int depth) {
  auto tree = std::make_shared<Tree>();
  if (depth > 0) {
    tree->left = make(depth - 1);
    tree->right = make(depth - 1);
  }
  return tree;
}

static int check(const std::shared_ptr<Tree>& tree) {
  if (!tree->left) return 1;
  return check(tree->left) + check(tree->right) + 1;
}

int main(int, char** arguments) {
  const int min_depth = 4;
  const int max_depth = std::atoi(arguments[1]);
  std::printf("%d, %d\n", max_depth + 1, check(make(max_depth + 1)));
  std::shared_ptr<Tree> long_lived = make(max_depth);
  for (int depth = min_depth; depth <= max_depth; depth += 2) {
    int count = 1 << (max_depth - depth + min_depth);
    int sum = 0;
    for (int i = 0; i < count; i++) sum += check(make(depth));
    std::printf("%d, %d, %d\n", count, depth, sum);
  }
  std::printf("%d, %d\n", max_depth, check(long_lived));
}
