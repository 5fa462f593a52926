// A million structs with a short string each are copied, and every copy is changed.
#[derive(Clone)]
struct Item {
    #[allow(dead_code)]
    id: i64,
    name: String,
}

fn main() {
    let items: Vec<Item> = (0..1_000_000).map(|i| Item { id: i, name: format!("item {}", i) }).collect();
    let mut copies = items.clone();
    for item in &mut copies {
        item.name += "!";
    }
    let mut total: i64 = 0;
    for (copy, item) in copies.iter().zip(&items) {
        total += (copy.name.len() * 2 - item.name.len()) as i64 + copy.name.as_bytes()[copy.name.len() - 1] as i64;
    }
    println!("{}", total);
}
