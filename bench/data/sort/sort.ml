(* n structs with random keys are sorted by their keys. *)
type record = { key : int; id : int; weight : float }

let make_records n =
  let state = ref 12345 in
  Array.init n (fun i ->
      state := ((!state * 1103515245) + 12345) mod 2147483648;
      { key = !state; id = i; weight = float_of_int i })

let () =
  let records = make_records (int_of_string Sys.argv.(1)) in
  Array.stable_sort (fun a b -> Int.compare a.key b.key) records;
  let sum = Array.fold_left (fun sum r -> ((sum * 31) + r.key) mod 1000000007) 0 records in
  let ordered = ref true in
  for i = 1 to Array.length records - 1 do
    if records.(i).key < records.(i - 1).key then ordered := false
  done;
  Printf.printf "%b, %d\n" !ordered sum
