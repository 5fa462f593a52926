"""Makes the statements of generated programs."""

from . import ng_statements as st
from . import ng_tree as t
from .ng_places import Retry, Variable
from .ng_types import INT, ref_to


class Statements:
    """Statements of all kinds, and what they change in the books."""

    def statements(self, budget):
        out = []
        self.budget = budget
        while self.budget > 0:
            self.budget -= 1
            made = self.statement()
            out += made
            if made and isinstance(made[-1], (st.Return, st.Break, st.Next)):
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
        return [st.Val(made.name, type_, node, not plain or self.chance(0.5))]

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
        return [st.Assign(at.place, node)]

    def show(self):
        items = [t.Literal(self.name("p"))]
        found = [at for at in self.readable(None) if at.place.type.kind not in ("weak", "box")
                 and self.printable(at.place.type)]
        self.rng.shuffle(found)
        items += [at.place for at in found[: self.rng.randint(1, 3)]]
        return [st.Print(items)]

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
        return [st.Do(made)] if made else None

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
        left = bool(made) and isinstance(made[-1], (st.Return, st.Break, st.Next))
        if not left and self.chance(0.12):
            way = self.leave(names, variables)
            if way:
                made += way
                left = True
        return st.Block(made), None if left else after

    def leave(self, names, variables):
        inside = self.variables
        self.variables = variables + list(names)
        self.lent = set()
        saved = dict(self.state)
        made = None
        try:
            if self.loops and self.chance(0.6):
                made = [st.Break()] if self.chance(0.5) else self.next_turn()
            else:
                made = [st.Return(self.returned(self.result) if self.result else None)]
        except Retry:
            pass
        if made and isinstance(made[0], st.Break):
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
        return [st.If(t.Binary("<", t.Read(count), t.Literal(3)), st.Block([st.Next(nodes)])), st.Break()]

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
        return [st.If(condition, yes, no)]

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
        return [st.If(t.IsNull(t.Place(variable.name, [], variable.type), "!="), body)]

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
        return [st.Loop([(v.name, v.type, node) for v, node in heads], st.Block(statements))]

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
        return [st.Switch(union, subject, arms, otherwise)]

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
        return [st.Append(at.place, node)]

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
        if at.far or at.variable.kind == "global":
            self.variables = [v for v in saved if v is not at.variable and v.kind != "global"]
        if at.far:
            self.variables = [v for v in self.variables if v.type.kind not in ("ref", "array")]
        try:
            node = self.literal(at.place.type, 2)
        finally:
            self.variables = saved
            self.no_moves -= 1
        self.fill(at.variable, at.path)
        self.variables.append(made)
        return [st.Val(made.name, made.type, t.Move(at.place)), st.Assign(at.place, node)]

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
        return [st.Do(t.Library("swap", [a.place, b.place]))]

    def collect(self):
        return [st.Collect()]

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
        return [st.Assign(at.place, t.Read(self.rng.choice(sources).place))]

    def drop_now(self):
        found = self.movable(None)
        if not found:
            return None
        at = self.rng.choice(found)
        self.empty(at.variable, at.path)
        return [st.Do(t.Library("drop", [], t.Move(at.place)))]

    def observe(self):
        """What a weak reference says."""
        found = [at for at in self.readable(None) if at.place.type.kind == "weak"]
        if not found:
            return None
        place = self.rng.choice(found).place
        made = self.new_variable(ref_to(place.type.elem))
        node = t.Upgrade(place)
        if not self.nullable(made.type):
            return [st.Print([t.Literal("weak"), t.UpgradedIsNull(node)])]
        self.variables.append(made)
        return [st.Val(made.name, made.type, node)]
