// The end of a list of n nodes and of a tree of as many, in nanoseconds for each node, to standard error. The list ends by a loop, since
// its destructors would need a long stack.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>

struct Node {
  long value;
  std::unique_ptr<Node> next;
};

struct Tree {
  std::unique_ptr<Tree> left, right;
};

static std::unique_ptr<Node> make_list(long n) {
  std::unique_ptr<Node> list;
  for (long i = 0; i < n; i++) list = std::make_unique<Node>(Node{i, std::move(list)});
  return list;
}

static std::unique_ptr<Tree> make_tree(long n) {
  if (n == 0) return nullptr;
  auto tree = std::make_unique<Tree>();
  const long left = (n - 1) / 2;
  tree->left = make_tree(left);
  tree->right = make_tree(n - 1 - left);
  return tree;
}

static double now() {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int main(int, char** arguments) {
  const long n = std::atol(arguments[1]);
  std::unique_ptr<Node> list = make_list(n);
  std::printf("%ld\n", list->value);
  const double start = now();
  while (list != nullptr) list = std::move(list->next);
  const double list_ended = now();
  std::unique_ptr<Tree> tree = make_tree(n);
  std::printf("%s\n", tree->left == tree->right ? "true" : "false");
  const double tree_start = now();
  tree.reset();
  const double tree_ended = now();
  std::fprintf(stderr, "%.2f %.2f\n", (list_ended - start) / n, (tree_ended - tree_start) / n);
}
