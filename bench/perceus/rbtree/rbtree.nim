# Insertions into a functional red-black tree.
import std/[os, strutils]

type
  Color = enum Red, Black
  Node {.acyclic.} = ref object
    color: Color
    value: bool
    key: int32
    left, right: Node

proc node(color: Color; left: Node; key: int32; value: bool; right: Node): Node =
  Node(color: color, left: left, key: key, value: value, right: right)

proc isRed(t: Node): bool {.inline.} = t != nil and t.color == Red

proc balanceLeft(l: Node; key: int32; value: bool; r: Node): Node =
  if isRed(l.left):
    let ll = l.left
    node(Red, node(Black, ll.left, ll.key, ll.value, ll.right), l.key, l.value,
         node(Black, l.right, key, value, r))
  elif isRed(l.right):
    let lr = l.right
    node(Red, node(Black, l.left, l.key, l.value, lr.left), lr.key, lr.value,
         node(Black, lr.right, key, value, r))
  else:
    node(Black, node(Red, l.left, l.key, l.value, l.right), key, value, r)

proc balanceRight(l: Node; key: int32; value: bool; r: Node): Node =
  if isRed(r.left):
    let rl = r.left
    node(Red, node(Black, l, key, value, rl.left), rl.key, rl.value,
         node(Black, rl.right, r.key, r.value, r.right))
  elif isRed(r.right):
    let rr = r.right
    node(Red, node(Black, l, key, value, r.left), r.key, r.value,
         node(Black, rr.left, rr.key, rr.value, rr.right))
  else:
    node(Black, l, key, value, node(Red, r.left, r.key, r.value, r.right))

proc insertInto(t: Node; key: int32; value: bool): Node =
  if t == nil:
    node(Red, nil, key, value, nil)
  elif t.color == Red:
    if key < t.key: node(Red, insertInto(t.left, key, value), t.key, t.value, t.right)
    elif key > t.key: node(Red, t.left, t.key, t.value, insertInto(t.right, key, value))
    else: node(Red, t.left, key, value, t.right)
  elif key < t.key:
    if isRed(t.left): balanceLeft(insertInto(t.left, key, value), t.key, t.value, t.right)
    else: node(Black, insertInto(t.left, key, value), t.key, t.value, t.right)
  elif key > t.key:
    if isRed(t.right): balanceRight(t.left, t.key, t.value, insertInto(t.right, key, value))
    else: node(Black, t.left, t.key, t.value, insertInto(t.right, key, value))
  else:
    node(Black, t.left, key, value, t.right)

proc insert(t: Node; key: int32; value: bool): Node =
  result = insertInto(t, key, value)
  if result.color == Red:
    result = node(Black, result.left, result.key, result.value, result.right)

proc countTrue(t: Node; count: int): int =
  if t == nil: count
  else: countTrue(t.right, countTrue(t.left, count) + (if t.value: 1 else: 0))

proc main() =
  var tree: Node
  for key in countdown(parseInt(paramStr(1)), 1):
    tree = insert(tree, key.int32, key mod 10 == 0)
  echo countTrue(tree, 0)

main()
