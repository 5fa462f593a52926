// A list of n numbers is built, reversed, summed and dropped; Box, reversed in place.
struct Node {
    value: i64,
    next: Option<Box<Node>>,
}

struct List(Option<Box<Node>>);

impl Drop for List {
    // Without this the end of a long list would need a long stack.
    fn drop(&mut self) {
        let mut at = self.0.take();
        while let Some(mut node) = at {
            at = node.next.take();
        }
    }
}

fn build(n: i64) -> List {
    let mut list = None;
    for value in 0..n {
        list = Some(Box::new(Node { value, next: list }));
    }
    List(list)
}

fn reverse(mut list: List) -> List {
    let mut at = list.0.take();
    let mut done = None;
    while let Some(mut node) = at {
        at = node.next.take();
        node.next = done;
        done = Some(node);
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
    let list = reverse(build(n));
    println!("{}, {}", list.0.as_ref().unwrap().value, sum(&list));
}
