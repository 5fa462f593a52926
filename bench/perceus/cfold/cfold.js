// Constant folding: a full binary tree of sums is built, brought into one order, folded and evaluated.
const VAL = 0, VAR = 1, ADD = 2, MUL = 3;

class Leaf {
  constructor(kind, value) {
    this.kind = kind;
    this.value = value;
  }
}

class Binary {
  constructor(kind, a, b) {
    this.kind = kind;
    this.a = a;
    this.b = b;
  }
}

function make(depth, value) {
  if (depth === 0) return value === 0 ? new Leaf(VAR, 1) : new Leaf(VAL, value);
  return new Binary(ADD, make(depth - 1, value + 1), make(depth - 1, value === 0 ? 0 : value - 1));
}

function append(kind, chain, last) {
  return chain.kind === kind ? new Binary(kind, chain.a, append(kind, chain.b, last)) : new Binary(kind, chain, last);
}

function reassociate(e) {
  return e.kind >= ADD ? append(e.kind, reassociate(e.a), reassociate(e.b)) : e;
}

const apply = (kind, a, b) => (kind === ADD ? a + b : a * b);

function fold(e) {
  if (e.kind < ADD) return e;
  const a = fold(e.a);
  const b = fold(e.b);
  if (a.kind === VAL) {
    if (b.kind === VAL) return new Leaf(VAL, apply(e.kind, a.value, b.value));
    if (b.kind === e.kind) {
      if (b.a.kind === VAL) return new Binary(e.kind, new Leaf(VAL, apply(e.kind, a.value, b.a.value)), b.b);
      if (b.b.kind === VAL) return new Binary(e.kind, new Leaf(VAL, apply(e.kind, a.value, b.b.value)), b.a);
    }
  }
  return new Binary(e.kind, a, b);
}

function evaluate(e, variable) {
  if (e.kind === VAL) return e.value;
  if (e.kind === VAR) return variable;
  return apply(e.kind, evaluate(e.a, variable), evaluate(e.b, variable));
}

const e = make(Number(process.argv[2]), 1);
const before = evaluate(e, 7);
console.log(`${before}, ${evaluate(fold(reassociate(e)), 7)}`);
