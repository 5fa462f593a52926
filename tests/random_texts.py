#!/usr/bin/env python3
"""Generated programs that hand texts, and what holds them, to functions by value: what they print must not depend on what is optimised.

What is looked for are mistakes of the passes that leave out copies of texts (src/own: lend, copies, append, rebuild, lastuse): one that is
changed, or ends, while somebody still looks at it. Run as tests/lib/differential.py says.

    tests/random_texts.py [--build DIR] [--first N] [--count N] [--keep FOLDER]
"""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import differential  # noqa: E402

FUNCTIONS = 7
PRELUDE = """type P { name: string; more: string; n: i32; }
type S = Plain(n: i32) | Named(name: string, p: P) | Two(a: string, b: string);
type R { s: string; p: P; u: S; next: ref<R>; }
type L { s: string; }
val fuel = 300;
fun go() -> bool { fuel = fuel - 1; return fuel > 0; }
val top = "t" + "op";
val pair = P { name: "na" + "me", more: "m" + "", n: 1 };
val shape: S = Plain(1);
val cell = new R { s: "c" + "ell", p: pair, u: shape, next: null };
fun cut(s: string) -> string { return if (len(s) > 30) { "cut" } else { s }; }
fun both(a: string, b: string) -> i32 { return len(a) as i32 * 7 + len(b) as i32; }
fun add(s: string) -> string { return cut(s) + "+"; }
fun show(p: P) -> string { return "(" + p.name + "," + p.more + ")"; }
fun name_of(u: S) -> string {
    switch (u) { case Named(n, p) { return n + p.more; } case Two(a, b) { return a + "/" + b; } otherwise { return "plain"; } }
}
fun size_of(u: S) -> i32 {
    switch (u) { case Named(n, p) { return both(n, p.name) + len(p.more) as i32; } case Two(a, b) { return both(a, b); } case Plain(n) { return n; } }
}
fun tell() { print(top, show(pair), name_of(shape), cell.s, show(cell.p), name_of(cell.u)); }
"""
PLACES = {"string": ["top", "pair.name", "pair.more", "cell.s", "cell.p.name", "cell.next.s"], "P": ["pair", "cell.p", "cell.next.p"],
          "S": ["shape", "cell.u"]}


