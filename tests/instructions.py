#!/usr/bin/env python3
"""How many instructions a few programs of bench/ execute, under callgrind, compared with recorded numbers.

Time on a shared machine is noise; this is not. More than 3 % above what tests/instructions.json says is a failure. `./dev record`
writes what is found now: after an improvement, or when a rise is wanted and its commit says why.
"""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

RECORD = os.path.join(tool.ROOT, "tests", "instructions.json")
MOST_MORE = 0.03
# Each some ten million instructions: enough that the start of a process does not count, little enough for callgrind.
PROGRAMS = (("memory/trees/trees.ng", "11"), ("perceus/rbtree/rbtree.ng", "10000"), ("perceus/rbtree_ck/rbtree_ck.ng", "10000"),
            ("perceus/deriv/deriv.ng", "6"), ("perceus/nqueens/nqueens.ng", "8"), ("perceus/cfold/cfold.ng", "13"),
            ("data/list/list.ng", "100000"), ("data/map/map.ng", "10000"), ("data/sort/sort.ng", "10000"),
            ("cycles/graph/graph.ng", "200 10000 100"), ("numeric/nbody/nbody.ng", "10000"), ("numeric/nbody/nbody.tape", "10000"),
            ("numeric/spectral/spectral.ng", "100"), ("numeric/fib/fib.ng", "26"), ("numeric/fib/fib.tape", "26"))


def count(tenure, folder, file, arguments):
    """How many instructions, or a message."""
    program = os.path.join(folder, re.sub(r"\W", "_", file))
    built = tool.run([tenure, "build", "-O2", os.path.join(tool.ROOT, "bench", file), "-o", program])
    if built.code != 0:
        return f"it does not build: {built.err[:200]}"
    # Nothing of this process's environment reaches the program, whose start walks through it.
    done = tool.run(["env", "-i", "PATH=/usr/bin:/bin", "valgrind", "--tool=callgrind", f"--callgrind-out-file={program}.callgrind",
                     program, *arguments.split()], timeout=100)
    found = re.search(r"Collected : (\d+)", done.err)
    return int(found.group(1)) if done.code == 0 and found else f"ended with {done.code}: {done.err[-200:]}"


def compare(name, found, recorded):
    """What is wrong, or None; and the name with the numbers."""
    if isinstance(found, str):
        return found, name
    if recorded is None:
        return "nothing is recorded: ./dev record", name
    change = found / recorded - 1
    title = f"{name} ({found:,} instructions, {change * 100:+.1f} %)"
    if change > MOST_MORE:
        return f"{found:,} instructions, {change * 100:.1f} % more than the {recorded:,} recorded", name
    return None, title


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(tool.ROOT, "build"))
    parser.add_argument("--record", action="store_true", help="write what is found")
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("ok left out: valgrind is not there")
        return 0
    tenure = os.path.join(os.path.abspath(options.build), "bin", "tenure")
    with tempfile.TemporaryDirectory(prefix="tenure-instructions-") as folder:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            counts = list(pool.map(lambda program: count(tenure, folder, *program), PROGRAMS))
    found = dict(zip((f"{file} {arguments}" for file, arguments in PROGRAMS), counts))
    if options.record:
        wrong = {name: n for name, n in found.items() if isinstance(n, str)}
        for name, message in wrong.items():
            print(f"FAIL {name}: {message}")
        if not wrong:
            with open(RECORD, "w", encoding="utf-8") as file:
                file.write(json.dumps(found, indent=2) + "\n")
        return 1 if wrong else 0
    with open(RECORD, encoding="utf-8") as file:
        recorded = json.load(file)
    failed = False
    for name, number in found.items():
        problem, title = compare(name, number, recorded.get(name))
        failed = failed or problem is not None
        print(f"FAIL {title}: {problem}".replace("\n", " ") if problem else f"ok {title}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
