// n structs with random keys are sorted by their keys.
struct Record {
    key: i64,
    #[allow(dead_code)]
    id: i32,
    #[allow(dead_code)]
    weight: f64,
}

fn make_records(n: i32) -> Vec<Record> {
    let mut state: i64 = 12345;
    let mut records = Vec::new();
    for id in 0..n {
        state = (state * 1103515245 + 12345) % 2147483648;
        records.push(Record { key: state, id, weight: id as f64 });
    }
    records
}

fn main() {
    let mut records = make_records(std::env::args().nth(1).unwrap().parse().unwrap());
    records.sort_by(|a, b| a.key.cmp(&b.key));
    let sum = records.iter().fold(0, |sum, r| (sum * 31 + r.key) % 1000000007);
    let ordered = records.windows(2).all(|w| w[0].key <= w[1].key);
    println!("{}, {}", ordered, sum);
}
