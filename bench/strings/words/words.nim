# Reads a text, splits it into words, counts them, and prints the most frequent one.
import std/[os, tables]

let text = readFile(paramStr(1))
var counts = initTable[string, int]()
var first = 0
for i in 0 .. text.len:
  if i < text.len and text[i] != ' ' and text[i] != '\n':
    continue
  if i > first:
    counts.mgetOrPut(text[first ..< i], 0) += 1
  first = i + 1
var best = ""
var most = 0
for word, count in counts:
  if count > most or (count == most and word < best):
    best = word
    most = count
echo best, " ", most, " of ", counts.len
