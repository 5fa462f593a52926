// Joins fields to 10 MB of CSV, ten times, and takes each apart again.
fn main() {
    let mut total: i64 = 0;
    for round in 0..10i64 {
        let mut csv = String::new();
        let mut i: i64 = 0;
        while csv.len() < 10_000_000 {
            let mut line = String::new();
            for f in 0..8i64 {
                if f > 0 {
                    line.push(',');
                }
                line += &((i * 7919 + f * 104729 + round) % 100000).to_string();
            }
            csv += &line;
            csv.push('\n');
            i += 1;
        }
        for text in csv.lines() {
            let line = text.to_string();
            for part in line.split(',') {
                let field = part.to_string();
                total += field.len() as i64 + field.as_bytes()[0] as i64;
            }
        }
    }
    println!("{}", total);
}
