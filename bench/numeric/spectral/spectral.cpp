// The spectral norm of an infinite matrix, of which n rows and columns are looked at.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

using Vector = std::vector<double>;

static double a(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static void times(const Vector& v, Vector& out, int n) {
  for (int i = 0; i < n; i++) {
    double sum = 0;
    for (int j = 0; j < n; j++) sum += a(i, j) * v[j];
    out[i] = sum;
  }
}

static void times_transposed(const Vector& v, Vector& out, int n) {
  for (int i = 0; i < n; i++) {
    double sum = 0;
    for (int j = 0; j < n; j++) sum += a(j, i) * v[j];
    out[i] = sum;
  }
}

int main(int, char** arguments) {
  const int n = std::atoi(arguments[1]);
  Vector u(n, 1.0), v(n), t(n);
  for (int i = 0; i < 10; i++) {
    times(u, t, n);
    times_transposed(t, v, n);
    times(v, t, n);
    times_transposed(t, u, n);
  }
  double uv = 0, vv = 0;
  for (int i = 0; i < n; i++) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  std::printf("%.9f\n", std::sqrt(uv / vv));
}
