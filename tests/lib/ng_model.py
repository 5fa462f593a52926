"""An independent evaluator of the ownership rules: values, places, lives, failing, collection.

It knows nothing of the compiler. Everything that a program can refer to is an `Obj` with a count: locals,
globals, temporaries, heap objects, the elements of an array, what a Box owns. A reference is an `Obj` and a
path of part numbers in it, so it names a place and not a value. Deaths happen as the rules say, recursively;
programs for it are small. `ng_tree` has the nodes of programs, which evaluate themselves with a `Machine`.
"""

from .ng_types import holds_drop, is_cyclic

STEPS = 20_000


class _Empty:
    def __repr__(self):
        return "EMPTY"


EMPTY = _Empty()


class RuntimeFailure(Exception):
    """A run-time error of the program: the phrase of its message."""

    def __init__(self, phrase):
        super().__init__(phrase)
        self.orphans = []  # results that were on their way when it came
        self.turn = []  # what `next` was to hand to the turn to come


class TooLong(Exception):
    """The program is not worth running."""


class Signal(Exception):
    """A way out of blocks: kind is `return`, `break` or `next`."""

    def __init__(self, kind, values=()):
        super().__init__(kind)
        self.kind = kind
        self.values = list(values)


class Obj:
    __slots__ = ("count", "value", "type", "kind", "stamp", "gone", "dying", "finalised")

    def __init__(self, value, type_, kind, stamp):
        self.count = 1
        self.value = value
        self.type = type_
        self.kind = kind  # local, global, temporary, heap, buffer, box
        self.stamp = stamp
        self.gone = False  # weak references to it are null
        self.dying = False
        self.finalised = False


class Agg:
    """A struct, tuple, fixed array or variant; `tag` is the number of the variant."""

    __slots__ = ("type", "tag", "parts")

    def __init__(self, type_, parts, tag=None):
        self.type = type_
        self.tag = tag
        self.parts = parts


class Ref:
    __slots__ = ("obj", "path")

    def __init__(self, obj, path=()):
        self.obj = obj
        self.path = path

    def same(self, other):
        return other is not None and self.obj is other.obj and self.path == other.path


class Owner:
    """A growable array or a Box: what it owns is an Obj of its own."""

    __slots__ = ("obj",)

    def __init__(self, obj):
        self.obj = obj


class Weak:
    __slots__ = ("ref",)

    def __init__(self, ref):
        self.ref = ref


class Frame:
    def __init__(self):
        self.variables = {}
        self.aliases = {}  # names that stand for a place
        self.scopes = []


