// Binary trees whose nodes count their references themselves and come from a free list.
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "counted.h"

struct Node;
using Tree = Counted<Node>;

struct Node {
  unsigned count = 0;
  Tree left;
  Tree right;
  static void* operator new(std::size_t size);
  static void operator delete(void* memory);
};

// Nodes that are not in use, linked through their first word.
static void* free_nodes = nullptr;

static void more_nodes() {
  constexpr std::size_t kCount = 65536 / sizeof(Node);
  char* memory = static_cast<char*>(std::malloc(kCount * sizeof(Node)));
  if (memory == nullptr) std::abort();
  for (std::size_t i = 0; i < kCount; i++) Node::operator delete(memory + i * sizeof(Node));
}

void* Node::operator new(std::size_t) {
  if (free_nodes == nullptr) more_nodes();
  void* node = free_nodes;
  free_nodes = *static_cast<void**>(node);
  return node;
}

void Node::operator delete(void* memory) {
  *static_cast<void**>(memory) = free_nodes;
  free_nodes = memory;
}

static Tree make(int depth) {
  Tree tree(new Node);
  if (depth > 0) {
    tree->left = make(depth - 1);
    tree->right = make(depth - 1);
  }
  return tree;
}

static int check(const Tree& tree) {
  if (!tree->left) return 1;
  return check(tree->left) + check(tree->right) + 1;
}

int main(int, char** arguments) {
  const int min_depth = 4;
  const int max_depth = std::atoi(arguments[1]);
  std::printf("%d, %d\n", max_depth + 1, check(make(max_depth + 1)));
  Tree long_lived = make(max_depth);
  for (int depth = min_depth; depth <= max_depth; depth += 2) {
    int count = 1 << (max_depth - depth + min_depth);
    int sum = 0;
    for (int i = 0; i < count; i++) sum += check(make(depth));
    std::printf("%d, %d, %d\n", count, depth, sum);
  }
  std::printf("%d, %d\n", max_depth, check(long_lived));
}
