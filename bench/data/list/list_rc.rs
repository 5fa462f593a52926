// A list of n numbers is built, reversed, summed and dropped; Rc, and nobody else is assumed not to have it.
use std::rc::Rc;

struct Node {
    value: i64,
    next: Option<Rc<Node>>,
}

struct List(Option<Rc<Node>>);

impl Drop for List {
    // Without this the end of a long list would need a long stack.
    fn drop(&mut self) {
        let mut at = self.0.take();
        while let Some(node) = at {
            at = match Rc::try_unwrap(node) {
                Ok(mut node) => node.next.take(),
                Err(_) => None,
            };
        }
    }
}

fn build(n: i64) -> List {
    let mut list = None;
    for value in 0..n {
        list = Some(Rc::new(Node { value, next: list }));
    }
    List(list)
}

fn reverse(list: &List) -> List {
    let mut done = None;
    let mut at = &list.0;
    while let Some(node) = at {
        done = Some(Rc::new(Node { value: node.value, next: done }));
        at = &node.next;
    }
    List(done)
}

fn sum(list: &List) -> i64 {
    let mut total = 0;
    let mut at = &list.0;
    while let Some(node) = at {
        total += node.value;
        at = &node.next;
    }
    total
}

fn main() {
    let n = std::env::args().nth(1).unwrap().parse().unwrap();
    let list = reverse(&build(n));
    println!("{}, {}", list.0.as_ref().unwrap().value, sum(&list));
}
