(* The spectral norm of an infinite matrix, of which n rows and columns are looked at. *)
let a i j = 1. /. float_of_int (((i + j) * (i + j + 1) / 2) + i + 1)

let times v out n =
  for i = 0 to n - 1 do
    let sum = ref 0. in
    for j = 0 to n - 1 do
      sum := !sum +. (a i j *. v.(j))
    done;
    out.(i) <- !sum
  done

let times_transposed v out n =
  for i = 0 to n - 1 do
    let sum = ref 0. in
    for j = 0 to n - 1 do
      sum := !sum +. (a j i *. v.(j))
    done;
    out.(i) <- !sum
  done

let () =
  let n = int_of_string Sys.argv.(1) in
  let u = Array.make n 1. and v = Array.make n 0. and t = Array.make n 0. in
  for _ = 1 to 10 do
    times u t n;
    times_transposed t v n;
    times v t n;
    times_transposed t u n
  done;
  let uv = ref 0. and vv = ref 0. in
  for i = 0 to n - 1 do
    uv := !uv +. (u.(i) *. v.(i));
    vv := !vv +. (v.(i) *. v.(i))
  done;
  Printf.printf "%.9f\n" (sqrt (!uv /. !vv))
