"""Types of generated NG programs and what the rules say of them."""


class Type:
    """kind: int, bool, string, struct, tuple, fixed, array, union, ref, weak, box."""

    def __init__(self, kind, text, elem=None, size=0, fields=(), variants=()):
        self.kind = kind
        self.text = text
        self.elem = elem
        self.size = size
        self.fields = list(fields)  # (name, type)
        self.variants = list(variants)  # (name, [(name, type)])
        self.drop = None  # a function of the program
        self.methods = []

    def parts(self):
        """Types of the parts held by value, elements included."""
        if self.kind in ("struct", "tuple"):
            return [t for _, t in self.fields]
        if self.kind == "union":
            return [t for _, fields in self.variants for _, t in fields]
        if self.kind in ("fixed", "array", "box"):
            return [self.elem]
        return []

    def part_type(self, tag, index):
        if self.kind == "fixed":
            return self.elem
        if self.kind == "union":
            return self.variants[tag][1][index][1]
        return self.fields[index][1]

    @property
    def move_only(self):
        return self.kind == "box" or self.drop is not None or any(p.move_only for p in self.parts())

    @property
    def plain(self):
        if self.kind in ("int", "bool"):
            return True
        if self.kind in ("string", "array", "box", "ref", "weak"):
            return False
        return self.drop is None and all(p.plain for p in self.parts())

    def shown(self, tag, parts):
        if self.kind == "struct":
            return "{ " + ", ".join(f"{n}: {p}" for (n, _), p in zip(self.fields, parts)) + " }"
        if self.kind == "tuple":
            return "(" + ", ".join(parts) + ")"
        if self.kind == "fixed":
            return "[" + ", ".join(parts) + "]"
        name = self.variants[tag][0]
        return f"{name}({', '.join(parts)})" if parts else name


INT = Type("int", "i32")
BOOL = Type("bool", "bool")
STRING = Type("string", "string")
_made = {}


def _once(kind, text, **rest):
    if text not in _made:
        _made[text] = Type(kind, text, **rest)
    return _made[text]


def forget_types():
    """Names mean something else in the next program."""
    _made.clear()


def ref_to(elem):
    return _once("ref", f"ref<{elem.text}>", elem=elem)


def weak_of(elem):
    return _once("weak", f"Weak<{elem.text}>", elem=elem)


def box_of(elem):
    return _once("box", f"Box<{elem.text}>", elem=elem)


def array_of(elem):
    return _once("array", f"[{elem.text}]", elem=elem)


def fixed_of(elem, size):
    return _once("fixed", f"[{elem.text}; {size}]", elem=elem, size=size)


def tuple_of(elems):
    text = "(" + ", ".join(t.text for t in elems) + ")"
    return _once("tuple", text, fields=[(str(i), t) for i, t in enumerate(elems)])


def holds_drop(type_):
    """A value of it has, or holds by value, a drop."""
    return type_.drop is not None or any(holds_drop(p) for p in type_.parts())


def _reached(type_, seen):
    work = [type_]
    while work:
        at = work.pop()
        for part in at.parts() + ([at.elem] if at.kind == "ref" else []):
            if part.text not in seen:
                seen[part.text] = part
                work.append(part)
    return seen


def is_cyclic(type_):
    """Following parts and references leads back to it; a reference to a part leads to every whole."""
    seen = _reached(type_, {})
    if type_.text in seen:
        return True
    inner = _reached(type_, {})

    def by_value(t, found):
        for part in t.parts():
            if part.text not in found:
                found.add(part.text)
                by_value(part, found)
        return found

    parts = by_value(type_, set())
    return any(t.kind == "ref" and t.elem.text in parts for t in inner.values())
