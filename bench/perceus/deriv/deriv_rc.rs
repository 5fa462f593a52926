// The symbolic derivative of x^x, taken again and again; Rc.
use std::rc::Rc;

enum Expr {
    Val(i64),
    Var(String),
    Add(Rc<Expr>, Rc<Expr>),
    Mul(Rc<Expr>, Rc<Expr>),
    Pow(Rc<Expr>, Rc<Expr>),
    Ln(Rc<Expr>),
}
use Expr::*;

fn num(n: i64) -> Rc<Expr> {
    Rc::new(Val(n))
}

fn is_val(e: &Expr, n: i64) -> bool {
    matches!(e, Val(value) if *value == n)
}

fn power(base: i64, exponent: i64) -> i64 {
    (0..exponent).fold(1, |result, _| result * base)
}

fn add(a: &Rc<Expr>, b: &Rc<Expr>) -> Rc<Expr> {
    match (&**a, &**b) {
        (Val(0), _) => b.clone(),
        (Val(n), Val(m)) => num(n + m),
        (Val(n), Add(c, d)) => match &**c {
            Val(m) => add(&num(n + m), d),
            _ => Rc::new(Add(a.clone(), b.clone())),
        },
        (Val(_), _) => Rc::new(Add(a.clone(), b.clone())),
        (Add(c, d), _) => add(c, &add(d, b)),
        (_, Val(_)) => add(b, a),
        (_, Add(c, d)) => match &**c {
            Val(_) => add(c, &add(a, d)),
            _ => Rc::new(Add(a.clone(), b.clone())),
        },
        _ => Rc::new(Add(a.clone(), b.clone())),
    }
}

fn mul(a: &Rc<Expr>, b: &Rc<Expr>) -> Rc<Expr> {
    match (&**a, &**b) {
        (Val(0), _) | (_, Val(0)) => num(0),
        (Val(1), _) => b.clone(),
        (_, Val(1)) => a.clone(),
        (Val(n), Val(m)) => num(n * m),
        (Val(n), Mul(c, d)) => match &**c {
            Val(m) => mul(&num(n * m), d),
            _ => Rc::new(Mul(a.clone(), b.clone())),
        },
        (Val(_), _) => Rc::new(Mul(a.clone(), b.clone())),
        (Mul(c, d), _) => mul(c, &mul(d, b)),
        (_, Val(_)) => mul(b, a),
        (_, Mul(c, d)) => match &**c {
            Val(_) => mul(c, &mul(a, d)),
            _ => Rc::new(Mul(a.clone(), b.clone())),
        },
        _ => Rc::new(Mul(a.clone(), b.clone())),
    }
}

fn pow(a: &Rc<Expr>, b: &Rc<Expr>) -> Rc<Expr> {
    if is_val(b, 0) {
        return num(1);
    }
    if is_val(b, 1) {
        return a.clone();
    }
    if is_val(a, 0) {
        return num(0);
    }
    match (&**a, &**b) {
        (Val(n), Val(m)) => num(power(*n, *m)),
        _ => Rc::new(Pow(a.clone(), b.clone())),
    }
}

fn ln(a: &Rc<Expr>) -> Rc<Expr> {
    if is_val(a, 1) {
        return num(0);
    }
    Rc::new(Ln(a.clone()))
}

fn derive(x: &str, e: &Rc<Expr>) -> Rc<Expr> {
    match &**e {
        Val(_) => num(0),
        Var(name) => num((name == x) as i64),
        Add(a, b) => add(&derive(x, a), &derive(x, b)),
        Mul(a, b) => add(&mul(a, &derive(x, b)), &mul(b, &derive(x, a))),
        Pow(a, b) => mul(
            &pow(a, b),
            &add(&mul(&mul(b, &derive(x, a)), &pow(a, &num(-1))), &mul(&ln(a), &derive(x, b))),
        ),
        Ln(a) => mul(&derive(x, a), &pow(a, &num(-1))),
    }
}

fn count(e: &Expr) -> i64 {
    match e {
        Val(_) | Var(_) => 1,
        Add(a, b) | Mul(a, b) | Pow(a, b) => count(a) + count(b),
        Ln(a) => count(a),
    }
}

fn main() {
    let times: i32 = std::env::args().nth(1).unwrap().parse().unwrap();
    let x = Rc::new(Var("x".to_string()));
    let mut e = pow(&x, &x);
    for i in 1..=times {
        e = derive("x", &e);
        println!("{}, {}", i, count(&e));
    }
}
