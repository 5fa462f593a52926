"""Generated programs whose optimised runs must do what the unoptimised one does."""

import argparse
import os
import tempfile

from lib import tool
from lib.program_test import OPTIMISATIONS

SECONDS = 30  # of processor time; a program takes some hundredths


def run(tenure, path, *options):
    found = tool.run([tenure, "run", "--plain", "--leak-check", *options, path], timeout=SECONDS)
    return found.code, found.out, f"no end after {SECONDS} s" if found.timed_out else found.err


def problem_of(tenure, seed, path, failures):
    """What is wrong with the program at `path`, or None. It may fail at run time with one of `failures`."""
    expected = run(tenure, path, "--engine=interp", "-O0", "--check=2")
    fails_well = expected[0] == 101 and any(failure in expected[2] for failure in failures)
    if expected[0] != 0 and not fails_well:
        return f"unoptimised: exit code {expected[0]}: {expected[2][-300:]}"
    left_out = "-" + OPTIMISATIONS[seed % len(OPTIMISATIONS)]
    for options in (["--engine=interp", "-O2", "--check=3"], ["--engine=jit", "-O2", "--check=2"],
                    ["--engine=interp", "-O2", "--check=2", f"--opt={left_out}", "--gc-stress=7"]):
        found = run(tenure, path, *options)
        if found != expected:
            return f"{' '.join(options)}: {found[0]} {found[2][-300:]!r}; expected {expected[0]} {expected[2][-300:]!r}"
    return None


def main(what, name, program_of, failures):
    """Runs the programs that `program_of(seed)` gives. `name`: of the files that are kept. Gives the exit code."""
    parser = argparse.ArgumentParser(description=f"Generated programs of {what}, with and without optimisations.")
    parser.add_argument("--build", default=os.path.join(tool.ROOT, "build"))
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--keep", help="where programs that fail are left")
    options = parser.parse_args()
    tenure = os.path.join(os.path.abspath(options.build), "bin", "tenure")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"{name}.ng")
        for seed in range(options.first, options.first + options.count):
            with open(path, "w", encoding="ascii") as file:
                file.write(program_of(seed))
            problem = problem_of(tenure, seed, path, failures)
            if problem is None:
                print(f"ok seed {seed}")
                continue
            failed += 1
            print(f"FAIL seed {seed}: {problem}")
            if options.keep:
                os.makedirs(options.keep, exist_ok=True)
                os.replace(path, os.path.join(options.keep, f"{name}{seed}.ng"))
    print(f"{options.count - failed} passed, {failed} failed")
    return 1 if failed else 0
