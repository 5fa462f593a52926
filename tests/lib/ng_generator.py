"""Makes random well-typed NG programs of what the ownership rules are about, from a seed.

The generator keeps book of what is empty, lent or referred to, so that a compiler that follows the rules
accepts the program. One assertion in `tick` fails at a chosen moment in some programs, which tries unwinding
from wherever that moment happens to be.
"""

import random
from dataclasses import dataclass, field

from . import ng_tree as t
from .ng_types import (BOOL, INT, STRING, Type, array_of, box_of, fixed_of, forget_types, is_cyclic,
                       ref_to, tuple_of, weak_of)


@dataclass
class Variable:
    name: str
    type: Type
    kind: str  # local, param, loop, global, alias, self
    loop_depth: int = 0
    nonnull: bool = False
    frozen: bool = False
    referred: bool = False
    elements_referred: bool = False


@dataclass
class Candidate:
    place: t.Place
    variable: Variable
    path: tuple  # part numbers up to the first dereference or index
    far: bool = False  # through a reference
    element: bool = False  # through an index
    boxed: bool = False
    in_dropper: bool = False  # a part of something with a drop of its own


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


class Generator:
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
        self.program.types.append(t.StructDecl(made))
        if self.chance(0.55):
            made.drop = t.Function("drop", [("self", ref_to(made))], None)
            made.drop.body = t.Block([t.Print([t.Literal(f"drop {made.text}"), self.self_place(made, 0)])])
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
            made.drop = t.Function("drop", [("self", ref_to(made))], None)
            made.drop.body = t.Block([t.Print([t.Literal(f"drop {made.text}")])])
        self.program.types.append(t.UnionDecl(made))
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
        ticks = t.Val("ticks", INT, t.Literal(0), is_global=True)
        self.program.globals.append(ticks)
        when = self.rng.randint(1, 25) if self.chance(0.5) else 1000
        place = t.Place("ticks", [], INT)
        count = t.Assign(place, t.Binary("+", t.Read(place), t.Literal(1)))
        check = t.Do(Assertion(t.Binary("!=", t.Read(place), t.Literal(when))))
        self.tick = t.Function("tick", [], INT, t.Block([count, check, t.Return(t.Read(place))]))
        self.program.functions.append(self.tick)
        for _ in range(self.rng.randint(1, 3)):
            type_ = self.any_type()
            name = self.name("g")
            self.program.globals.append(t.Val(name, type_, self.literal(type_, 2), is_global=True))
            self.variables.append(Variable(name, type_, "global"))
        for kind in self.structs + self.unions:
            if kind.drop:
                self.fill_drop(kind)

    def fill_drop(self, kind):
        body = kind.drop.body.statements
        if self.chance(0.2):
            body.append(t.Do(t.Call(self.tick, [])))
        if kind.kind == "struct" and self.chance(0.25):
            parts = [i for i, (_, p) in enumerate(kind.fields) if i and not p.plain]
            if parts:
                index = self.rng.choice(parts)
                place = self.self_place(kind, index)
                body.append(t.Val(self.name("v"), place.type, t.Move(place)))
        if self.chance(0.1):
            body.append(t.Collect())

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
            body.append(t.Return(self.returned(result)))
        made = t.Function(name, params, result, t.Block(body), method_of)
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

    # ---- what is empty

    def status(self, variable, path):
        found = "F"
        for (name, other), bits in self.state.items():
            if name != variable.name:
                continue
            if other == path[: len(other)]:
                found = bits if len(other) == len(path) or bits == "E" else "P"
                if bits == "E":
                    return "E"
            elif other[: len(path)] == path:
                found = "P"
        return found

    def fill(self, variable, path):
        for key in list(self.state):
            if key[0] == variable.name and key[1][: len(path)] == path:
                del self.state[key]

    def empty(self, variable, path):
        self.fill(variable, path)
        self.state[(variable.name, path)] = "E"

    @staticmethod
    def merge(a, b):
        if a is None or b is None:
            return dict(b if a is None else a)
        return {key: "E" if a.get(key) == b.get(key) == "E" else "M" for key in {**a, **b}}

    # ---- places

    def candidates(self, wanted, limit=3):
        """Every place of type `wanted` (None: any) that a program may name here."""
        found = []

        def visit(at, depth):
            type_ = at.place.type
            if wanted is None or type_ is wanted:
                found.append(at)
            if depth == limit:
                return
            for step, part, change in self.steps(at, type_):
                place = t.Place(at.place.name, at.place.steps + [step], part)
                inner = Candidate(place, at.variable, at.path, at.far, at.element, at.boxed, at.in_dropper)
                change(inner)
                visit(inner, depth + 1)

        for variable in self.variables:
            visit(Candidate(t.Place(variable.name, [], variable.type), variable, ()), 0)
        return found

    def steps(self, at, type_):
        def deeper(index):
            def change(inner):
                if not (inner.far or inner.element or inner.boxed):
                    inner.path = inner.path + (index,)
                if type_.drop:
                    inner.in_dropper = True
            return change

        def set_flag(name):
            return lambda inner: setattr(inner, name, True)

        if type_.kind in ("struct", "tuple"):
            for i, (name, part) in enumerate(type_.fields):
                yield ("field", i, name), part, deeper(i)
        elif type_.kind == "fixed":
            yield ("index", t.Literal(self.rng.randrange(type_.size))), type_.elem, set_flag("element")
        elif type_.kind == "array" and self.chance(0.5):
            yield ("index", t.Literal(0)), type_.elem, set_flag("element")
        elif type_.kind == "box":
            yield ("box",), type_.elem, set_flag("boxed")
        elif type_.kind == "ref":
            direct = not at.place.steps and at.variable.nonnull
            if direct or not self.nullable(type_) or self.chance(0.03):
                yield ("deref",), type_.elem, set_flag("far")

    def readable(self, wanted, maybe=0.1):
        found = []
        for at in self.candidates(wanted):
            status = self.status(at.variable, at.path)
            if status == "F" or (status == "M" and self.chance(maybe)):
                found.append(at)
        return found

    def movable(self, wanted):
        if self.no_moves:
            return []
        found = []
        for at in self.readable(wanted, 0):
            v = at.variable
            if at.far or at.element or at.boxed or at.in_dropper or at.place.type.plain:
                continue
            if v.kind not in ("local", "param", "loop") or v.frozen or v.referred:
                continue
            if v.loop_depth != self.loop_depth or v.name in self.lent:
                continue
            found.append(at)
        return found

    def writable(self, wanted):
        """Places that can be assigned: full, maybe full, or just what is empty."""
        found = []
        for at in self.candidates(wanted):
            v = at.variable
            if at.place.name == "ticks" or v.kind == "alias":
                continue
            if v.frozen and not at.far:
                continue
            if v.elements_referred:
                continue
            status = self.status(v, at.path)
            if not (at.far or at.element or at.boxed):
                exact = (v.name, at.path) in self.state
                above = any(k[0] == v.name and len(k[1]) < len(at.path) and at.path[: len(k[1])] == k[1]
                            for k in self.state)
                if above or (status == "E" and not exact):
                    continue
            elif status != "F":
                continue
            found.append(at)
        return found

    # ---- expressions

    def literal(self, type_, depth):
        """A new value made of new values."""
        kind = type_.kind
        if kind == "int":
            return self.number()
        if kind == "bool":
            return t.Literal(self.chance(0.5))
        if kind == "string":
            return t.Literal(self.name("s"))
        if kind in ("struct", "tuple"):
            return t.Aggregate(type_, [self.value(p, depth - 1) for _, p in type_.fields])
        if kind == "fixed":
            return t.Aggregate(type_, [self.value(type_.elem, depth - 1) for _ in range(type_.size)])
        if kind == "array":
            count = self.rng.randint(1, 3)
            return t.ArrayOf(type_, [self.value(type_.elem, depth - 1) for _ in range(count)])
        if kind == "union":
            tag = self.rng.randrange(len(type_.variants))
            fields = type_.variants[tag][1]
            return t.Aggregate(type_, [self.value(p, depth - 1) for _, p in fields], tag)
        if kind == "ref":
            if self.nullable(type_) and (depth <= 0 or self.chance(0.3)):
                return t.Literal(None)
            if type_.elem.kind != "struct":
                return t.RefOf(self.local_for(type_.elem))
            return t.New(self.literal(type_.elem, depth - 1))
        if kind == "box":
            return t.BoxOf(type_, self.value(type_.elem, depth - 1))
        reference = ref_to(type_.elem)
        found = self.readable(reference) if depth > 0 else []
        if found:
            return t.WeakOf(t.Read(self.rng.choice(found).place))
        return t.WeakOf(t.Literal(None))

    def local_for(self, type_):
        """A place to refer to; there always is one where this is asked for."""
        found = self.referable(type_)
        if not found:
            raise Retry
        at = self.rng.choice(found)
        self.note_reference(at)
        return at.place

    def referable(self, type_):
        # `ref r` of a reference is that reference.
        # An array that is grown earlier in a loop may not be referred to later in it.
        return [at for at in self.readable(type_, 0) if not (at.element and self.loop_depth) and at.place.type.kind != "ref" and at.variable.kind != "alias" and not at.boxed
                and not (at.variable.kind == "self" and at.variable.type.kind != "ref")]

    def note_reference(self, at):
        at.variable.referred = True
        if at.element and not at.far:
            at.variable.elements_referred = True

    def value(self, type_, depth=3):
        """An expression whose value is owned by who uses it."""
        options = [(2, self.literal)]
        if depth > 0:
            if type_ is INT:
                options += [(3, self.int_value)]
            if type_ is STRING:
                options += [(2, self.string_value)]
            options += [(3, self.copied), (3, self.moved), (3, self.called), (0.4, self.chosen)]
            if type_.kind == "ref":
                options += [(1, self.upgraded), (1.5, self.referred)]
            if not type_.plain:
                options += [(0.7, self.exchanged)]
        while options:
            weights = [w for w, _ in options]
            index = self.rng.choices(range(len(options)), weights)[0]
            made = options.pop(index)[1](type_, depth)
            if made is not None:
                return made
        raise Retry

    def int_value(self, type_, depth):
        r = self.rng.random()
        if r < 0.25:
            return t.Call(self.tick, [])
        if r < 0.45:
            return t.Binary("+", self.value(INT, depth - 1), self.number())
        if r < 0.7:
            found = [at for at in self.readable(None, 0) if at.place.type.kind in ("array", "string", "fixed")]
            return t.LenOf(self.rng.choice(found).place) if found else None
        return None

    def string_value(self, type_, depth):
        return t.Binary("+", self.value(STRING, depth - 1), self.value(STRING, depth - 1))

    def copied(self, type_, depth):
        if type_.move_only:
            return None
        found = self.readable(type_)
        return t.Read(self.rng.choice(found).place) if found else None

    def moved(self, type_, depth):
        found = self.movable(type_)
        if not found:
            return None
        at = self.rng.choice(found)
        self.empty(at.variable, at.path)
        return t.Move(at.place)

    def called(self, type_, depth):
        functions = [f for f in self.callable if f.result is type_]
        methods = [(s, f) for s in self.structs for f in s.methods if f.result is type_]
        if not functions and not methods:
            return None
        return self.call_of(self.rng.choice(functions + methods), depth)

    def call_of(self, what, depth):
        if isinstance(what, tuple):
            return self.method_call(what[0], what[1], depth)
        return t.Call(what, [self.argument(p, depth - 1) for _, p in what.params])

    def method_call(self, struct, method, depth):
        found = [at for at in self.readable(struct, 0)]
        if found and self.chance(0.8):
            at = self.rng.choice(found)
            receiver = at.place
            self.lent.add(at.variable.name)
        else:
            receiver = self.value(struct, depth - 1)
            if isinstance(receiver, t.Read):
                receiver = receiver.place
                self.lent.add(receiver.name)
            elif not isinstance(receiver, (t.Call, t.Move)):
                return None
        return t.MethodCall(method, receiver, [self.argument(p, depth - 1) for _, p in method.params[1:]])

    def argument(self, type_, depth):
        if type_.kind != "ref":
            return self.value(type_, depth)
        found = self.referable(type_.elem) if self.chance(0.6) else []
        if found:
            at = self.rng.choice(found)
            self.lent.add(at.variable.name)
            return t.RefOf(at.place)
        if type_.elem.kind == "struct" and not self.nullable(type_) and depth > 0:
            return self.value(type_, depth)
        made = self.value(type_, depth)
        return made

    def chosen(self, type_, depth):
        self.no_moves += 1
        condition = self.condition(1)
        made = t.IfValue(condition, self.value(type_, depth - 1), self.value(type_, depth - 1))
        self.no_moves -= 1
        return made

    def upgraded(self, type_, depth):
        if not self.nullable(type_):
            return None
        found = self.readable(weak_of(type_.elem))
        return t.Upgrade(self.rng.choice(found).place) if found else None

    def referred(self, type_, depth):
        found = [at for at in self.referable(type_.elem) if at.variable.name not in self.lent]
        if not found:
            return None
        at = self.rng.choice(found)
        self.note_reference(at)
        return t.RefOf(at.place)

    def exchanged(self, type_, depth):
        found = [at for at in self.referable(type_) if not at.variable.frozen or at.far]
        if not found:
            return None
        at = self.rng.choice(found)
        if at.variable.elements_referred:
            return None
        self.lent.add(at.variable.name)
        return t.Library("replace", [at.place], self.value(type_, depth - 1))

    def condition(self, depth):
        r = self.rng.random()
        if depth > 0 and r < 0.25:
            self.no_moves += 1
            made = t.Binary(self.rng.choice(["&&", "||"]), self.condition(depth - 1), self.condition(depth - 1))
            self.no_moves -= 1
            return made
        if r < 0.5:
            found = [at for at in self.readable(None) if self.nullable(at.place.type)]
            if found:
                return t.IsNull(self.rng.choice(found).place, self.rng.choice(["==", "!="]))
        if r < 0.6:
            return t.Literal(self.chance(0.5))
        left = self.value(INT, 1)
        return t.Binary(self.rng.choice(["<", "==", "!="]), left, t.Literal(self.rng.randint(0, self.fresh_id + 3)))

    def returned(self, type_):
        found = [at for at in self.readable(type_, 0)
                 if not at.place.steps and at.variable.kind in ("local", "param") and not at.variable.frozen
                 and not (at.variable.referred and type_.move_only)]
        if found and self.chance(0.5):
            return t.Read(self.rng.choice(found).place)
        return self.value(type_, 2)

    # ---- statements

    def statements(self, budget):
        out = []
        self.budget = budget
        while self.budget > 0:
            self.budget -= 1
            made = self.statement()
            out += made
            if made and isinstance(made[-1], (t.Return, t.Break, t.Next)):
                break
        return out

    def statement(self):
        kinds = [(5, self.declare), (4, self.assign), (3, self.show), (3, self.call_statement),
                 (2, self.branch), (1.2, self.loop), (1.5, self.switch), (0.5, self.block),
                 (1.5, self.append), (1.5, self.move_and_refill), (1, self.swap), (0.4, self.collect),
                 (1, self.tie), (0.6, self.drop_now), (1.5, self.guarded), (0.6, self.observe)]
        for _ in range(20):
            self.lent = set()
            before = dict(self.state)
            flags = [(v, v.referred, v.elements_referred) for v in self.variables]
            try:
                made = self.rng.choices([k for _, k in kinds], [w for w, _ in kinds])[0]()
            except Retry:
                made = None
            if made is not None:
                return made
            self.state = before
            for v, referred, elements in flags:
                v.referred, v.elements_referred = referred, elements
        return []

    def new_variable(self, type_, kind="local"):
        made = Variable(self.name("v"), type_, kind, self.loop_depth)
        return made

    def declare(self):
        type_ = self.any_type()
        node = self.value(type_)
        made = self.new_variable(type_)
        made.nonnull = isinstance(node, (t.New, t.RefOf))
        self.variables.append(made)
        plain = isinstance(node, (t.Read, t.Move, t.Call, t.New, t.MethodCall))
        return [t.Val(made.name, type_, node, not plain or self.chance(0.5))]

    def assign(self):
        found = self.writable(None)
        if not found:
            return None
        at = self.rng.choice(found)
        node = self.value(at.place.type)
        v = at.variable
        # What the value moves may be (in) the target, or around it.
        near = not (at.far or at.element or at.boxed)
        if near:
            above = any(k[0] == v.name and len(k[1]) < len(at.path) and at.path[: len(k[1])] == k[1]
                        for k in self.state)
            if above:
                return None
            self.fill(v, at.path)
        elif self.status(v, at.path) != "F":
            return None
        if not at.place.steps:
            v.nonnull = isinstance(node, (t.New, t.RefOf))
        return [t.Assign(at.place, node)]

    def show(self):
        items = [t.Literal(self.name("p"))]
        found = [at for at in self.readable(None) if at.place.type.kind not in ("weak", "box")
                 and self.printable(at.place.type)]
        self.rng.shuffle(found)
        items += [at.place for at in found[: self.rng.randint(1, 3)]]
        return [t.Print(items)]

    def printable(self, type_):
        """Everything in it prints as something the rules settle."""
        if type_.kind in ("weak", "box"):
            return False
        seen = set()
        work = [type_]
        while work:
            at = work.pop()
            if at.text in seen:
                continue
            seen.add(at.text)
            if at.kind in ("weak", "box"):
                return False
            work += at.parts() + ([at.elem] if at.kind == "ref" else [])
        return True

    def call_statement(self):
        functions = list(self.callable) + [(s, f) for s in self.structs for f in s.methods]
        if not functions:
            return None
        made = self.call_of(self.rng.choice(functions), 3)
        return [t.Do(made)] if made else None

    def scope(self, budget, names=()):
        """A block of its own; gives it and the state behind it (None: it never gets there)."""
        variables = self.variables
        self.variables = variables + list(names)
        saved = self.budget
        made = self.statements(budget)
        self.budget = saved
        self.variables = variables
        inner = {v.name for v in variables}
        after = {k: b for k, b in self.state.items() if k[0] in inner}
        left = bool(made) and isinstance(made[-1], (t.Return, t.Break, t.Next))
        if not left and self.chance(0.12):
            way = self.leave(names, variables)
            if way:
                made += way
                left = True
        return t.Block(made), None if left else after

    def leave(self, names, variables):
        inside = self.variables
        self.variables = variables + list(names)
        self.lent = set()
        saved = dict(self.state)
        made = None
        try:
            if self.loops and self.chance(0.6):
                made = [t.Break()] if self.chance(0.5) else self.next_turn()
            else:
                made = [t.Return(self.returned(self.result) if self.result else None)]
        except Retry:
            pass
        if made and isinstance(made[0], t.Break):
            self.exits.append(dict(self.state))
        self.state = saved
        self.variables = inside
        return made

    def next_turn(self):
        head = self.loops[-1]
        count = t.Place(head[0].name, [], INT)
        nodes = [t.Binary("+", t.Read(count), t.Literal(1))]
        nodes += [self.value(v.type, 2) for v in head[1:]]
        enclosing = {k: b for k, b in self.state.items()
                     if any(v.name == k[0] and v.loop_depth < self.loop_depth for v in self.variables)}
        if enclosing != self.loop_entry[-1]:
            raise Retry
        return [t.If(t.Binary("<", t.Read(count), t.Literal(3)), t.Block([t.Next(nodes)])), t.Break()]

    def branch(self):
        condition = self.condition(2)
        before = dict(self.state)
        yes, after_yes = self.scope(self.rng.randint(1, 3))
        self.state = dict(before)
        no, after_no = None, before
        if self.chance(0.5):
            no, after_no = self.scope(self.rng.randint(1, 3))
        if after_yes is None and after_no is None:
            self.state = before
            return None
        self.state = self.merge(after_yes, after_no)
        return [t.If(condition, yes, no)]

    def guarded(self):
        """`if (p != null) { … }` with p known inside."""
        found = [v for v in self.variables if self.nullable(v.type) and self.status(v, ()) == "F"
                 and v.kind != "global" and not v.nonnull]
        if not found:
            return None
        variable = self.rng.choice(found)
        before = dict(self.state)
        variable.nonnull = True
        frozen, variable.frozen = variable.frozen, True
        body, after = self.scope(self.rng.randint(1, 3))
        variable.nonnull, variable.frozen = False, frozen
        self.state = self.merge(before, after)
        return [t.If(t.IsNull(t.Place(variable.name, [], variable.type), "!="), body)]

    def loop(self):
        if self.loop_depth >= 2:
            return None
        heads = [(Variable(self.name("i"), INT, "loop"), t.Literal(0))]
        for _ in range(self.rng.randint(0, 2)):
            type_ = self.any_type()
            node = self.value(type_, 2)
            if "null" in node.text() or "[" in node.text():
                raise Retry  # nothing says of what type it is
            heads.append((Variable(self.name("v"), type_, "loop"), node))
        before = dict(self.state)
        self.loop_depth += 1
        for variable, _ in heads:
            variable.loop_depth = self.loop_depth
        heads[0][0].frozen = True
        self.loops.append([v for v, _ in heads])
        saved, self.exits = self.exits, []
        self.loop_entry = getattr(self, "loop_entry", []) + [before]
        variables = self.variables
        body, after = self.scope(self.rng.randint(1, 4), [v for v, _ in heads])
        statements = body.statements
        if after is not None:
            self.variables = variables + [v for v, _ in heads]
            kept = dict(self.state)
            try:
                self.lent = set()
                statements.append(self.next_turn()[0])
            except Retry:
                pass
            self.state = kept
            self.variables = variables
        outer = {v.name for v in variables}
        for exit_ in self.exits:
            after = self.merge(after, {k: b for k, b in exit_.items() if k[0] in outer})
        self.exits = saved
        self.loop_entry.pop()
        self.loops.pop()
        self.loop_depth -= 1
        if after is None:
            self.state = before
            return None
        self.state = after
        return [t.Loop([(v.name, v.type, node) for v, node in heads], t.Block(statements))]

    def switch(self):
        if not self.unions:
            return None
        union = self.rng.choice(self.unions)
        found = self.readable(union, 0)
        place = None
        if found and self.chance(0.6):
            at = self.rng.choice(found)
            place = at.place
            if (at.far or at.element or at.boxed or at.variable.kind not in ("local", "param")) and union.move_only:
                return None
            subject = place
        else:
            subject = self.value(union, 2)
            if not isinstance(subject, (t.Call, t.Move)):
                return None
        frozen = at.variable.frozen if place else False
        before = dict(self.state)
        after = None
        arms = []
        reached = False
        for tag, (_, fields) in enumerate(union.variants):
            if self.chance(0.25):
                continue
            names = []
            for _, type_ in fields:
                alias = type_.move_only and (place is not None or union.drop)
                v = Variable(self.name("b"), type_, "alias" if alias else "local", self.loop_depth)
                v.frozen = alias
                names.append(v)
            if place:
                at.variable.frozen = True
            self.state = dict(before)
            block, left = self.scope(self.rng.randint(1, 2), names)
            if place:
                at.variable.frozen = frozen
            arms.append((tag, [v.name for v in names], block))
            if left is not None:
                after = left if not reached else self.merge(after, left)
                reached = True
        otherwise = None
        if len(arms) < len(union.variants):
            self.state = dict(before)
            otherwise, left = self.scope(1)
            if left is not None:
                after = left if not reached else self.merge(after, left)
                reached = True
        if not reached or not arms:
            self.state = before
            return None
        self.state = after
        return [t.Switch(union, subject, arms, otherwise)]

    def block(self):
        made, after = self.scope(self.rng.randint(1, 3))
        if after is None:
            return None
        self.state = after
        return [made]

    def append(self):
        found = [at for at in self.readable(None, 0) if at.place.type.kind == "array"
                 and not at.variable.referred and at.variable.kind != "alias"
                 and not (at.variable.frozen and not at.far)]
        if not found:
            return None
        at = self.rng.choice(found)
        node = self.value(at.place.type.elem, 2)
        if self.status(at.variable, at.path) != "F":
            return None
        return [t.Append(at.place, node)]

    def move_and_refill(self):
        """Moves what a loop or another function may look at, and fills it again at once."""
        found = []
        for at in self.readable(None, 0):
            v = at.variable
            if at.element or at.boxed or at.in_dropper or at.place.type.plain or v.frozen and not at.far:
                continue
            if v.kind in ("alias", "self") and not at.far or v.referred or (v.kind == "self" and v.type.drop):
                continue
            found.append(at)
        if not found:
            return None
        at = self.rng.choice(found)
        made = self.new_variable(at.place.type)
        near = not at.far
        if near:
            self.empty(at.variable, at.path)
        self.no_moves += 1
        saved = self.variables
        self.variables = [v for v in saved if v is not at.variable and v.kind != "global"] if at.far or at.variable.kind == "global" else saved
        if at.far:
            self.variables = [v for v in self.variables if v.type.kind not in ("ref", "array")]
        try:
            node = self.literal(at.place.type, 2)
        finally:
            self.variables = saved
            self.no_moves -= 1
        self.fill(at.variable, at.path)
        self.variables.append(made)
        return [t.Val(made.name, made.type, t.Move(at.place)), t.Assign(at.place, node)]

    def swap(self):
        found = [at for at in self.referable(None) if not at.place.type.plain
                 and (not at.variable.frozen or at.far) and not at.variable.elements_referred]
        if not found:
            return None
        a = self.rng.choice(found)
        same = [at for at in found if at.place.type is a.place.type]
        b = self.rng.choice(same)
        for at in (a, b):
            if not at.place.steps:
                at.variable.nonnull = False
        return [t.Do(t.Library("swap", [a.place, b.place]))]

    def collect(self):
        return [t.Collect()]

    def tie(self):
        """A cycle through two places."""
        found = [at for at in self.writable(None) if at.far and self.nullable(at.place.type)]
        if not found:
            return None
        at = self.rng.choice(found)
        sources = [s for s in self.readable(at.place.type, 0) if s.variable is not at.variable]
        sources = sources or self.readable(at.place.type, 0)
        if not sources:
            return None
        return [t.Assign(at.place, t.Read(self.rng.choice(sources).place))]

    def drop_now(self):
        found = self.movable(None)
        if not found:
            return None
        at = self.rng.choice(found)
        self.empty(at.variable, at.path)
        return [t.Do(t.Library("drop", [], t.Move(at.place)))]

    def observe(self):
        """What a weak reference says."""
        found = [at for at in self.readable(None) if at.place.type.kind == "weak"]
        if not found:
            return None
        place = self.rng.choice(found).place
        made = self.new_variable(ref_to(place.type.elem))
        node = t.Upgrade(place)
        if not self.nullable(made.type):
            return [t.Print([t.Literal("weak"), UpgradedIsNull(node)])]
        self.variables.append(made)
        return [t.Val(made.name, made.type, node)]


class Retry(Exception):
    """What was begun cannot be ended; something else is tried."""


class Assertion:
    def __init__(self, node):
        self.node = node

    def text(self):
        return f"assert({self.node.text()})"

    def eval(self, m):
        if not self.node.eval(m):
            m.fail("assertion failed")


class UpgradedIsNull:
    def __init__(self, node):
        self.node = node

    def text(self):
        return f"({self.node.text()} == null)"

    def eval(self, m):
        return m.temporary(self.node.eval(m)).value is None
