"""Programs of the project with something wrong in them: a token lost, doubled, exchanged or put elsewhere."""

import glob
import os
import random
import re

from . import tool

TOKEN = re.compile(r"\s+|//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|\w+|.", re.DOTALL)


def sources(frozen):
    """What mutates: everything small that is a program; if frozen, what does not change with every test."""
    found = []
    for pattern in ("tests/seed/*.ng" if frozen else "tests/*/*.ng", "examples/ng/*.ng"):
        found += glob.glob(os.path.join(tool.ROOT, pattern))
    return sorted(path for path in found if os.path.getsize(path) < 6000)


def mutate(text, rng, others):
    tokens = TOKEN.findall(text)
    places = [i for i, token in enumerate(tokens) if not token.isspace() and not token.startswith("//")]
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = rng.choice(places)
        kind = rng.randrange(6)
        if kind == 0:
            tokens[at] = ""
        elif kind == 1:
            tokens[at] = tokens[at] + " " + tokens[at]
        elif kind == 2:
            other = rng.choice(places)
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif kind == 3:
            tokens[at] = tokens[rng.choice(places)]
        elif kind == 4:
            tokens[at] = " " + rng.choice(others) + " "
        else:
            end = min(len(tokens), at + rng.randint(1, 12))
            tokens[at:end] = [""] * (end - at)
    return "".join(tokens)


WORDS = ["move", "ref", "new", "null", "self", "Self", "val", "fun", "type", "impl", "Drop", "switch", "case",
         "otherwise", "loop", "next", "break", "return", "if", "else", "{", "}", "(", ")", "[", "]", "<", ">", "=",
         "<<", ".", ",", ";", ":", "*", "+", "&&", "as", "is", "in", "...", "..", "=>", "->", "0", "1", "-1", '"s"',
         "true", "i32", "string", "ref<Self>", "box", "weak", "take", "swap", "replace", "drop", "len", "print",
         "Weak<i32>", "Box<string>", "[i32]", "(i32, string)", "upgrade", "clone", "derive(Copy)", "derive(Clone)"]


def write(number, path, frozen):
    """Writes mutation `number`; gives the name of what it was made of."""
    rng = random.Random(number)
    origin = rng.choice(sources(frozen))
    with open(origin, encoding="utf-8", errors="surrogateescape") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(mutate(text, rng, WORDS))
    return os.path.relpath(origin, tool.ROOT)
