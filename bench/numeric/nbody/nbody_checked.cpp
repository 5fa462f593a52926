// The orbits of five bodies, n steps, with the checks of NG.
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "checked.h"

struct Body {
  double x, y, z, vx, vy, vz, mass;
};

static constexpr double kSolarMass = 4 * M_PI * M_PI;
static constexpr double kDays = 365.24;

static constexpr Body body(double x, double y, double z, double vx, double vy, double vz, double mass) {
  return {x, y, z, vx * kDays, vy * kDays, vz * kDays, mass * kSolarMass};
}

using Bodies = std::array<Body, 5>;

static Bodies make_bodies() {
  return {body(0, 0, 0, 0, 0, 0, 1),
          body(4.84143144246472090, -1.16032004402742839, -0.103622044471123109, 0.00166007664274403694,
               0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609),
          body(8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -0.00276742510726411196,
               0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812),
          body(12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 0.00296460137564761618,
               0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298),
          body(15.3796971148509165, -25.9193146099879641, 0.179258772950371181, 0.00268067772490389322,
               0.00162824170038242295, -0.0000951592254519715870, 0.0000515138902046611451)};
}

static void offset_momentum(Bodies& bodies) {
  double px = 0, py = 0, pz = 0;
  for (const Body& b : bodies) {
    px += b.vx * b.mass;
    py += b.vy * b.mass;
    pz += b.vz * b.mass;
  }
  bodies[0].vx = -px / kSolarMass;
  bodies[0].vy = -py / kSolarMass;
  bodies[0].vz = -pz / kSolarMass;
}

static void advance(Bodies& bodies, double dt) {
  for (int i = 0; i < 5; i = add(i, 1)) {
    for (int j = add(i, 1); j < 5; j = add(j, 1)) {
      const double dx = at(bodies, i).x - at(bodies, j).x;
      const double dy = at(bodies, i).y - at(bodies, j).y;
      const double dz = at(bodies, i).z - at(bodies, j).z;
      const double square = dx * dx + dy * dy + dz * dz;
      const double magnitude = dt / (square * std::sqrt(square));
      const double mass_i = at(bodies, i).mass * magnitude;
      const double mass_j = at(bodies, j).mass * magnitude;
      at(bodies, i).vx -= dx * mass_j;
      at(bodies, i).vy -= dy * mass_j;
      at(bodies, i).vz -= dz * mass_j;
      at(bodies, j).vx += dx * mass_i;
      at(bodies, j).vy += dy * mass_i;
      at(bodies, j).vz += dz * mass_i;
    }
  }
  for (Body& b : bodies) {
    b.x += dt * b.vx;
    b.y += dt * b.vy;
    b.z += dt * b.vz;
  }
}

static double energy(const Bodies& bodies) {
  double e = 0;
  for (int i = 0; i < 5; i = add(i, 1)) {
    const Body& b = at(bodies, i);
    e += 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz);
    for (int j = add(i, 1); j < 5; j = add(j, 1)) {
      const double dx = b.x - at(bodies, j).x;
      const double dy = b.y - at(bodies, j).y;
      const double dz = b.z - at(bodies, j).z;
      e -= b.mass * at(bodies, j).mass / std::sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return e;
}

int main(int, char** arguments) {
  const int n = std::atoi(arguments[1]);
  Bodies bodies = make_bodies();
  offset_momentum(bodies);
  std::printf("%.9f\n", energy(bodies));
  for (int i = 0; i < n; i = add(i, 1)) advance(bodies, 0.01);
  std::printf("%.9f\n", energy(bodies));
}
