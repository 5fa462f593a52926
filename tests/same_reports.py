#!/usr/bin/env python3
"""`check`, which makes no bodies of functions that no mistake of ownership can be in, says what the passes say that see all of them.

    tests/same_reports.py [--build DIR] [--first N] [--mutations N] [--all] [FILTER...]

Every program of tests/ and examples/ goes through `check` and through `oir`, which makes everything (and compares what could have been left out
with what was said of it: src/oir/outline.h). Then mutations of these programs that are made to have mistakes of ownership: a `move` put in or taken
out, a line doubled, lost or put elsewhere. By default of programs that do not change with every test; with --all of all.
"""

import argparse
import concurrent.futures
import glob
import os
import random
import re
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

NAME = re.compile(r"(?<![\w.\"])[a-z]\w*(?=\s*[,);.])")
MOVE = re.compile(r"\bmove ")


def programs(patterns):
    found = []
    for pattern in patterns:
        found += glob.glob(os.path.join(tool.ROOT, pattern), recursive=True)
    return sorted(path for path in found if path.endswith((".ng", ".tape")))


def mutate(text, rng):
    lines = text.split("\n")
    for _ in range(rng.choice((1, 1, 2, 3))):
        at = rng.randrange(len(lines))
        kind = rng.randrange(6)
        if kind <= 2:
            names = [(i, m) for i, line in enumerate(lines) if not line.startswith("//") for m in NAME.finditer(line)]
            if names:
                i, name = rng.choice(names)
                lines[i] = lines[i][: name.start()] + "move " + lines[i][name.start() :]
        elif kind == 3:
            lines.insert(at, lines[at])
        elif kind == 4:
            other = rng.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        else:
            with_move = [i for i, line in enumerate(lines) if MOVE.search(line)]
            if with_move:
                i = rng.choice(with_move)
                lines[i] = MOVE.sub("", lines[i], count=1)
    return "\n".join(lines)


def reports(tenure, command, path):
    outcome = tool.run([tenure, *command, "--plain", path], timeout=60)
    if outcome.timed_out or outcome.code not in (0, 1) or "internal error" in outcome.err:
        return outcome, f"{command[0]}: exit code {outcome.code}: {outcome.err[-500:]!r}"
    return outcome, None


def problem_of(tenure, path):
    """What is wrong, and whether a mistake of ownership was found."""
    checked, problem = reports(tenure, ["check"], path)
    made, other = reports(tenure, ["oir", "--after=lower"], path)
    if problem or other:
        return problem or other
    if (checked.code, checked.err) != (made.code, made.err):
        return f"`check` says {checked.err[:600]!r}, `oir` {made.err[:600]!r}"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--mutations", type=int, default=200)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("filters", nargs="*")
    arguments = parser.parse_args()
    tenure = os.path.join(os.path.abspath(arguments.build), "bin", "tenure")
    failed = 0

    def report(name, problem):
        nonlocal failed
        failed += problem is not None
        print(f"FAIL {name}: {problem}" if problem else f"ok {name}", flush=True)

    def is_wanted(path):
        return not arguments.filters or any(word in path for word in arguments.filters)

    paths = [path for path in programs(["tests/**", "examples/**"]) if is_wanted(path)]
    frozen = programs(["tests/seed/*", "examples/*/*"])
    origins = [path for path in (paths if arguments.all else frozen) if is_wanted(path) and os.path.getsize(path) < 8000]
    with tempfile.TemporaryDirectory(prefix="tenure-reports-") as folder, \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, problem in zip(paths, pool.map(lambda path: problem_of(tenure, path), paths)):
            report(os.path.relpath(path, tool.ROOT), problem)

        def mutation(number):
            rng = random.Random(number)
            origin = rng.choice(origins)
            with open(origin, encoding="utf-8", errors="surrogateescape") as file:
                text = mutate(file.read(), rng)
            path = os.path.join(folder, f"mutation{number}{os.path.splitext(origin)[1]}")
            with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(text)
            return number, origin, problem_of(tenure, path)

        numbers = range(arguments.first, arguments.first + arguments.mutations) if origins else ()
        for number, origin, problem in pool.map(mutation, numbers):
            report(f"mutation {number}", problem and f"of {os.path.relpath(origin, tool.ROOT)}: {problem}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
