// Constant folding: a full binary tree of sums is built, brought into one order, folded and evaluated; Rc.
use std::rc::Rc;

enum Expr {
    Val(i64),
    Var(#[allow(dead_code)] i64),
    Add(Rc<Expr>, Rc<Expr>),
    Mul(Rc<Expr>, Rc<Expr>),
}
use Expr::*;

fn make(depth: i32, value: i64) -> Rc<Expr> {
    if depth == 0 {
        return Rc::new(if value == 0 { Var(1) } else { Val(value) });
    }
    Rc::new(Add(make(depth - 1, value + 1), make(depth - 1, if value == 0 { 0 } else { value - 1 })))
}

fn add_right(chain: &Rc<Expr>, last: Rc<Expr>) -> Rc<Expr> {
    match &**chain {
        Add(a, b) => Rc::new(Add(a.clone(), add_right(b, last))),
        _ => Rc::new(Add(chain.clone(), last)),
    }
}

fn mul_right(chain: &Rc<Expr>, last: Rc<Expr>) -> Rc<Expr> {
    match &**chain {
        Mul(a, b) => Rc::new(Mul(a.clone(), mul_right(b, last))),
        _ => Rc::new(Mul(chain.clone(), last)),
    }
}

fn reassociate(e: &Rc<Expr>) -> Rc<Expr> {
    match &**e {
        Add(a, b) => add_right(&reassociate(a), reassociate(b)),
        Mul(a, b) => mul_right(&reassociate(a), reassociate(b)),
        _ => e.clone(),
    }
}

fn fold(e: &Rc<Expr>) -> Rc<Expr> {
    match &**e {
        Add(a, b) => {
            let (a, b) = (fold(a), fold(b));
            match (&*a, &*b) {
                (Val(n), Val(m)) => return Rc::new(Val(n + m)),
                (Val(n), Add(c, d)) => match (&**c, &**d) {
                    (Val(m), _) => return Rc::new(Add(Rc::new(Val(n + m)), d.clone())),
                    (_, Val(m)) => return Rc::new(Add(Rc::new(Val(n + m)), c.clone())),
                    _ => {}
                },
                _ => {}
            }
            Rc::new(Add(a, b))
        }
        Mul(a, b) => {
            let (a, b) = (fold(a), fold(b));
            match (&*a, &*b) {
                (Val(n), Val(m)) => return Rc::new(Val(n * m)),
                (Val(n), Mul(c, d)) => match (&**c, &**d) {
                    (Val(m), _) => return Rc::new(Mul(Rc::new(Val(n * m)), d.clone())),
                    (_, Val(m)) => return Rc::new(Mul(Rc::new(Val(n * m)), c.clone())),
                    _ => {}
                },
                _ => {}
            }
            Rc::new(Mul(a, b))
        }
        _ => e.clone(),
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
    println!("{}, {}", before, evaluate(&fold(&reassociate(&e)), 7));
}
