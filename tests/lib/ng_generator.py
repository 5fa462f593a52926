"""Makes random well-typed NG programs of what the ownership rules are about, from a seed.

The generator keeps book of what is empty, lent or referred to, so that a compiler that follows the rules
accepts the program. One assertion in `tick` fails at a chosen moment in some programs, which tries unwinding
from wherever that moment happens to be.
"""

import random
from dataclasses import dataclass, field

from . import ng_statements as st
from . import ng_tree as t
from .ng_actions import Statements
from .ng_places import Places, Variable
from .ng_types import INT, STRING, Type, array_of, box_of, fixed_of, forget_types, ref_to, tuple_of, weak_of
from .ng_values import Values


@dataclass
class Program:
    types: list = field(default_factory=list)
    globals: list = field(default_factory=list)
    functions: list = field(default_factory=list)
    main: object = None
    text_of_fixed: str = ""

    def source(self):
        lines = ["import std.memory;"]
        for declaration in self.types + self.globals:
            lines += declaration.lines()
        for function in self.functions:
            lines += function.lines()
        return "\n".join(lines + self.main.lines()) + "\n"

    def run(self, machine):
        def start():
            def top():
                for declaration in self.globals:
                    declaration.run(machine)
            machine.scoped(top)
            machine.call([], [], [], lambda: self.main.run(machine))

        return machine.run(start)


