// The spectral norm of an infinite matrix, of which n rows and columns are looked at, with the checks of NG.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "checked.h"

using Vector = std::vector<double>;

static double a(int i, int j) {
  const int row = add(i, j);
  return 1.0 / add(add(multiply(row, add(row, 1)) / 2, i), 1);
}

static void times(const Vector& v, Vector& out, int n) {
  for (int i = 0; i < n; i++) {
    double sum = 0;
    for (int j = 0; j < n; j++) sum += a(i, j) * at(v, j);
    at(out, i) = sum;
  }
}

static void times_transposed(const Vector& v, Vector& out, int n) {
  for (int i = 0; i < n; i++) {
    double sum = 0;
    for (int j = 0; j < n; j++) sum += a(j, i) * at(v, j);
    at(out, i) = sum;
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
    uv += at(u, i) * at(v, i);
    vv += at(v, i) * at(v, i);
  }
  std::printf("%.9f\n", std::sqrt(uv / vv));
}
