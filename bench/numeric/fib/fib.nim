# Fibonacci numbers by their definition.
import std/[os, strutils]

proc fib(n: int32): int32 =
  if n < 2: n
  else: fib(n - 1) + fib(n - 2)

echo fib(parseInt(paramStr(1)).int32)
