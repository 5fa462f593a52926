# The spectral norm of an infinite matrix, of which n rows and columns are looked at.
import std/[math, os, sequtils, strutils]

proc a(i, j: int32): float {.inline.} =
  1.0 / float((i + j) * (i + j + 1) div 2 + i + 1)

proc times(v: seq[float]; outcome: var seq[float]) =
  for i in 0 ..< outcome.len:
    var sum = 0.0
    for j in 0 ..< v.len: sum += a(i.int32, j.int32) * v[j]
    outcome[i] = sum

proc timesTransposed(v: seq[float]; outcome: var seq[float]) =
  for i in 0 ..< outcome.len:
    var sum = 0.0
    for j in 0 ..< v.len: sum += a(j.int32, i.int32) * v[j]
    outcome[i] = sum

proc main() =
  let n = parseInt(paramStr(1))
  var u = repeat(1.0, n)
  var v = newSeq[float](n)
  var t = newSeq[float](n)
  for i in 1 .. 10:
    times(u, t)
    timesTransposed(t, v)
    times(v, t)
    timesTransposed(t, u)
  var uv, vv = 0.0
  for i in 0 ..< n:
    uv += u[i] * v[i]
    vv += v[i] * v[i]
  echo formatFloat(sqrt(uv / vv), ffDecimal, 9)

main()
