// Ten times a million appends of two bytes to a string that nobody else sees.
fn main() {
    let mut total: i64 = 0;
    for _ in 0..10 {
        let mut s = String::new();
        for _ in 0..1_000_000 {
            s += "ab";
        }
        total += s.len() as i64 + s.as_bytes()[s.len() / 2] as i64;
    }
    println!("{}", total);
}
