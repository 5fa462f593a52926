#!/usr/bin/env python3
"""What a small program needs of the compiler lies together in it, and the tool that finds out what that is (src/order) says
what it cannot do."""

import argparse
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

WINDOW = 64 << 10  # the system brings that much of a file into memory when a byte of it is touched


def windows_of(program, names):
    """In how many windows the functions begin."""
    table = subprocess.run(["nm", "--defined-only", program], capture_output=True, text=True, check=True).stdout
    places = (line.split() for line in table.splitlines())
    return len({int(place[0], 16) // WINDOW for place in places if place[2] in names and place[1] in "tTwW"})


def lies_together(build, listed):
    names = set(listed)
    if len(names) < 1000 or "main" not in names:
        return f"only {len(names)} functions are in order"
    ordered = windows_of(os.path.join(build, "libexec", "tenure-compiler"), names)
    unordered = windows_of(os.path.join(build, "order", "tenure-compiler"), names)
    return None if ordered * 2 < unordered else f"{ordered} windows instead of {unordered}"


def refuses(order, program, arguments, expected):
    with tempfile.NamedTemporaryFile() as out:
        outcome = tool.run([order, out.name, program, "--", *arguments])
    if outcome.code == 1 and expected in outcome.err:
        return None
    return f"exit code {outcome.code}, {outcome.err[:200]!r}"


def refuses_damaged(order):
    """Given itself: fields of the file header and of the section headers that lead out of it, one after the other."""
    with open(order, "rb") as file:
        whole = bytearray(file.read())
    sections = int.from_bytes(whole[40:48], "little")
    fields = [40, 60, 62]  # where the sections are, how many, which has their names
    for number in range(int.from_bytes(whole[60:62], "little")):
        fields += [sections + 64 * number + at for at in (0, 16, 24, 32, 40)]  # name, address, place, size, link
    with tempfile.TemporaryDirectory() as folder:
        damaged = os.path.join(folder, "damaged")
        for field in fields:
            kept = whole[field : field + 2]
            whole[field : field + 2] = b"\xff\xff"
            with open(damaged, "wb") as file:
                file.write(whole)
            whole[field : field + 2] = kept
            os.chmod(damaged, 0o600)  # what cannot be found out from it is not run
            outcome = tool.run([order, os.path.join(folder, "out"), damaged, "--", "check", "examples/ng/hello.ng"])
            if outcome.crashed or (outcome.code != 0 and not outcome.err.startswith("tenure-order: ")):
                return f"byte {field}: exit code {outcome.code}, {outcome.err[:200]!r}"
    return None


def finds_the_same_again(order, program):
    """One thread, so that there is one way through the program."""
    with tempfile.TemporaryDirectory() as folder:
        lists = []
        for number in range(2):
            out = os.path.join(folder, str(number))
            outcome = tool.run([order, out, program, "--", "check", "examples/ng/hello.ng"])
            if outcome.code != 0:
                return f"exit code {outcome.code}, {outcome.err[:200]!r}"
            with open(out, encoding="utf-8") as file:
                lists.append(file.read().splitlines())
    return None if lists[0] and lists[0] == lists[1] else "it finds other functions"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    build = os.path.abspath(arguments.build)
    order = os.path.join(build, "order", "tenure_order")
    program = os.path.join(build, "order", "tenure-compiler")
    path = os.path.join(build, "order", "functions.txt")
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        print("ok nothing is in order: this build has no lld, is no release, or may not trace")
        return 0
    with open(path, encoding="utf-8") as file:
        listed = file.read().splitlines()
    checks = {
        "what is needed lies together": lies_together(build, listed),
        "the same functions each time": finds_the_same_again(order, program),
        "a program that fails": refuses(order, program, ["check", "nothing.ng"], "ended with 1"),
        "a program that is relocated": refuses(order, "/bin/ls", ["/"], "not an executable at a fixed address"),
        "a damaged program": refuses_damaged(order),
        "no program": refuses(order, "/dev/null", ["/"], "damaged"),
    }
    for name, problem in checks.items():
        print(f"FAIL {name}: {problem}" if problem else f"ok {name}")
    return 1 if any(checks.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
