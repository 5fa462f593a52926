#!/usr/bin/env python3
"""Each room includes only what docs/internals.md lets it include."""

import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# The table of docs/internals.md. "rt": tenure_rt.h, the runtime's one public header.
ALLOWED = {
    "base": {"base"},
    "oir": {"base", "oir"},
    "own": {"base", "oir", "own"},
    "layout": {"base", "oir", "layout", "rt"},
    "ng": {"base", "oir", "ng"},
    "tape": {"base", "oir", "tape"},
    "cross": {"base", "oir", "ng", "tape", "cross"},
    "interp": {"base", "oir", "layout", "interp", "rt"},
    "native": {"base", "oir", "layout", "native", "rt"},
    "explain": {"base", "oir", "explain"},
    "cache": {"cache"},
    "launcher": {"cache", "launcher"},
    "order": {"order"},
    "driver": {"base", "cache", "oir", "own", "layout", "ng", "tape", "cross", "interp", "native", "explain", "driver", "rt"},
}
# Third-party headers by the folder or name that they start with, and who may see them.
THIRD_PARTY = {
    "llvm": {"native"},
    "llvm-c": {"native"},
    "lld": {"native"},
    "clang": set(),
    "CLI": {"driver"},
    "nlohmann": {"base"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def problems_of(path, room):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            header = match.group(2)
            top = header.split("/")[0]
            where = f"{os.path.relpath(path, ROOT)}:{number}"
            if top in THIRD_PARTY and room not in THIRD_PARTY[top]:
                yield f"{where} includes <{header}>"
            elif room == "runtime":
                if top in ALLOWED and "/" in header:
                    yield f"{where}: the runtime includes `{header}` of the compiler"
            elif header == "tenure_rt.h" and "rt" not in ALLOWED[room]:
                yield f"{where}: `{room}` may not include `{header}`"
            elif top in ALLOWED and "/" in header and top not in ALLOWED[room]:
                yield f"{where}: `{room}` may not include `{header}`"
            elif os.path.exists(os.path.join(ROOT, "runtime", header)) and header != "tenure_rt.h":
                yield f"{where}: `{header}` is the runtime's own"


def main():
    failed = 0
    for room in sorted(ALLOWED) + ["runtime"]:
        folder = os.path.join(ROOT, "runtime" if room == "runtime" else f"src/{room}")
        found = []
        for pattern in ("*.h", "*.cpp", "*.def"):
            for path in sorted(glob.glob(os.path.join(folder, "**", pattern), recursive=True)):
                found.extend(problems_of(path, room))
        if found:
            failed += 1
            print(f"FAIL includes of {room}: {'; '.join(found)}")
        else:
            print(f"ok includes of {room}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