class Machine:
    def __init__(self):
        self.output = []
        self.failures = []
        self.globals = {}
        self.global_order = []
        self.frames = [Frame()]
        self.objects = {}
        self.steps = 0
        self.stamp = 0
        self.collecting = False
        self.collect_again = False

    # ---- running

    def step(self):
        self.steps += 1
        if self.steps > STEPS:
            raise TooLong

    def fail(self, phrase):
        self.failures.append(phrase)
        raise RuntimeFailure(phrase)

    def run(self, start):
        """The exit code. `start` runs the top level and main."""
        code = 0

        def guarded(action):
            nonlocal code
            try:
                action()
            except RuntimeFailure:
                code = 101

        guarded(start)
        guarded(self.collect)
        for name in reversed(self.global_order):
            if self.globals[name].type.plain:
                continue  # nothing of it ends
            guarded(lambda: self.let_go(self.globals[name]))
        guarded(self.collect)
        return code

    # ---- places

    def make(self, value, type_, kind):
        self.stamp += 1
        obj = Obj(value, type_, kind, self.stamp)
        self.objects[id(obj)] = obj
        return obj

    @property
    def frame(self):
        return self.frames[-1]

    def place_of(self, name):
        """The place of a variable. What a global is before its declaration, nothing reads here."""
        if name in self.frame.aliases:
            return self.frame.aliases[name]
        found = self.frame.variables.get(name)
        return Ref(found if found is not None else self.globals[name])

    def get(self, ref):
        """What is in a place, EMPTY if nothing."""
        value = ref.obj.value
        for step in ref.path:
            if value is EMPTY:
                return EMPTY
            value = value[step] if isinstance(value, list) else value.parts[step]
        return value

    def put(self, ref, value):
        if not ref.path:
            ref.obj.value = value
            return
        at = self.get(Ref(ref.obj, ref.path[:-1]))
        if at is EMPTY:
            self.fail("use after move")
        if isinstance(at, list):
            at[ref.path[-1]] = value
        else:
            at.parts[ref.path[-1]] = value

    def read(self, ref):
        """What is in a place that must be full, all of it."""
        value = self.get(ref)
        if self.has_hole(value):
            self.fail("use after move")
        return value

    def has_hole(self, value):
        if value is EMPTY:
            return True
        if isinstance(value, Agg):
            return any(self.has_hole(part) for part in value.parts)
        if isinstance(value, Owner) and isinstance(value.obj.value, list):
            return any(self.has_hole(part) for part in value.obj.value)
        return False

    def copy(self, value):
        if isinstance(value, Agg):
            return Agg(value.type, [self.copy(part) for part in value.parts], value.tag)
        if isinstance(value, Ref):
            value.obj.count += 1
            return Ref(value.obj, value.path)
        if isinstance(value, Owner):
            elements = [self.copy(part) for part in value.obj.value]
            return Owner(self.make(elements, value.obj.type, "buffer"))
        return value

    def take(self, ref):
        value = self.read(ref)
        self.put(ref, EMPTY)
        return value

    def assign(self, ref, value):
        old = self.get(ref)
        self.put(ref, value)
        self.die(old)

    def append(self, ref, value):
        """`<<` on the array in the place."""
        array = self.get(ref)
        if array is EMPTY:
            self.fail("use after move")
        buffer = array.obj
        if buffer.count > 1:
            old = buffer.value
            if buffer.type.elem.move_only:
                elements = list(old)
                for i in range(len(old)):
                    old[i] = EMPTY
            else:
                elements = [self.copy(part) for part in old]
            array.obj = self.make(elements, buffer.type, "buffer")
            buffer.count -= 1
        array.obj.value.append(value)

    # ---- scopes

    def scoped(self, body):
        """Runs `body` in a scope; what was scheduled in it dies, last first, on every way out."""
        frame = self.frame
        frame.scopes.append([])
        error = None
        signal = None
        result = None
        try:
            result = body()
        except RuntimeFailure as failure:
            error = failure
        except Signal as way:
            signal = way
        scheduled = frame.scopes[-1]
        while scheduled:
            obj = scheduled.pop()
            try:
                self.let_go(obj)
            except RuntimeFailure as failure:
                error = error or failure
        frame.scopes.pop()
        if error and signal:
            (error.turn if signal.kind == "next" else error.orphans).extend(signal.values)
        if error:
            raise error
        if signal:
            raise signal
        return result

    def schedule(self, obj, depth=-1):
        self.frame.scopes[depth].append(obj)
        return obj

    def temporary(self, value, type_=None):
        return self.schedule(self.make(value, type_, "temporary"))

    @staticmethod
    def taken(obj):
        value = obj.value
        obj.value = EMPTY
        return value

    def declare(self, name, value, type_, depth=-2):
        """A local of the block around the statement."""
        obj = self.make(value, type_, "local")
        self.frame.variables[name] = obj
        self.schedule(obj, depth)
        return obj

    def declare_global(self, name, value, type_):
        self.globals[name] = self.make(value, type_, "global")
        self.global_order.append(name)

    def call(self, names, types, values, body):
        """Calls with values that the callee owns from now on."""
        self.step()
        if len(self.frames) > 60:
            raise TooLong
        frame = Frame()
        self.frames.append(frame)
        returned = []

        def run():
            # References are the caller's; a callee that changes one has a variable of its own, made
            # after the parameters that it owns.
            order = sorted(range(len(names)), key=lambda i: isinstance(values[i], Ref) or values[i] is None)
            for i in order:
                frame.variables[names[i]] = self.schedule(self.make(values[i], types[i], "local"))
            while True:
                try:
                    self.scoped(body)
                    return
                except Signal as way:
                    if way.kind == "return":
                        returned.extend(way.values)
                        return
                    for name, value in zip(names, way.values):
                        self.assign(Ref(frame.variables[name]), value)

        try:
            self.scoped(run)
        except RuntimeFailure as failure:
            self.frames.pop()
            for value in returned + failure.orphans + failure.turn:
                self.die(value)
            failure.orphans = []
            failure.turn = []
            raise
        self.frames.pop()
        return returned[0] if returned else None

    # ---- death

    def let_go(self, obj):
        obj.count -= 1
        if obj.count > 0 or obj.dying:
            return
        obj.gone = True
        obj.dying = True
        self.objects.pop(id(obj), None)
        self.die_in(Ref(obj), obj.finalised)

    def die(self, value):
        """A value that is in no place any more."""
        if isinstance(value, (Agg, Ref, Owner)):
            obj = self.make(value, None, "temporary")
            self.let_go(obj)

    def die_in(self, place, skip_drop=False):
        self.step()
        value = self.get(place)
        error = None
        if isinstance(value, (Agg, list)):
            parts = value if isinstance(value, list) else value.parts
            if isinstance(value, Agg) and value.type.drop and not skip_drop:
                try:
                    self.run_drop(value.type, place)
                except RuntimeFailure as failure:
                    error = failure
            for i in range(len(parts)):
                try:
                    self.die_in(Ref(place.obj, place.path + (i,)))
                except RuntimeFailure as failure:
                    error = error or failure
        self.put(place, EMPTY)
        if isinstance(value, (Ref, Owner)):
            self.let_go(value.obj)
        if error:
            raise error

    def run_drop(self, type_, place):
        place.obj.count += 1
        self.call(["self"], [None], [place], lambda: type_.drop.run(self))

    # ---- cycles

    def collect(self):
        if self.collecting:
            self.collect_again = True
            return
        self.collecting = True
        error = None
        self.collect_again = True
        while self.collect_again:
            self.collect_again = False
            try:
                self.collect_once()
            except RuntimeFailure as failure:
                error = error or failure
        self.collecting = False
        if error:
            raise error

    def references(self, value):
        if isinstance(value, (Ref, Owner)):
            yield value.obj
        elif isinstance(value, (Agg, list)):
            for part in value if isinstance(value, list) else value.parts:
                yield from self.references(part)

    def owned_buffers(self, value):
        """Buffers of arrays that are parts of the value: they die as its parts do."""
        if isinstance(value, Owner) and value.obj.kind == "buffer":
            yield value.obj
        elif isinstance(value, (Agg, list)):
            for part in value if isinstance(value, list) else value.parts:
                yield from self.owned_buffers(part)

    def unreferred(self, candidates):
        """The largest part of `candidates` to which nothing outside of it refers."""
        inner = {key: 0 for key in candidates}
        for obj in candidates.values():
            for target in self.references(obj.value):
                if id(target) in inner:
                    inner[id(target)] += 1
        work = [obj for key, obj in candidates.items() if obj.count > inner[key]]
        alive = set()
        while work:
            obj = work.pop()
            if id(obj) in alive or id(obj) not in candidates:
                continue
            alive.add(id(obj))
            work.extend(self.references(obj.value))
        return {key: obj for key, obj in candidates.items() if key not in alive}

    def collect_once(self):
        candidates = {k: o for k, o in self.objects.items() if o.type is not None and is_cyclic(o.type)}
        dead = self.unreferred(candidates)
        if not dead:
            return
        for obj in dead.values():
            obj.gone = True
            obj.count += 1  # held
        error = None
        in_order = sorted(dead.values(), key=lambda obj: obj.stamp)
        owned = {id(target) for obj in dead.values() for target in self.owned_buffers(obj.value)}
        for obj in in_order:
            if id(obj) not in owned and not obj.finalised:
                try:
                    self.finalise(obj)
                except RuntimeFailure as failure:
                    error = error or failure
        for obj in dead.values():
            obj.count -= 1
        rest = self.unreferred({key: obj for key, obj in dead.items() if not obj.dying})
        for obj in rest.values():
            obj.dying = True
            self.objects.pop(id(obj), None)
        for obj in in_order:
            if id(obj) in rest:
                try:
                    self.die_in(Ref(obj), True)
                except RuntimeFailure as failure:
                    error = error or failure
        if error:
            raise error

    def finalise(self, obj):
        obj.finalised = True
        value = obj.value
        error = None
        if isinstance(value, list):  # the buffer of an array that is itself part of a cycle
            for i, part in enumerate(list(value)):
                if part is not EMPTY and holds_drop(obj.type.elem):
                    try:
                        self.die_in(Ref(obj, (i,)))
                    except RuntimeFailure as failure:
                        error = error or failure
        if isinstance(value, list) and error:
            raise error
        if not isinstance(value, Agg):
            return
        if value.type.drop:
            try:
                self.run_drop(value.type, Ref(obj))
            except RuntimeFailure as failure:
                error = failure
        for i, part in enumerate(list(value.parts)):
            if part is not EMPTY and holds_drop(value.type.part_type(value.tag, i)):
                try:
                    self.die_in(Ref(obj, (i,)))
                except RuntimeFailure as failure:
                    error = error or failure
        if error:
            raise error

    # ---- printing

    def show(self, value, type_, inside=()):
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, str)):
            return str(value)
        if value is EMPTY:
            self.fail("use after move")
        if isinstance(value, Ref):
            key = (id(value.obj), value.path)
            if key in inside:
                return "…"
            return self.show(self.get(value), type_.elem, inside + (key,))
        if isinstance(value, Owner):
            if isinstance(value.obj.value, list):
                return "[" + ", ".join(self.show(v, type_.elem, inside) for v in value.obj.value) + "]"
            return self.show(value.obj.value, type_.elem, inside)
        parts = [self.show(v, type_.part_type(value.tag, i), inside) for i, v in enumerate(value.parts)]
        return type_.shown(value.tag, parts)