class Generator(Places, Values, Statements):
    def __init__(self, seed, size=14):
        self.rng = random.Random(seed)
        self.size = size
        self.program = Program()
        self.structs = []
        self.unions = []
        self.count = 0
        self.variables = []
        self.state = {}
        self.loop_depth = 0
        self.loops = []  # the variables of the loops around
        self.exits = []  # the states in which the innermost loop is left
        self.no_moves = 0
        self.lent = set()
        self.result = None
        self.callable = []
        self.budget = 0
        self.fresh_id = 0

    # ---- small things

    def chance(self, p):
        return self.rng.random() < p

    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def number(self):
        self.fresh_id += 1
        return t.Literal(self.fresh_id)

    # ---- types

    def make(self):
        forget_types()
        for _ in range(self.rng.randint(2, 4)):
            self.make_struct()
        for _ in range(self.rng.randint(0, 2)):
            self.make_union()
        self.make_globals()
        for kind in self.structs:
            if self.chance(0.5):
                self.make_method(kind)
        for _ in range(self.rng.randint(1, 4)):
            self.make_function()
        self.program.main = self.function("main", [], None, self.size)
        return self.program

    def part_type(self, own):
        """A type for a field."""
        r = self.rng.random()
        before = self.structs
        if r < 0.2:
            return STRING
        if r < 0.25:
            return INT
        if r < 0.45 and own is not None:
            return ref_to(own)
        if r < 0.5 and own is not None:
            return weak_of(own)
        if not before:
            return STRING
        base = self.rng.choice(before)
        if r < 0.62:
            return base
        if r < 0.72:
            return ref_to(base)
        if r < 0.79:
            return array_of(self.rng.choice([INT, STRING, base, ref_to(base)]))
        if r < 0.85:
            return fixed_of(self.rng.choice([STRING, base, ref_to(base)]), 2)
        if r < 0.91:
            return tuple_of([self.rng.choice([INT, STRING, base]), self.rng.choice([STRING, base])])
        if r < 0.95:
            return box_of(base)
        return weak_of(base)

    def make_struct(self):
        made = Type("struct", self.name("S"))
        made.fields = [("id", INT)]
        for _ in range(self.rng.randint(0, 3)):
            made.fields.append((self.name("f"), self.part_type(made)))
        self.program.types.append(st.StructDecl(made))
        if self.chance(0.55):
            made.drop = st.Function("drop", [("self", ref_to(made))], None)
            made.drop.body = st.Block([st.Print([t.Literal(f"drop {made.text}"), self.self_place(made, 0)])])
        self.structs.append(made)

    @staticmethod
    def self_place(struct, index):
        name, type_ = struct.fields[index]
        return t.Place("self", [("deref",), ("field", index, name)], type_)

    def make_union(self):
        made = Type("union", self.name("U"))
        for _ in range(self.rng.randint(1, 3)):
            fields = []
            for _ in range(self.rng.randint(0, 2)):
                fields.append((self.name("p"), self.rng.choice([INT, STRING] + self.structs * 2)))
            made.variants.append((self.name("V"), fields))
        made.variants.append((self.name("V"), []))
        if self.chance(0.2):
            made.drop = st.Function("drop", [("self", ref_to(made))], None)
            made.drop.body = st.Block([st.Print([t.Literal(f"drop {made.text}")])])
        self.program.types.append(st.UnionDecl(made))
        self.unions.append(made)

    def any_type(self):
        r = self.rng.random()
        if r < 0.1:
            return INT
        if r < 0.2:
            return STRING
        base = self.rng.choice(self.structs)
        if r < 0.45:
            return base
        if r < 0.62:
            return ref_to(base)
        if r < 0.7 and self.unions:
            return self.rng.choice(self.unions)
        if r < 0.8:
            return array_of(self.rng.choice([INT, STRING, base, base, ref_to(base)]))
        if r < 0.85:
            return fixed_of(self.rng.choice([STRING, base]), 2)
        if r < 0.91:
            return tuple_of([self.rng.choice([INT, base]), self.rng.choice([STRING, base])])
        if r < 0.95:
            return box_of(base)
        return weak_of(base)

    @staticmethod
    def nullable(type_):
        return type_.kind == "ref" and any(p.kind == "ref" and p.elem is type_.elem
                                           for p in type_.elem.parts())

    # ---- declarations

    def make_globals(self):
        ticks = st.Val("ticks", INT, t.Literal(0), is_global=True)
        self.program.globals.append(ticks)
        when = self.rng.randint(1, 25) if self.chance(0.5) else 1000
        place = t.Place("ticks", [], INT)
        count = st.Assign(place, t.Binary("+", t.Read(place), t.Literal(1)))
        check = st.Do(t.Assertion(t.Binary("!=", t.Read(place), t.Literal(when))))
        self.tick = st.Function("tick", [], INT, st.Block([count, check, st.Return(t.Read(place))]))
        self.program.functions.append(self.tick)
        for _ in range(self.rng.randint(1, 3)):
            type_ = self.any_type()
            name = self.name("g")
            self.program.globals.append(st.Val(name, type_, self.literal(type_, 2), is_global=True))
            self.variables.append(Variable(name, type_, "global"))
        for kind in self.structs + self.unions:
            if kind.drop:
                self.fill_drop(kind)

    def fill_drop(self, kind):
        body = kind.drop.body.statements
        if self.chance(0.2):
            body.append(st.Do(t.Call(self.tick, [])))
        if kind.kind == "struct" and self.chance(0.25):
            parts = [i for i, (_, p) in enumerate(kind.fields) if i and not p.plain]
            if parts:
                index = self.rng.choice(parts)
                place = self.self_place(kind, index)
                body.append(st.Val(self.name("v"), place.type, t.Move(place)))
        if self.chance(0.1):
            body.append(st.Collect())

    def function(self, name, params, result, budget, method_of=None):
        saved = self.variables, self.state, self.budget, self.result, self.lent
        self.variables = [v for v in self.variables if v.kind == "global"]
        self.state = {}
        self.lent = set()
        self.result = result
        self.budget = budget
        for pname, type_ in params:
            kind = "self" if pname == "self" else "param"
            by_reference = kind == "self" and type_.kind == "ref"
            self.variables.append(Variable(pname, type_, kind, nonnull=by_reference,
                                           frozen=kind == "self"))
        body = self.statements(budget)
        if result:
            body.append(st.Return(self.returned(result)))
        made = st.Function(name, params, result, st.Block(body), method_of)
        self.variables, self.state, self.budget, self.result, self.lent = saved
        return made

    def make_function(self):
        params = [(self.name("a"), self.parameter_type()) for _ in range(self.rng.randint(0, 3))]
        result = self.any_type() if self.chance(0.6) else None
        made = self.function(self.name("fn"), params, result, self.rng.randint(2, 6))
        self.program.functions.append(made)
        self.callable.append(made)

    def parameter_type(self):
        type_ = self.any_type()
        if type_.kind != "ref" and self.chance(0.45):
            return ref_to(type_)
        return type_

    def make_method(self, kind):
        self_type = kind if not kind.move_only and self.chance(0.2) else ref_to(kind)
        params = [("self", self_type)]
        if self.chance(0.5):
            params.append((self.name("a"), self.parameter_type()))
        result = self.any_type() if self.chance(0.5) else None
        made = self.function(self.name("m"), params, result, self.rng.randint(1, 4), kind)
        kind.methods.append(made)
