# The symbolic derivative of x^x, taken again and again.
import std/[os, strutils]

type
  Kind = enum Val, Var, Add, Mul, Pow, Ln
  Expr {.acyclic.} = ref object
    case kind: Kind
    of Val: value: int
    of Var: name: string
    of Add, Mul, Pow: a, b: Expr
    of Ln: e: Expr

proc num(n: int): Expr = Expr(kind: Val, value: n)
proc isVal(e: Expr; n: int): bool = e.kind == Val and e.value == n

proc power(base, exponent: int): int =
  result = 1
  for i in 1 .. exponent: result *= base

proc add(a, b: Expr): Expr =
  case a.kind
  of Val:
    if a.value == 0: b
    elif b.kind == Val: num(a.value + b.value)
    elif b.kind == Add and b.a.kind == Val: add(num(a.value + b.a.value), b.b)
    else: Expr(kind: Add, a: a, b: b)
  of Add: add(a.a, add(a.b, b))
  else:
    if b.kind == Val: add(b, a)
    elif b.kind == Add and b.a.kind == Val: add(b.a, add(a, b.b))
    else: Expr(kind: Add, a: a, b: b)

proc mul(a, b: Expr): Expr =
  if isVal(a, 0) or isVal(b, 0): return num(0)
  if isVal(a, 1): return b
  if isVal(b, 1): return a
  case a.kind
  of Val:
    if b.kind == Val: num(a.value * b.value)
    elif b.kind == Mul and b.a.kind == Val: mul(num(a.value * b.a.value), b.b)
    else: Expr(kind: Mul, a: a, b: b)
  of Mul: mul(a.a, mul(a.b, b))
  else:
    if b.kind == Val: mul(b, a)
    elif b.kind == Mul and b.a.kind == Val: mul(b.a, mul(a, b.b))
    else: Expr(kind: Mul, a: a, b: b)

proc pow(a, b: Expr): Expr =
  if isVal(b, 0): num(1)
  elif isVal(b, 1): a
  elif isVal(a, 0): num(0)
  elif a.kind == Val and b.kind == Val: num(power(a.value, b.value))
  else: Expr(kind: Pow, a: a, b: b)

proc ln(a: Expr): Expr =
  if isVal(a, 1): num(0) else: Expr(kind: Ln, e: a)

proc derive(x: string; e: Expr): Expr =
  case e.kind
  of Val: num(0)
  of Var: num(if e.name == x: 1 else: 0)
  of Add: add(derive(x, e.a), derive(x, e.b))
  of Mul: add(mul(e.a, derive(x, e.b)), mul(e.b, derive(x, e.a)))
  of Pow:
    mul(pow(e.a, e.b),
        add(mul(mul(e.b, derive(x, e.a)), pow(e.a, num(-1))), mul(ln(e.a), derive(x, e.b))))
  of Ln: mul(derive(x, e.e), pow(e.e, num(-1)))

proc count(e: Expr): int =
  case e.kind
  of Val, Var: 1
  of Add, Mul, Pow: count(e.a) + count(e.b)
  of Ln: count(e.e)

proc main() =
  let x = Expr(kind: Var, name: "x")
  var e = pow(x, x)
  for i in 1 .. parseInt(paramStr(1)):
    e = derive("x", e)
    echo i, ", ", count(e)

main()
