(* A list of n numbers is built, reversed, summed and dropped. *)
let rec build i n list = if i = n then list else build (i + 1) n (i :: list)

let () =
  let list = List.rev (build 0 (int_of_string Sys.argv.(1)) []) in
  Printf.printf "%d, %d\n" (List.hd list) (List.fold_left ( + ) 0 list)
