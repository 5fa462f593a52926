# All ways to put n queens on a board, as lists that share their ends.
import std/[os, strutils]

type
  Queens {.acyclic.} = ref object
    column: int32
    before: Queens
  Solutions {.acyclic.} = ref object
    first: Queens
    rest: Solutions

proc isSafe(column: int32; others: Queens): bool =
  var at {.cursor.} = others
  var distance = 1'i32
  while at != nil:
    if at.column == column or at.column == column + distance or at.column == column - distance:
      return false
    inc distance
    at = at.before
  true

proc solve(size, row: int32): Solutions =
  if row == 0: return Solutions()
  let shorter = solve(size, row - 1)
  var at {.cursor.} = shorter
  while at != nil:
    for column in countdown(size, 1):
      if isSafe(column, at.first):
        result = Solutions(first: Queens(column: column, before: at.first), rest: move result)
    at = at.rest

proc main() =
  let size = parseInt(paramStr(1)).int32
  let all = solve(size, size)
  var count = 0
  var at {.cursor.} = all
  while at != nil:
    inc count
    at = at.rest
  echo count

main()
