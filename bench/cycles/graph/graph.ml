(* Cycles are made and abandoned steadily, while a ring of a million objects lives. *)
type node = { id : int; mutable next : node option; mutable previous : node option }

let ring size =
  let first = { id = 0; next = None; previous = None } in
  let at = ref first in
  for id = 1 to size - 1 do
    let node = { id; next = None; previous = Some !at } in
    !at.next <- Some node;
    at := node
  done;
  !at.next <- Some first;
  first.previous <- Some !at;
  first

let sum start size =
  let rec go at i total =
    if i = size then total
    else match at.next with Some next -> go next (i + 1) (total + at.id) | None -> total
  in
  go start 0 0

let now () = int_of_float (Unix.gettimeofday () *. 1e9)

let () =
  let turns = int_of_string Sys.argv.(1) in
  let live = int_of_string Sys.argv.(2) in
  let size = int_of_string Sys.argv.(3) in
  let kept = ring live in
  let times = Array.make turns 0 in
  let total = ref 0 in
  for turn = 0 to turns - 1 do
    let start = now () in
    total := !total + sum (ring size) size;
    times.(turn) <- now () - start
  done;
  Printf.printf "%d, %d\n" !total (sum kept live);
  Array.sort compare times;
  Printf.eprintf "%d %d %d\n" times.(turns / 2) times.(turns - 1 - (turns / 100)) times.(turns - 1)
