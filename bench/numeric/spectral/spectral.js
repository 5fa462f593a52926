// The spectral norm of an infinite matrix, of which n rows and columns are looked at.
const a = (i, j) => 1 / ((((i + j) * (i + j + 1)) >> 1) + i + 1);

function times(v, out) {
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let j = 0; j < v.length; j++) sum += a(i, j) * v[j];
    out[i] = sum;
  }
}

function timesTransposed(v, out) {
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let j = 0; j < v.length; j++) sum += a(j, i) * v[j];
    out[i] = sum;
  }
}

const n = Number(process.argv[2]);
const u = new Float64Array(n).fill(1), v = new Float64Array(n), t = new Float64Array(n);
for (let i = 0; i < 10; i++) {
  times(u, t);
  timesTransposed(t, v);
  times(v, t);
  timesTransposed(t, u);
}
let uv = 0, vv = 0;
for (let i = 0; i < n; i++) {
  uv += u[i] * v[i];
  vv += v[i] * v[i];
}
console.log(Math.sqrt(uv / vv).toFixed(9));
