// Cycles are made and abandoned steadily, while a ring of a million objects lives.
class Node {
  constructor(id, previous) {
    this.id = id;
    this.next = null;
    this.previous = previous;
  }
}

function ring(size) {
  const first = new Node(0, null);
  let at = first;
  for (let id = 1; id < size; id++) {
    at.next = new Node(id, at);
    at = at.next;
  }
  at.next = first;
  first.previous = at;
  return first;
}

function sum(at, size) {
  let total = 0;
  for (let i = 0; i < size; i++, at = at.next) total += at.id;
  return total;
}

const [turns, live, size] = process.argv.slice(2).map(Number);
const kept = ring(live);
const times = new Float64Array(turns);
let total = 0;
for (let turn = 0; turn < turns; turn++) {
  const start = performance.now();
  total += sum(ring(size), size);
  times[turn] = performance.now() - start;
}
console.log(`${total}, ${sum(kept, live)}`);
times.sort();
const nanoseconds = (index) => Math.round(times[index] * 1e6);
console.error("%d %d %d", nanoseconds(turns >> 1), nanoseconds(turns - 1 - Math.floor(turns / 100)), nanoseconds(turns - 1));
