#!/usr/bin/env python3
"""The test runner: every test program, every unit test, every check by script.

Prints a line for each test that fails, and at the end `N passed, M failed`; exit code 1 if any failed.
A file of tests/<area>/, tests/tape/<area>/ or examples/<language>/ is one test (tests/lib/program_test.py says what is done with
it), a GoogleTest case is one, a line of a check script is one.

    tests/run.py [--build DIR] [--update] [--jobs N] [--engines interp,jit,aot] [--all-opts] [FILTER...]

FILTER: a part of the name; only tests that contain one of them run. With --update the expectations of
test programs are rewritten to what is found; read the diff before you commit it.
"""

import argparse
import concurrent.futures
import glob
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402
from lib.program_test import Failure, ProgramTest  # noqa: E402

SCRIPTS = ("check_includes.py", "check_bench.py", "check_coverage.py", "check_documents.py", "check_library.py", "bad_input.py",
           "cache.py", "command_line.py", "counters.py", "debugger.py", "function_order.py", "instructions.py",
           "killed_store.py", "large_programs.py", "many_instances.py", "parallel_check.py", "random_numbers.py",
           "random_programs.py", "random_texts.py", "random_trees.py", "same_reports.py", "small_stack.py")


def known_failures():
    """Promises that do not hold yet: the first word of each line of known_failures.txt names a test."""
    path = os.path.join(tool.ROOT, "tests", "known_failures.txt")
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as file:
        return {line.split()[0] for line in file if line.strip() and not line.startswith("#")}


class Report:
    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.known = 0
        self.listed = known_failures()

    def add(self, name, problem, note=""):
        listed = name.split(" (")[0] in self.listed
        if listed and problem is not None:
            self.known += 1
            print(f"KNOWN {name}: {problem}{note}", flush=True)
        elif listed:
            self.failed += 1
            print(f"FAIL {name}: it passes; take it off tests/known_failures.txt", flush=True)
        elif problem is None:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {name}: {problem}{note}", flush=True)


def run_program(path, tenure, arguments):
    try:
        test = ProgramTest(path, tenure, arguments.update, arguments.engines.split(","),
                           arguments.all_opts)
        test.run()
        return [(os.path.relpath(path, tool.ROOT), None)]
    except Failure as failure:
        title = test.expected.title
        return [(f"{os.path.relpath(path, tool.ROOT)} ({title})", str(failure))]
    except Exception as error:  # a broken test must not stop the others
        return [(os.path.relpath(path, tool.ROOT), f"the test itself is broken: {error!r}")]


def run_unit(binary):
    """Each GoogleTest case; a binary that does not come to its end is one more that failed."""
    name = os.path.basename(binary)
    with tempfile.NamedTemporaryFile(suffix=".json") as result:
        outcome = tool.run([binary, f"--gtest_output=json:{result.name}"], timeout=600)
        try:
            suites = json.load(result)["testsuites"]
        except ValueError:
            last = outcome.out.strip().split("\n")[-1]
            problem = f"ended with code {outcome.code} after: {last} {outcome.err[-300:]!r}"
            return [(name, "not finished in time" if outcome.timed_out else problem)]
    rows = []
    for suite in suites:
        for case in suite["testsuite"]:
            failures = case.get("failures", [])
            text = " ".join(failures[0]["failure"].split())[:300] if failures else None
            rows.append((f"{name}: {suite['name']}.{case['name']}", text))
    if outcome.code not in (0, 1):
        rows.append((name, f"ended with code {outcome.code}: {outcome.err[-300:]!r}"))
    return rows


def run_script(path, build):
    """Lines `ok NAME` and `FAIL NAME: WHY`."""
    name = os.path.basename(path)
    done = subprocess.run([sys.executable, path, "--build", build], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tool.ROOT)
    rows = []
    for line in done.stdout.split("\n"):
        if line.startswith("ok "):
            rows.append((f"{name}: {line[3:]}", None))
        elif line.startswith("FAIL "):
            check, _, why = line[5:].partition(": ")
            rows.append((f"{name}: {check}", why or "failed"))
    failed = any(problem for _, problem in rows)
    if not rows or (done.returncode != 0 and not failed):
        rows.append((name, f"ended with code {done.returncode}: {done.stderr[-300:]!r}"))
    return rows


def large_examples():
    """examples/<language>/NAME/NAME.ng: a program with files of its own, its input and its output among them."""
    found = []
    for folder in sorted(glob.glob(os.path.join(tool.ROOT, "examples/*/*/"))):
        name = os.path.basename(os.path.dirname(folder))
        found += [path for path in (folder + name + ".ng", folder + name + ".tape") if os.path.exists(path)]
    return found


def collect(arguments):
    """(name, function) of everything there is to run, what takes long first."""
    tenure = os.path.join(arguments.build, "bin", "tenure")
    jobs = []
    if not arguments.update:
        for script in SCRIPTS:
            path = os.path.join(tool.ROOT, "tests", script)
            jobs.append((script, lambda path=path: run_script(path, arguments.build)))
        for binary in sorted(glob.glob(os.path.join(arguments.build, "bin", "test_*"))):
            name = os.path.basename(binary)
            jobs.append((name, lambda binary=binary: run_unit(binary)))
    patterns = ("tests/*/*.ng", "tests/tape/*/*.tape", "examples/ng/*.ng", "examples/tape/*.tape")
    paths = [path for pattern in patterns for path in sorted(glob.glob(os.path.join(tool.ROOT, pattern)))]
    for path in paths + large_examples():
        name = os.path.relpath(path, tool.ROOT)
        jobs.append((name, lambda path=path: run_program(path, tenure, arguments)))
    if arguments.filters:
        jobs = [job for job in jobs if any(word in job[0] for word in arguments.filters)]
    return tenure, jobs


def main():
    parser = argparse.ArgumentParser(description="Runs the tests.")
    parser.add_argument("--build", default=os.path.join(tool.ROOT, "build"))
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--engines", default="interp,jit,aot")
    parser.add_argument("--all-opts", action="store_true", help="each optimisation left out in turn, in each test")
    parser.add_argument("filters", nargs="*")
    arguments = parser.parse_args()
    arguments.build = os.path.abspath(arguments.build)
    tenure, jobs = collect(arguments)
    report = Report()
    if not os.path.exists(tenure):
        report.add("build", f"{tenure} does not exist")
    started = time.time()
    done = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=arguments.jobs) as pool:
        futures = [pool.submit(job) for _, job in jobs]
        for future in concurrent.futures.as_completed(futures):
            for name, problem in future.result():
                report.add(name, problem)
            done += 1
            if done % 25 == 0:
                print(f"... {done} of {len(jobs)} after {time.time() - started:.0f} s", flush=True)
    if not jobs:
        report.add("run.py", "no test has such a name")
    if report.known:
        print(f"{report.known} promises of tests/known_failures.txt do not hold yet")
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
