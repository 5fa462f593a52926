"""What ours execute: allocations, counts, copies and moves, in the default build and in a naive one, `--opt=none`.

The counts are exact and do not depend on the machine; they are taken at the sizes of `--quick`.
"""
import json
import os
import subprocess
import sys


def count(workshop, benchmark, program, options):
    command = workshop.build(benchmark, program, ("--counters", *options))
    if command is None:
        return None
    path = os.path.join(workshop.folder, "counters.json")
    done = subprocess.run(command + workshop.arguments(benchmark, True), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
                          env=dict(os.environ, TENURE_COUNTERS=path))
    if done.returncode != 0:
        sys.exit(f"{program.file} with counters ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    with open(path, encoding="ascii") as file:
        return json.load(file)


def saved(naive, now):
    return f"{100 * (1 - now / naive):.1f} %" if naive else "–"


def table(workshop, benchmarks):
    """One row a program of ours, and one for all."""
    lines = ["| program | allocations | reuses | retains + releases | naive | not executed | copies | naive | moves |",
             "|---|---|---|---|---|---|---|---|---|"]
    total_naive = total_now = 0
    for benchmark in benchmarks:
        for program in benchmark.programs:
            if program.language != "tenure":
                continue
            now = count(workshop, benchmark, program, ())
            naive = count(workshop, benchmark, program, ("--opt=none",))
            if now is None or naive is None:
                continue
            counts, naively = (c["retains"] + c["releases"] for c in (now, naive))
            total_now += counts
            total_naive += naively
            cells = [f"{benchmark.name}, {program.name}", *(f"{n:,}" for n in (now["allocations"], now["reuses"], counts, naively)),
                     saved(naively, counts), *(f"{n:,}" for n in (now["copies"], naive["copies"], now["moves"]))]
            lines.append("| " + " | ".join(cells) + " |")
    lines.append(f"| all | | | {total_now:,} | {total_naive:,} | {saved(total_naive, total_now)} | | | |")
    return lines
