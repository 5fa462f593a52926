// A map of n strings: filled, looked up, changed, and every third key taken out; HashMap.
use std::collections::HashMap;

fn main() {
    let n: i64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut counts = HashMap::new();
    for i in 0..n {
        counts.insert(format!("key {}", i * 7919 % n), i);
    }
    let (mut found, mut sum) = (0, 0);
    for i in 0..n {
        if let Some(at) = counts.get_mut(&format!("key {}", i * 2)) {
            found += 1;
            sum += *at;
            *at = 0;
        }
    }
    for i in (0..n).step_by(3) {
        counts.remove(&format!("key {}", i));
    }
    let rest: i64 = counts.values().sum();
    println!("{}, {}, {}, {}", found, sum, counts.len(), rest);
}
