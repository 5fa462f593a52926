(* The orbits of five bodies, n steps. *)
type body = {
  mutable x : float;
  mutable y : float;
  mutable z : float;
  mutable vx : float;
  mutable vy : float;
  mutable vz : float;
  mass : float;
}

let pi = 3.141592653589793
let solar_mass = 4. *. pi *. pi
let days = 365.24

let body x y z vx vy vz mass =
  { x; y; z; vx = vx *. days; vy = vy *. days; vz = vz *. days; mass = mass *. solar_mass }

let make_bodies () =
  [|
    body 0. 0. 0. 0. 0. 0. 1.;
    body 4.84143144246472090 (-1.16032004402742839) (-0.103622044471123109) 0.00166007664274403694
      0.00769901118419740425 (-0.0000690460016972063023) 0.000954791938424326609;
    body 8.34336671824457987 4.12479856412430479 (-0.403523417114321381) (-0.00276742510726411196)
      0.00499852801234917238 0.0000230417297573763929 0.000285885980666130812;
    body 12.8943695621391310 (-15.1111514016986312) (-0.223307578892655734) 0.00296460137564761618
      0.00237847173959480950 (-0.0000296589568540237556) 0.0000436624404335156298;
    body 15.3796971148509165 (-25.9193146099879641) 0.179258772950371181 0.00268067772490389322
      0.00162824170038242295 (-0.0000951592254519715870) 0.0000515138902046611451;
  |]

let offset_momentum bodies =
  let px = ref 0. and py = ref 0. and pz = ref 0. in
  Array.iter
    (fun b ->
      px := !px +. (b.vx *. b.mass);
      py := !py +. (b.vy *. b.mass);
      pz := !pz +. (b.vz *. b.mass))
    bodies;
  bodies.(0).vx <- -. !px /. solar_mass;
  bodies.(0).vy <- -. !py /. solar_mass;
  bodies.(0).vz <- -. !pz /. solar_mass

let advance bodies dt =
  for i = 0 to 4 do
    let b = bodies.(i) in
    for j = i + 1 to 4 do
      let c = bodies.(j) in
      let dx = b.x -. c.x and dy = b.y -. c.y and dz = b.z -. c.z in
      let square = (dx *. dx) +. (dy *. dy) +. (dz *. dz) in
      let magnitude = dt /. (square *. sqrt square) in
      let mass_b = b.mass *. magnitude and mass_c = c.mass *. magnitude in
      b.vx <- b.vx -. (dx *. mass_c);
      b.vy <- b.vy -. (dy *. mass_c);
      b.vz <- b.vz -. (dz *. mass_c);
      c.vx <- c.vx +. (dx *. mass_b);
      c.vy <- c.vy +. (dy *. mass_b);
      c.vz <- c.vz +. (dz *. mass_b)
    done
  done;
  for i = 0 to 4 do
    let b = bodies.(i) in
    b.x <- b.x +. (dt *. b.vx);
    b.y <- b.y +. (dt *. b.vy);
    b.z <- b.z +. (dt *. b.vz)
  done

let energy bodies =
  let e = ref 0. in
  for i = 0 to 4 do
    let b = bodies.(i) in
    e := !e +. (0.5 *. b.mass *. ((b.vx *. b.vx) +. (b.vy *. b.vy) +. (b.vz *. b.vz)));
    for j = i + 1 to 4 do
      let c = bodies.(j) in
      let dx = b.x -. c.x and dy = b.y -. c.y and dz = b.z -. c.z in
      e := !e -. (b.mass *. c.mass /. sqrt ((dx *. dx) +. (dy *. dy) +. (dz *. dz)))
    done
  done;
  !e

let () =
  let bodies = make_bodies () in
  offset_momentum bodies;
  Printf.printf "%.9f\n" (energy bodies);
  for _ = 1 to int_of_string Sys.argv.(1) do
    advance bodies 0.01
  done;
  Printf.printf "%.9f\n" (energy bodies)
