# A list of n numbers is built, reversed, summed and dropped.
import std/[os, strutils]

type Node {.acyclic.} = ref object
  value: int
  next: Node

proc build(n: int): Node =
  for i in 0 ..< n:
    result = Node(value: i, next: move result)

proc reverse(list: Node): Node =
  var at {.cursor.} = list
  while at != nil:
    result = Node(value: at.value, next: move result)
    at = at.next

proc sum(list: Node): int =
  var at {.cursor.} = list
  while at != nil:
    result += at.value
    at = at.next

# Without this the end of a long list would need a long stack.
proc drop(list: sink Node) =
  var at = move list
  while at != nil:
    at = move at.next

proc main() =
  var list = build(parseInt(paramStr(1)))
  var reversed = reverse(list)
  drop(move list)
  echo reversed.value, ", ", sum(reversed)
  drop(move reversed)

main()
