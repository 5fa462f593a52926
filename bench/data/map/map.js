// A map of n strings: filled, looked up, changed, and every third key taken out.
const n = Number(process.argv[2]);
const counts = new Map();
for (let i = 0; i < n; i++) counts.set("key " + ((i * 7919) % n), i);
let found = 0, sum = 0, rest = 0;
for (let i = 0; i < n; i++) {
  const key = "key " + i * 2;
  const value = counts.get(key);
  if (value !== undefined) {
    found++;
    sum += value;
    counts.set(key, 0);
  }
}
for (let i = 0; i < n; i += 3) counts.delete("key " + i);
for (const value of counts.values()) rest += value;
console.log(`${found}, ${sum}, ${counts.size}, ${rest}`);
