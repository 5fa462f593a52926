#!/usr/bin/env python3
"""Measurements against the peers: `./dev bench [NAME...]` installs the peers and calls this.

A NAME is a group, one of its benchmarks, `operations`, `start` or `scale`. Of each benchmark the programs are built first, then run
interleaved: the first of each, the second of each, and so on. Every program must print the same. `--write` puts the tables of
whole groups and their plots into docs.
"""
import argparse
import os
import resource
import sys
import tempfile

import measuring
import operations
import pauses
import plot
import report
import start
import suite

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "bench", "scale"))
import measure as scale  # noqa: E402

DOCUMENT = os.path.join(ROOT, "docs", "performance.md")
PLOTS = os.path.join(ROOT, "docs", "plots")
NOT_GROUPS = ("operations", "start", "scale")


def chosen(names):
    """[(group, its benchmarks)] that are meant."""
    if not names:
        return [(g, g.benchmarks) for g in suite.GROUPS]
    found = [(g, [b for b in g.benchmarks if g.name in names or b.name in names]) for g in suite.GROUPS]
    return [(g, benchmarks) for g, benchmarks in found if benchmarks]


def known_names():
    return [n for g in suite.GROUPS for n in (g.name, *(b.name for b in g.benchmarks))] + [*NOT_GROUPS]


class Run:
    def __init__(self, options):
        self.options = options
        self.workshop = measuring.Workshop(os.path.join(ROOT, "build", "bench"), options.tenure,
                                           lambda text: print(text, file=sys.stderr))

    def show(self, name, title, lines):
        print(f"\n## {title}\n\n" + "\n".join(lines), flush=True)
        if self.options.write:
            report.replace_part(DOCUMENT, name, lines)

    def group(self, group, benchmarks):
        measured = []
        for benchmark in benchmarks:
            print(f"measuring: {benchmark.title}", file=sys.stderr, flush=True)
            measured.append((benchmark, self.workshop.measure(benchmark, self.options)))
        lines = report.group_table(measured)
        if group.against_peers:
            lines += ["", *report.ratio_table(measured)]
        if group.name == "numeric":
            lines += ["", *report.clang_table(measured)]
        if group.notes:
            lines += ["", *report.notes_table(group.notes, measured[0][1])]
        is_whole = len(benchmarks) == len(group.benchmarks)
        if self.options.write and is_whole and group.against_peers:
            os.makedirs(PLOTS, exist_ok=True)
            plot.write(os.path.join(PLOTS, group.name + ".svg"), measured)
        write, self.options.write = self.options.write, self.options.write and is_whole
        self.show(group.name, f"{group.title}: seconds (peak MiB), medians of {self.options.runs}", lines)
        self.options.write = write
        if group.name == "cycles" and not self.options.quick:
            self.show("pauses", "Pauses by the garbage found", pauses.by_garbage(self.workshop, self.options.runs))


def main():
    parser = argparse.ArgumentParser(description="Measures against the peers.")
    parser.add_argument("--tenure", default=os.path.join(ROOT, "build", "bin", "tenure"))
    parser.add_argument("--runs", type=int, help="of each program; 5 without")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, three runs, no Java and no Node")
    parser.add_argument("--write", action="store_true", help="put the tables and plots into docs/performance.md and docs/plots")
    parser.add_argument("names", nargs="*", help="groups, benchmarks, `operations`, `start` or `scale`; all without")
    options = parser.parse_args()
    for name in options.names:
        if name not in known_names():
            parser.error(f"unknown: {name}; there are {', '.join(dict.fromkeys(known_names()))}")
    options.tenure = os.path.abspath(options.tenure)
    options.runs = options.runs or (3 if options.quick else 5)
    resource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    run = Run(options)
    named = [n for n in options.names if n not in NOT_GROUPS]
    for group, benchmarks in chosen(named) if named or not options.names else []:
        run.group(group, benchmarks)
    if "operations" in options.names or not options.names:
        run.show("operations", "Operations", operations.table(run.workshop, [b for g in suite.GROUPS for b in g.benchmarks]))
    if "start" in options.names or not options.names:
        with tempfile.TemporaryDirectory() as folder:
            lines = start.measure(options, run.workshop.run_once, folder)
        run.show("start", f"Start: milliseconds, of {start.RUNS} runs", lines)
    run.show("tools", "Tools", report.tools_table(options.tenure))
    if "scale" in options.names or not (options.names or options.quick):
        with tempfile.TemporaryDirectory() as folder:
            lines = scale.measure(options, run.workshop.run_once, folder)
        run.show("scale", "Compile time: seconds (of all processors together), peak MiB", lines)


if __name__ == "__main__":
    main()
