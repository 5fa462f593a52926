"""Places and expressions of generated NG programs: each prints itself as source and evaluates itself with a Machine."""

from .ng_model import EMPTY, Agg, Owner, Ref, TooLong, Weak

PAD = "    "


def indent(lines):
    return [PAD + line for line in lines]


# ---- places


class Place:
    """A variable and steps: ("field", number, name), ("index", node), ("deref",), ("box",)."""

    def __init__(self, name, steps, type_):
        self.name = name
        self.steps = steps
        self.type = type_

    def text(self):
        out = self.name
        for i, step in enumerate(self.steps):
            if step[0] == "field":
                out += "." + step[2]
            elif step[0] == "index":
                out += "[" + step[1].text() + "]"
            elif i + 1 < len(self.steps) and self.steps[i + 1][0] == "field":
                pass  # implicit
            elif i + 1 < len(self.steps):
                out = "(*" + out + ")"
            else:
                out = "*" + out
        return out

    def receiver(self):
        """As the receiver of a method: it dereferences by itself."""
        text = self.text()
        return text[1:] if text.startswith("*") else text

    def prepare(self, m, hold):
        """Evaluates the operands of the place; what is left is for `find`."""
        steps = []
        last = -1
        for i, step in enumerate(self.steps):
            if step[0] == "deref":
                last = i
        at = m.place_of(self.name)
        for i, step in enumerate(self.steps):
            if step[0] == "index":
                step = ("index", step[1].eval(m))
            if i < last:
                at = self.walk(m, at, step)
            elif i == last:
                at = m.read(at)
                if hold and at is not None:
                    m.temporary(m.copy(at))
            else:
                steps.append(step)
        return at, steps

    def find(self, m, prepared):
        at, steps = prepared
        if at is None:
            m.fail("null reference")
        for step in steps:
            at = self.walk(m, at, step)
        return at

    @staticmethod
    def walk(m, at, step):
        if step[0] == "field":
            return Ref(at.obj, at.path + (step[1],))
        value = m.get(at)
        if value is EMPTY:
            m.fail("use after move")
        if step[0] == "index":
            elements = value.obj.value if isinstance(value, Owner) else value.parts
            if not 0 <= step[1] < len(elements):
                m.fail("index out of range")
            if isinstance(value, Owner):
                return Ref(value.obj, (step[1],))
            return Ref(at.obj, at.path + (step[1],))
        if step[0] == "deref":
            if value is None:
                m.fail("null reference")
            return value
        return Ref(value.obj)  # box

    def at(self, m, hold=False):
        return self.find(m, self.prepare(m, hold))


# ---- expressions


class Literal:
    def __init__(self, value):
        self.value = value

    def text(self):
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if self.value is None:
            return "null"
        if isinstance(self.value, str):
            return '"' + self.value + '"'
        return str(self.value)

    def eval(self, m):
        return self.value


class Read:
    def __init__(self, place):
        self.place = place

    def text(self):
        return self.place.text()

    def eval(self, m):
        return m.copy(m.read(self.place.at(m)))


class Move:
    def __init__(self, place):
        self.place = place

    def text(self):
        return "move " + self.place.text()

    def eval(self, m):
        return m.take(self.place.at(m))


class RefOf:
    def __init__(self, place):
        self.place = place

    def text(self):
        return "ref " + self.place.text()

    def eval(self, m):
        at = self.place.at(m)
        at.obj.count += 1
        return Ref(at.obj, at.path)


def operands(m, nodes):
    """Evaluated left to right; if one fails, those before it die, last first."""
    return [m.temporary(node.eval(m)) for node in nodes]


class Aggregate:
    """A struct, tuple, fixed array or variant."""

    def __init__(self, type_, nodes, tag=None):
        self.type = type_
        self.nodes = nodes
        self.tag = tag

    def text(self):
        parts = [node.text() for node in self.nodes]
        if self.type.kind == "struct":
            named = ", ".join(f"{n}: {p}" for (n, _), p in zip(self.type.fields, parts))
            return f"{self.type.text} {{ {named} }}"
        if self.type.kind == "tuple":
            return "(" + ", ".join(parts) + ")"
        if self.type.kind == "fixed":
            return "[" + ", ".join(parts) + "]"
        name = self.type.variants[self.tag][0]
        return f"{name}({', '.join(parts)})" if parts else name

    def eval(self, m):
        made = operands(m, self.nodes)
        return Agg(self.type, [m.taken(t) for t in made], self.tag)


class ArrayOf:
    def __init__(self, type_, nodes):
        self.type = type_
        self.nodes = nodes

    def text(self):
        return "[" + ", ".join(node.text() for node in self.nodes) + "]"

    def eval(self, m):
        made = operands(m, self.nodes)
        return Owner(m.make([m.taken(t) for t in made], self.type, "buffer"))


class New:
    """`new` of a struct literal."""

    def __init__(self, literal):
        self.literal = literal

    def text(self):
        return "new " + self.literal.text()

    def eval(self, m):
        return Ref(m.make(self.literal.eval(m), self.literal.type, "heap"))


class BoxOf:
    def __init__(self, type_, node):
        self.type = type_
        self.node = node

    def text(self):
        return f"box({self.node.text()})"

    def eval(self, m):
        return Owner(m.make(self.node.eval(m), self.type.elem, "box"))


class WeakOf:
    def __init__(self, node):
        self.node = node

    def text(self):
        return f"weak({self.node.text()})"

    def eval(self, m):
        made = m.temporary(self.node.eval(m))
        return Weak(made.value)


