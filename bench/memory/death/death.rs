// The end of a list of n nodes and of a tree of as many, in nanoseconds for each node, to standard error. The list ends by a loop, since
// it would need a long stack.
use std::time::Instant;

struct Node {
    value: i64,
    next: Option<Box<Node>>,
}

struct Tree {
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

fn make_list(n: i64) -> Option<Box<Node>> {
    let mut list = None;
    for value in 0..n {
        list = Some(Box::new(Node { value, next: list }));
    }
    list
}

fn make_tree(n: i64) -> Option<Box<Tree>> {
    if n == 0 {
        return None;
    }
    let left = (n - 1) / 2;
    Some(Box::new(Tree { left: make_tree(left), right: make_tree(n - 1 - left) }))
}

fn main() {
    let n: i64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut list = make_list(n);
    println!("{}", list.as_ref().unwrap().value);
    let start = Instant::now();
    while let Some(mut node) = list {
        list = node.next.take();
    }
    let list_time = start.elapsed().as_nanos() as f64 / n as f64;
    let tree = make_tree(n);
    let t = tree.as_ref().unwrap();
    println!("{}", t.left.is_none() && t.right.is_none());
    let start = Instant::now();
    drop(tree);
    let tree_time = start.elapsed().as_nanos() as f64 / n as f64;
    eprintln!("{:.2} {:.2}", list_time, tree_time);
}
