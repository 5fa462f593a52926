(* Insertions into a functional red-black tree. *)
type color = Red | Black
type tree = Leaf | Node of color * tree * int * bool * tree

let is_red t = match t with Node (Red, _, _, _, _) -> true | _ -> false

let balance_left l k v r =
  match l with
  | Node (_, Node (Red, a, kx, vx, b), ky, vy, c) ->
    Node (Red, Node (Black, a, kx, vx, b), ky, vy, Node (Black, c, k, v, r))
  | Node (_, a, kx, vx, Node (Red, b, ky, vy, c)) ->
    Node (Red, Node (Black, a, kx, vx, b), ky, vy, Node (Black, c, k, v, r))
  | Node (_, a, kx, vx, b) -> Node (Black, Node (Red, a, kx, vx, b), k, v, r)
  | Leaf -> Leaf

let balance_right l k v r =
  match r with
  | Node (_, Node (Red, a, kx, vx, b), ky, vy, c) ->
    Node (Red, Node (Black, l, k, v, a), kx, vx, Node (Black, b, ky, vy, c))
  | Node (_, a, kx, vx, Node (Red, b, ky, vy, c)) ->
    Node (Red, Node (Black, l, k, v, a), kx, vx, Node (Black, b, ky, vy, c))
  | Node (_, a, kx, vx, b) -> Node (Black, l, k, v, Node (Red, a, kx, vx, b))
  | Leaf -> Leaf

let rec insert_into t k v =
  match t with
  | Leaf -> Node (Red, Leaf, k, v, Leaf)
  | Node (Red, l, kx, vx, r) ->
    if k < kx then Node (Red, insert_into l k v, kx, vx, r)
    else if k > kx then Node (Red, l, kx, vx, insert_into r k v)
    else Node (Red, l, k, v, r)
  | Node (Black, l, kx, vx, r) ->
    if k < kx then
      if is_red l then balance_left (insert_into l k v) kx vx r
      else Node (Black, insert_into l k v, kx, vx, r)
    else if k > kx then
      if is_red r then balance_right l kx vx (insert_into r k v)
      else Node (Black, l, kx, vx, insert_into r k v)
    else Node (Black, l, k, v, r)

let insert t k v =
  match insert_into t k v with
  | Node (Red, l, kx, vx, r) -> Node (Black, l, kx, vx, r)
  | other -> other

let rec count_true t count =
  match t with
  | Leaf -> count
  | Node (_, l, _, v, r) -> count_true r (count_true l count + if v then 1 else 0)

let () =
  let n = int_of_string Sys.argv.(1) in
  let rec grow t k = if k = 0 then t else grow (insert t k (k mod 10 = 0)) (k - 1) in
  Printf.printf "%d\n" (count_true (grow Leaf n) 0)
