# A million structs with a short string each are copied, and every copy is changed.
type Item = object
  id: int
  name: string

var items = newSeq[Item](1_000_000)
for i in 0 ..< items.len:
  items[i] = Item(id: i, name: "item " & $i)
var copies = items
for item in copies.mitems:
  item.name.add("!")
var total = 0
for i in 0 ..< items.len:
  let n = copies[i].name.len
  total += n * 2 - items[i].name.len + ord(copies[i].name[n - 1])
echo total
