"""Statements and declarations of generated NG programs: each prints itself as source and runs with a Machine."""

from .ng_model import EMPTY, Ref, RuntimeFailure, Signal
from .ng_tree import PAD, indent, Place, Read, operands


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

        def decide(scope):
            place = Ref(m.schedule(m.make(self.subject.eval(m), None, "temporary"), scope))
            return place, m.read(place).tag

        def whole():
            if isinstance(self.subject, Place):
                place = m.scoped(lambda: self.subject.at(m))
                moves = False
                tag = m.read(place).tag
            else:
                # What no arm binds into dies with the other temporaries of the condition, as the last one made.
                scope = -2 if binds else -1
                place, tag = m.scoped(lambda: decide(scope))
                moves = self.type.drop is None
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
