// All ways to put n queens on a board, as lists that share their ends.
class Queens {
  constructor(column, before) {
    this.column = column;
    this.before = before;
  }
}

class Solutions {
  constructor(first, rest) {
    this.first = first;
    this.rest = rest;
  }
}

function isSafe(column, at) {
  for (let distance = 1; at !== null; distance++, at = at.before) {
    if (at.column === column || at.column === column + distance || at.column === column - distance) return false;
  }
  return true;
}

function solve(size, row) {
  if (row === 0) return new Solutions(null, null);
  let all = null;
  for (let at = solve(size, row - 1); at !== null; at = at.rest) {
    for (let column = size; column > 0; column--) {
      if (isSafe(column, at.first)) all = new Solutions(new Queens(column, at.first), all);
    }
  }
  return all;
}

const size = Number(process.argv[2]);
let count = 0;
for (let at = solve(size, size); at !== null; at = at.rest) count++;
console.log(count);
