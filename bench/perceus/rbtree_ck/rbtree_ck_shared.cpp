// As rbtree, but every fifth tree is kept.
#include <cstdio>
#include <cstdlib>
#include <forward_list>
#include <iterator>
#include <memory>

enum class Color : unsigned char { Red, Black };

struct Node;
using Tree = std::shared_ptr<const Node>;

struct Node {
  Color color;
  Tree left;
  int key;
  bool value;
  Tree right;
  Node(Color c, Tree l, int k, bool v, Tree r) : color(c), left(std::move(l)), key(k), value(v), right(std::move(r)) {}
};

static Tree node(Color color, Tree left, int key, bool value, Tree right) {
  return std::make_shared<Node>(color, std::move(left), key, value, std::move(right));
}

static bool is_red(const Tree& t) { return t && t->color == Color::Red; }

static Tree balance_left(const Tree& l, int key, bool value, const Tree& r) {
  if (is_red(l->left)) {
    const Tree& ll = l->left;
    return node(Color::Red, node(Color::Black, ll->left, ll->key, ll->value, ll->right), l->key, l->value,
                node(Color::Black, l->right, key, value, r));
  }
  if (is_red(l->right)) {
    const Tree& lr = l->right;
    return node(Color::Red, node(Color::Black, l->left, l->key, l->value, lr->left), lr->key, lr->value,
                node(Color::Black, lr->right, key, value, r));
  }
  return node(Color::Black, node(Color::Red, l->left, l->key, l->value, l->right), key, value, r);
}

static Tree balance_right(const Tree& l, int key, bool value, const Tree& r) {
  if (is_red(r->left)) {
    const Tree& rl = r->left;
    return node(Color::Red, node(Color::Black, l, key, value, rl->left), rl->key, rl->value,
                node(Color::Black, rl->right, r->key, r->value, r->right));
  }
  if (is_red(r->right)) {
    const Tree& rr = r->right;
    return node(Color::Red, node(Color::Black, l, key, value, r->left), r->key, r->value,
                node(Color::Black, rr->left, rr->key, rr->value, rr->right));
  }
  return node(Color::Black, l, key, value, node(Color::Red, r->left, r->key, r->value, r->right));
}

static Tree insert_into(const Tree& t, int key, bool value) {
  if (!t) return node(Color::Red, nullptr, key, value, nullptr);
  if (t->color == Color::Red) {
    if (key < t->key) return node(Color::Red, insert_into(t->left, key, value), t->key, t->value, t->right);
    if (key > t->key) return node(Color::Red, t->left, t->key, t->value, insert_into(t->right, key, value));
    return node(Color::Red, t->left, key, value, t->right);
  }
  if (key < t->key) {
    Tree left = insert_into(t->left, key, value);
    if (is_red(t->left)) return balance_left(left, t->key, t->value, t->right);
    return node(Color::Black, std::move(left), t->key, t->value, t->right);
  }
  if (key > t->key) {
    Tree right = insert_into(t->right, key, value);
    if (is_red(t->right)) return balance_right(t->left, t->key, t->value, right);
    return node(Color::Black, t->left, t->key, t->value, std::move(right));
  }
  return node(Color::Black, t->left, key, value, t->right);
}

static Tree insert(const Tree& t, int key, bool value) {
  Tree r = insert_into(t, key, value);
  if (r->color == Color::Black) return r;
  return node(Color::Black, r->left, r->key, r->value, r->right);
}

static int count_true(const Tree& t, int count) {
  if (!t) return count;
  return count_true(t->right, count_true(t->left, count) + (t->value ? 1 : 0));
}

int main(int, char** arguments) {
  const int n = std::atoi(arguments[1]);
  Tree tree;
  std::forward_list<Tree> kept;
  for (int key = n; key > 0; key--) {
    tree = insert(tree, key, key % 10 == 0);
    if (key % 5 == 0) kept.push_front(tree);
  }
  std::printf("%d, %d\n", static_cast<int>(std::distance(kept.begin(), kept.end())), count_true(kept.front(), 0));
}
