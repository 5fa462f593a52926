"""Makes random well-typed Tape programs of strings and what holds them, from a seed, and says what they print.

Each piece of a program is made together with what it does: its text, and a function of the machine. So the
expectation does not come from the compiler. What the rules say is simple for values: a copy is independent, a
borrowed argument is what it was, a returned local is what it was before what is deferred ran. The programs try
to make that hard to hold: globals and pointers change what is lent, gone over by a loop or matched; statements
are deferred in every kind of block; functions fail; and in some programs `tick` ends everything by a run-time
error at a chosen moment.

Names are never used twice and no function is recursive, so one table holds all variables.
"""

import copy
import random
from dataclasses import dataclass
from typing import Callable

TYPES = {"S": "string", "P": "Pair", "A": "[3]string", "O": "?string", "T": "Choice", "B": "[2]Pair",
         "Q": "*string", "R": "*Pair"}
POINTED = {"Q": "S", "R": "P"}
LITERALS = ["", "a", "bc", "def", "x1", "a literal that is a little longer"]
DECLARATIONS = """\
import io from "io";
struct Pair { a: string; b: string; o: ?string; }
tagged Choice { One { s: string } Two { p: Pair; s: string } None; }
enum Oops { Bad; }
fn optional(o: ?string) -> ?string { return o; }
var g1 = "g{1}";
var g2 = "literal";
var gp = Pair { a: "ga{1}"; b: "gb"; o: null };
var ga: [3]string = ["e{0}", "e1", "e{2}"];
var gt = Choice.Two { p: gp; s: "gt{3}" };
var ticks: i64 = 0;
fn tick() {
    ticks += 1;
    let one = [ticks];
    if (ticks == LAST) { io.println("{one[ticks]}"); }
}
"""


class TooLong(Exception):
    """The program does not end soon enough to be a test."""


class Failure(Exception):
    """The run-time error of `tick`."""


class Leave(Exception):
    """`return`, `break`, `continue`: a block is left."""

    def __init__(self, how, value=None):
        super().__init__(how)
        self.how = how
        self.value = value


class Oops(Exception):
    """A function failed, which is for its caller to handle."""


class Machine:
    def __init__(self, last_tick):
        self.output = []
        self.fuel = 4000
        self.failures = []  # what each run-time error says
        self.ticks = 0
        self.last_tick = last_tick
        pair = {"a": "ga1", "b": "gb", "o": None}
        self.variables = {"g1": "g1", "g2": "literal", "gp": pair, "ga": ["e0", "e1", "e2"],
                          "gt": ("Two", dict(pair), "gt3")}

    def spend(self, text=""):
        self.fuel -= 1
        if self.fuel < 0 or len(text) > 5000:
            raise TooLong
        return text

    # A location is the name of a variable and the steps from it.
    def load(self, location):
        value = self.variables[location[0]]
        for step in location[1:]:
            value = value[step]
        return copy.deepcopy(value)

    def store(self, location, value):
        value = copy.deepcopy(value)
        if len(location) == 1:
            self.variables[location[0]] = value
            return
        holder = self.variables[location[0]]
        for step in location[1:-1]:
            holder = holder[step]
        holder[location[-1]] = value

    def tick(self):
        self.ticks += 1
        if self.ticks == self.last_tick:
            self.failures.append("index out of range")
            raise Failure


@dataclass
class Made:
    """An expression: its text, and its value as the machine is then."""

    text: str
    value: Callable


@dataclass
class Place:
    text: str
    location: Callable
    type: str


@dataclass
class Statement:
    lines: list
    run: Callable  # of the machine and the list of what its block has deferred


@dataclass
class Variable:
    name: str
    type: str
    writable: bool


