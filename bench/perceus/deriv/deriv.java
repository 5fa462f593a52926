// The symbolic derivative of x^x, taken again and again.
class Main {
    sealed interface Expr permits Val, Var, Add, Mul, Pow, Ln {}

    record Val(long value) implements Expr {}

    record Var(String name) implements Expr {}

    record Add(Expr a, Expr b) implements Expr {}

    record Mul(Expr a, Expr b) implements Expr {}

    record Pow(Expr a, Expr b) implements Expr {}

    record Ln(Expr a) implements Expr {}

    static boolean isVal(Expr e, long n) {
        return e instanceof Val v && v.value == n;
    }

    static long power(long base, long exponent) {
        long result = 1;
        for (long i = 0; i < exponent; i++) result *= base;
        return result;
    }

    static Expr add(Expr a, Expr b) {
        if (a instanceof Val n) {
            if (n.value == 0) return b;
            if (b instanceof Val m) return new Val(n.value + m.value);
            if (b instanceof Add sum && sum.a instanceof Val m) return add(new Val(n.value + m.value), sum.b);
            return new Add(a, b);
        }
        if (a instanceof Add sum) return add(sum.a, add(sum.b, b));
        if (b instanceof Val) return add(b, a);
        if (b instanceof Add sum && sum.a instanceof Val) return add(sum.a, add(a, sum.b));
        return new Add(a, b);
    }

    static Expr mul(Expr a, Expr b) {
        if (isVal(a, 0) || isVal(b, 0)) return new Val(0);
        if (isVal(a, 1)) return b;
        if (isVal(b, 1)) return a;
        if (a instanceof Val n) {
            if (b instanceof Val m) return new Val(n.value * m.value);
            if (b instanceof Mul product && product.a instanceof Val m) return mul(new Val(n.value * m.value), product.b);
            return new Mul(a, b);
        }
        if (a instanceof Mul product) return mul(product.a, mul(product.b, b));
        if (b instanceof Val) return mul(b, a);
        if (b instanceof Mul product && product.a instanceof Val) return mul(product.a, mul(a, product.b));
        return new Mul(a, b);
    }

    static Expr pow(Expr a, Expr b) {
        if (isVal(b, 0)) return new Val(1);
        if (isVal(b, 1)) return a;
        if (isVal(a, 0)) return new Val(0);
        if (a instanceof Val n && b instanceof Val m) return new Val(power(n.value, m.value));
        return new Pow(a, b);
    }

    static Expr ln(Expr a) {
        return isVal(a, 1) ? new Val(0) : new Ln(a);
    }

    static Expr derive(String x, Expr e) {
        if (e instanceof Var v) return new Val(v.name.equals(x) ? 1 : 0);
        if (e instanceof Add s) return add(derive(x, s.a), derive(x, s.b));
        if (e instanceof Mul p) return add(mul(p.a, derive(x, p.b)), mul(p.b, derive(x, p.a)));
        if (e instanceof Pow p) {
            return mul(pow(p.a, p.b),
                    add(mul(mul(p.b, derive(x, p.a)), pow(p.a, new Val(-1))), mul(ln(p.a), derive(x, p.b))));
        }
        if (e instanceof Ln l) return mul(derive(x, l.a), pow(l.a, new Val(-1)));
        return new Val(0);
    }

    static long count(Expr e) {
        if (e instanceof Add s) return count(s.a) + count(s.b);
        if (e instanceof Mul p) return count(p.a) + count(p.b);
        if (e instanceof Pow p) return count(p.a) + count(p.b);
        if (e instanceof Ln l) return count(l.a);
        return 1;
    }

    public static void main(String[] arguments) {
        Expr x = new Var("x");
        Expr e = pow(x, x);
        for (int i = 1; i <= Integer.parseInt(arguments[0]); i++) {
            e = derive("x", e);
            System.out.println(i + ", " + count(e));
        }
    }
}
