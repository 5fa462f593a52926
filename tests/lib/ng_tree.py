"""Nodes of generated NG programs: each prints itself as source and evaluates itself with a Machine."""

from .ng_model import EMPTY, Agg, Owner, Ref, RuntimeFailure, Signal, TooLong, Weak

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


# ---- statements: run(m) in the scope of the block


class Statement:
    def run(self, m):
        m.step()
        m.scoped(lambda: self.inner(m))


class Val(Statement):
    def __init__(self, name, type_, node, annotate=True, is_global=False):
        self.name = name
        self.type = type_
        self.node = node
        self.annotate = annotate
        self.is_global = is_global

    def lines(self):
        note = f": {self.type.text}" if self.annotate else ""
        return [f"val {self.name}{note} = {self.node.text()};"]

    def inner(self, m):
        value = self.node.eval(m)
        if self.is_global:
            m.declare_global(self.name, value, self.type)
        else:
            m.declare(self.name, value, self.type)


class Assign(Statement):
    def __init__(self, place, node):
        self.place = place
        self.node = node

    def lines(self):
        return [f"{self.place.text()} = {self.node.text()};"]

    def inner(self, m):
        prepared = self.place.prepare(m, True)
        value = m.temporary(self.node.eval(m))
        at = self.place.find(m, prepared)
        m.assign(at, m.taken(value))


class Append(Statement):
    def __init__(self, place, node):
        self.place = place
        self.node = node

    def lines(self):
        return [f"{self.place.text()} << {self.node.text()};"]

    def inner(self, m):
        prepared = self.place.prepare(m, True)
        value = m.temporary(self.node.eval(m))
        at = self.place.find(m, prepared)
        if m.get(at) is EMPTY:
            m.fail("use after move")
        m.append(at, m.taken(value))


class Print(Statement):
    """Words, places (looked at only) and at most one other expression, alone."""

    def __init__(self, items):
        self.items = items

    def lines(self):
        return [f"print({', '.join(item.text() for item in self.items)});"]

    def inner(self, m):
        shown = []
        for item in self.items:
            if isinstance(item, Place):
                shown.append(m.show(m.read(item.at(m)), item.type))
            else:
                shown.append(m.show(m.temporary(item.eval(m)).value, None))
        m.output.append(", ".join(shown))


class Do(Statement):
    def __init__(self, node):
        self.node = node

    def lines(self):
        return [self.node.text() + ";"]

    def inner(self, m):
        value = self.node.eval(m)
        m.temporary(value)


class Collect(Statement):
    def lines(self):
        return ["gcFree();"]

    def inner(self, m):
        m.collect()


class Return(Statement):
    """Of a local by its plain name: moved out, unless something still refers to it."""

    def __init__(self, node):
        self.node = node

    def lines(self):
        return [f"return {self.node.text()};" if self.node else "return;"]

    def inner(self, m):
        if self.node is None:
            raise Signal("return")
        by_name = isinstance(self.node, Read) and not self.node.place.steps
        obj = m.frame.variables.get(self.node.place.name) if by_name else None
        if obj is not None and obj.count == 1:
            raise Signal("return", [m.take(Ref(obj))])
        raise Signal("return", [self.node.eval(m)])


class Break(Statement):
    def lines(self):
        return ["break;"]

    def inner(self, m):
        raise Signal("break")


class Next(Statement):
    def __init__(self, nodes):
        self.nodes = nodes

    def lines(self):
        return [("next " + ", ".join(node.text() for node in self.nodes)).rstrip() + ";"]

    def inner(self, m):
        raise Signal("next", [m.taken(t) for t in operands(m, self.nodes)])


class Block:
    def __init__(self, statements):
        self.statements = statements

    def lines(self):
        return ["{"] + indent(self.inner_lines()) + ["}"]

    def inner_lines(self):
        return [line for statement in self.statements for line in statement.lines()]

    def run(self, m):
        def body():
            for statement in self.statements:
                statement.run(m)

        m.scoped(body)


class If:
    def __init__(self, condition, yes, no=None):
        self.condition = condition
        self.yes = yes
        self.no = no

    def lines(self):
        out = [f"if ({self.condition.text()}) {{"] + indent(self.yes.inner_lines())
        if self.no:
            out += ["} else {"] + indent(self.no.inner_lines())
        return out + ["}"]

    def run(self, m):
        m.step()
        if m.scoped(lambda: self.condition.eval(m)):
            self.yes.run(m)
        elif self.no:
            self.no.run(m)


