// Fibonacci numbers by their definition.
fn fib(n: i32) -> i32 {
    if n < 2 {
        return n;
    }
    fib(n - 1) + fib(n - 2)
}

fn main() {
    println!("{}", fib(std::env::args().nth(1).unwrap().parse().unwrap()));
}
