# n structs with random keys are sorted by their keys.
import std/[algorithm, os, strutils]

type Record = object
  key: int
  id: int32
  weight: float

proc makeRecords(n: int): seq[Record] =
  var state = 12345.int
  for i in 0 ..< n:
    state = (state * 1103515245 + 12345) mod 2147483648.int
    result.add Record(key: state, id: i.int32, weight: i.float)

proc main() =
  var records = makeRecords(parseInt(paramStr(1)))
  records.sort(proc (a, b: Record): int = cmp(a.key, b.key))
  var sum = 0
  var ordered = true
  for i in 0 ..< records.len:
    sum = (sum * 31 + records[i].key) mod 1000000007
    if i > 0 and records[i].key < records[i - 1].key: ordered = false
  echo ordered, ", ", sum

main()
