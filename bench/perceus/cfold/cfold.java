// Constant folding: a full binary tree of sums is built, brought into one order, folded and evaluated.
class Main {
    sealed interface Expr permits Val, Var, Add, Mul {}

    record Val(long value) implements Expr {}

    record Var(long index) implements Expr {}

    record Add(Expr a, Expr b) implements Expr {}

    record Mul(Expr a, Expr b) implements Expr {}

    static Expr make(int depth, long value) {
        if (depth == 0) return value == 0 ? new Var(1) : new Val(value);
        Expr a = make(depth - 1, value + 1);
        return new Add(a, make(depth - 1, value == 0 ? 0 : value - 1));
    }

    static Expr addRight(Expr chain, Expr last) {
        return chain instanceof Add sum ? new Add(sum.a, addRight(sum.b, last)) : new Add(chain, last);
    }

    static Expr mulRight(Expr chain, Expr last) {
        return chain instanceof Mul product ? new Mul(product.a, mulRight(product.b, last)) : new Mul(chain, last);
    }

    static Expr reassociate(Expr e) {
        if (e instanceof Add sum) return addRight(reassociate(sum.a), reassociate(sum.b));
        if (e instanceof Mul product) return mulRight(reassociate(product.a), reassociate(product.b));
        return e;
    }

    static Expr fold(Expr e) {
        if (e instanceof Add sum) {
            Expr a = fold(sum.a), b = fold(sum.b);
            if (a instanceof Val n) {
                if (b instanceof Val m) return new Val(n.value + m.value);
                if (b instanceof Add inner) {
                    if (inner.a instanceof Val m) return new Add(new Val(n.value + m.value), inner.b);
                    if (inner.b instanceof Val m) return new Add(new Val(n.value + m.value), inner.a);
                }
            }
            return new Add(a, b);
        }
        if (e instanceof Mul product) {
            Expr a = fold(product.a), b = fold(product.b);
            if (a instanceof Val n) {
                if (b instanceof Val m) return new Val(n.value * m.value);
                if (b instanceof Mul inner) {
                    if (inner.a instanceof Val m) return new Mul(new Val(n.value * m.value), inner.b);
                    if (inner.b instanceof Val m) return new Mul(new Val(n.value * m.value), inner.a);
                }
            }
            return new Mul(a, b);
        }
        return e;
    }

    static long evaluate(Expr e, long variable) {
        if (e instanceof Val n) return n.value;
        if (e instanceof Add sum) return evaluate(sum.a, variable) + evaluate(sum.b, variable);
        if (e instanceof Mul product) return evaluate(product.a, variable) * evaluate(product.b, variable);
        return variable;
    }

    public static void main(String[] arguments) {
        Expr e = make(Integer.parseInt(arguments[0]), 1);
        long before = evaluate(e, 7);
        System.out.println(before + ", " + evaluate(fold(reassociate(e)), 7));
    }
}
