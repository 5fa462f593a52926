(* The symbolic derivative of x^x, taken again and again. *)
type expr =
  | Val of int
  | Var of string
  | Add of expr * expr
  | Mul of expr * expr
  | Pow of expr * expr
  | Ln of expr

let rec power base exponent = if exponent <= 0 then 1 else base * power base (exponent - 1)

let rec add a b =
  match (a, b) with
  | Val 0, _ -> b
  | Val n, Val m -> Val (n + m)
  | Val n, Add (Val m, c) -> add (Val (n + m)) c
  | Val _, _ -> Add (a, b)
  | Add (c, d), _ -> add c (add d b)
  | _, Val _ -> add b a
  | _, Add ((Val _ as c), d) -> add c (add a d)
  | _ -> Add (a, b)

let rec mul a b =
  match (a, b) with
  | Val 0, _ | _, Val 0 -> Val 0
  | Val 1, _ -> b
  | _, Val 1 -> a
  | Val n, Val m -> Val (n * m)
  | Val n, Mul (Val m, c) -> mul (Val (n * m)) c
  | Val _, _ -> Mul (a, b)
  | Mul (c, d), _ -> mul c (mul d b)
  | _, Val _ -> mul b a
  | _, Mul ((Val _ as c), d) -> mul c (mul a d)
  | _ -> Mul (a, b)

let pow a b =
  match (a, b) with
  | _, Val 0 -> Val 1
  | _, Val 1 -> a
  | Val 0, _ -> Val 0
  | Val n, Val m -> Val (power n m)
  | _ -> Pow (a, b)

let ln a = match a with Val 1 -> Val 0 | _ -> Ln a

let rec derive x e =
  match e with
  | Val _ -> Val 0
  | Var name -> Val (if String.equal name x then 1 else 0)
  | Add (a, b) ->
    let da = derive x a in
    add da (derive x b)
  | Mul (a, b) ->
    let p = mul a (derive x b) in
    add p (mul b (derive x a))
  | Pow (a, b) ->
    let p = pow a b in
    let q = mul (mul b (derive x a)) (pow a (Val (-1))) in
    mul p (add q (mul (ln a) (derive x b)))
  | Ln a ->
    let p = derive x a in
    mul p (pow a (Val (-1)))

let rec count e =
  match e with
  | Val _ | Var _ -> 1
  | Add (a, b) | Mul (a, b) | Pow (a, b) -> count a + count b
  | Ln a -> count a

let () =
  let e = ref (pow (Var "x") (Var "x")) in
  for i = 1 to int_of_string Sys.argv.(1) do
    e := derive "x" !e;
    Printf.printf "%d, %d\n" i (count !e)
  done
