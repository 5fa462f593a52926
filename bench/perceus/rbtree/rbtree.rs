// Insertions into a functional red-black tree of Box: what is taken apart is given back in place.
#[derive(Clone, Copy, PartialEq)]
enum Color {
    Red,
    Black,
}
use Color::*;

struct Node {
    color: Color,
    left: Tree,
    key: i32,
    value: bool,
    right: Tree,
}

type Tree = Option<Box<Node>>;

fn is_red(t: &Tree) -> bool {
    matches!(t, Some(n) if n.color == Red)
}

// A black node with a red left child that may have a red child.
fn balance_left(mut n: Box<Node>) -> Box<Node> {
    let mut l = n.left.take().unwrap();
    if is_red(&l.left) {
        let mut ll = l.left.take().unwrap();
        ll.color = Black;
        n.left = l.right.take();
        n.color = Black;
        l.color = Red;
        l.left = Some(ll);
        l.right = Some(n);
        l
    } else if is_red(&l.right) {
        let mut lr = l.right.take().unwrap();
        l.right = lr.left.take();
        l.color = Black;
        n.left = lr.right.take();
        n.color = Black;
        lr.color = Red;
        lr.left = Some(l);
        lr.right = Some(n);
        lr
    } else {
        l.color = Red;
        n.left = Some(l);
        n
    }
}

fn balance_right(mut n: Box<Node>) -> Box<Node> {
    let mut r = n.right.take().unwrap();
    if is_red(&r.right) {
        let mut rr = r.right.take().unwrap();
        rr.color = Black;
        n.right = r.left.take();
        n.color = Black;
        r.color = Red;
        r.right = Some(rr);
        r.left = Some(n);
        r
    } else if is_red(&r.left) {
        let mut rl = r.left.take().unwrap();
        r.left = rl.right.take();
        r.color = Black;
        n.right = rl.left.take();
        n.color = Black;
        rl.color = Red;
        rl.left = Some(n);
        rl.right = Some(r);
        rl
    } else {
        r.color = Red;
        n.right = Some(r);
        n
    }
}

fn insert_into(t: Tree, key: i32, value: bool) -> Box<Node> {
    let Some(mut n) = t else {
        return Box::new(Node { color: Red, left: None, key, value, right: None });
    };
    if key < n.key {
        let red = is_red(&n.left);
        n.left = Some(insert_into(n.left.take(), key, value));
        if n.color == Black && red { balance_left(n) } else { n }
    } else if key > n.key {
        let red = is_red(&n.right);
        n.right = Some(insert_into(n.right.take(), key, value));
        if n.color == Black && red { balance_right(n) } else { n }
    } else {
        n.value = value;
        n
    }
}

fn insert(t: Tree, key: i32, value: bool) -> Tree {
    let mut n = insert_into(t, key, value);
    n.color = Black;
    Some(n)
}

fn count_true(t: &Tree, count: i32) -> i32 {
    match t {
        None => count,
        Some(n) => count_true(&n.right, count_true(&n.left, count) + n.value as i32),
    }
}

fn main() {
    let n: i32 = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut tree: Tree = None;
    for key in (1..=n).rev() {
        tree = insert(tree, key, key % 10 == 0);
    }
    println!("{}", count_true(&tree, 0));
}
