# A map of n strings: filled, looked up, changed, and every third key taken out; Table.
import std/[os, strutils, tables]

proc main() =
  let n = parseInt(paramStr(1))
  var counts: Table[string, int]
  for i in 0 ..< n: counts["key " & $(i * 7919 mod n)] = i
  var found, sum, rest = 0
  for i in 0 ..< n:
    counts.withValue("key " & $(i * 2), at):
      inc found
      sum += at[]
      at[] = 0
  for i in countup(0, n - 1, 3): counts.del("key " & $i)
  for value in counts.values: rest += value
  echo found, ", ", sum, ", ", counts.len, ", ", rest

main()
