"""Pauses of the collectors: what the programs of `graph` say of their turns, and ours as a function of the garbage found."""
import statistics

import suite

GARBAGE = (10, 100, 1_000, 10_000, 100_000, 1_000_000)  # objects of one ring
OBJECTS = 3_000_000                                     # made by one run
LIVE = (0, 1_000_000)


def numbers(notes):
    """Median, 99th of a hundred, longest: nanoseconds, from the last line on standard error."""
    return [int(word) for word in notes.strip().splitlines()[-1].split()]


def micro(nanoseconds):
    return f"{nanoseconds / 1000:,.1f}" if nanoseconds < 100_000 else f"{nanoseconds / 1000:,.0f}"


def table(results):
    lines = ["| | median turn, µs | 99 of 100, µs | longest, µs |", "|---|---|---|---|"]
    for program, result in results.items():
        runs = [numbers(notes) for notes in result.notes]
        lines.append(f"| {program.name} | " + " | ".join(micro(statistics.median(r[i] for r in runs)) for i in range(3)) + " |")
    return lines


def by_garbage(workshop, runs):
    """The longest turn of NG where each turn abandons one ring, of some sizes, with and without a live one."""
    benchmark = next(b for g in suite.GROUPS for b in g.benchmarks if b.name == "graph")
    program = next(p for p in benchmark.programs if p.name == "NG")
    command = workshop.build(benchmark, program)
    lines = ["| objects abandoned at once | " + " | ".join(f"longest turn, µs, {live:,} live" for live in LIVE) + " |", "|---|" + "---|" * len(LIVE)]
    for size in GARBAGE:
        turns = max(OBJECTS // size, 3)
        cells = []
        for live in LIVE:
            taken = [numbers(workshop.run_once([*command, str(turns), str(max(live, 1)), str(size)])[4])[2] for _ in range(runs)]
            cells.append(micro(statistics.median(taken)))
        lines.append(f"| {size:,} | " + " | ".join(cells) + " |")
    return lines
