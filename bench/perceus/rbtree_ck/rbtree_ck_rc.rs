// As rbtree, but every fifth tree is kept.
use std::rc::Rc;

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

type Tree = Option<Rc<Node>>;

fn node(color: Color, left: Tree, key: i32, value: bool, right: Tree) -> Tree {
    Some(Rc::new(Node { color, left, key, value, right }))
}

fn red(t: &Tree) -> Option<&Node> {
    t.as_deref().filter(|n| n.color == Red)
}

fn balance_left(l: Tree, key: i32, value: bool, r: Tree) -> Tree {
    let l = l.unwrap();
    if let Some(ll) = red(&l.left) {
        return node(
            Red,
            node(Black, ll.left.clone(), ll.key, ll.value, ll.right.clone()),
            l.key,
            l.value,
            node(Black, l.right.clone(), key, value, r),
        );
    }
    if let Some(lr) = red(&l.right) {
        return node(
            Red,
            node(Black, l.left.clone(), l.key, l.value, lr.left.clone()),
            lr.key,
            lr.value,
            node(Black, lr.right.clone(), key, value, r),
        );
    }
    node(Black, node(Red, l.left.clone(), l.key, l.value, l.right.clone()), key, value, r)
}

fn balance_right(l: Tree, key: i32, value: bool, r: Tree) -> Tree {
    let r = r.unwrap();
    if let Some(rl) = red(&r.left) {
        return node(
            Red,
            node(Black, l, key, value, rl.left.clone()),
            rl.key,
            rl.value,
            node(Black, rl.right.clone(), r.key, r.value, r.right.clone()),
        );
    }
    if let Some(rr) = red(&r.right) {
        return node(
            Red,
            node(Black, l, key, value, r.left.clone()),
            r.key,
            r.value,
            node(Black, rr.left.clone(), rr.key, rr.value, rr.right.clone()),
        );
    }
    node(Black, l, key, value, node(Red, r.left.clone(), r.key, r.value, r.right.clone()))
}

fn insert_into(t: &Tree, key: i32, value: bool) -> Tree {
    let Some(n) = t else {
        return node(Red, None, key, value, None);
    };
    if key < n.key {
        let left = insert_into(&n.left, key, value);
        if n.color == Black && red(&n.left).is_some() {
            return balance_left(left, n.key, n.value, n.right.clone());
        }
        node(n.color, left, n.key, n.value, n.right.clone())
    } else if key > n.key {
        let right = insert_into(&n.right, key, value);
        if n.color == Black && red(&n.right).is_some() {
            return balance_right(n.left.clone(), n.key, n.value, right);
        }
        node(n.color, n.left.clone(), n.key, n.value, right)
    } else {
        node(n.color, n.left.clone(), key, value, n.right.clone())
    }
}

fn insert(t: &Tree, key: i32, value: bool) -> Tree {
    let r = insert_into(t, key, value);
    match red(&r) {
        Some(n) => node(Black, n.left.clone(), n.key, n.value, n.right.clone()),
        None => r,
    }
}

fn count_true(t: &Tree, count: i32) -> i32 {
    match t {
        None => count,
        Some(n) => count_true(&n.right, count_true(&n.left, count) + n.value as i32),
    }
}

struct Kept {
    tree: Tree,
    before: Option<Box<Kept>>,
}

fn main() {
    let n: i32 = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut tree: Tree = None;
    let mut kept: Option<Box<Kept>> = None;
    for key in (1..=n).rev() {
        tree = insert(&tree, key, key % 10 == 0);
        if key % 5 == 0 {
            kept = Some(Box::new(Kept { tree: tree.clone(), before: kept }));
        }
    }
    let mut length = 0;
    let mut at = &kept;
    while let Some(k) = at {
        length += 1;
        at = &k.before;
    }
    println!("{}, {}", length, count_true(&kept.as_ref().unwrap().tree, 0));
}
