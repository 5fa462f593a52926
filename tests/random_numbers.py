#!/usr/bin/env python3
"""Generated programs that calculate with integers of all types, near the limits of these too: what they print, and how they fail, must not
depend on what is optimised.

What is looked for are mistakes about what numbers may be (src/own: ranges): a check that is left out and would have failed, a condition or a
result that is taken for a constant. Each program runs unoptimised in the interpreter and then as tests/lib/differential.py says.

    tests/random_numbers.py [--build DIR] [--first N] [--count N] [--keep FOLDER]
"""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import differential  # noqa: E402

WIDTHS = {"i8": 8, "i16": 16, "i32": 32, "i64": 64, "u8": 8, "u16": 16, "u32": 32, "u64": 64}
COMPARISONS = ["<", "<=", ">", ">=", "==", "!="]
FUNCTIONS = 6
FAILURES = ["integer overflow", "division by zero", "value out of range", "index out of range"]


def limits(kind):
    width = WIDTHS[kind]
    return (-(1 << (width - 1)), (1 << (width - 1)) - 1) if kind[0] == "i" else (0, (1 << width) - 1)


class Generator:
    """One program. `daring`: how often a number is near a limit of its type, so that the program fails soon."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.daring = self.rng.choice([0, 0.02, 0.1])
        self.functions = []  # name, types of parameters, type of the result
        self.names = 0

    def name(self):
        self.names += 1
        return f"v{self.names}"

    def literal(self, kind):
        low, high = limits(kind)
        if self.rng.random() < self.daring:
            number = self.rng.choice([low + self.rng.randrange(3), high - self.rng.randrange(3), 0])
        else:
            number = self.rng.choice([0, 1, 2, 3, 5, 7, 10, 100, -1, -2, -7, -100])
        number = min(max(number, low), high)
        if number < -1000 and number == low:  # it has no literal
            return f"(-{-number - 1}{kind} - 1{kind})"
        return f"(-{-number}{kind})" if number < 0 else f"{number}{kind}"

    def small(self, kind):
        """A number that is not 0, nor near a limit."""
        return f"{self.rng.choice([2, 3, 5, 7, 11, 97])}{kind}"

    def expression(self, kind, scope, depth):
        known = [name for name, its in scope if its == kind]
        choice = self.rng.random()
        if depth == 0 or choice < 0.2:
            return self.rng.choice(known) if known and self.rng.random() < 0.75 else self.literal(kind)
        inner = lambda its=kind: self.expression(its, scope, depth - 1)  # noqa: E731
        if choice < 0.45:
            return f"(({inner()} {self.rng.choice(['+', '-', '*'])} {inner()}) % {self.small(kind)})"
        if choice < 0.6:
            return f"({inner()} {self.rng.choice(['+', '-', '*', '/', '%'])} {inner()})"
        if choice < 0.68:
            return f"({inner()} / {self.small(kind)})"
        if choice < 0.78:
            other = self.rng.choice(list(WIDTHS))
            return f"(({inner(other)} % 50{other} + {50 if kind[0] == 'u' else 0}{other}) as {kind})"
        if choice < 0.81:
            return f"({inner(self.rng.choice(list(WIDTHS)))} as {kind})"
        if choice < 0.86:
            return f"{self.rng.choice(['bitAnd', 'bitOr', 'bitXor', 'wrapAdd', 'wrapSub', 'wrapMul'])}({inner()}, {inner()})"
        if choice < 0.9:
            return f"{self.rng.choice(['shl', 'shr'])}({inner()}, {self.rng.randrange(WIDTHS[kind])})"
        if choice < 0.93 and kind[0] == "i":
            return f"(-{inner()})"
        return self.call(kind, scope, depth - 1) or inner()

    def call(self, kind, scope, depth):
        those = [f for f in self.functions if f[2] == kind]
        if not those:
            return None
        name, params, _ = self.rng.choice(those)
        return f"{name}({', '.join(self.expression(param, scope, depth) for param in params)})"

    def near(self, scope, than=None):
        """A comparison with a small number, as text, variable, type and number. `than`: one of the same variable with much the same number,
        which some of these decide."""
        name, kind = than[1:3] if than else self.rng.choice(scope)
        low, high = (than[3] - 1, than[3] + 2) if than else (-2, 6)
        number = max(self.rng.randrange(low, high), limits(kind)[0])
        return f"{name} {self.rng.choice(COMPARISONS)} {self.number(number, kind)}", name, kind, number

    def counted(self, condition, pad):
        return f"{pad}if ({condition}) {{ total = (total * 3 + {self.names}) % 1000; }}"

    def condition(self, scope):
        kind = self.rng.choice([its for _, its in scope])
        text = f"{self.expression(kind, scope, 1)} {self.rng.choice(COMPARISONS)} {self.expression(kind, scope, 1)}"
        return f"!({text})" if self.rng.random() < 0.15 else text

    def block(self, scope, depth, indent, result):
        lines, scope = [], list(scope)
        pad = "    " * indent
        for _ in range(self.rng.randrange(1, 5)):
            choice = self.rng.random()
            if choice < 0.15:
                lines.append(self.counted(self.near(scope)[0], pad))
            elif choice < 0.2:
                name, kind = self.rng.choice([s for s in scope if s[0][0] != "i"] or [scope[0]])
                lines.append(f"{pad}{name} = {name} % {self.rng.choice([2, 3, 5, 7])}{kind};")
            elif choice < 0.4:
                kind, name = self.rng.choice(list(WIDTHS)), self.name()
                lines.append(f"{pad}val {name}: {kind} = {self.expression(kind, scope, 2)};")
                scope.append((name, kind))
            elif choice < 0.6:
                name, kind = self.rng.choice([s for s in scope if s[0][0] != "i"] or [scope[0]])
                lines.append(f"{pad}{name} = {self.expression(kind, scope, 2)};")
            elif choice < 0.7 and depth > 0:
                near = self.near(scope)
                lines += [f"{pad}if ({near[0]}) {{", *[self.counted(self.near(scope, near)[0], pad + "    ") for _ in range(2)],
                          *self.block(scope, depth - 1, indent + 1, result), f"{pad}}}"]
            elif choice < 0.75 and depth > 0:
                lines += [f"{pad}if ({self.condition(scope)}) {{", *self.block(scope, depth - 1, indent + 1, result), f"{pad}}}"]
                if self.rng.random() < 0.5:
                    lines[-1] += " else {"
                    lines += [*self.block(scope, depth - 1, indent + 1, result), f"{pad}}}"]
            elif choice < 0.9 and depth > 0:
                lines += self.loop(scope, depth, indent, result)
            elif choice < 0.95:
                index, kind = self.rng.choice(scope)
                most = self.rng.choice([5, 11, 11, 12])
                lines.append(f"{pad}if ({index} >= 0{kind}) {{ total = (total + table[{index} % {most}{kind}]) % 1000; }}")
            elif depth < 2:
                lines.append(f"{pad}if ({self.condition(scope)}) {{ return {self.expression(result, scope, 1)}; }}")
        return lines

    def loop(self, scope, depth, indent, result):
        pad = "    " * indent
        kind, name = self.rng.choice(list(WIDTHS)), f"i{self.names}"
        self.names += 1
        up = self.rng.random() < 0.7
        low, high = limits(kind)
        start = self.rng.choice([0, 1, 3] if up else [5, 7, 10])
        if self.rng.random() < self.daring:
            start = high - 9 if up else low + 9
        stop = min(start + self.rng.randrange(1, 9), high) if up else max(start - self.rng.randrange(1, 9), low)
        test = self.rng.choice([">=", ">", "=="] if up else ["<=", "<", "=="])
        if stop in (low, high):
            test = "=="
        lines = [f"{pad}loop {name}: {kind} = {self.number(start, kind)} {{",
                 f"{pad}    if ({name} {test} {self.number(stop, kind)}) {{ break; }}"]
        lines += self.block(scope + [(name, kind)], depth - 1, indent + 1, result)
        return lines + [f"{pad}    next {name} {'+' if up else '-'} 1{kind};", f"{pad}}}"]

    @staticmethod
    def number(number, kind):
        return f"{number}{kind}" if number >= 0 else f"(-{-number - 1}{kind} - 1{kind})"

    def function(self, index):
        params = [(f"p{i}", self.rng.choice(list(WIDTHS))) for i in range(self.rng.randrange(1, 4))]
        result = self.rng.choice(list(WIDTHS))
        written = ", ".join(f"{name}: {kind}" for name, kind in params)
        lines = [f"fun f{index}({written}) -> {result} {{", "    fuel = fuel - 1;", f"    if (fuel < 0) {{ return 7{result}; }}", *self.block(params, 2, 1, result),
                 f"    return {self.expression(result, params, 2)};", "}"]
        self.functions.append((f"f{index}", [kind for _, kind in params], result))
        return lines

    def program(self):
        lines = ["import std.bits;", "val total = 0;", "val fuel = 1500;", "val table: [i32; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];"]
        for index in range(FUNCTIONS):
            lines += self.function(index)
        for _ in range(8):
            name, params, _ = self.rng.choice(self.functions)
            lines.append(f"print({name}({', '.join(self.literal(param) for param in params)}), total);")
        return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(differential.main("numbers", "numbers", lambda seed: Generator(seed).program(), FAILURES))
