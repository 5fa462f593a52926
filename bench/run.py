#!/usr/bin/env python3
"""Measurements against the peers: `./dev bench [NAME...]` installs the peers and calls this.

A NAME is a group, one of its benchmarks, or `scale`. Of each benchmark the programs are built first, then run interleaved: the first
of each, the second of each, and so on. Every program must print the same. With all groups and without `--quick` the tables
and plots of docs/performance.md are written.
"""
import argparse
import os
import resource
import sys
import tempfile

import measuring
import report
import suite

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "bench", "scale"))
import measure as scale  # noqa: E402

DOCUMENT = os.path.join(ROOT, "docs", "performance.md")


def chosen(names):
    """[(group, its benchmarks)] that are meant."""
    if not names:
        return [(g, g.benchmarks) for g in suite.GROUPS]
    found = [(g, [b for b in g.benchmarks if g.name in names or b.name in names]) for g in suite.GROUPS]
    return [(g, benchmarks) for g, benchmarks in found if benchmarks]


def known_names():
    return [n for g in suite.GROUPS for n in (g.name, *(b.name for b in g.benchmarks))] + ["scale"]


def measure_group(workshop, group, benchmarks, options):
    measured = []
    for benchmark in benchmarks:
        print(f"measuring: {benchmark.title}", file=sys.stderr)
        measured.append((benchmark, workshop.measure(benchmark, options)))
    lines = report.group_table(measured)
    if group.against_peers:
        lines += ["", *report.ratio_table(measured)]
    print(f"\n## {group.title}: seconds (peak MiB), medians of {options.runs}\n")
    print("\n".join(lines), flush=True)
    return lines


def main():
    parser = argparse.ArgumentParser(description="Measures against the peers.")
    parser.add_argument("--tenure", default=os.path.join(ROOT, "build", "bin", "tenure"))
    parser.add_argument("--runs", type=int, help="of each program; 5 without")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, three runs")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument("names", nargs="*", help="groups, benchmarks or `scale`; all without")
    options = parser.parse_args()
    for name in options.names:
        if name not in known_names():
            parser.error(f"unknown: {name}; there are {', '.join(dict.fromkeys(known_names()))}")
    options.tenure = os.path.abspath(options.tenure)
    options.runs = options.runs or (3 if options.quick else 5)
    resource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    workshop = measuring.Workshop(os.path.join(ROOT, "build", "bench"), options.tenure,
                                  lambda text: print(text, file=sys.stderr))
    for group, benchmarks in chosen(options.names):
        lines = measure_group(workshop, group, benchmarks, options)
        if options.write:
            report.replace_part(DOCUMENT, group.name, lines)
    if workshop.used:
        lines = report.tools_table(workshop.used, options.tenure)
        print("\n" + "\n".join(lines))
        if options.write:
            report.replace_part(DOCUMENT, "tools", lines)
    if "scale" in options.names or not (options.names or options.quick):
        with tempfile.TemporaryDirectory() as folder:
            scale.measure(options, lambda _, program, arguments: workshop.run_once([program, *arguments]), None, folder)


if __name__ == "__main__":
    main()
