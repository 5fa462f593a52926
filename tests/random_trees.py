#!/usr/bin/env python3
"""Generated programs that build, share, walk, rebuild and change trees: what they print must not depend on what is optimised.

What is looked for are mistakes of the passes that leave counts out (src/own: copies, cursors, give, keep, rebuild, reuse): an object that ends too
early, is changed in place while somebody else has it, or never ends. Each program runs unoptimised in the interpreter; then optimised in the
interpreter, which checks every step, and as native code, with everything and with one optimisation left out, under stress.

    tests/random_trees.py [--build DIR] [--first N] [--count N] [--keep FOLDER]
"""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import differential  # noqa: E402

FUNCTIONS = 5


class Generator:
    """One program. `writes`: fields of nodes are assigned too, so that there may be cycles. `places`: trees lie in fields and globals,
    and are given what is made of them there; `loud`: something that ends looks at them."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.writes = self.rng.random() < 0.3
        self.places = ["top", "hold.t", "hold.inner.t", "hold.next.t"] if self.rng.random() < 0.6 else []
        self.loud = self.rng.random() < 0.3
        self.names = 0

    def name(self):
        self.names += 1
        return f"n{self.names}"

    def program(self):
        lines = [
            "type N { a: ref<N>; b: ref<N>; v: i32; s: string; }",
            "type U = Leaf(v: i32) | Pair(l: ref<U>, r: ref<U>, w: ref<N>);",
            "val fuel = 400;",
            "fun go() -> bool { fuel = fuel - 1; return fuel > 0; }",
            "fun leaf(v: i32) -> ref<N> => new N { a: null, b: null, v: v, s: \"l\" };",
            "fun node(a: ref<N>, b: ref<N>, v: i32) -> ref<N> { return new N { a: a, b: b, v: v, s: \"n\" }; }",
            "fun sum(x: ref<N>, depth: i32) -> i32 {",
            "    if (x == null || depth == 0) { return 1; }",
            "    return (x.v + 3 * sum(x.a, depth - 1) + 5 * sum(x.b, depth - 1) + len(x.s) as i32) % 100003;",
            "}",
            "fun left(x: ref<N>) -> ref<N> { return if (x == null) { null } else { x.a }; }",
            "fun lower(u: ref<U>) -> ref<N> {",
            "    switch (*u) { case Leaf(v) { return leaf(v); } case Pair(l, r, w) { return node(lower(l), w, 1); } }",
            "}",
            "fun turned(u: ref<U>) -> ref<U> {",
            "    switch (*u) {",
            "        case Pair(l, r, w) { return new Pair { l: turned(r), r: turned(l), w: w }; }",
            "        otherwise { return u; }",
            "    }",
            "}",
        ]
        if self.places:
            lines += ["type I { t: ref<N>; n: i32; }", "type H { t: ref<N>; inner: I; next: ref<H>; }",
                      "val top: ref<N> = null;", "val hold = new H { t: null, inner: I { t: null, n: 0 }, next: null };",
                      "type L { n: i32; }",
                      "impl Drop for L { fun drop(self: ref<Self>) { print(" + (self.tree_sum() if self.loud else "self.n") + "); } }"]
        for f in range(FUNCTIONS):
            lines += self.function(f)
        lines += ["fun main() {"]
        if self.places:
            lines += ["    hold.next = " + self.rng.choice(["hold", "new H { t: leaf(1), inner: I { t: null, n: 0 }, next: null }"]) + ";",
                      "    val l = L { n: 1 };"]
        lines += ["    " + line for line in self.block(["null"] + self.places, 5, 3)]
        if self.places:
            lines += ["    hold.next = null;"]
        lines += ["}"]
        return "\n".join(lines) + "\n"

    def seen_places(self):
        return self.places if self.rng.random() < 0.3 else []

    def tree_sum(self):
        return f"sum({self.rng.choice(self.places)}, 4)"

    def function(self, f):
        lines = [f"fun f{f}(x: ref<N>, y: ref<N>, d: i32) -> ref<N> {{",
                 "    if (d <= 0 || !go()) { return " + self.rng.choice(["x", "y", "null", "node(y, x, d)"]) + "; }"]
        lines += ["    " + line for line in self.block(["x", "y"] + self.seen_places(), self.rng.randint(2, 5), 2, "d")]
        lines += ["    return " + self.tree(["x", "y"], 2, "d") + ";", "}"]
        return lines

    def block(self, variables, statements, depth, d="3"):
        variables = list(variables)
        lines = []
        for _ in range(statements):
            lines += self.statement(variables, depth, d)
        return lines

    def statement(self, variables, depth, d):
        kind = self.rng.choice(["val", "val", "assign", "print", "if", "look", "loop", "walk", "walk", "two", "union", "write", "return"])
        if self.places and self.rng.random() < 0.3:
            place = self.rng.choice(self.places)
            seen = [place, place] + [v for v in variables if v != place]
            return [f"{place} = {self.tree(seen, 2, d)};"]
        if self.writes and self.rng.random() < 0.15:
            return self.ring(variables, d)
        owned = [v for v in variables if v.startswith("n") and v != "null"]
        if kind == "val" or not owned:
            name = self.name()
            line = f"val {name}: ref<N> = {self.tree(variables, 2, d)};"
            variables.append(name)
            return [line]
        v = self.rng.choice(owned)
        if kind == "assign":
            return [f"{v} = {self.tree(variables, 2, d)};"]
        if kind == "print":
            return [f"print(sum({self.tree(variables, 1, d)}, 5));"]
        if kind == "if" and depth > 0:
            return [f"if (sum({v}, 3) % 2 == 0) {{", *self.indented(self.block(variables, 2, depth - 1, d)), "} else {",
                    *self.indented(self.block(variables, 1, depth - 1, d)), "}"]
        if kind == "look":
            inner = self.name()
            return [f"if ({v} != null) {{", f"    val {inner} = {v}.{self.rng.choice('ab')};",
                    *self.indented(self.block(variables + [inner], 2, depth - 1, d) if depth > 0 else []),
                    f"    {self.rng.choice(owned)} = {self.rebuilt(v, inner, variables, d)};", "}"]
        if kind == "loop":
            at, done = self.name(), self.name()
            return [f"{v} = loop {at} = {self.rng.choice(owned)}, {done}: ref<N> = null {{",
                    f"    if ({at} == null || !go()) {{ break {done}; }}",
                    f"    next {at}.{self.rng.choice('ab')}, new N {{ a: {done}, b: {self.rng.choice([at + '.b', done, 'null', at])}, v: {at}.v, s: {at}.s }};", "};"]
        if kind == "walk":
            at, total = self.name(), self.name()
            source, place = self.rng.choice([v, *self.places]), self.rng.choice([v, *self.places])
            rebuild = f"{place} = {self.tree([place, place, *variables], 2, d)}; "
            harm = self.rng.choice(["", "", rebuild, f"print(sum({at}, 3)); "])
            later = self.rng.choice(["", f"val {at}r = {self.tree([source], 2, d)}; ", rebuild])
            last = self.rng.choice(["", f"{source} = {at}r; "]) if later.startswith("val") else ""
            return [f"val {at} = {source};", f"val {total} = 0;",
                    f"loop {{ if ({at} == null || !go() || {total} > {self.rng.choice([5, 20, 1000])}) {{ break; }} {harm}{total} = {total} + 1 + {at}.v; {at} = {at}.{self.rng.choice('ab')}; next; }}",
                    f"{later}if ({at} != null) {{ {total} = {total} + {at}.v; }} {last}print({total});"]
        if kind == "two":
            made, other = self.name(), self.rng.choice(owned)
            harm = self.rng.choice(["", f"{made}.a = null; ", f"{made} = {self.tree(variables, 1, d)}; ", f"print(sum({made}, 3)); "])
            return [f"if ({v} != null && {other} != null) {{",
                    f"    val {made} = new N {{ a: {v}, b: {other}, v: 1, s: \"t\" }};", f"    {harm}print({v}.v + {other}.v);",
                    f"    {self.rng.choice([harm, ''])}val {made}c = {v};", f"    loop {made}i in 0..2 {{ if ({made}c != null) {{ {made}c = {made}c.{self.rng.choice('ab')}; }} }}",
                    f"    {self.rng.choice([harm, ''])}print(sum({made}c, 3) + {other}.v);", "}"]
        if kind == "union":
            u = self.name().replace("n", "u")
            return [f"val {u}: ref<U> = new Pair {{ l: new Leaf {{ v: 1 }}, r: new Pair {{ l: new Leaf {{ v: 2 }}, r: new Leaf {{ v: 3 }}, w: {v} }}, w: {self.tree(variables, 1, d)} }};",
                    f"{self.rng.choice(['print(sum(lower(' + u + '), 4)); ', ''])}{u} = turned({u});", f"{v} = lower({self.rng.choice([u, 'turned(' + u + ')'])});"]
        if kind == "write" and self.writes:
            return [f"if ({v} != null) {{ {v}.{self.rng.choice(['v = 7', 's = ' + chr(34) + 'changed' + chr(34), 'a = ' + self.tree(variables, 1, d), 'b = null'])}; }}"]
        if kind == "return" and d == "d" and self.rng.random() < 0.5:
            return [f"if (sum({v}, 2) % 3 == 0) {{ return {self.tree(variables, 1, d)}; }}"]
        if self.rng.random() < 0.1:
            return [f"print({v}.a.v);"]  # may fail
        return [f"print(sum({v}, 4));"]

    def ring(self, variables, d):
        """New nodes that refer back to what they are made after."""
        first, at, made = self.name(), self.name(), self.name()
        harm = self.rng.choice(["", "", f"{made}.b = {self.tree(variables, 1, d)};", f"{made} = {self.tree(variables, 1, d)};",
                                f"print(sum({made}, 3));"])
        variables.append(first)
        return [f"val {first}: ref<N> = leaf(5);", f"val {at} = {first};",
                f"loop {at}i in 0..{self.rng.randint(1, 4)} {{", f"    val {made} = new N {{ a: null, b: {at}, v: {at}i, s: \"r\" }};",
                f"    {self.rng.choice([harm, ''])}", f"    {at}.a = {made};", f"    {self.rng.choice([harm, ''])}", f"    if ({made} != null) {{ {at} = {made}; }}",
                "}", f"print(sum({at}, 4));", f"{first}.b = {self.rng.choice([at, 'null'])};"]

    def rebuilt(self, v, inner, variables, d):
        return self.rng.choice([
            f"new N {{ a: {inner}, b: {v}.b, v: {v}.v + 1, s: {v}.s }}",
            f"node({self.tree(variables, 0, d)}, {v}.a, {v}.v)",
            f"f{self.rng.randrange(FUNCTIONS)}({v}.a, {v}.b, {d} - 1)",
            f"new N {{ a: f{self.rng.randrange(FUNCTIONS)}({v}.a, {inner}, {d} - 1), b: {v}.b, v: {v}.v, s: {v}.s }}",
        ])

    def tree(self, variables, depth, d):
        kind = self.rng.random()
        if depth == 0 or kind < 0.3:
            return self.rng.choice(variables)
        if kind < 0.5:
            return f"node({self.tree(variables, depth - 1, d)}, {self.tree(variables, depth - 1, d)}, {self.rng.randint(0, 9)})"
        if kind < 0.6:
            return f"leaf({self.rng.randint(0, 9)})"
        if kind < 0.7:
            return f"left({self.tree(variables, depth - 1, d)})"
        return f"f{self.rng.randrange(FUNCTIONS)}({self.tree(variables, depth - 1, d)}, {self.tree(variables, depth - 1, d)}, {d} - 1)"

    @staticmethod
    def indented(lines):
        return ["    " + line for line in lines]


if __name__ == "__main__":
    sys.exit(differential.main("trees", "trees", lambda seed: Generator(seed).program(), ["null reference"]))
