# Constant folding: a full binary tree of sums is built, brought into one order, folded and evaluated.
import std/[os, strutils]

type
  Kind = enum Val, Var, Add, Mul
  Expr {.acyclic.} = ref object
    case kind: Kind
    of Val, Var: value: int
    of Add, Mul: a, b: Expr

proc num(n: int): Expr = Expr(kind: Val, value: n)

proc binary(kind: Kind; a, b: Expr): Expr =
  if kind == Add: Expr(kind: Add, a: a, b: b) else: Expr(kind: Mul, a: a, b: b)

proc make(depth, value: int): Expr =
  if depth == 0:
    if value == 0: Expr(kind: Var, value: 1) else: num(value)
  else:
    let a = make(depth - 1, value + 1)
    binary(Add, a, make(depth - 1, if value == 0: 0 else: value - 1))

proc append(kind: Kind; chain, last: Expr): Expr =
  if chain.kind == kind: binary(kind, chain.a, append(kind, chain.b, last))
  else: binary(kind, chain, last)

proc reassociate(e: Expr): Expr =
  if e.kind in {Add, Mul}: append(e.kind, reassociate(e.a), reassociate(e.b))
  else: e

proc apply(kind: Kind; a, b: int): int =
  if kind == Add: a + b else: a * b

proc fold(e: Expr): Expr =
  if e.kind in {Val, Var}: return e
  let a = fold(e.a)
  let b = fold(e.b)
  if a.kind == Val:
    if b.kind == Val: return num(apply(e.kind, a.value, b.value))
    if b.kind == e.kind:
      if b.a.kind == Val: return binary(e.kind, num(apply(e.kind, a.value, b.a.value)), b.b)
      if b.b.kind == Val: return binary(e.kind, num(apply(e.kind, a.value, b.b.value)), b.a)
  binary(e.kind, a, b)

proc evaluate(e: Expr; variable: int): int =
  case e.kind
  of Val: e.value
  of Var: variable
  of Add: evaluate(e.a, variable) + evaluate(e.b, variable)
  of Mul: evaluate(e.a, variable) * evaluate(e.b, variable)

proc main() =
  let e = make(parseInt(paramStr(1)), 1)
  let before = evaluate(e, 7)
  echo before, ", ", evaluate(fold(reassociate(e)), 7)

main()
