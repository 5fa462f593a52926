// n structs with random keys are sorted by their keys.
const n = Number(process.argv[2]);
const records = [];
let state = 12345;
// The product does not fit into the 53 bits of a number: in two parts.
function nextState(state) {
  const low = (state & 0xffff) * 1103515245, high = ((state >>> 16) * 1103515245) % 32768;
  return (low + high * 65536 + 12345) % 2147483648;
}
for (let i = 0; i < n; i++) {
  state = nextState(state);
  records.push({ key: state, id: i, weight: i });
}
records.sort((a, b) => a.key - b.key);
let sum = 0;
let ordered = true;
for (let i = 0; i < n; i++) {
  sum = (sum * 31 + records[i].key) % 1000000007;
  if (i > 0 && records[i].key < records[i - 1].key) ordered = false;
}
console.log(`${ordered}, ${sum}`);
