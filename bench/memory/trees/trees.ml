(* Binary trees. *)
type tree = Leaf | Node of { left : tree; right : tree }

let rec make depth =
  if depth = 0 then Node { left = Leaf; right = Leaf }
  else
    let left = make (depth - 1) in
    Node { left; right = make (depth - 1) }

let rec check tree =
  match tree with
  | Leaf -> 0
  | Node { left = Leaf; right = _ } -> 1
  | Node { left; right } -> check left + check right + 1

let () =
  let min_depth = 4 and max_depth = int_of_string Sys.argv.(1) in
  Printf.printf "%d, %d\n" (max_depth + 1) (check (make (max_depth + 1)));
  let long_lived = make max_depth in
  let depth = ref min_depth in
  while !depth <= max_depth do
    let count = 1 lsl (max_depth - !depth + min_depth) in
    let sum = ref 0 in
    for _ = 1 to count do
      sum := !sum + check (make !depth)
    done;
    Printf.printf "%d, %d, %d\n" count !depth !sum;
    depth := !depth + 2
  done;
  Printf.printf "%d, %d\n" max_depth (check long_lived)