class Upgrade:
    def __init__(self, place):
        self.place = place

    def text(self):
        return self.place.receiver() + ".upgrade()"

    def eval(self, m):
        ref = m.read(self.place.at(m)).ref
        return None if ref is None or ref.obj.gone else m.copy(ref)


class Binary:
    def __init__(self, op, left, right):
        self.op = op
        self.left = left
        self.right = right

    def text(self):
        return f"({self.left.text()} {self.op} {self.right.text()})"

    def eval(self, m):
        a = self.left.eval(m)
        if self.op == "&&":
            return a and self.right.eval(m)
        if self.op == "||":
            return a or self.right.eval(m)
        b = self.right.eval(m)
        if self.op in ("+", "-"):
            total = a + b if self.op == "+" else a - b
            if isinstance(total, int) and not -(2**31) <= total < 2**31:
                m.fail("integer overflow")
            if isinstance(total, str) and len(total) > 200:
                raise TooLong
            return total
        return {"<": a < b if not isinstance(a, bool) else False, "==": a == b, "!=": a != b}[self.op]


class IsNull:
    """Looks at a place that holds a reference."""

    def __init__(self, place, op):
        self.place = place
        self.op = op

    def text(self):
        return f"({self.place.text()} {self.op} null)"

    def eval(self, m):
        value = m.read(self.place.at(m))
        return (value is None) == (self.op == "==")


class SameValue:
    """`==` of two places, by value."""

    def __init__(self, left, right):
        self.left = left
        self.right = right

    def text(self):
        return f"({self.left.text()} == {self.right.text()})"

    def eval(self, m):
        a = m.read(self.left.at(m))
        return equal(a, m.read(self.right.at(m)))


def equal(a, b):
    if isinstance(a, Agg):
        return a.tag == b.tag and all(equal(x, y) for x, y in zip(a.parts, b.parts))
    if isinstance(a, Owner):
        x, y = a.obj.value, b.obj.value
        return len(x) == len(y) and all(equal(p, q) for p, q in zip(x, y))
    if isinstance(a, Ref):
        return a.same(b)
    return a == b


class LenOf:
    def __init__(self, place):
        self.place = place

    def text(self):
        return f"(len({self.place.text()}) as i32)"

    def eval(self, m):
        value = m.read(self.place.at(m))
        if isinstance(value, Owner):
            return len(value.obj.value)
        return len(value) if isinstance(value, str) else len(value.parts)


class IfValue:
    def __init__(self, condition, yes, no):
        self.condition = condition
        self.yes = yes
        self.no = no

    def text(self):
        return f"if ({self.condition.text()}) {{ {self.yes.text()} }} else {{ {self.no.text()} }}"

    def eval(self, m):
        decided = m.scoped(lambda: self.condition.eval(m))
        return m.scoped(lambda: (self.yes if decided else self.no).eval(m))


class FieldOfTemporary:
    """`f(…).n`: the temporary lives to the end of the statement."""

    def __init__(self, node, type_, index):
        self.node = node
        self.type = type_
        self.index = index

    def text(self):
        return f"{self.node.text()}.{self.type.fields[self.index][0]}"

    def eval(self, m):
        made = m.temporary(self.node.eval(m))
        return m.copy(m.read(Ref(made, (self.index,))))


class Call:
    """References are lent: they live to the end of the statement. Values are the callee's."""

    def __init__(self, function, arguments):
        self.function = function
        self.arguments = arguments

    def text(self):
        return f"{self.function.name}({', '.join(a.text() for a in self.arguments)})"

    def eval(self, m):
        made = operands(m, self.arguments)
        return self.function.invoke(m, made)


class MethodCall:
    """On a place (lent in place), or on a temporary."""

    def __init__(self, method, receiver, arguments):
        self.method = method
        self.receiver = receiver
        self.arguments = arguments

    def text(self):
        inner = self.receiver.receiver() if isinstance(self.receiver, Place) else self.receiver.text()
        if isinstance(self.receiver, Move):
            inner = f"({inner})"
        return f"{inner}.{self.method.name}({', '.join(a.text() for a in self.arguments)})"

    def eval(self, m):
        by_value = self.method.params[0][1].kind != "ref"
        if by_value:
            node = Read(self.receiver) if isinstance(self.receiver, Place) else self.receiver
            me = m.temporary(node.eval(m))
        elif isinstance(self.receiver, Place):
            me = m.temporary(RefOf(self.receiver).eval(m))
        else:
            made = m.temporary(self.receiver.eval(m))
            made.count += 1
            me = m.temporary(Ref(made))
        return self.method.invoke(m, [me] + operands(m, self.arguments))


class Library:
    """swap, replace, take, drop of std.memory."""

    def __init__(self, name, places, node=None):
        self.name = name
        self.places = places
        self.node = node

    def text(self):
        parts = ["ref " + p.text() for p in self.places] + ([self.node.text()] if self.node else [])
        return f"{self.name}({', '.join(parts)})"

    def eval(self, m):
        made = []
        for place in self.places:
            at = place.at(m)
            at.obj.count += 1
            made.append(m.temporary(Ref(at.obj, at.path)).value)
        if self.name == "swap":
            a, b = m.read(made[0]), m.read(made[1])
            m.put(made[0], b)
            m.put(made[1], a)
            return None
        if self.name == "replace":
            value = m.temporary(self.node.eval(m))
            old = m.read(made[0])
            m.put(made[0], m.taken(value))
            return old
        if self.name == "take":
            return m.take(made[0])
        m.die(self.node.eval(m))
        return None


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
