#!/usr/bin/env python3
"""Random programs, run by the compiler and by an independent evaluator of the ownership rules.

    tests/random_programs.py [--build DIR] [--first SEED] [--count N] [--all] [--keep DIR]

Each seed gives one program of NG (lib/ng_generator.py) and one of Tape (lib/tape_generator.py), and what it must
print, its exit code and its run-time errors (lib/ng_model.py). Every program runs in the interpreter at -O0 and in the JIT at -O2; with --all, and
for every 16th, at the other levels and with --gc-stress too. The drop traces (without positions) must be the
same everywhere. --keep leaves the programs that failed in a folder.

Then mutations: programs with a token lost, doubled or exchanged. `check` may say what it likes about them, but
in order; what it accepts must do the same in both engines. By default a few of the seed's programs and the
examples, which do not change with every test; with --mutations N, N of all tests too.
"""

import argparse
import concurrent.futures
import os
import re
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import ng_mutations, tape_generator, tool  # noqa: E402
from lib.ng_generator import Generator  # noqa: E402
from lib.ng_model import Machine, TooLong  # noqa: E402
from lib.ng_places import Retry  # noqa: E402

TRACE = re.compile(r"(?:.*: )?(drop \w.*: [a-z- ]+|defer: defer)$")
FEW = (("interp", 0, 0), ("jit", 2, 0))
REST = (("interp", 2, 1), ("jit", 0, 1), ("jit", 2, 1))
making = threading.Lock()  # types have names, and there is one table of them


def make_tape(seed):
    try:
        return tape_generator.Generator(seed).make()
    except (tape_generator.TooLong, RecursionError):
        return None


def make_ng(seed):
    """(source, machine, exit code), or None where the generator came to no end."""
    with making:
        try:
            program = Generator(seed).make()
            machine = Machine()
            code = program.run(machine)
            return program.source(), machine, code
        except (Retry, TooLong, RecursionError):
            return None


def run(tenure, path, engine, level, stress):
    command = [tenure, "run", f"--engine={engine}", f"-O{level}", "--plain", "--trace-drops", "--leak-check",
               "--check=3"]
    return tool.run(command + ([f"--gc-stress={stress}"] if stress else []) + [path], timeout=60)


def difference(outcome, machine, code):
    if outcome.timed_out:
        return "not finished after 60 seconds"
    if outcome.crashed:
        return f"crashed with code {outcome.code}: {outcome.err[-300:]!r}"
    if outcome.code == 1:
        return f"refused: {outcome.err[:300]!r}"
    lines = outcome.out.split("\n")[:-1]
    for i in range(max(len(lines), len(machine.output))):
        if lines[i : i + 1] != machine.output[i : i + 1]:
            return f"line {i + 1} of the output is {lines[i : i + 1]}, not {machine.output[i : i + 1]}"
    if outcome.code != code:
        return f"exit code {outcome.code}, not {code}: {outcome.err[-200:]!r}"
    errors = [line for line in outcome.err.split("\n") if "runtime error: " in line]
    if len(errors) != len(machine.failures) or any(p not in e for p, e in zip(machine.failures, errors)):
        return f"run-time errors {errors}, not {machine.failures}"
    return None


LANGUAGES = {".ng": make_ng, ".tape": make_tape}


def problem_of(tenure, folder, ending, seed, configurations):
    made = LANGUAGES[ending](seed)
    if made is None:
        return None
    source, machine, code = made
    path = os.path.join(folder, f"{seed}{ending}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source + "".join(f"// {line}\n" for line in [f"exit {code}"] + machine.output))
    first = None
    for configuration in configurations:
        outcome = run(tenure, path, *configuration)
        label = "{} -O{}{}".format(*configuration[:2], " stressed" if configuration[2] else "")
        problem = difference(outcome, machine, code)
        if problem:
            return f"{label}: {problem}"
        trace = [m.group(1) for m in map(TRACE.match, outcome.err.split("\n")) if m]
        if first is None:
            first = trace
        elif trace != first:
            return f"{label}: another drop trace than in the interpreter"
    os.unlink(path)
    return None


FROZEN_MUTATIONS = 150


def run_problem(tenure, path):
    """What is wrong with the run of a program that was accepted, whatever it does."""
    outcomes = []
    for options in (["--engine=interp", "-O0", "--check=3"], ["--engine=jit", "-O2"]):
        command = [tenure, "run", *options, "--plain", "--trace-drops", "--leak-check", path]
        outcome = tool.run(command, timeout=5, data_mb=1000)
        endless = outcome.timed_out or "out of memory" in outcome.err
        if outcome.crashed or "internal error" in outcome.err:
            return f"{options[0]}: crashed with code {outcome.code}: {outcome.err[-300:]!r}"
        outcomes.append((endless, outcome.code, outcome.out, outcome.err))
    if any(endless for endless, *_ in outcomes) or outcomes[0] == outcomes[1]:
        return None
    return f"the engines differ: {outcomes[0]!r:.600}, {outcomes[1]!r:.600}"


def mutation_problem(tenure, path):
    outcome = tool.run([tenure, "check", "--plain", path], timeout=20)
    if outcome.timed_out:
        return "no answer after 20 seconds"
    if outcome.code not in (0, 1) or "internal error" in outcome.err:
        return f"exit code {outcome.code}: {outcome.err[-300:]!r}"
    errors = " error: " in outcome.err
    if errors != (outcome.code == 1):
        return f"exit code {outcome.code} with {'an' if errors else 'no'} error"
    return None if errors else run_problem(tenure, path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--first", type=int, default=20)
    parser.add_argument("--count", type=int, default=80)
    parser.add_argument("--mutations", type=int)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    tenure = os.path.join(os.path.abspath(arguments.build), "bin", "tenure")
    failed = 0

    def report(name, problem):
        nonlocal failed
        failed += problem is not None
        print(f"FAIL {name}: {problem}" if problem else f"ok {name}", flush=True)

    with tempfile.TemporaryDirectory(prefix="tenure-random-") as folder, \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        kept = arguments.keep or folder
        os.makedirs(kept, exist_ok=True)

        def program(which):
            ending, seed = which
            every = FEW + REST if arguments.all or seed % 16 == 0 else FEW
            return f"program {seed}{ending}", problem_of(tenure, kept, ending, seed, every)

        seeds = range(arguments.first, arguments.first + arguments.count)
        for name, problem in pool.map(program, ((ending, seed) for ending in LANGUAGES for seed in seeds)):
            report(name, problem)

        def mutation(number):
            path = os.path.join(folder, f"mutation{number}.ng")
            origin = ng_mutations.write(number, path, frozen)
            return number, origin, mutation_problem(tenure, path)

        frozen = arguments.mutations is None
        first = 0 if frozen else arguments.first
        numbers = range(first, first + (FROZEN_MUTATIONS if frozen else arguments.mutations))
        for number, origin, problem in pool.map(mutation, numbers):
            report(f"mutation {number}", problem and f"of {origin}: {problem}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