@dataclass
class Function:
    name: str
    parameters: list
    result: str
    fails: bool
    statements: list

    def lines(self):
        shown = ", ".join(f"{p.name}: {TYPES[p.type]}" for p in self.parameters)
        result = TYPES[self.result] + (" or Oops" if self.fails else "")
        return [f"fn {self.name}({shown}) -> {result} {{", *indented(self.statements), "}"]

    def call(self, machine, values):
        machine.spend()
        for parameter, value in zip(self.parameters, values):
            machine.variables[parameter.name] = value
        try:
            run_block(machine, self.statements)
        except Leave as leave:
            return leave.value
        raise AssertionError("a function without a value")


def indented(statements):
    return ["    " + line for statement in statements for line in statement.lines]


def run_block(machine, statements):
    """What was deferred runs last in, first out, on every way out; `errdefer` where a function fails."""
    deferred = []
    left = None
    try:
        for statement in statements:
            machine.spend()
            statement.run(machine, deferred)
    except (Leave, Oops, Failure) as how:
        left = how
    passed_on = isinstance(left, Oops)
    for only_failed, block in reversed(deferred):
        if passed_on or not only_failed:
            try:
                run_block(machine, block)
            except Failure as failure:
                left = failure  # the rest still runs
    if left:
        raise left


