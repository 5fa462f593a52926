#!/usr/bin/env python3
"""What the libraries declare for everybody is documented, in the one form for both languages.

Each file of `lib/` begins with `//!` lines; directly above each public declaration (`export` and the methods of exported
types in NG, `pub` in Tape) stand `///` lines. What NG's modules export is named in `docs/ng-library.md`.
"""

import glob
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

PUBLIC = {
    ".ng": re.compile(r"export (?:fun|type|val|trait|newtype) (?:<[^>]*> )?(\w+)"),
    ".tape": re.compile(r'pub (?:extern\("[^"]*"\) )?(?:fn|const|var|struct|enum|union|error) (\w+)'),
}
EXPORTED_TYPE = re.compile(r"export type .*\{$")
METHOD = re.compile(r"    fun (\w+)")


def declarations(lines, ending):
    """(index of the line, name)"""
    inside = False
    for index, line in enumerate(lines):
        match = PUBLIC[ending].match(line) or (METHOD.match(line) if inside else None)
        if match:
            yield index, match.group(1)
        if EXPORTED_TYPE.match(line):
            inside = True
        elif line == "}":
            inside = False


def problems_of(path, page):
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    ending = os.path.splitext(path)[1]
    if not lines[0].startswith("//! "):
        yield "does not begin with `//!` lines"
    for index, name in declarations(lines, ending):
        if not lines[index - 1].strip().startswith("/// "):
            yield f"line {index + 1}: `{name}` has no `///` lines"
        if ending == ".ng" and not re.search(r"\b" + name + r"\b", page):
            yield f"`{name}` is not in docs/ng-library.md"
    for index, line in enumerate(lines):
        if ending == ".tape" and line.startswith("pub ") and not PUBLIC[ending].match(line):
            yield f"line {index + 1}: what kind of declaration is that?"


def main():
    with open(os.path.join(tool.ROOT, "docs/ng-library.md"), encoding="utf-8") as file:
        page = file.read()
    paths = [p for ending in PUBLIC for p in glob.glob(f"lib/**/*{ending}", root_dir=tool.ROOT, recursive=True)]
    failed = not paths
    for path in sorted(paths):
        problems = list(problems_of(os.path.join(tool.ROOT, path), page))
        failed |= bool(problems)
        print(f"FAIL {path}: {'; '.join(problems[:5])}" if problems else f"ok {path}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
