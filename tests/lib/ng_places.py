"""Which places of a generated program are full, empty, lent or referred to, and which of them may be used."""

from dataclasses import dataclass

from . import ng_tree as t
from .ng_types import Type


class Retry(Exception):
    """What was begun cannot be ended; something else is tried."""


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


class Places:
    """What a generator knows of its variables, and the places that an operation may use now."""

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
