// Constant folding: a full binary tree of sums is built, brought into one order, folded and evaluated. The tree has one owner,
// std::unique_ptr, and is changed in place.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

enum class Kind { Val, Var, Add, Mul };

struct Expr;
using Ref = std::unique_ptr<Expr>;

struct Expr {
  Kind kind;
  long value = 0;  // of a Val; the index of a Var
  Ref a, b;
  Expr(Kind k, long v) : kind(k), value(v) {}
  Expr(Kind k, Ref x, Ref y) : kind(k), a(std::move(x)), b(std::move(y)) {}
};

static Ref make(int depth, long value) {
  if (depth == 0) return value == 0 ? std::make_unique<Expr>(Kind::Var, 1) : std::make_unique<Expr>(Kind::Val, value);
  Ref a = make(depth - 1, value + 1);
  return std::make_unique<Expr>(Kind::Add, std::move(a), make(depth - 1, value == 0 ? 0 : value - 1));
}

// `last` at the right end of a chain of operators.
static Ref append(Kind kind, Ref chain, Ref last) {
  Ref* end = &chain;
  while ((*end)->kind == kind) end = &(*end)->b;
  *end = std::make_unique<Expr>(kind, std::move(*end), std::move(last));
  return chain;
}

static Ref reassociate(Ref e) {
  if (e->kind != Kind::Add && e->kind != Kind::Mul) return e;
  Ref a = reassociate(std::move(e->a));
  return append(e->kind, std::move(a), reassociate(std::move(e->b)));
}

static bool is_val(const Ref& e) { return e->kind == Kind::Val; }

static long apply(Kind kind, long a, long b) { return kind == Kind::Add ? a + b : a * b; }

static Ref fold(Ref e) {
  if (e->kind != Kind::Add && e->kind != Kind::Mul) return e;
  e->a = fold(std::move(e->a));
  e->b = fold(std::move(e->b));
  if (!is_val(e->a)) return e;
  if (is_val(e->b)) {
    e->a->value = apply(e->kind, e->a->value, e->b->value);
    return std::move(e->a);
  }
  if (e->b->kind != e->kind) return e;
  // n + (m + c), n + (c + m)
  Ref inner = std::move(e->b);
  if (is_val(inner->a)) {
    e->a->value = apply(e->kind, e->a->value, inner->a->value);
    e->b = std::move(inner->b);
  } else if (is_val(inner->b)) {
    e->a->value = apply(e->kind, e->a->value, inner->b->value);
    e->b = std::move(inner->a);
  } else {
    e->b = std::move(inner);
  }
  return e;
}

static long evaluate(const Ref& e, long variable) {
  switch (e->kind) {
    case Kind::Val: return e->value;
    case Kind::Var: return variable;
    case Kind::Add: return evaluate(e->a, variable) + evaluate(e->b, variable);
    case Kind::Mul: break;
  }
  return evaluate(e->a, variable) * evaluate(e->b, variable);
}

int main(int, char** arguments) {
  Ref e = make(std::atoi(arguments[1]), 1);
  const long before = evaluate(e, 7);
  e = fold(reassociate(std::move(e)));
  std::printf("%ld, %ld\n", before, evaluate(e, 7));
}
