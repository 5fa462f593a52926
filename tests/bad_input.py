#!/usr/bin/env python3
"""Input of any kind gets one clear error and no crash, hang or quadratic time."""

import argparse
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import inputs, tool  # noqa: E402

SECONDS = 60
MEMORY_MB = 8192
MANY_MISTAKES = ("binary", "unknown_names")  # each is an error; how long they take is what counts


def problem_of(tenure, case):
    outcome = tool.run([tenure, "check", "--plain", case.path], timeout=SECONDS, memory_mb=MEMORY_MB)
    if outcome.timed_out:
        return f"no answer after {SECONDS} seconds"
    if outcome.code not in case.codes:
        return f"exit code {outcome.code}, expected one of {case.codes}: {outcome.err[:200]!r}"
    if "internal error" in outcome.err:
        return outcome.err[:200]
    errors = [line for line in outcome.err.split("\n") if "error: " in line]
    if outcome.code == 0:
        return f"errors, but exit code 0: {errors[0][:200]}" if errors else None
    if not errors:
        return "no error on standard error"
    if case.name not in MANY_MISTAKES and len(errors) > 1:
        return f"{len(errors)} errors: {errors[0][:150]!r}, {errors[1][:150]!r}"
    if case.phrase not in outcome.err:
        return f"the error lacks {case.phrase!r}: {errors[0][:200]!r}"
    if case.name != "unknown_names" and len(outcome.err) > 10_000:
        return f"the error has {len(outcome.err)} bytes"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    tenure = os.path.join(os.path.abspath(arguments.build), "bin", "tenure")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="tenure-input-") as folder:
        for case in inputs.write_all(folder):
            problem = problem_of(tenure, case)
            failed += problem is not None
            print(f"FAIL {case.name}: {problem}" if problem else f"ok {case.name}", flush=True)
            if os.path.isfile(case.path):
                os.unlink(case.path)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
