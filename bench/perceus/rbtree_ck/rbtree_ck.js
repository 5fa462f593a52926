// As rbtree, but every fifth tree is kept.
class Node {
  constructor(red, left, key, value, right) {
    this.red = red;
    this.left = left;
    this.key = key;
    this.value = value;
    this.right = right;
  }
}

const isRed = (t) => t !== null && t.red;

function balanceLeft(l, key, value, r) {
  if (isRed(l.left)) {
    const ll = l.left;
    return new Node(true, new Node(false, ll.left, ll.key, ll.value, ll.right), l.key, l.value,
                    new Node(false, l.right, key, value, r));
  }
  if (isRed(l.right)) {
    const lr = l.right;
    return new Node(true, new Node(false, l.left, l.key, l.value, lr.left), lr.key, lr.value,
                    new Node(false, lr.right, key, value, r));
  }
  return new Node(false, new Node(true, l.left, l.key, l.value, l.right), key, value, r);
}

function balanceRight(l, key, value, r) {
  if (isRed(r.left)) {
    const rl = r.left;
    return new Node(true, new Node(false, l, key, value, rl.left), rl.key, rl.value,
                    new Node(false, rl.right, r.key, r.value, r.right));
  }
  if (isRed(r.right)) {
    const rr = r.right;
    return new Node(true, new Node(false, l, key, value, r.left), r.key, r.value,
                    new Node(false, rr.left, rr.key, rr.value, rr.right));
  }
  return new Node(false, l, key, value, new Node(true, r.left, r.key, r.value, r.right));
}

function insertInto(t, key, value) {
  if (t === null) return new Node(true, null, key, value, null);
  if (key < t.key) {
    const left = insertInto(t.left, key, value);
    if (!t.red && isRed(t.left)) return balanceLeft(left, t.key, t.value, t.right);
    return new Node(t.red, left, t.key, t.value, t.right);
  }
  if (key > t.key) {
    const right = insertInto(t.right, key, value);
    if (!t.red && isRed(t.right)) return balanceRight(t.left, t.key, t.value, right);
    return new Node(t.red, t.left, t.key, t.value, right);
  }
  return new Node(t.red, t.left, key, value, t.right);
}

function insert(t, key, value) {
  const r = insertInto(t, key, value);
  return r.red ? new Node(false, r.left, r.key, r.value, r.right) : r;
}

function countTrue(t, count) {
  if (t === null) return count;
  return countTrue(t.right, countTrue(t.left, count) + (t.value ? 1 : 0));
}

let tree = null;
const kept = [];
for (let key = Number(process.argv[2]); key > 0; key--) {
  tree = insert(tree, key, key % 10 === 0);
  if (key % 5 === 0) kept.push(tree);
}
console.log(`${kept.length}, ${countTrue(kept[kept.length - 1], 0)}`);
