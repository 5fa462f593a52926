// All ways to put n queens on a board, as lists that share their ends; Rc.
use std::rc::Rc;

struct Queens {
    column: i32,
    before: Option<Rc<Queens>>,
}

struct Solutions {
    first: Option<Rc<Queens>>,
    rest: Option<Box<Solutions>>,
}

fn is_safe(column: i32, others: &Option<Rc<Queens>>) -> bool {
    let mut at = others;
    let mut distance = 1;
    while let Some(q) = at {
        if q.column == column || q.column == column + distance || q.column == column - distance {
            return false;
        }
        distance += 1;
        at = &q.before;
    }
    true
}

fn solve(size: i32, row: i32) -> Option<Box<Solutions>> {
    if row == 0 {
        return Some(Box::new(Solutions { first: None, rest: None }));
    }
    let shorter = solve(size, row - 1);
    let mut all = None;
    let mut at = &shorter;
    while let Some(s) = at {
        for column in (1..=size).rev() {
            if is_safe(column, &s.first) {
                let queens = Some(Rc::new(Queens { column, before: s.first.clone() }));
                all = Some(Box::new(Solutions { first: queens, rest: all }));
            }
        }
        at = &s.rest;
    }
    all
}

fn main() {
    let size: i32 = std::env::args().nth(1).unwrap().parse().unwrap();
    let all = solve(size, size);
    let mut count = 0;
    let mut at = &all;
    while let Some(s) = at {
        count += 1;
        at = &s.rest;
    }
    println!("{}", count);
}
