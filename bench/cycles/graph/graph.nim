# Cycles are made and abandoned steadily, while a ring of a million objects lives.
import std/[algorithm, monotimes, os, strutils, times]

type Node = ref object
  id: int
  next, previous: Node

proc ring(size: int): Node =
  result = Node(id: 0)
  var at = result
  for id in 1 ..< size:
    let node = Node(id: id, previous: at)
    at.next = node
    at = node
  at.next = result
  result.previous = at

proc sum(start: Node; size: int): int =
  var at {.cursor.} = start
  for i in 0 ..< size:
    result += at.id
    at = at.next

proc main() =
  let turns = parseInt(paramStr(1))
  let live = parseInt(paramStr(2))
  let size = parseInt(paramStr(3))
  let kept = ring(live)
  var taken: seq[int64]
  var total = 0
  for turn in 0 ..< turns:
    let start = getMonoTime()
    total += sum(ring(size), size)
    taken.add inNanoseconds(getMonoTime() - start)
  echo total, ", ", sum(kept, live)
  taken.sort()
  let n = taken.len
  stderr.writeLine taken[n div 2], " ", taken[n - 1 - n div 100], " ", taken[n - 1]

main()