class Generator:
    """One program. `wild`: functions change globals and objects while they look at what they were given."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.wild = self.rng.random() < 0.7
        self.loud = self.rng.random() < 0.3
        self.functions = []  # name, types of parameters, type of the result
        self.names = 0

    def value(self, kind, scope, depth):
        own = [name for name, its in scope if its == kind]
        choice = self.rng.random()
        if own and (depth == 0 or choice < 0.35):
            return self.rng.choice(own)
        if choice < 0.5 and (depth == 0 or self.wild):
            return self.rng.choice(PLACES[kind])
        those = [f for f in self.functions if f[2] == kind]
        if those and depth > 0 and choice < 0.7:
            return self.call(self.rng.choice(those), scope, depth - 1)
        text = lambda: self.value("string", scope, max(depth - 1, 0))  # noqa: E731
        if kind == "P":
            return f"P {{ name: {text()}, more: {text()}, n: 2 }}"
        if kind == "S":
            return self.rng.choice([f"Two({text()}, {text()})", f"Named({text()}, {self.value('P', scope, max(depth - 1, 0))})", "Plain(3)"])
        if depth == 0:
            return self.rng.choice(['"lit"', '""', f'("x" + "{self.rng.randrange(10)}")'])
        return self.rng.choice([f"cut({text()} + {text()})", f"add({text()})", f"show({self.value('P', scope, depth - 1)})",
                                f"name_of({self.value('S', scope, depth - 1)})"])

    def call(self, function, scope, depth):
        name, params, _ = function
        return f"{name}({', '.join(self.value(param, scope, depth) for param in params)})"

    def number(self, scope, depth):
        return self.rng.choice([f"both({self.value('string', scope, depth)}, {self.value('string', scope, depth)})",
                                f"size_of({self.value('S', scope, depth)})", f"(len({self.rng.choice(PLACES['string'])}) as i32)"])

    def block(self, scope, count, depth, result):
        lines, scope = [], list(scope)
        for _ in range(count):
            lines += self.statement(scope, depth, result)
        return lines

    def statement(self, scope, depth, result):
        kind = self.rng.choice(["string", "string", "P", "S"])
        choice = self.rng.random()
        locals_ = [s for s in scope if s[1] == kind and (s[0][0] == "v" or self.rng.random() < 0.4)]
        if choice < 0.25 or not locals_:
            name = f"v{self.names}"
            self.names += 1
            line = f"val {name}: {kind} = {self.value(kind, scope, 2)};"
            scope.append((name, kind))
            return [line]
        name = self.rng.choice(locals_)[0]
        if choice < 0.4:
            return [f"{name} = {self.value(kind, [*scope, (name, kind), (name, kind)], 2)};"]
        if choice < 0.5 and self.wild:
            place = self.rng.choice(PLACES[kind])
            return [f"{place} = {self.value(kind, [*scope, (place, kind), (place, kind)], 2)};"]
        if choice < 0.65:
            return [f"print({self.number(scope, 1)}, {self.value('string', scope, 2)});"]
        if choice < 0.75 and depth > 0:
            return [f"if ({self.number(scope, 1)} % 2 == 0) {{", *self.indented(self.block(scope, 2, depth - 1, result)), "} else {",
                    *self.indented(self.block(scope, 1, depth - 1, result)), "}"]
        if choice < 0.85 and depth > 0:
            return [f"loop i{self.names} in 0..{self.rng.randrange(1, 4)} {{", "    if (!go()) { break; }", *self.indented(self.block(scope, 2, depth - 1, result)), "}"]
        if choice < 0.9 and kind == "S" and depth > 0:
            a, b = f"v{self.names}a", f"v{self.names}b"
            self.names += 1
            return [f"switch ({self.rng.choice([name, *PLACES['S']])}) {{", f"    case Two({a}, {b}) {{",
                    *self.indented(self.indented(self.block([*scope, (a, "string")], 2, depth - 1, result))), f"        print(both({a}, {b}));", "    }", "    otherwise {}", "}"]
        if choice < 0.93 and result and kind == "string":
            return [f"if ({self.number(scope, 0)} % 3 == 0) {{ return {self.value(result, scope, 1)}; }}"]
        if choice < 0.95:
            return [f"if (len(top) == {self.rng.randrange(8)}) {{ print(10 / (len({self.value('string', scope, 0)}) as i32)); }}"]  # may fail
        return ["tell();"]

    def function(self, index):
        params = [(f"p{i}", self.rng.choice(["string", "string", "P", "S"])) for i in range(self.rng.randrange(1, 4))]
        result = self.rng.choice(["string", "string", "P", "S"])
        written = ", ".join(f"{name}: {kind}" for name, kind in params)
        lines = [f"fun f{index}({written}) -> {result} {{", f"    if (!go()) {{ return {self.value(result, params, 0)}; }}",
                 *self.indented(self.block(params, self.rng.randrange(0, 7), 2, result)), f"    return {self.value(result, params, 2)};", "}"]
        self.functions.append((f"f{index}", [kind for _, kind in params], result))
        return lines

    def program(self):
        lines = [PRELUDE, "impl Drop for L { fun drop(self: ref<Self>) { " + ("top = top + self.s; tell();" if self.loud else "print(self.s);") + " } }"]
        for index in range(FUNCTIONS):
            lines += self.function(index)
        lines += ["cell.next = " + self.rng.choice(["cell", "new R { s: \"nx\" + \"t\", p: pair, u: shape, next: null }"]) + ";",
                  "fun main() {", "    val l = L { s: \"l\" };", *self.indented(self.block([], 40, 3, None)), "    tell();", "    cell.next = null;", "}"]
        return "\n".join(lines) + "\n"

    @staticmethod
    def indented(lines):
        return ["    " + line for line in lines]


if __name__ == "__main__":
    sys.exit(differential.main("texts", "texts", lambda seed: Generator(seed).program(), ["division by zero"]))