class Generator:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.count = 0
        self.functions = []
        self.scope = []
        self.result = None  # what the function at hand gives: (type, whether it fails)
        self.loops = 0
        self.depth = 0
        self.deferring = False

    # ---- expressions

    def fresh(self):
        self.count += 1
        return f"v{self.count}"

    def places(self, wanted, written=False):
        found = []
        for v in self.scope:
            if written and not v.writable and v.type not in POINTED:
                continue
            found += [p for p in self.places_in(v) if p.type == wanted]
        return found

    @staticmethod
    def places_in(v):
        """The variable, what it points to, and the parts that are strings, optionals or pairs."""
        def at(*steps):
            return lambda m: (v.name, *steps)

        def behind(*steps):
            return lambda m: (*m.variables[v.name], *steps)

        if v.type == "Q":
            return [Place(f"(*{v.name})", behind(), "S")]
        if v.type == "R":
            return [Place(f"(*{v.name})", behind(), "P")] + [
                Place(f"{v.name}.{f}", behind(f), "O" if f == "o" else "S") for f in "abo"]
        found = [Place(v.name, at(), v.type)]
        if v.type == "P":
            found += [Place(f"{v.name}.{f}", at(f), "O" if f == "o" else "S") for f in "abo"]
        if v.type == "A":
            found += [Place(f"{v.name}[{i}]", at(i), "S") for i in range(3)]
        if v.type == "B":
            found += [Place(f"{v.name}[{i}]", at(i), "P") for i in range(2)]
            found += [Place(f"{v.name}[{i}].{f}", at(i, f), "S") for i in range(2) for f in "ab"]
        return found

    def read(self, place):
        return Made(place.text, lambda m: m.load(place.location(m)))

    def any(self, wanted, depth=0):
        """An expression of the type."""
        places = self.places(wanted)
        if places and self.rng.random() < (0.35 if wanted == "S" else 0.5):
            return self.read(self.rng.choice(places))
        functions = [f for f in self.functions if f.result == wanted and not f.fails]
        if functions and depth < 3 and self.rng.random() < 0.25:
            call = self.call(self.rng.choice(functions), depth)
            if call:
                return call
        return getattr(self, "new_" + wanted)(depth + 1)

    def call(self, function, depth):
        arguments = []
        for parameter in function.parameters:
            pointed = POINTED.get(parameter.type)
            arguments.append(self.address(pointed) if pointed else self.any(parameter.type, depth + 1))
        if None in arguments:
            return None
        text = f"{function.name}({', '.join(a.text for a in arguments)})"
        return Made(text, lambda m: function.call(m, [a.value(m) for a in arguments]))

    def address(self, wanted):
        places = self.places(wanted, written=True)
        if not places:
            return None
        place = self.rng.choice(places)
        return Made("&" + place.text, lambda m: place.location(m))

    def new_S(self, depth):
        kind = self.rng.random()
        if depth > 3 or kind < 0.25:
            literal = self.rng.choice(LITERALS)
            return Made(f'"{literal}"', lambda m: literal)
        if kind < 0.5:
            a, b = self.any("S", depth), self.any("S", depth)
            return Made(f"({a.text} + {b.text})", lambda m: m.spend(a.value(m) + b.value(m)))
        if kind < 0.65:
            part, number = self.any("S", depth), self.rng.randrange(10)
            return Made(f'"{{{part.text}}}{{{number}}}"', lambda m: m.spend(part.value(m) + str(number)))
        if kind < 0.8:
            o, other = self.any("O", depth), self.any("S", depth)

            def either(m):
                found = o.value(m)
                return other.value(m) if found is None else found
            return Made(f"(optional({o.text}) or {{ {other.text} }})", either)
        failing = [f for f in self.functions if f.fails]
        if failing and kind < 0.92:
            handled = self.handled(self.rng.choice(failing), depth)
            if handled:
                return handled
        pair, field = self.any("P", depth), self.rng.choice("ab")
        return Made(f"({pair.text}).{field}", lambda m: pair.value(m)[field])

    def handled(self, function, depth):
        call, other = self.call(function, depth), self.any("S", depth)
        if call is None:
            return None
        wrap = "" if function.result == "S" else ".a"

        def run(m):
            try:
                found = call.value(m)
            except Oops:
                return other.value(m)
            return found if not wrap else found["a"]
        if wrap:
            pair = f'Pair {{ a: {other.text}; b: ""; o: null }}'
            return Made(f"({call.text} or {{ {pair} }}).a", run)
        return Made(f"({call.text} or {{ {other.text} }})", run)

    def new_O(self, depth):
        if self.rng.random() < 0.3:
            return Made("null", lambda m: None)
        return self.any("S", depth)

    def new_P(self, depth):
        a, b, o = self.any("S", depth + 1), self.any("S", depth + 1), self.any("O", depth + 1)
        text = f"Pair {{ a: {a.text}; b: {b.text}; o: {o.text} }}"
        return Made(text, lambda m: dict(a=a.value(m), b=b.value(m), o=o.value(m)))

    def array(self, parts):
        return Made(f"[{', '.join(p.text for p in parts)}]", lambda m: [p.value(m) for p in parts])

    def new_A(self, depth):
        return self.array([self.any("S", depth + 1) for _ in range(3)])

    def new_B(self, depth):
        return self.array([self.any("P", depth + 1) for _ in range(2)])

    def new_T(self, depth):
        kind = self.rng.random()
        s = self.any("S", depth + 1)
        if kind < 0.4:
            return Made(f"Choice.One {{ s: {s.text} }}", lambda m: ("One", s.value(m)))
        if kind < 0.8:
            p = self.any("P", depth + 1)
            return Made(f"Choice.Two {{ p: {p.text}; s: {s.text} }}", lambda m: ("Two", p.value(m), s.value(m)))
        return Made("Choice.None", lambda m: ("None",))

    def condition(self):
        if self.rng.random() < 0.3:
            o = self.any("O", 2)
            return Made(f"optional({o.text}) == null", lambda m: o.value(m) is None)
        a, b = self.any("S", 2), self.any("S", 2)
        if self.rng.random() < 0.5:
            return Made(f"{a.text} == {b.text}", lambda m: a.value(m) == b.value(m))
        return Made(f"{a.text} < {b.text}", lambda m: a.value(m) < b.value(m))

    # ---- statements

    def block(self, size=None, bound=()):
        """Statements with a scope of their own, which begins with the bound names."""
        around = len(self.scope)
        self.scope += bound
        self.depth += 1
        statements = []
        for _ in range(size or self.rng.randint(1, 5)):
            made = self.statement()
            if made:
                statements.append(made)
                if made.lines[0].startswith(("return", "break", "continue")):
                    break
        self.depth -= 1
        del self.scope[around:]
        return statements

    def statement(self):
        makers = [(4, self.let), (5, self.assign), (3, self.append), (2, self.print), (1, self.evaluate),
                  (1, self.tick)]
        if self.depth < 4:
            makers += [(2, self.branch), (1, self.loop_over), (1, self.repeat), (1, self.match)]
        if not self.deferring:
            makers += [(1, self.defer), (1, self.leave)]
            if self.result and self.result[1]:
                makers.append((2, self.pass_on))
        weights, choices = zip(*makers)
        return self.rng.choices(choices, weights)[0]()

    def let(self):
        kind = self.rng.choice("SSSPAOTBQR")
        value = self.address(POINTED[kind]) if kind in POINTED else self.any(kind)
        return value and self.bind(kind, value)

    def bind(self, kind, value):
        v = Variable(self.fresh(), kind, kind not in POINTED and self.rng.random() < 0.7)
        self.scope.append(v)

        def run(m, deferred):
            m.variables[v.name] = value.value(m)
        word = "var" if v.writable else "let"
        return Statement([f"{word} {v.name}: {TYPES[kind]} = {value.text};"], run)

    def assign(self):
        kind = self.rng.choice("SSSSPAOTB")
        places = self.places(kind, written=True)
        if not places:
            return None
        place, value = self.rng.choice(places), self.any(kind)

        def run(m, deferred):
            made = value.value(m)
            m.store(place.location(m), made)
        return Statement([f"{place.text} = {value.text};"], run)

    def append(self):
        places = self.places("S", written=True)
        if not places:
            return None
        place, more = self.rng.choice(places), self.any("S", 1)

        def run(m, deferred):
            before = m.load(place.location(m))
            m.store(place.location(m), m.spend(before + more.value(m)))
        short = self.rng.random() < 0.7
        return Statement([f"{place.text} {'+=' if short else '= ' + place.text + ' +'} {more.text};"], run)

    def print(self):
        value = self.any("S")
        return Statement([f"io.println({value.text});"], lambda m, deferred: m.output.append(value.value(m)))

    def evaluate(self):
        functions = [f for f in self.functions if not f.fails]
        call = self.call(self.rng.choice(functions), 1) if functions else None
        return call and Statement([call.text + ";"], lambda m, deferred: call.value(m))

    def tick(self):
        return Statement(["tick();"], lambda m, deferred: m.tick())

    def branch(self):
        condition, yes, no = self.condition(), self.block(), self.block()

        def run(m, deferred):
            run_block(m, yes if condition.value(m) else no)
        return Statement([f"if ({condition.text}) {{", *indented(yes), "} else {", *indented(no), "}"], run)

    def turns(self, bound=()):
        self.loops += 1
        body = self.block(bound=bound)
        self.loops -= 1
        return body

    @staticmethod
    def run_turns(m, body, values, name=None):
        for value in values:
            m.variables[name] = value
            try:
                run_block(m, body)
            except Leave as leave:
                if leave.how == "return":
                    raise
                if leave.how == "break":
                    return

    def loop_over(self):
        kind, element = self.rng.choice([("A", "S"), ("B", "P")])
        items, v = self.any(kind), Variable(self.fresh(), element, False)
        body = self.turns([v])
        return Statement([f"for ({v.name} in {items.text}) {{", *indented(body), "}"],
                         lambda m, deferred: self.run_turns(m, body, items.value(m), v.name))

    def repeat(self):
        times, body = self.rng.randint(1, 3), self.turns()
        return Statement([f"for ({self.fresh()} in {times}) {{", *indented(body), "}"],
                         lambda m, deferred: self.run_turns(m, body, range(times)))

    def match(self):
        subject = self.any("T")
        one, pair, two = (Variable(self.fresh(), kind, False) for kind in "SPS")
        arms = {"One": self.block(bound=[one]), "Two": self.block(bound=[pair, two]), "None": self.block()}
        bound = {"One": [one], "Two": [pair, two], "None": []}

        def run(m, deferred):
            variant, *parts = subject.value(m)
            for v, part in zip(bound[variant], parts):
                m.variables[v.name] = part
            run_block(m, arms[variant])
        patterns = {"One": f"Choice.One {{ s: {one.name} }}",
                    "Two": f"Choice.Two {{ p: {pair.name}; s: {two.name} }}", "None": "Choice.None"}
        lines = [f"match ({subject.text}) {{"]
        for variant, pattern in patterns.items():
            lines += [f"{pattern} => {{", *indented(arms[variant]), "}"]
        return Statement(lines + ["}"], run)

    def defer(self):
        loops, self.loops, self.deferring = self.loops, 0, True
        body = self.block(self.rng.randint(1, 2))
        self.loops, self.deferring = loops, False
        only_failed = self.rng.random() < 0.3 and self.result is not None and self.result[1]
        return Statement([f"{'errdefer' if only_failed else 'defer'} {{", *indented(body), "}"],
                         lambda m, deferred: deferred.append((only_failed, body)))

    def leave(self):
        if self.loops and self.rng.random() < 0.6:
            how = self.rng.choice(["break", "continue"])

            def jump(m, deferred):
                raise Leave(how)
            return Statement([how + ";"], jump)
        return self.give() if self.result and self.depth > 1 else None

    def give(self):
        kind, fails = self.result
        if fails and self.rng.random() < 0.4:
            def fail(m, deferred):
                raise Oops
            return Statement(["return Oops.Bad;"], fail)
        value = self.any(kind)

        def run(m, deferred):
            raise Leave("return", value.value(m))
        return Statement([f"return {value.text};"], run)

    def pass_on(self):
        failing = [f for f in self.functions if f.fails]
        function = self.rng.choice(failing) if failing else None
        call = function and self.call(function, 1)
        return call and self.bind(function.result, Made(f"{call.text} or return", call.value))

    # ---- the program

    def function(self):
        parameters = [Variable(self.fresh(), self.rng.choice("SSPAOTQRB"), False)
                      for _ in range(self.rng.randint(0, 3))]
        kind, fails = self.rng.choice("SSP"), self.rng.random() < 0.3
        self.result = (kind, fails)
        around = len(self.scope)
        self.scope += parameters
        statements = [s for s in (self.statement() for _ in range(self.rng.randint(2, 6))) if s]
        last = None
        while last is None or not last.lines[0].startswith("return") or "Oops" in last.lines[0]:
            last = self.give()
        del self.scope[around:]
        self.result = None
        made = Function(f"f{len(self.functions)}", parameters, kind, fails, statements + [last])
        self.functions.append(made)
        return made

    def make(self):
        """(source, machine after the run, exit code); TooLong where the program would not end soon."""
        last_tick = self.rng.randint(1, 6) if self.rng.random() < 0.3 else 0
        self.scope = [Variable(n, t, True) for n, t in
                      [("g1", "S"), ("g2", "S"), ("gp", "P"), ("ga", "A"), ("gt", "T")]]
        functions = [self.function() for _ in range(self.rng.randint(2, 5))]
        body = self.block(self.rng.randint(5, 12))
        end = [f"    io.println({place.text} + \"\");" for place in self.places("S")]
        lines = [DECLARATIONS.replace("LAST", str(last_tick or -1))]
        for function in functions:
            lines += function.lines()
        lines += ["fn main() {", "    {", *("    " + line for line in indented(body)), "    }", *end, "}"]
        machine = Machine(last_tick)
        code = 0
        try:
            run_block(machine, body)
            machine.output += [machine.load(place.location(machine)) for place in self.places("S")]
        except Failure:
            code = 101
        return "\n".join(lines) + "\n", machine, code
