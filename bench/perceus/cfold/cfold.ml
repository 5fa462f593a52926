(* Constant folding: a full binary tree of sums is built, brought into one order, folded and evaluated. *)
type expr = Val of int | Var of int | Add of expr * expr | Mul of expr * expr

let rec make depth value =
  if depth = 0 then if value = 0 then Var 1 else Val value
  else
    let a = make (depth - 1) (value + 1) in
    Add (a, make (depth - 1) (if value = 0 then 0 else value - 1))

let rec add_right chain last =
  match chain with Add (a, b) -> Add (a, add_right b last) | other -> Add (other, last)

let rec mul_right chain last =
  match chain with Mul (a, b) -> Mul (a, mul_right b last) | other -> Mul (other, last)

let rec reassociate e =
  match e with
  | Add (a, b) -> add_right (reassociate a) (reassociate b)
  | Mul (a, b) -> mul_right (reassociate a) (reassociate b)
  | other -> other

let rec fold e =
  match e with
  | Add (a, b) -> (
    let a = fold a in
    let b = fold b in
    match (a, b) with
    | Val n, Val m -> Val (n + m)
    | Val n, Add (Val m, c) | Val n, Add (c, Val m) -> Add (Val (n + m), c)
    | _ -> Add (a, b))
  | Mul (a, b) -> (
    let a = fold a in
    let b = fold b in
    match (a, b) with
    | Val n, Val m -> Val (n * m)
    | Val n, Mul (Val m, c) | Val n, Mul (c, Val m) -> Mul (Val (n * m), c)
    | _ -> Mul (a, b))
  | other -> other

let rec evaluate e variable =
  match e with
  | Val n -> n
  | Var _ -> variable
  | Add (a, b) -> evaluate a variable + evaluate b variable
  | Mul (a, b) -> evaluate a variable * evaluate b variable

let () =
  let e = make (int_of_string Sys.argv.(1)) 1 in
  let before = evaluate e 7 in
  Printf.printf "%d, %d\n" before (evaluate (fold (reassociate e)) 7)
