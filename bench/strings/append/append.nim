# Ten times a million appends of two bytes to a string that nobody else sees.
var total = 0
for round in 0 ..< 10:
  var s = ""
  for i in 0 ..< 1_000_000:
    s.add("ab")
  total += s.len + ord(s[s.len div 2])
echo total
