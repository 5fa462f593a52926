// Binary trees with Rc.
use std::rc::Rc;

struct Tree {
    left: Option<Rc<Tree>>,
    right: Option<Rc<Tree>>,
}

fn make(depth: i32) -> Option<Rc<Tree>> {
    if depth == 0 {
        return Some(Rc::new(Tree { left: None, right: None }));
    }
    Some(Rc::new(Tree { left: make(depth - 1), right: make(depth - 1) }))
}

fn check(tree: &Option<Rc<Tree>>) -> i32 {
    match tree {
        None => 0,
        Some(t) => {
            if t.left.is_none() {
                1
            } else {
                check(&t.left) + check(&t.right) + 1
            }
        }
    }
}

fn main() {
    let min_depth = 4;
    let max_depth = std::env::args().nth(1).unwrap().parse().unwrap();
    println!("{}, {}", max_depth + 1, check(&make(max_depth + 1)));
    let long_lived = make(max_depth);
    let mut depth = min_depth;
    while depth <= max_depth {
        let count = 1 << (max_depth - depth + min_depth);
        let mut sum = 0;
        for _ in 0..count {
            sum += check(&make(depth));
        }
        println!("{}, {}, {}", count, depth, sum);
        depth += 2;
    }
    println!("{}, {}", max_depth, check(&long_lived));
}
