// A list of n numbers is built, reversed, summed and dropped.
class Node {
  constructor(value, next) {
    this.value = value;
    this.next = next;
  }
}

function build(n) {
  let list = null;
  for (let i = 0; i < n; i++) list = new Node(i, list);
  return list;
}

function reverse(list) {
  let done = null;
  for (let at = list; at !== null; at = at.next) done = new Node(at.value, done);
  return done;
}

function sum(list) {
  let total = 0;
  for (let at = list; at !== null; at = at.next) total += at.value;
  return total;
}

const list = reverse(build(Number(process.argv[2])));
console.log(`${list.value}, ${sum(list)}`);
