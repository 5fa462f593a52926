(* A map of n strings: filled, looked up, changed, and every third key taken out; Hashtbl. *)
let () =
  let n = int_of_string Sys.argv.(1) in
  let counts = Hashtbl.create 16 in
  for i = 0 to n - 1 do
    Hashtbl.replace counts ("key " ^ string_of_int (i * 7919 mod n)) i
  done;
  let found = ref 0 and sum = ref 0 in
  for i = 0 to n - 1 do
    let key = "key " ^ string_of_int (i * 2) in
    match Hashtbl.find_opt counts key with
    | Some value ->
      incr found;
      sum := !sum + value;
      Hashtbl.replace counts key 0
    | None -> ()
  done;
  for i = 0 to n - 1 do
    if i mod 3 = 0 then Hashtbl.remove counts ("key " ^ string_of_int i)
  done;
  let rest = Hashtbl.fold (fun _ value rest -> rest + value) counts 0 in
  Printf.printf "%d, %d, %d, %d\n" !found !sum (Hashtbl.length counts) rest
