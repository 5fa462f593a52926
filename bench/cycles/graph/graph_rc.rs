// Rings are made and abandoned steadily, while one of a million objects lives; Rc. The way back is Weak, and the ring is opened by hand
// before it is abandoned.
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Instant;

struct Node {
    id: i64,
    next: RefCell<Option<Rc<Node>>>,
    #[allow(dead_code)]
    previous: RefCell<Weak<Node>>,
}

struct Ring(Rc<Node>);

fn node(id: i64, previous: Weak<Node>) -> Rc<Node> {
    Rc::new(Node { id, next: RefCell::new(None), previous: RefCell::new(previous) })
}

impl Ring {
    fn new(size: i64) -> Ring {
        let first = node(0, Weak::new());
        let mut at = first.clone();
        for id in 1..size {
            let next = node(id, Rc::downgrade(&at));
            *at.next.borrow_mut() = Some(next.clone());
            at = next;
        }
        *at.next.borrow_mut() = Some(first.clone());
        *first.previous.borrow_mut() = Rc::downgrade(&at);
        Ring(first)
    }

    fn sum(&self, size: i64) -> i64 {
        let mut total = 0;
        let mut at = self.0.clone();
        for _ in 0..size {
            total += at.id;
            let next = at.next.borrow().clone().unwrap();
            at = next;
        }
        total
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        let mut at = self.0.next.borrow_mut().take();
        while let Some(node) = at {
            at = node.next.borrow_mut().take();
        }
    }
}

fn main() {
    let numbers: Vec<i64> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let (turns, live, size) = (numbers[0], numbers[1], numbers[2]);
    let kept = Ring::new(live);
    let mut times = Vec::new();
    let mut total = 0;
    for _ in 0..turns {
        let start = Instant::now();
        total += Ring::new(size).sum(size);
        times.push(start.elapsed().as_nanos());
    }
    println!("{}, {}", total, kept.sum(live));
    times.sort();
    let n = times.len();
    eprintln!("{} {} {}", times[n / 2], times[n - 1 - n / 100], times[n - 1]);
}
