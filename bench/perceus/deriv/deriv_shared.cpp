// The symbolic derivative of x^x, taken again and again; std::shared_ptr.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <memory>
#include <utility>

enum class Kind { Val, Var, Add, Mul, Pow, Ln };

struct Expr;
using Ref = std::shared_ptr<const Expr>;

struct Expr {
  Kind kind;
  explicit Expr(Kind k) : kind(k) {}
};

struct Val : Expr {
  long value;
  explicit Val(long v) : Expr(Kind::Val), value(v) {}
};
struct Var : Expr {
  std::string name;
  explicit Var(std::string n) : Expr(Kind::Var), name(std::move(n)) {}
};
struct Binary : Expr {
  Ref a, b;
  Binary(Kind k, Ref x, Ref y) : Expr(k), a(std::move(x)), b(std::move(y)) {}
};
struct Ln : Expr {
  Ref a;
  explicit Ln(Ref x) : Expr(Kind::Ln), a(std::move(x)) {}
};

static long value(const Ref& e) { return static_cast<const Val&>(*e).value; }
static const Binary& parts(const Ref& e) { return static_cast<const Binary&>(*e); }
static bool is(const Ref& e, Kind kind) { return e->kind == kind; }
static bool is_val(const Ref& e, long n) { return is(e, Kind::Val) && value(e) == n; }
static Ref num(long n) { return std::make_shared<Val>(n); }
static Ref binary(Kind kind, Ref a, Ref b) { return std::make_shared<Binary>(kind, std::move(a), std::move(b)); }

static long power(long base, long exponent) {
  long result = 1;
  for (long i = 0; i < exponent; i++) result *= base;
  return result;
}

static Ref add(const Ref& a, const Ref& b) {
  if (is(a, Kind::Val)) {
    if (value(a) == 0) return b;
    if (is(b, Kind::Val)) return num(value(a) + value(b));
    if (is(b, Kind::Add) && is(parts(b).a, Kind::Val)) return add(num(value(a) + value(parts(b).a)), parts(b).b);
    return binary(Kind::Add, a, b);
  }
  if (is(a, Kind::Add)) return add(parts(a).a, add(parts(a).b, b));
  if (is(b, Kind::Val)) return add(b, a);
  if (is(b, Kind::Add) && is(parts(b).a, Kind::Val)) return add(parts(b).a, add(a, parts(b).b));
  return binary(Kind::Add, a, b);
}

static Ref mul(const Ref& a, const Ref& b) {
  if (is_val(a, 0) || is_val(b, 0)) return num(0);
  if (is_val(a, 1)) return b;
  if (is_val(b, 1)) return a;
  if (is(a, Kind::Val)) {
    if (is(b, Kind::Val)) return num(value(a) * value(b));
    if (is(b, Kind::Mul) && is(parts(b).a, Kind::Val)) return mul(num(value(a) * value(parts(b).a)), parts(b).b);
    return binary(Kind::Mul, a, b);
  }
  if (is(a, Kind::Mul)) return mul(parts(a).a, mul(parts(a).b, b));
  if (is(b, Kind::Val)) return mul(b, a);
  if (is(b, Kind::Mul) && is(parts(b).a, Kind::Val)) return mul(parts(b).a, mul(a, parts(b).b));
  return binary(Kind::Mul, a, b);
}

static Ref pow(const Ref& a, const Ref& b) {
  if (is_val(b, 0)) return num(1);
  if (is_val(b, 1)) return a;
  if (is_val(a, 0)) return num(0);
  if (is(a, Kind::Val) && is(b, Kind::Val)) return num(power(value(a), value(b)));
  return binary(Kind::Pow, a, b);
}

static Ref ln(const Ref& a) {
  if (is_val(a, 1)) return num(0);
  return std::make_shared<Ln>(a);
}

static Ref derive(const std::string& x, const Ref& e) {
  switch (e->kind) {
    case Kind::Val: return num(0);
    case Kind::Var: return num(static_cast<const Var&>(*e).name == x ? 1 : 0);
    case Kind::Add: return add(derive(x, parts(e).a), derive(x, parts(e).b));
    case Kind::Mul: {
      const Binary& p = parts(e);
      return add(mul(p.a, derive(x, p.b)), mul(p.b, derive(x, p.a)));
    }
    case Kind::Pow: {
      const Binary& p = parts(e);
      return mul(pow(p.a, p.b), add(mul(mul(p.b, derive(x, p.a)), pow(p.a, num(-1))), mul(ln(p.a), derive(x, p.b))));
    }
    case Kind::Ln: break;
  }
  const Ref& a = static_cast<const Ln&>(*e).a;
  return mul(derive(x, a), pow(a, num(-1)));
}

static long count(const Ref& e) {
  switch (e->kind) {
    case Kind::Val:
    case Kind::Var: return 1;
    case Kind::Ln: return count(static_cast<const Ln&>(*e).a);
    default: return count(parts(e).a) + count(parts(e).b);
  }
}

int main(int, char** arguments) {
  const int times = std::atoi(arguments[1]);
  const Ref x = std::make_shared<Var>("x");
  Ref e = pow(x, x);
  for (int i = 1; i <= times; i++) {
    e = derive("x", e);
    std::printf("%d, %ld\n", i, count(e));
  }
}
