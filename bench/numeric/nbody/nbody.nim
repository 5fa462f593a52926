# The orbits of five bodies, n steps.
import std/[math, os, strutils]

type Body = object
  x, y, z, vx, vy, vz, mass: float

const
  solarMass = 4 * PI * PI
  days = 365.24

proc body(x, y, z, vx, vy, vz, mass: float): Body =
  Body(x: x, y: y, z: z, vx: vx * days, vy: vy * days, vz: vz * days, mass: mass * solarMass)

proc makeBodies(): array[5, Body] =
  [body(0, 0, 0, 0, 0, 0, 1),
   body(4.84143144246472090, -1.16032004402742839, -0.103622044471123109,
        0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609),
   body(8.34336671824457987, 4.12479856412430479, -0.403523417114321381,
        -0.00276742510726411196, 0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812),
   body(12.8943695621391310, -15.1111514016986312, -0.223307578892655734,
        0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298),
   body(15.3796971148509165, -25.9193146099879641, 0.179258772950371181,
        0.00268067772490389322, 0.00162824170038242295, -0.0000951592254519715870, 0.0000515138902046611451)]

proc offsetMomentum(bodies: var array[5, Body]) =
  var px, py, pz = 0.0
  for b in bodies:
    px += b.vx * b.mass
    py += b.vy * b.mass
    pz += b.vz * b.mass
  bodies[0].vx = -px / solarMass
  bodies[0].vy = -py / solarMass
  bodies[0].vz = -pz / solarMass

proc advance(bodies: var array[5, Body]; dt: float) =
  for i in 0 ..< 5:
    for j in i + 1 ..< 5:
      let dx = bodies[i].x - bodies[j].x
      let dy = bodies[i].y - bodies[j].y
      let dz = bodies[i].z - bodies[j].z
      let square = dx * dx + dy * dy + dz * dz
      let magnitude = dt / (square * sqrt(square))
      let massI = bodies[i].mass * magnitude
      let massJ = bodies[j].mass * magnitude
      bodies[i].vx -= dx * massJ
      bodies[i].vy -= dy * massJ
      bodies[i].vz -= dz * massJ
      bodies[j].vx += dx * massI
      bodies[j].vy += dy * massI
      bodies[j].vz += dz * massI
  for b in bodies.mitems:
    b.x += dt * b.vx
    b.y += dt * b.vy
    b.z += dt * b.vz

proc energy(bodies: array[5, Body]): float =
  for i in 0 ..< 5:
    let b = bodies[i]
    result += 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz)
    for j in i + 1 ..< 5:
      let dx = b.x - bodies[j].x
      let dy = b.y - bodies[j].y
      let dz = b.z - bodies[j].z
      result -= b.mass * bodies[j].mass / sqrt(dx * dx + dy * dy + dz * dz)

proc main() =
  var bodies = makeBodies()
  offsetMomentum(bodies)
  echo formatFloat(energy(bodies), ffDecimal, 9)
  for i in 1 .. parseInt(paramStr(1)):
    advance(bodies, 0.01)
  echo formatFloat(energy(bodies), ffDecimal, 9)

main()
