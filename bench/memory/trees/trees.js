// Binary trees.
class Tree {
  constructor(left, right) {
    this.left = left;
    this.right = right;
  }
}

function make(depth) {
  return depth === 0 ? new Tree(null, null) : new Tree(make(depth - 1), make(depth - 1));
}

function check(tree) {
  return tree.left === null ? 1 : check(tree.left) + check(tree.right) + 1;
}

const minDepth = 4;
const maxDepth = Number(process.argv[2]);
console.log(`${maxDepth + 1}, ${check(make(maxDepth + 1))}`);
const longLived = make(maxDepth);
for (let depth = minDepth; depth <= maxDepth; depth += 2) {
  const count = 1 << (maxDepth - depth + minDepth);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += check(make(depth));
  console.log(`${count}, ${depth}, ${sum}`);
}
console.log(`${maxDepth}, ${check(longLived)}`);
