#!/usr/bin/env python3
"""The benchmarks stay whole: our programs compile, each benchmark has peers, and the document has a place for each table."""

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

sys.path.insert(0, os.path.join(tool.ROOT, "bench"))
import suite  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(tool.ROOT, "build"))
    tenure = os.path.join(os.path.abspath(parser.parse_args().build), "bin", "tenure")
    failed = 0

    def expect(name, problem):
        nonlocal failed
        failed += problem is not None
        print(f"FAIL {name}: {problem}" if problem else f"ok {name}", flush=True)

    with open(os.path.join(tool.ROOT, "docs", "performance.md"), encoding="utf-8") as file:
        document = file.read()
    for name in [group.name for group in suite.GROUPS] + ["operations", "start", "scale", "pauses", "tools"]:
        mark = f"<!-- bench: {name} -->"
        expect(f"{name} in docs/performance.md", None if document.count(mark) == 1 else f"it does not hold `{mark}` once")
    for group in suite.GROUPS:
        for benchmark in group.benchmarks:
            peers = sum(not p.ours for p in benchmark.programs)
            expect(f"{benchmark.name}: peers", None if peers >= 4 or not group.against_peers else f"there are {peers}")
            for file in sorted({p.file for p in benchmark.programs if p.ours}):
                outcome = tool.run([tenure, "check", os.path.join(benchmark.folder, file)])
                expect(f"{benchmark.name}: {file}", None if outcome.code == 0 else outcome.err[:300])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
