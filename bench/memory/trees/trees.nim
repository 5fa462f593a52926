# Binary trees with ref.
import std/[os, strutils]

type Tree = ref object
  left, right: Tree

proc make(depth: int): Tree =
  if depth == 0: return Tree()
  result = Tree(left: make(depth - 1), right: make(depth - 1))

proc check(tree: Tree): int =
  if tree.left == nil: return 1
  result = check(tree.left) + check(tree.right) + 1

proc main() =
  let minDepth = 4
  let maxDepth = parseInt(paramStr(1))
  echo maxDepth + 1, ", ", check(make(maxDepth + 1))
  let longLived = make(maxDepth)
  var depth = minDepth
  while depth <= maxDepth:
    let count = 1 shl (maxDepth - depth + minDepth)
    var sum = 0
    for i in 1 .. count:
      sum += check(make(depth))
    echo count, ", ", depth, ", ", sum
    depth += 2
  echo maxDepth, ", ", check(longLived)

main()
