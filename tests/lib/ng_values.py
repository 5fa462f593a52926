"""Makes the expressions of generated programs."""

from . import ng_tree as t
from .ng_places import Retry
from .ng_types import INT, STRING, ref_to, weak_of


class Values:
    """Expressions of a wanted type."""

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
        return [at for at in self.readable(type_, 0)
                if not (at.element and self.loop_depth) and at.place.type.kind != "ref"
                and at.variable.kind != "alias" and not at.boxed
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
        # A method may keep a reference to its receiver, and the payload of a variant has none.
        aliases = {v.name for v in self.variables if v.kind == "alias"}
        found = [at for at in self.readable(struct, 0) if at.variable.kind != "alias"]
        if found and self.chance(0.8):
            at = self.rng.choice(found)
            receiver = at.place
            self.lent.add(at.variable.name)
        else:
            receiver = self.value(struct, depth - 1)
            if isinstance(receiver, t.Read):
                receiver = receiver.place
                if receiver.name in aliases:
                    return None
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
