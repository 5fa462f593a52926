# Joins fields to 10 MB of CSV, ten times, and takes each apart again.
import std/strutils

var total = 0
for round in 0 ..< 10:
  var csv = ""
  var i = 0
  while csv.len < 10_000_000:
    var line = ""
    for f in 0 ..< 8:
      if f > 0:
        line.add(',')
      line.add($((i * 7919 + f * 104729 + round) mod 100000))
    csv.add(line)
    csv.add('\n')
    inc i
  var at = 0
  while at < csv.len:
    let stop = csv.find('\n', at)
    let line = csv[at ..< stop]
    for field in line.split(','):
      total += field.len + ord(field[0])
    at = stop + 1
echo total
