// Reads a text, splits it into words, counts them, and prints the most frequent one.
use std::collections::HashMap;

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let mut counts: HashMap<String, i64> = HashMap::new();
    for word in text.split(|c| c == ' ' || c == '\n').filter(|w| !w.is_empty()) {
        match counts.get_mut(word) {
            Some(count) => *count += 1,
            None => {
                counts.insert(word.to_string(), 1);
            }
        }
    }
    let mut best = "";
    let mut most = 0;
    for (word, &count) in &counts {
        if count > most || (count == most && word.as_str() < best) {
            best = word;
            most = count;
        }
    }
    println!("{} {} of {}", best, most, counts.len());
}
