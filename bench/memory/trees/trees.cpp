// Binary trees with new and delete.
#include <cstdio>
#include <cstdlib>

struct Tree {
  Tree* left = nullptr;
  Tree* right = nullptr;
  ~Tree() {
    delete left;
    delete right;
  }
};

static Tree* make(int depth) {
  if (depth == 0) return new Tree;
  Tree* left = make(depth - 1);
  return new Tree{left, make(depth - 1)};
}

static int check(const Tree* tree) {
  if (tree->left == nullptr) return 1;
  return check(tree->left) + check(tree->right) + 1;
}

int main(int, char** arguments) {
  const int min_depth = 4;
  const int max_depth = std::atoi(arguments[1]);
  Tree* stretch = make(max_depth + 1);
  std::printf("%d, %d\n", max_depth + 1, check(stretch));
  delete stretch;
  Tree* long_lived = make(max_depth);
  for (int depth = min_depth; depth <= max_depth; depth += 2) {
    int count = 1 << (max_depth - depth + min_depth);
    int sum = 0;
    for (int i = 0; i < count; i++) {
      Tree* tree = make(depth);
      sum += check(tree);
      delete tree;
    }
    std::printf("%d, %d, %d\n", count, depth, sum);
  }
  std::printf("%d, %d\n", max_depth, check(long_lived));
  delete long_lived;
}
