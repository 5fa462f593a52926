"""Pauses of our collector as a function of the garbage found."""
import os
import re
import statistics

import suite

GARBAGE = (10, 100, 1_000, 10_000, 100_000, 1_000_000)  # objects of one ring
OBJECTS = 3_000_000                                     # made by one run
LIVE = (0, 1_000_000)


def longest(notes):
    """Microseconds: what `heap-stats` says of the pauses before the program's end."""
    return float(re.search(r"longest ([0-9.]+) us\n", notes[notes.index("pauses:"):]).group(1))


def shown(micro):
    return f"{micro:,.1f}" if micro < 100 else f"{micro:,.0f}"


def by_garbage(workshop, runs):
    """The longest pause of NG where each turn abandons one ring, of some sizes, with and without a live one."""
    benchmark = next(b for g in suite.GROUPS for b in g.benchmarks if b.name == "graph")
    program = next(p for p in benchmark.programs if p.name == "NG")
    command = workshop.build(benchmark, program)
    os.environ["TENURE_OPTIONS"] = "heap-stats"
    lines = ["| objects abandoned at once | " + " | ".join(f"longest pause, µs, {live:,} live" for live in LIVE) + " |", "|---|" + "---|" * len(LIVE)]
    for size in GARBAGE:
        turns = max(OBJECTS // size, 3)
        cells = []
        for live in LIVE:
            taken = [longest(workshop.run_once([*command, str(turns), str(max(live, 1)), str(size)])[4]) for _ in range(runs)]
            cells.append(shown(statistics.median(taken)))
        lines.append(f"| {size:,} | " + " | ".join(cells) + " |")
    del os.environ["TENURE_OPTIONS"]
    return lines
