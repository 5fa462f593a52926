# The end of a list of n nodes and of a tree of as many, in nanoseconds for each node, to standard error. The list ends by a loop, since
# it would need a long stack.
import std/[monotimes, os, strutils, times]

type
  Node {.acyclic.} = ref object
    value: int
    next: Node
  Tree {.acyclic.} = ref object
    left, right: Tree

proc makeList(n: int): Node =
  for i in 0 ..< n: result = Node(value: i, next: move result)

proc makeTree(n: int): Tree =
  if n == 0: return nil
  let left = (n - 1) div 2
  Tree(left: makeTree(left), right: makeTree(n - 1 - left))

proc since(start: MonoTime; n: int): string =
  formatFloat(inNanoseconds(getMonoTime() - start).float / n.float, ffDecimal, 2)

proc main() =
  let n = parseInt(paramStr(1))
  var list = makeList(n)
  echo list.value
  var start = getMonoTime()
  while list != nil: list = move list.next
  let listTime = since(start, n)
  var tree = makeTree(n)
  echo tree.left == tree.right
  start = getMonoTime()
  tree = nil
  stderr.writeLine listTime, " ", since(start, n)

main()
