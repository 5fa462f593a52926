// The spectral norm of an infinite matrix, of which n rows and columns are looked at.
fn a(i: i32, j: i32) -> f64 {
    1.0 / ((i + j) * (i + j + 1) / 2 + i + 1) as f64
}

fn times(v: &[f64], out: &mut [f64]) {
    for (i, place) in out.iter_mut().enumerate() {
        *place = v.iter().enumerate().map(|(j, x)| a(i as i32, j as i32) * x).sum();
    }
}

fn times_transposed(v: &[f64], out: &mut [f64]) {
    for (i, place) in out.iter_mut().enumerate() {
        *place = v.iter().enumerate().map(|(j, x)| a(j as i32, i as i32) * x).sum();
    }
}

fn main() {
    let n: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut u = vec![1.0; n];
    let mut v = vec![0.0; n];
    let mut t = vec![0.0; n];
    for _ in 0..10 {
        times(&u, &mut t);
        times_transposed(&t, &mut v);
        times(&v, &mut t);
        times_transposed(&t, &mut u);
    }
    let uv: f64 = u.iter().zip(&v).map(|(x, y)| x * y).sum();
    let vv: f64 = v.iter().map(|x| x * x).sum();
    println!("{:.9}", (uv / vv).sqrt());
}
