// The symbolic derivative of x^x, taken again and again.
const VAL = 0, VAR = 1, ADD = 2, MUL = 3, POW = 4, LN = 5;

class Val {
  constructor(value) {
    this.kind = VAL;
    this.value = value;
  }
}

class Var {
  constructor(name) {
    this.kind = VAR;
    this.name = name;
  }
}

class Binary {
  constructor(kind, a, b) {
    this.kind = kind;
    this.a = a;
    this.b = b;
  }
}

class Ln {
  constructor(a) {
    this.kind = LN;
    this.a = a;
  }
}

const isVal = (e, n) => e.kind === VAL && e.value === n;

function power(base, exponent) {
  let result = 1;
  for (let i = 0; i < exponent; i++) result *= base;
  return result;
}

function add(a, b) {
  if (a.kind === VAL) {
    if (a.value === 0) return b;
    if (b.kind === VAL) return new Val(a.value + b.value);
    if (b.kind === ADD && b.a.kind === VAL) return add(new Val(a.value + b.a.value), b.b);
    return new Binary(ADD, a, b);
  }
  if (a.kind === ADD) return add(a.a, add(a.b, b));
  if (b.kind === VAL) return add(b, a);
  if (b.kind === ADD && b.a.kind === VAL) return add(b.a, add(a, b.b));
  return new Binary(ADD, a, b);
}

function mul(a, b) {
  if (isVal(a, 0) || isVal(b, 0)) return new Val(0);
  if (isVal(a, 1)) return b;
  if (isVal(b, 1)) return a;
  if (a.kind === VAL) {
    if (b.kind === VAL) return new Val(a.value * b.value);
    if (b.kind === MUL && b.a.kind === VAL) return mul(new Val(a.value * b.a.value), b.b);
    return new Binary(MUL, a, b);
  }
  if (a.kind === MUL) return mul(a.a, mul(a.b, b));
  if (b.kind === VAL) return mul(b, a);
  if (b.kind === MUL && b.a.kind === VAL) return mul(b.a, mul(a, b.b));
  return new Binary(MUL, a, b);
}

function pow(a, b) {
  if (isVal(b, 0)) return new Val(1);
  if (isVal(b, 1)) return a;
  if (isVal(a, 0)) return new Val(0);
  if (a.kind === VAL && b.kind === VAL) return new Val(power(a.value, b.value));
  return new Binary(POW, a, b);
}

const ln = (a) => (isVal(a, 1) ? new Val(0) : new Ln(a));

function derive(x, e) {
  switch (e.kind) {
    case VAL: return new Val(0);
    case VAR: return new Val(e.name === x ? 1 : 0);
    case ADD: return add(derive(x, e.a), derive(x, e.b));
    case MUL: return add(mul(e.a, derive(x, e.b)), mul(e.b, derive(x, e.a)));
    case POW:
      return mul(pow(e.a, e.b),
                 add(mul(mul(e.b, derive(x, e.a)), pow(e.a, new Val(-1))), mul(ln(e.a), derive(x, e.b))));
    default: return mul(derive(x, e.a), pow(e.a, new Val(-1)));
  }
}

function count(e) {
  if (e.kind <= VAR) return 1;
  return e.kind === LN ? count(e.a) : count(e.a) + count(e.b);
}

const x = new Var("x");
let e = pow(x, x);
for (let i = 1; i <= Number(process.argv[2]); i++) {
  e = derive("x", e);
  console.log(`${i}, ${count(e)}`);
}
