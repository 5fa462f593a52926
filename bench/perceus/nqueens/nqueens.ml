(* All ways to put n queens on a board, as lists that share their ends. *)
let rec is_safe column distance others =
  match others with
  | [] -> true
  | q :: before ->
    q <> column && q <> column + distance && q <> column - distance && is_safe column (distance + 1) before

let rec extend column so_far found =
  if column = 0 then found
  else if is_safe column 1 so_far then extend (column - 1) so_far ((column :: so_far) :: found)
  else extend (column - 1) so_far found

let rec solve size row =
  if row = 0 then [ [] ]
  else List.fold_left (fun all queens -> extend size queens all) [] (solve size (row - 1))

let () =
  let size = int_of_string Sys.argv.(1) in
  Printf.printf "%d\n" (List.length (solve size size))
