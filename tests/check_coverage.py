#!/usr/bin/env python3
"""Every rule of rules.txt and every kind of diagnostic has a test.

A rule is tested by a test program or a unit test that names it in a comment `// rules: O-LIFE-1`. A kind
of diagnostic is tested by a test program (or one of lib/inputs.py) of which it is reported.
"""

import argparse
import concurrent.futures
import glob
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import expectations, inputs, tool  # noqa: E402

TESTS = os.path.join(tool.ROOT, "tests")


def tested_rules():
    found = set()
    programs = glob.glob(os.path.join(TESTS, "*", "*.ng"))
    for path in programs + glob.glob(os.path.join(TESTS, "unit", "*", "*.cpp")):
        found.update(expectations.load(path).rules)
    return found


def known_rules():
    with open(os.path.join(TESTS, "rules.txt"), encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def known_kinds():
    with open(os.path.join(tool.ROOT, "src/base/diagnostics.def"), encoding="utf-8") as file:
        return re.findall(r"^DIAG\((\w+),", file.read(), re.MULTILINE)


def kinds_of(tenure, path):
    _, found = tool.diagnostics(tenure, path)
    return {row["kind"] for row in found or []}


def tested_kinds(tenure):
    """Error tests, tests that expect a warning, and the small ones of the bad inputs."""
    programs = []
    for path in glob.glob(os.path.join(TESTS, "*", "*.ng")):
        if os.path.basename(path).startswith("fail_") or expectations.load(path).texts("warning"):
            programs.append(path)
    with tempfile.TemporaryDirectory(prefix="tenure-kinds-") as folder:
        programs.extend(case.path for case in inputs.write_all(folder, heavy=False))
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            return set().union(*pool.map(lambda path: kinds_of(tenure, path), programs))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    tenure = os.path.join(os.path.abspath(arguments.build), "bin", "tenure")
    failed = 0

    def check(known, tested, what):
        nonlocal failed
        for name in known:
            failed += name not in tested
            print(f"ok {what} {name}" if name in tested else f"FAIL {what} {name}: no test")

    rules = tested_rules()
    check(known_rules(), rules, "rule")
    unknown = sorted(rules - set(known_rules()))
    failed += bool(unknown)
    print(f"FAIL rules of tests: no such rule: {', '.join(unknown)}" if unknown else "ok rules of tests")
    check(known_kinds(), tested_kinds(tenure), "diagnostic")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
