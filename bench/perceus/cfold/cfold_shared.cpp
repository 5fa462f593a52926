// Constant folding: a full binary tree of sums is built, brought into one order, folded and evaluated; std::shared_ptr.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

enum class Kind { Val, Var, Add, Mul };

struct Expr;
using Ref = std::shared_ptr<const Expr>;

struct Expr {
  Kind kind;
  explicit Expr(Kind k) : kind(k) {}
};
struct Leaf : Expr {
  long value;  // of a Val; the index of a Var
  Leaf(Kind k, long v) : Expr(k), value(v) {}
};
struct Binary : Expr {
  Ref a, b;
  Binary(Kind k, Ref x, Ref y) : Expr(k), a(std::move(x)), b(std::move(y)) {}
};

static long value(const Ref& e) { return static_cast<const Leaf&>(*e).value; }
static const Binary& parts(const Ref& e) { return static_cast<const Binary&>(*e); }
static bool is_val(const Ref& e) { return e->kind == Kind::Val; }
static bool is_leaf(const Ref& e) { return e->kind == Kind::Val || e->kind == Kind::Var; }
static Ref num(long n) { return std::make_shared<Leaf>(Kind::Val, n); }
static Ref binary(Kind kind, Ref a, Ref b) { return std::make_shared<Binary>(kind, std::move(a), std::move(b)); }

static Ref make(int depth, long value) {
  if (depth == 0) return value == 0 ? std::make_shared<Leaf>(Kind::Var, 1) : num(value);
  Ref a = make(depth - 1, value + 1);
  return binary(Kind::Add, std::move(a), make(depth - 1, value == 0 ? 0 : value - 1));
}

static Ref append(Kind kind, const Ref& chain, Ref last) {
  if (chain->kind != kind) return binary(kind, chain, std::move(last));
  return binary(kind, parts(chain).a, append(kind, parts(chain).b, std::move(last)));
}

static Ref reassociate(const Ref& e) {
  if (is_leaf(e)) return e;
  return append(e->kind, reassociate(parts(e).a), reassociate(parts(e).b));
}

static long apply(Kind kind, long a, long b) { return kind == Kind::Add ? a + b : a * b; }

static Ref fold(const Ref& e) {
  if (is_leaf(e)) return e;
  const Kind kind = e->kind;
  Ref a = fold(parts(e).a);
  Ref b = fold(parts(e).b);
  if (is_val(a)) {
    if (is_val(b)) return num(apply(kind, value(a), value(b)));
    if (b->kind == kind) {
      const Binary& inner = parts(b);
      if (is_val(inner.a)) return binary(kind, num(apply(kind, value(a), value(inner.a))), inner.b);
      if (is_val(inner.b)) return binary(kind, num(apply(kind, value(a), value(inner.b))), inner.a);
    }
  }
  return binary(kind, std::move(a), std::move(b));
}

static long evaluate(const Ref& e, long variable) {
  switch (e->kind) {
    case Kind::Val: return value(e);
    case Kind::Var: return variable;
    case Kind::Add: return evaluate(parts(e).a, variable) + evaluate(parts(e).b, variable);
    case Kind::Mul: break;
  }
  return evaluate(parts(e).a, variable) * evaluate(parts(e).b, variable);
}

int main(int, char** arguments) {
  Ref e = make(std::atoi(arguments[1]), 1);
  const long before = evaluate(e, 7);
  std::printf("%ld, %ld\n", before, evaluate(fold(reassociate(e)), 7));
}
