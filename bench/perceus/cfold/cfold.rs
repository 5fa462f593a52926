// Constant folding: a full binary tree of sums is built, brought into one order, folded and evaluated; Box.
enum Expr {
    Val(i64),
    Var(#[allow(dead_code)] i64),
    Add(Box<Expr>, Box<Expr>),
    Mul(Box<Expr>, Box<Expr>),
}
use Expr::*;

fn make(depth: i32, value: i64) -> Box<Expr> {
    if depth == 0 {
        return Box::new(if value == 0 { Var(1) } else { Val(value) });
    }
    Box::new(Add(make(depth - 1, value + 1), make(depth - 1, if value == 0 { 0 } else { value - 1 })))
}

// `last` at the right end of a chain of sums.
fn add_right(mut chain: Box<Expr>, last: Box<Expr>) -> Box<Expr> {
    let mut end = &mut chain;
    while let Add(..) = **end {
        let Add(_, b) = &mut **end else { unreachable!() };
        end = b;
    }
    let first = std::mem::replace(end, Box::new(Val(0)));
    **end = Add(first, last);
    chain
}

fn mul_right(mut chain: Box<Expr>, last: Box<Expr>) -> Box<Expr> {
    let mut end = &mut chain;
    while let Mul(..) = **end {
        let Mul(_, b) = &mut **end else { unreachable!() };
        end = b;
    }
    let first = std::mem::replace(end, Box::new(Val(0)));
    **end = Mul(first, last);
    chain
}

fn reassociate(e: Box<Expr>) -> Box<Expr> {
    match *e {
        Add(a, b) => add_right(reassociate(a), reassociate(b)),
        Mul(a, b) => mul_right(reassociate(a), reassociate(b)),
        _ => e,
    }
}

fn fold(mut e: Box<Expr>) -> Box<Expr> {
    match *e {
        Add(a, b) => {
            let (a, b) = (fold(a), fold(b));
            *e = match (*a, *b) {
                (Val(n), Val(m)) => Val(n + m),
                (Val(n), Add(c, d)) => match (*c, *d) {
                    (Val(m), d) => Add(Box::new(Val(n + m)), Box::new(d)),
                    (c, Val(m)) => Add(Box::new(Val(n + m)), Box::new(c)),
                    (c, d) => Add(Box::new(Val(n)), Box::new(Add(Box::new(c), Box::new(d)))),
                },
                (a, b) => Add(Box::new(a), Box::new(b)),
            };
            e
        }
        Mul(a, b) => {
            let (a, b) = (fold(a), fold(b));
            *e = match (*a, *b) {
                (Val(n), Val(m)) => Val(n * m),
                (Val(n), Mul(c, d)) => match (*c, *d) {
                    (Val(m), d) => Mul(Box::new(Val(n * m)), Box::new(d)),
                    (c, Val(m)) => Mul(Box::new(Val(n * m)), Box::new(c)),
                    (c, d) => Mul(Box::new(Val(n)), Box::new(Mul(Box::new(c), Box::new(d)))),
                },
                (a, b) => Mul(Box::new(a), Box::new(b)),
            };
            e
        }
        _ => e,
    }
}

fn evaluate(e: &Expr, variable: i64) -> i64 {
    match e {
        Val(n) => *n,
        Var(_) => variable,
        Add(a, b) => evaluate(a, variable) + evaluate(b, variable),
        Mul(a, b) => evaluate(a, variable) * evaluate(b, variable),
    }
}

fn main() {
    let e = make(std::env::args().nth(1).unwrap().parse().unwrap(), 1);
    let before = evaluate(&e, 7);
    println!("{}, {}", before, evaluate(&fold(reassociate(e)), 7));
}
