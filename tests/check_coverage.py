#!/usr/bin/env python3
"""Every rule of rules.txt, every kind of diagnostic and every kind of fact has a test.

A rule is tested by a test program or a unit test that names it in a comment `// rules: O-LIFE-1`; one of
them is named after it, `o_life_1_…` or `fail_o_life_1_…`. A kind of diagnostic is tested by a test program
(or one of lib/inputs.py) of which it is reported, a kind of fact by an expected output of `tenure explain`.
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


def programs():
    """The test programs of both languages."""
    return glob.glob(os.path.join(TESTS, "*", "*.ng")) + glob.glob(os.path.join(TESTS, "tape", "*", "*.tape"))


NAMED = re.compile(r"(?:fail_)?(o_[a-z]+_\d+)_")


def tested_rules():
    """The rules that tests name in their comments, and those of them whose test is named after them."""
    found = set()
    named = set()
    for path in programs() + glob.glob(os.path.join(TESTS, "unit", "*", "*.cpp")):
        rules = expectations.load(path).rules
        found.update(rules)
        match = NAMED.match(os.path.basename(path))
        rule = match.group(1).upper().replace("_", "-") if match else None
        if rule in rules:
            named.add(rule)
        elif rule:
            found.add(f"{rule} (of which {os.path.basename(path)} says nothing)")
    return found, named


def known_rules():
    with open(os.path.join(TESTS, "rules.txt"), encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def known_kinds():
    with open(os.path.join(tool.ROOT, "src/base/diagnostics.def"), encoding="utf-8") as file:
        return re.findall(r"^DIAG\((\w+),", file.read(), re.MULTILINE)


def known_facts():
    """Pairs of a kind of fact and the words that `tenure explain` opens its row with."""
    with open(os.path.join(tool.ROOT, "src/oir/facts.def"), encoding="utf-8") as file:
        return re.findall(r'^FACT\((\w+), "([^"]+)"\)', file.read(), re.MULTILINE)


def tested_facts():
    rows = set()
    for path in glob.glob(os.path.join(TESTS, "explain", "*.expected")):
        with open(path, encoding="utf-8") as file:
            rows.update(re.findall(r"^  │ ([a-z ]+) `", file.read(), re.MULTILINE))
    return {kind for kind, words in known_facts() if words in rows}


def kinds_of(tenure, path):
    fails = os.path.basename(path).startswith("fail_")
    command = expectations.load(path).failing_command if fails else "check"
    _, found = tool.diagnostics(tenure, path, command=command)
    return {row["kind"] for row in found or []}


def tested_kinds(tenure):
    """Error tests, tests that expect a warning, and the small ones of the bad inputs."""
    reported = []
    for path in programs():
        if os.path.basename(path).startswith("fail_") or expectations.load(path).texts("warning"):
            reported.append(path)
    with tempfile.TemporaryDirectory(prefix="tenure-kinds-") as folder:
        reported.extend(case.path for case in inputs.write_all(folder, heavy=False))
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            return set().union(*pool.map(lambda path: kinds_of(tenure, path), reported))


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

    rules, named = tested_rules()
    check(known_rules(), rules, "rule")
    check(known_rules(), named, "test named after rule")
    unknown = sorted(rules - set(known_rules()))
    failed += bool(unknown)
    print(f"FAIL rules of tests: no such rule: {', '.join(unknown)}" if unknown else "ok rules of tests")
    check(known_kinds(), tested_kinds(tenure), "diagnostic")
    check([kind for kind, _ in known_facts()], tested_facts(), "fact")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