class Loop:
    def __init__(self, variables, body):
        self.variables = variables  # (name, type, node)
        self.body = body

    def lines(self):
        heads = ", ".join(f"{n} = {node.text()}" for n, _, node in self.variables)
        return [f"loop {heads} {{"] + indent(self.body.inner_lines()) + ["}"]

    def run(self, m):
        def whole():
            for name, type_, node in self.variables:
                m.scoped(lambda: m.declare(name, node.eval(m), type_))
            while True:
                m.step()
                try:
                    self.body.run(m)
                    return
                except RuntimeFailure as failure:
                    for value in reversed(failure.turn):
                        m.die(value)
                    failure.turn = []
                    raise
                except Signal as way:
                    if way.kind == "break":
                        return
                    if way.kind == "return":
                        raise
                    for (name, _, _), value in zip(self.variables, way.values):
                        m.assign(Ref(m.frame.variables[name]), value)

        m.scoped(whole)


class Switch:
    """`subject`: a Place, or an expression whose value is a temporary."""

    def __init__(self, type_, subject, arms, otherwise):
        self.type = type_
        self.subject = subject
        self.arms = arms  # (tag, names, block)
        self.otherwise = otherwise

    def lines(self):
        out = [f"switch ({self.subject.text()}) {{"]
        for tag, names, block in self.arms:
            binds = f"({', '.join(names)})" if names else ""
            out += [PAD + f"case {self.type.variants[tag][0]}{binds} {{"]
            out += indent(indent(block.inner_lines())) + [PAD + "}"]
        if self.otherwise:
            out += [PAD + "otherwise {"] + indent(indent(self.otherwise.inner_lines())) + [PAD + "}"]
        return out + ["}"]

    def run(self, m):
        m.step()
        binds = any(names for _, names, _ in self.arms)

        def whole():
            if isinstance(self.subject, Place):
                place = m.scoped(lambda: self.subject.at(m))
                moves = False
            else:
                made = m.scoped(lambda: m.schedule(m.make(self.subject.eval(m), None, "temporary"), -2))
                place = Ref(made)
                moves = self.type.drop is None
            tag = m.read(place).tag
            if not isinstance(self.subject, Place) and not binds:
                m.frame.scopes[-1].remove(made)
                m.let_go(made)
            arm = next((a for a in self.arms if a[0] == tag), (tag, [], self.otherwise))
            m.scoped(lambda: self.take(m, place, moves, arm))

        m.scoped(whole)

    def take(self, m, place, moves, arm):
        tag, names, block = arm
        for i, name in enumerate(names):
            part = Ref(place.obj, place.path + (i,))
            type_ = self.type.variants[tag][1][i][1]
            if not moves and type_.move_only:
                m.frame.variables.pop(name, None)
                m.frame.aliases[name] = part
                continue
            value = m.take(part) if moves else m.copy(m.read(part))
            m.declare(name, value, type_, -1)
        for statement in block.statements:
            statement.run(m)


# ---- declarations


class Function:
    """params: (name, type). `generic`: the text of the declaration is given."""

    def __init__(self, name, params, result, body=None, method_of=None):
        self.name = name
        self.params = params
        self.result = result
        self.body = body
        self.method_of = method_of

    def lines(self):
        shown = []
        for name, type_ in self.params:
            text = type_.text
            if name == "self":
                text = "ref<Self>" if type_.kind == "ref" else "Self"
            shown.append(f"{name}: {text}")
        result = f" -> {self.result.text}" if self.result else ""
        head = f"fun {self.name}({', '.join(shown)}){result} {{"
        return [head] + indent(self.body.inner_lines()) + ["}"]

    def run(self, m):
        """The body, in a frame that is there (drops)."""
        for statement in self.body.statements:
            statement.run(m)

    def invoke(self, m, made):
        values = [m.copy(t.value) if type_.kind == "ref" else m.taken(t)
                  for (_, type_), t in zip(self.params, made)]
        return m.call([n for n, _ in self.params], [t for _, t in self.params], values,
                      lambda: self.run(m))


class Generic(Function):
    """A generic function of the fixed set: its own text, a body for the machine."""

    def __init__(self, name, params, result, source, body):
        super().__init__(name, params, result, body)
        self.source = source


class StructDecl:
    def __init__(self, type_, head=None):
        self.type = type_
        self.head = head

    def lines(self):
        t = self.type
        out = [f"type {t.text} {{"] + [PAD + f"{n}: {ft.text};" for n, ft in t.fields]
        for method in t.methods:
            out += indent(method.lines())
        out.append("}")
        return out + drop_lines(t)


class UnionDecl:
    def __init__(self, type_):
        self.type = type_

    def lines(self):
        def one(variant):
            name, fields = variant
            return name + (f"({', '.join(f'{n}: {t.text}' for n, t in fields)})" if fields else "")

        return [f"type {self.type.text} = " + " | ".join(map(one, self.type.variants)) + ";"] + drop_lines(self.type)


def drop_lines(type_):
    if not type_.drop:
        return []
    return [f"impl Drop for {type_.text} {{"] + indent(type_.drop.lines()) + ["}"]
